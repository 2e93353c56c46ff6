/// @file
/// The order of the answers of a verdict, and what decides each.
#include <gtest/gtest.h>

#include "engine/analysis/verdict.h"

namespace interstice {
namespace {

Judgement judge_one(const ArmEffects& first, const ArmEffects& second) {
  return judge(std::vector<ArmEffects>{first}, std::vector<ArmEffects>{second}, 1, "test");
}

TEST(Verdict, NeitherWhereBothAreBelowOneTwentieth) {
  const Judgement judgement = judge_one({0.04, 0.045, 0.03}, {-0.01, 0.001, 0.02});
  EXPECT_EQ(judgement.preference, Preference::neither);
  EXPECT_EQ(judgement.share, 1);
}

TEST(Verdict, OneOverTheOtherWhereMoreThanThreeTimesAsLarge) {
  EXPECT_EQ(judge_one({0.32, 0.33, 0.31}, {0.1, 0.1, 0.1}).preference, Preference::first);
  EXPECT_EQ(judge_one({0.1, 0.1, 0.1}, {0.32, 0.33, 0.31}).preference, Preference::second);
  EXPECT_EQ(judge_one({0.28, 0.29, 0.28}, {0.1, 0.1, 0.1}).preference, Preference::equivalent);
  // What is below 0.05 counts as 0.05: no ratio is large by division by next to nothing.
  EXPECT_EQ(judge_one({0.14, 0.14, 0.14}, {0, 0, 0}).preference, Preference::equivalent);
  EXPECT_EQ(judge_one({0.16, 0.16, 0.16}, {0, 0, 0}).preference, Preference::first);
}

TEST(Verdict, TheSizeDecidesAndTheSignIsTold) {
  const Judgement judgement = judge_one({-0.5, -0.4, -0.45}, {0.1, 0.1, 0.1});
  EXPECT_EQ(judgement.preference, Preference::first);
  EXPECT_DOUBLE_EQ(judgement.first, -0.45);
  EXPECT_GT(judgement.ratio, 4);
}

TEST(Verdict, AsLargeButOppositeIsEquivalentWithBothSignsTold) {
  const Judgement judgement = judge_one({-0.2, -0.22, -0.18}, {0.21, 0.2, 0.19});
  EXPECT_EQ(judgement.preference, Preference::equivalent);
  EXPECT_DOUBLE_EQ(judgement.first, -0.2);
  EXPECT_DOUBLE_EQ(judgement.second, 0.2);
}

TEST(Verdict, UndeterminedWhereSamplesDisagree) {
  const Judgement judgement = judge_one({0.9, 0, 0, 0}, {0.1, 0.1, 0.1, 0.1});
  EXPECT_EQ(judgement.preference, Preference::undetermined);
  EXPECT_LT(judgement.share, kMostSamples);
}

TEST(Verdict, ASingleReplicateDecidesNothing) {
  EXPECT_EQ(judge_one({0.9}, {0}).preference, Preference::undetermined);
  EXPECT_EQ(judge_one({0}, {0}).preference, Preference::undetermined);
}

TEST(Verdict, TheStrongestArmStandsForItsSide) {
  const std::vector<ArmEffects> first{{0.01, 0.02}, {0.4, 0.5}}, second{{0.1, 0.1}};
  const Judgement judgement = judge(first, second, 1, "test");
  EXPECT_EQ(judgement.preference, Preference::first);
  EXPECT_DOUBLE_EQ(judgement.first, 0.45);
}

// Replicates are paired: they are drawn together, so that what all arms share does not blur a ratio.
TEST(Verdict, ReplicatesOfBothSidesAreDrawnTogether) {
  const Judgement judgement = judge_one({0.4, 0.8, 1.6, 3.2}, {0.1, 0.2, 0.4, 0.8});
  EXPECT_EQ(judgement.preference, Preference::first);
  EXPECT_EQ(judgement.share, 1);
  EXPECT_NEAR(judgement.ratio, 4, 1e-12);
}

TEST(Verdict, TheSameNumbersGiveTheSameAnswer) {
  const ArmEffects a{0.3, 0.1, 0.6, 0.2}, b{0.1, 0.08, 0.12, 0.02};
  EXPECT_EQ(judge_one(a, b).share, judge_one(a, b).share);
  EXPECT_EQ(judge_one(a, b).ratio, judge_one(a, b).ratio);
}

}  // namespace
}  // namespace interstice
