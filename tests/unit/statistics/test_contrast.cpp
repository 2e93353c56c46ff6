/// @file
/// Contrasts of paired arms against values worked out by hand. How often their intervals hold the truth:
/// test_coverage.cpp.
#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "engine/core/error.h"
#include "engine/core/noise.h"
#include "engine/statistics/contrast.h"
#include "engine/statistics/distributions.h"

namespace interstice {
namespace {

using Values = std::vector<double>;
const double kMissing = std::nan("");

TEST(Contrast, MeanHasStudentsInterval) {
  const Estimate mean = student_mean(Values{1, 2, kMissing, 3, 4, 5});
  EXPECT_EQ(mean.n, 5U);
  EXPECT_DOUBLE_EQ(mean.mean, 3);
  EXPECT_NEAR(mean.high - 3, 2.776445105 * std::sqrt(2.5 / 5), 1e-9);
  EXPECT_NEAR(3 - mean.low, 2.776445105 * std::sqrt(2.5 / 5), 1e-9);
  EXPECT_TRUE(std::isinf(student_mean(Values{3}).high));
  EXPECT_THROW(student_mean(Values{kMissing}), InputError);
}

TEST(Contrast, DifferencesAreOfPairs) {
  const Estimate difference = paired_difference(Values{1, 2, 3, kMissing, 7}, Values{3, 4, kMissing, 1, 10});
  EXPECT_EQ(difference.n, 3U);
  EXPECT_NEAR(difference.mean, (2 + 2 + 3) / 3.0, 1e-12);
}

TEST(Contrast, QuantilesOfDistributions) {
  EXPECT_NEAR(normal_quantile(0.975), 1.959963985, 1e-9);
  EXPECT_NEAR(student_quantile(0.975, 4), 2.776445105, 1e-9);
  EXPECT_NEAR(fisher_quantile(0.95, 1, 10), 4.964602744, 1e-8);
  EXPECT_NEAR(chi_squared_quantile(0.95, 1), 3.841458821, 1e-8);
}

// The ends of Fieller's interval are where the mean of numerator - rho denominator is t standard errors from zero.
TEST(Contrast, RatiosEndWhereTheirDifferenceIsJustSignificant) {
  const Values numerator{4, 6, 5, 7, 8}, denominator{2.1, 2.8, 2.4, 3.3, 3.6};
  const RatioEstimate ratio = paired_ratio(numerator, denominator);
  ASSERT_EQ(ratio.shape, RatioEstimate::Shape::interval);
  EXPECT_DOUBLE_EQ(ratio.ratio, 30 / 14.2);
  EXPECT_LT(ratio.low, ratio.ratio);
  EXPECT_GT(ratio.high, ratio.ratio);
  for (const double rho : {ratio.low, ratio.high}) {
    Values difference;
    for (std::size_t i = 0; i < numerator.size(); ++i) difference.push_back(numerator[i] - rho * denominator[i]);
    const Estimate mean = student_mean(difference);
    EXPECT_NEAR(std::min(std::abs(mean.low), std::abs(mean.high)), 0, 1e-9);
  }
}

TEST(Contrast, RatiosSayWhereTheDenominatorMayBeZero) {
  const Values around_zero{-1, 1.2, -0.8, 0.9}, large{9, 11, 10, 10.4}, small{0.1, -0.2, 0.15, -0.1};
  const RatioEstimate outside = paired_ratio(large, around_zero);
  EXPECT_EQ(outside.shape, RatioEstimate::Shape::outside);  // not between: the numerator is not zero
  EXPECT_LT(outside.low, 0);
  EXPECT_GT(outside.high, 0);
  EXPECT_EQ(paired_ratio(small, around_zero).shape, RatioEstimate::Shape::anything);
  EXPECT_EQ(paired_ratio(Values{1}, Values{2}).shape, RatioEstimate::Shape::anything);  // one pair
}

TEST(Contrast, RatiosWithoutScatterAreKnown) {
  std::mt19937 random(3);
  std::uniform_real_distribution<double> uniform(-2, 2);
  for (int trial = 0; trial < 500; ++trial) {
    const double a = uniform(random), b = uniform(random);
    const RatioEstimate ratio = paired_ratio(Values{a, a}, Values{b, b});
    ASSERT_EQ(ratio.shape, RatioEstimate::Shape::interval) << a << " " << b;
    EXPECT_NEAR(ratio.low / (a / b), 1, 1e-6);
    EXPECT_NEAR(ratio.high / (a / b), 1, 1e-6);
  }
}

TEST(Contrast, ReplicatesGrowWithTheSquareOfThePrecision) {
  const Values pilot{1, 2, 3, 4, 5};              // variance 2.5, t(4) = 2.776
  EXPECT_EQ(replicates_needed(pilot, 0.5), 78U);  // 2.776445^2 * 2.5 / 0.25 = 77.09
  EXPECT_EQ(replicates_needed(pilot, 0.25), 309U);
  EXPECT_EQ(replicates_needed(pilot, 100), 5U);
  EXPECT_THROW(static_cast<void>(replicates_needed(Values{1}, 0.5)), InputError);
  EXPECT_THROW(static_cast<void>(replicates_needed(pilot, 0)), InputError);
}

TEST(Contrast, GainOfPairingIsTheRatioOfVariances) {
  const Values first{1, 5, 2, 8, 4, 9}, shared{1.3, 5.1, 2.4, 8.2, 3.9, 9.4}, apart{4, 1, 8, 2, 9, 3};
  EXPECT_GT(gain_of_pairing(first, shared).low, 20);
  const Estimate harm = gain_of_pairing(first, apart);
  EXPECT_LT(harm.mean, 1);
  const Values difference{3, -4, 6, -6, 5, -6};
  const auto variance = [](const Values& values) {
    double mean = 0, squares = 0;
    for (const double v : values) mean += v / static_cast<double>(values.size());
    for (const double v : values) squares += (v - mean) * (v - mean);
    return squares / static_cast<double>(values.size() - 1);
  };
  EXPECT_NEAR(harm.mean, (variance(first) + variance(apart)) / variance(difference), 1e-12);
  EXPECT_TRUE(std::isinf(gain_of_pairing(first, Values{2, 6, 3, 9, 5, 10}).mean));
  EXPECT_THROW(static_cast<void>(gain_of_pairing(Values{1, 2}, Values{2, 4})), InputError);
}

}  // namespace
}  // namespace interstice
