/// @file
/// Quantiles of numbers that lie beyond a range, and crossings of planted curves.
#include <gtest/gtest.h>

#include <cmath>

#include "engine/core/error.h"
#include "engine/statistics/censored.h"
#include "engine/statistics/crossing.h"

namespace interstice {
namespace {

TEST(Censored, QuantilesOrderWhatLiesBeyond) {
  const std::vector<Censored> numbers{Censored::above(100), Censored::within(3), Censored::below(1),
                                      Censored::within(5), Censored::within(4)};
  EXPECT_EQ(quantile(numbers, 0), Censored::below(1));
  EXPECT_EQ(quantile(numbers, 0.5), Censored::within(4));
  EXPECT_EQ(quantile(numbers, 0.625), Censored::within(4.5));
  EXPECT_EQ(quantile(numbers, 0.1), Censored::below(1));    // between one below and one within
  EXPECT_EQ(quantile(numbers, 0.9), Censored::above(100));  // and above
  EXPECT_EQ(text_of(Censored::above(100)), "> 100");
  EXPECT_EQ(text_of(Censored::below(0.01)), "< 0.01");
  EXPECT_EQ(text_of(Censored::within(12.5)), "12.5");
  EXPECT_TRUE(Censored::below(1).at_most(0.1));
  EXPECT_FALSE(Censored::above(1).at_most(10));
}

TEST(Censored, IntervalsCountWhatLiesBeyond) {
  std::vector<Censored> draws(100, Censored::within(2));
  for (std::size_t i = 0; i < 10; ++i) draws[i] = Censored::above(9);
  const CensoredEstimate interval = censored_interval(Censored::within(2), draws);
  EXPECT_EQ(interval.low, Censored::within(2));
  EXPECT_EQ(interval.high, Censored::above(9));
  EXPECT_DOUBLE_EQ(interval.share_above, 0.1);
  EXPECT_DOUBLE_EQ(interval.share_below, 0);
}

const std::vector<double> kFactor{1, 10, 100, 1000};

// log10(x) - 1.5 is a straight line over log x, which interpolation keeps: zero at 10^1.5.
TEST(Crossing, StraightLinesCrossWhereTheyShould) {
  std::vector<double> difference;
  for (const double x : kFactor) difference.push_back(std::log10(x) - 1.5);
  const Censored crossing = first_crossing(kFactor, difference);
  ASSERT_TRUE(crossing.is_within());
  EXPECT_NEAR(crossing.value, std::pow(10, 1.5), 1e-12 * 31);
}

TEST(Crossing, FirstOfSeveralAndBeyondTheRange) {
  EXPECT_NEAR(first_crossing(kFactor, std::vector<double>{-1, 1, -1, 1}).value, std::sqrt(10), 1e-12);
  EXPECT_EQ(first_crossing(kFactor, std::vector<double>{-1, 0, -1, 1}), Censored::within(10));
  EXPECT_EQ(first_crossing(kFactor, std::vector<double>{0, -1, -1, 1}), Censored::below(1));
  EXPECT_EQ(first_crossing(kFactor, std::vector<double>{-3, -2, -1, -0.1}), Censored::above(1000));
}

TEST(Crossing, IntervalsEndBeyondTheRangeWhereTheCurveMay) {
  const std::vector<std::vector<double>> flat{{-3, -2, -1, -0.2}, {-3.2, -2.1, -0.8, 0.3}, {-2.9, -2, -1.1, -0.3}};
  const CensoredEstimate late = mean_crossing(kFactor, flat, 1, "late");
  EXPECT_EQ(late.estimate, Censored::above(1000));
  EXPECT_EQ(late.high, Censored::above(1000));
  EXPECT_TRUE(late.low.is_within());
  EXPECT_GT(late.share_above, 0.3);
  const CensoredEstimate single = mean_crossing(kFactor, {{-1, -1, 1, 1}}, 1, "single");
  EXPECT_EQ(single.low, Censored::below(1));
  EXPECT_EQ(single.high, Censored::above(1000));
  EXPECT_THROW(static_cast<void>(mean_crossing(std::vector<double>{0, 1}, {{-1, 1}}, 1, "zero")), InputError);
}

}  // namespace
}  // namespace interstice
