#include "engine/statistics/censored.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <tuple>

namespace interstice {

std::string text_of(const Censored& number) {
  constexpr std::string_view kSigns[] = {"< ", "", "> "};
  return fmt::format("{}{:.4g}", kSigns[static_cast<std::size_t>(number.side)], number.value);
}

Censored quantile(std::vector<Censored> numbers, double p) {
  assert(!numbers.empty());
  std::sort(numbers.begin(), numbers.end(),
            [](const Censored& a, const Censored& b) { return std::tie(a.side, a.value) < std::tie(b.side, b.value); });
  const double position = p * static_cast<double>(numbers.size() - 1);
  const auto at = static_cast<std::size_t>(position);
  const Censored &below = numbers[at], &above = numbers[std::min(at + 1, numbers.size() - 1)];
  const double share = position - static_cast<double>(at);
  if (share == 0 || below == above) return below;
  if (below.is_within() && above.is_within())
    return Censored::within(below.value + share * (above.value - below.value));
  return p < 0.5 ? below : above;
}

CensoredEstimate censored_interval(const Censored& estimate, const std::vector<Censored>& draws) {
  const auto share = [&](Censored::Side side) {
    const auto n = std::count_if(draws.begin(), draws.end(), [&](const Censored& draw) { return draw.side == side; });
    return static_cast<double>(n) / static_cast<double>(draws.size());
  };
  return {estimate, quantile(draws, 0.025), quantile(draws, 0.975), share(Censored::Side::below),
          share(Censored::Side::above)};
}

}  // namespace interstice
