#include "engine/analysis/verdict.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <numeric>

#include "engine/statistics/bootstrap.h"

namespace interstice {
namespace {

constexpr std::array<std::string_view, 5> kPreferences{"neither", "first", "second", "equivalent", "undetermined"};

/// The mean over the drawn replicates that is largest in size, among the arms of a side.
double strongest(std::span<const ArmEffects> arms, std::span<const std::size_t> drawn) {
  double most = 0;
  for (const ArmEffects& effects : arms) {
    double sum = 0;
    for (const std::size_t replicate : drawn) sum += effects[replicate];
    const double mean = sum / static_cast<double>(drawn.size());
    if (std::abs(mean) > std::abs(most)) most = mean;
  }
  return most;
}

}  // namespace

Preference answer_of(double first, double second) {
  if (first < kNegligible && second < kNegligible) return Preference::neither;
  const double ratio = std::max(first, kNegligible) / std::max(second, kNegligible);
  if (ratio > kClearly) return Preference::first;
  return ratio < 1 / kClearly ? Preference::second : Preference::equivalent;
}

std::string_view name_of(Preference preference) { return kPreferences.at(static_cast<std::size_t>(preference)); }

Judgement judge(std::span<const ArmEffects> first, std::span<const ArmEffects> second, std::uint64_t seed,
                std::string_view key) {
  assert(!first.empty() && !second.empty() && !first.front().empty());
  const std::size_t n = first.front().size();
  std::vector<std::size_t> drawn(n);
  std::iota(drawn.begin(), drawn.end(), std::size_t{0});
  Judgement judgement{.first = strongest(first, drawn), .second = strongest(second, drawn), .replicates = n};

  const Resampling resampling(seed, key);
  std::array<std::size_t, kPreferences.size()> answers{};
  std::vector<double> ratios(kResamples);
  for (std::size_t sample = 0; sample < kResamples; ++sample) {
    resampling.draw(sample, drawn);
    const double a = std::abs(strongest(first, drawn)), b = std::abs(strongest(second, drawn));
    ratios[sample] = std::max(a, kNegligible) / std::max(b, kNegligible);
    ++answers[static_cast<std::size_t>(answer_of(a, b))];
  }
  // Two that are negligible in some samples and about equal in others differ in none.
  answers[static_cast<std::size_t>(Preference::equivalent)] += answers[static_cast<std::size_t>(Preference::neither)];
  judgement.ratio = quantile(std::move(ratios), 0.5);
  for (std::size_t p = 0; p < answers.size(); ++p) {
    const double share = static_cast<double>(answers[p]) / kResamples;
    judgement.share = std::max(judgement.share, share);
    if (n < 2 || share < kMostSamples) continue;
    judgement.preference = static_cast<Preference>(p);
    judgement.share = share;
    break;
  }
  return judgement;
}

}  // namespace interstice
