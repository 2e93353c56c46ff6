/// @file
/// The axioms of Shapley values, and the rule of redundancy on planted effects.
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>

#include "engine/core/error.h"
#include "engine/core/noise.h"
#include "engine/statistics/shapley.h"

namespace interstice {
namespace {

/// Some worth of every subset of five switches.
std::vector<double> some_worth(std::uint64_t seed) {
  std::vector<double> worth(32);
  for (std::size_t s = 0; s < 32; ++s) worth[s] = Noise(seed).uniform(Stream::bootstrap, s, 0);
  return worth;
}

const std::vector<std::string> kNames{"cargo", "contact", "cd73", "cd39", "cd59"};

TEST(Shapley, EffectIsSharedWithoutRest) {
  for (const std::uint64_t seed : {1U, 2U, 3U}) {
    const std::vector<double> worth = some_worth(seed), value = shapley_values(worth);
    double sum = 0;
    for (const double v : value) sum += v;
    EXPECT_NEAR(sum, worth[31] - worth[0], 1e-14);
  }
}

TEST(Shapley, EqualSwitchesGetTheSameAndIdleOnesNothing) {
  std::vector<double> worth = some_worth(1);
  for (std::size_t s = 0; s < 32; ++s) {
    const bool first = (s & 1) != 0, second = (s & 2) != 0;
    if (second && !first) worth[s] = worth[(s & ~std::size_t{2}) | 1];  // switches 0 and 1 may be exchanged
  }
  for (std::size_t s = 16; s < 32; ++s) worth[s] = worth[s - 16];  // switch 4 adds nothing to any subset
  const std::vector<double> value = shapley_values(worth);
  EXPECT_NEAR(value[0], value[1], 1e-14);
  EXPECT_NEAR(value[4], 0, 1e-14);
  EXPECT_GT(std::abs(value[2] - value[3]), 1e-3);
}

// The definition: what each adds, averaged over all 120 orders.
TEST(Shapley, IsTheMeanOverAllOrders) {
  const std::vector<double> worth = some_worth(7);
  std::vector<std::size_t> order{0, 1, 2, 3, 4};
  std::vector<double> mean(5, 0.0);
  do {
    std::size_t on = 0;
    for (const std::size_t i : order) {
      mean[i] += (worth[on | (std::size_t{1} << i)] - worth[on]) / 120;
      on |= std::size_t{1} << i;
    }
  } while (std::next_permutation(order.begin(), order.end()));
  const std::vector<double> value = shapley_values(worth);
  for (std::size_t i = 0; i < 5; ++i) EXPECT_NEAR(value[i], mean[i], 1e-14);
}

/// Replicates of a worth, each with a level of its own and a little noise.
std::vector<std::vector<double>> replicates_of(const std::vector<double>& worth, std::size_t n, double noise) {
  std::vector<std::vector<double>> replicates(n, worth);
  for (std::size_t r = 0; r < n; ++r)
    for (std::size_t s = 0; s < worth.size(); ++s)
      replicates[r][s] += 0.1 * static_cast<double>(r) + noise * Noise(5).normals(Stream::bootstrap, s, r)[0];
  return replicates;
}

TEST(SwitchShares, RedundantWhereEachAloneDoesNearlyAll) {
  std::vector<double> saturated(32), additive(32);
  for (std::size_t s = 0; s < 32; ++s) {
    saturated[s] = s == 0 ? 0.0 : 0.9 + 0.02 * std::popcount(s);
    additive[s] = 0.2 * std::popcount(s);
  }
  const SwitchShares full = switch_shares(kNames, replicates_of(saturated, 6, 0.01), 1, "saturated");
  EXPECT_TRUE(full.redundant);
  EXPECT_GT(full.share_redundant, 0.95);
  EXPECT_EQ(full.shares[0].alone.shape, RatioEstimate::Shape::interval);
  EXPECT_NEAR(full.shares[0].alone.ratio, 0.92, 0.02);
  EXPECT_NEAR(full.shares[0].kept.ratio, 0.98, 0.02);
  EXPECT_NEAR(full.shares[0].shapley.mean, 0.2, 0.02);
  EXPECT_LT(full.shares[0].shapley.low, 0.2);
  EXPECT_GT(full.shares[0].shapley.high, 0.2);
  const SwitchShares none = switch_shares(kNames, replicates_of(additive, 6, 0.01), 1, "additive");
  EXPECT_FALSE(none.redundant);
  EXPECT_LT(none.share_redundant, 0.05);
}

TEST(SwitchShares, NoEffectHasNoRatioAndFailuresAreLeftOut) {
  auto replicates = replicates_of(std::vector<double>(32, 0.0), 6, 0.1);
  replicates[2][17] = std::nan("");
  const SwitchShares shares = switch_shares(kNames, replicates, 1, "none");
  EXPECT_EQ(shares.left_out, 1U);
  EXPECT_EQ(shares.all.n, 5U);
  EXPECT_NE(shares.shares[0].alone.shape, RatioEstimate::Shape::interval);
  EXPECT_THROW(static_cast<void>(switch_shares({"one"}, replicates, 1, "none")), InputError);
  EXPECT_THROW(static_cast<void>(switch_shares({"one"}, {{0, std::nan("")}}, 1, "none")), InputError);
}

}  // namespace
}  // namespace interstice
