#include "tools/study/flip_search.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

namespace interstice::cli {
namespace {

constexpr std::array kPowers{-1.0, -0.5, 0.5, 1.0};  // of the fold, per parameter
constexpr double kStep = 0.05;                       // of its logarithm, for one parameter
constexpr double kStepsOfSeveral = 4;                // up to the best that is known, for several
constexpr double kPrecision = 1e-3;

class Search {
 public:
  Search(const FlipSpace& space, const std::function<bool(const std::vector<double>&)>& flipped)
      : space_(space), flipped_(flipped), at_(space.own) {
    for (std::size_t i = 0; i < space.own.size(); ++i) best_ = std::max({best_, reach(i, 1), reach(i, -1)});
    best_ *= 2;  // beyond all ranges where powers are halves
  }

  /// All directions that change exactly these parameters.
  void along(const std::vector<std::size_t>& parameters) {
    std::vector<std::size_t> power(parameters.size(), 0);
    for (;;) {
      std::vector<double> direction;
      for (const std::size_t k : power) direction.push_back(kPowers[k]);
      if (std::ranges::any_of(direction, [](double d) { return std::abs(d) == 1.0; })) scan(parameters, direction);
      std::size_t digit = 0;
      while (digit < power.size() && ++power[digit] == kPowers.size()) power[digit++] = 0;
      if (digit == power.size()) break;
    }
    for (const std::size_t i : parameters) at_[i] = space_.own[i];
  }

  [[nodiscard]] std::optional<FlipFound> found() const { return found_; }

 private:
  /// How far a parameter can go, as the logarithm of a fold.
  [[nodiscard]] double reach(std::size_t i, double sign) const {
    const double end = sign > 0 ? space_.high[i] : space_.low[i];
    return end > 0 ? std::max(0.0, sign * std::log(end / space_.own[i])) : kEndless;
  }

  bool flips_at(const std::vector<std::size_t>& parameters, const std::vector<double>& direction, double log_fold) {
    for (std::size_t k = 0; k < parameters.size(); ++k) {
      const std::size_t i = parameters[k];
      at_[i] = std::clamp(space_.own[i] * std::exp(direction[k] * log_fold), space_.low[i], space_.high[i]);
    }
    return flipped_(at_);
  }

  void scan(const std::vector<std::size_t>& parameters, const std::vector<double>& direction) {
    double most = 0;  // beyond it nothing moves
    for (std::size_t k = 0; k < parameters.size(); ++k)
      most = std::max(most, reach(parameters[k], direction[k]) / std::abs(direction[k]));
    most = std::min(most, best_);
    const double step = parameters.size() == 1 ? kStep : std::max(most / kStepsOfSeveral, kPrecision);
    for (double low = 0; low < most; low += step) {
      double high = std::min(low + step, most);
      if (!flips_at(parameters, direction, high)) continue;
      double least = low;
      while (high - least > kPrecision) {
        const double middle = (least + high) / 2;
        (flips_at(parameters, direction, middle) ? high : least) = middle;
      }
      flips_at(parameters, direction, high);
      keep();
      return;
    }
  }

  /// The fold is what values have changed by: one that stopped at the end of its range has changed less.
  void keep() {
    double changed = 0;
    for (std::size_t i = 0; i < at_.size(); ++i)
      changed = std::max(changed, std::abs(std::log(at_[i] / space_.own[i])));
    if (found_ && changed >= std::log(found_->fold)) return;
    found_ = FlipFound{std::exp(changed), at_};
    best_ = changed;
  }

  static constexpr double kEndless = 14;  ///< a millionfold, where a range ends at 0

  const FlipSpace& space_;
  const std::function<bool(const std::vector<double>&)>& flipped_;
  std::vector<double> at_;
  double best_ = 0;
  std::optional<FlipFound> found_;
};

}  // namespace

std::vector<std::optional<FlipFound>> smallest_flips(const FlipSpace& space, std::size_t changes,
                                                     const std::function<bool(const std::vector<double>&)>& flipped) {
  std::vector<std::optional<FlipFound>> all;
  Search search(space, flipped);
  for (std::size_t size = 1; size <= changes; ++size) {
    const std::size_t n = size < 3 ? space.own.size() : std::min(space.own.size(), kOfMany);
    std::vector<std::size_t> chosen(size);
    std::iota(chosen.begin(), chosen.end(), std::size_t{0});
    while (size <= n) {
      search.along(chosen);
      std::size_t last = size;  // the next choice in order
      while (last > 0 && chosen[last - 1] == n - size + last - 1) --last;
      if (last == 0) break;
      ++chosen[last - 1];
      for (std::size_t k = last; k < size; ++k) chosen[k] = chosen[k - 1] + 1;
    }
    all.push_back(search.found());
  }
  return all;
}

}  // namespace interstice::cli
