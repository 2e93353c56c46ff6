#include "engine/statistics/shapley.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cassert>
#include <cmath>

#include "engine/core/error.h"

namespace interstice {
namespace {

std::size_t with(std::size_t subset, std::size_t i) { return subset | (std::size_t{1} << i); }
std::size_t without(std::size_t subset, std::size_t i) { return subset & ~(std::size_t{1} << i); }

bool is_redundant(std::span<const double> worth) {
  const std::size_t all = worth.size() - 1, n = static_cast<std::size_t>(std::countr_zero(worth.size()));
  const double none = worth[0], effect = worth[all] - none;
  for (std::size_t i = 0; i < n; ++i) {
    const double kept = (worth[without(all, i)] - none) / effect, alone = (worth[with(0, i)] - none) / effect;
    if (!(1 - kept < kLostAtMost && alone > kAloneAtLeast)) return false;
  }
  return true;
}

/// E(subset) of each replicate.
std::vector<double> effects(const std::vector<std::vector<double>>& worth, std::size_t subset) {
  std::vector<double> effect;
  for (const auto& replicate : worth) effect.push_back(replicate[subset] - replicate[0]);
  return effect;
}

}  // namespace

std::vector<double> shapley_values(std::span<const double> worth) {
  assert(std::has_single_bit(worth.size()));
  const auto n = static_cast<std::size_t>(std::countr_zero(worth.size()));
  std::vector<double> weight(n);  // of a subset of that size: 1 / (n binomial(n - 1, size))
  double choices = 1;
  for (std::size_t size = 0; size < n; ++size) {
    weight[size] = 1 / (static_cast<double>(n) * choices);
    choices *= static_cast<double>(n - 1 - size) / static_cast<double>(size + 1);
  }
  std::vector<double> value(n, 0.0);
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t subset = 0; subset < worth.size(); ++subset)
      if (without(subset, i) == subset)
        value[i] += weight[static_cast<std::size_t>(std::popcount(subset))] * (worth[with(subset, i)] - worth[subset]);
  return value;
}

SwitchShares switch_shares(const std::vector<std::string>& names, const std::vector<std::vector<double>>& worth,
                           std::uint64_t seed, std::string_view key) {
  const std::size_t subsets = std::size_t{1} << names.size();
  SwitchShares result;
  std::vector<std::vector<double>> complete;
  for (const auto& replicate : worth) {
    if (replicate.size() != subsets)
      throw InputError(fmt::format("{} subsets of {} switches (there are {}) run all of them", replicate.size(),
                                   names.size(), subsets));
    if (std::none_of(replicate.begin(), replicate.end(), [](double w) { return std::isnan(w); }))
      complete.push_back(replicate);
  }
  result.left_out = worth.size() - complete.size();
  if (complete.empty())
    throw InputError("no replicate has all subsets of the switches (runs failed) look at why they did");

  const std::size_t all = subsets - 1;
  const std::vector<double> whole = effects(complete, all);
  result.all = student_mean(whole);
  std::vector<std::vector<double>> value(names.size());
  std::vector<double> mean(subsets, 0.0);
  for (const auto& replicate : complete) {
    const std::vector<double> of_replicate = shapley_values(replicate);
    for (std::size_t i = 0; i < names.size(); ++i) value[i].push_back(of_replicate[i]);
    for (std::size_t s = 0; s < subsets; ++s) mean[s] += replicate[s] / static_cast<double>(complete.size());
  }
  for (std::size_t i = 0; i < names.size(); ++i)
    result.shares.push_back({names[i], student_mean(value[i]), paired_ratio(effects(complete, with(0, i)), whole),
                             paired_ratio(effects(complete, without(all, i)), whole)});
  result.redundant = is_redundant(mean);
  if (complete.size() < 2) return result;
  const MeanDraws draws(complete, seed, key);
  std::size_t times = 0;
  for (std::size_t b = 0; b < kResamples; ++b) times += is_redundant(draws.draw(b)) ? 1 : 0;
  result.share_redundant = static_cast<double>(times) / kResamples;
  return result;
}

}  // namespace interstice
