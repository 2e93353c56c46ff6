/// @file
/// Reductions against values worked out by hand.
#include <gtest/gtest.h>

#include <cmath>

#include "engine/analysis/metrics.h"
#include "engine/analysis/metrics_influence.h"
#include "engine/core/noise.h"

namespace interstice {
namespace {

const std::vector<double> kTime{0, 1, 3, 4};
const std::vector<double> kValue{0, 2, 6, 1};

TEST(Metrics, PeakAndItsTime) {
  EXPECT_EQ(peak(kValue), 6.0);
  EXPECT_EQ(time_of_peak(kTime, kValue), 3.0);
  EXPECT_FALSE(peak({}));
}

TEST(Metrics, AreaIsTrapezoidal) { EXPECT_DOUBLE_EQ(area_under_curve(kTime, kValue), 1 + 8 + 3.5); }

TEST(Metrics, ThresholdIsInterpolatedBetweenRows) {
  EXPECT_DOUBLE_EQ(time_to_reach(kTime, kValue, 5).value(), 2.5);
  EXPECT_DOUBLE_EQ(time_to_reach(kTime, kValue, 2).value(), 1.0);
  EXPECT_DOUBLE_EQ(time_to_reach(kTime, kValue, 0).value(), 0.0);  // already there
  EXPECT_FALSE(time_to_reach(kTime, kValue, 6.1));
}

TEST(Metrics, ValueAtATimeIsInterpolatedAndNeverExtrapolated) {
  EXPECT_DOUBLE_EQ(value_at(kTime, kValue, 3.5).value(), 3.5);
  EXPECT_DOUBLE_EQ(value_at(kTime, kValue, 0).value(), 0.0);
  EXPECT_DOUBLE_EQ(value_at(kTime, kValue, 4).value(), 1.0);
  EXPECT_FALSE(value_at(kTime, kValue, 4.1));
  EXPECT_FALSE(value_at(kTime, kValue, -0.1));
}

TEST(Metrics, RowsToDrawKeepBothEndsAndTheFastStart) {
  std::vector<double> time;
  for (int row = 0; row <= 10000; ++row) time.push_back(0.1 * row);
  const auto rows = rows_to_draw(time, 200);
  EXPECT_LE(rows.size(), 200u);
  EXPECT_GT(rows.size(), 150u);
  EXPECT_EQ(rows.front(), 0u);
  EXPECT_EQ(rows.back(), 10000u);
  const auto early = std::count_if(rows.begin(), rows.end(), [](std::size_t r) { return r > 0 && r <= 100; });
  EXPECT_GE(early, 20);  // the first 1 % of the time still has a curve on a logarithmic axis
  EXPECT_EQ(rows_to_draw(std::vector<double>{0, 1, 2}, 200).size(), 3u);
}

/// Two founders (ids 10 and 20) over 0..100 s, a row every 10 s; dynamic range 2.
ReporterTrace flat_trace(float first, float second) {
  ReporterTrace trace;
  trace.cell_type = "chondrocyte";
  trace.name = "AKT";
  trace.range = 2;
  trace.family = {10, 20};
  for (int row = 0; row <= 10; ++row) {
    trace.time.push_back(10.0 * row);
    trace.mean.push_back({first, second});
  }
  return trace;
}

TEST(Influence, NeedsTenPercentOfTheRangeForTheHoldTime) {
  const ReporterTrace reference = flat_trace(1, 1);
  ReporterTrace arm = reference;
  for (int row = 4; row <= 6; ++row) arm.mean[row][0] = 1.25F;   // 40..60 s, 12.5 % of the range
  for (int row = 4; row <= 10; ++row) arm.mean[row][1] = 1.19F;  // 9.5 %: too little
  InfluenceRule rule;                                            // hold = min(600 s, 20 % of 100 s) = 20 s
  const Influence found = influence(arm, reference, rule);
  EXPECT_EQ(found.families, 2u);
  ASSERT_EQ(found.count(), 1u);
  EXPECT_EQ(found.onsets[0], 40.0);
  EXPECT_EQ(found.time_to_share(0.5), 40.0);
  EXPECT_FALSE(found.time_to_share(0.51));

  rule.hold_share = 0.21;  // 21 s: longer than the difference lasted
  EXPECT_EQ(influence(arm, reference, rule).count(), 0u);
}

TEST(Influence, ABreakRestartsTheHold) {
  const ReporterTrace reference = flat_trace(1, 1);
  ReporterTrace arm = reference;
  for (const int row : {2, 3, 5, 6, 8}) arm.mean[row][0] = 2;  // never more than 10 s without a break
  EXPECT_EQ(influence(arm, reference, {}).count(), 0u);
}

TEST(Influence, FamiliesArePairedByFounderNotByOrder) {
  const ReporterTrace reference = flat_trace(0, 2);
  ReporterTrace arm = flat_trace(2, 0);
  arm.family = {20, 10};
  EXPECT_EQ(influence(arm, reference, {}).count(), 0u);
  EXPECT_EQ(influence(flat_trace(2, 0), reference, {}).count(), 2u);
}

TEST(Influence, AFamilyThatDiesInOneArmOnlyDiffers) {
  const ReporterTrace reference = flat_trace(1, 1);
  ReporterTrace arm = reference;
  for (int row = 5; row <= 10; ++row) arm.mean[row][0] = std::nanf("");
  ASSERT_EQ(influence(arm, reference, {}).count(), 1u);
  EXPECT_EQ(influence(arm, reference, {}).onsets[0], 50.0);
  EXPECT_EQ(influence(arm, arm, {}).count(), 0u);
}

TEST(Influence, MeanEffectIsInUnitsOfTheRange) {
  const auto effect = mean_effect(flat_trace(1, 2), flat_trace(1, 1));
  EXPECT_DOUBLE_EQ(effect.front(), 0.25);  // means 1.5 and 1.0, range 2
}

TEST(Influence, RefusesTracesOfOtherTimes) {
  ReporterTrace late = flat_trace(1, 1);
  late.time.back() += 1;
  EXPECT_THROW((void)influence(late, flat_trace(1, 1), {}), std::invalid_argument);
}

}  // namespace
}  // namespace interstice
