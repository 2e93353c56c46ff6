/// @file
/// Exact intervals of shares, against tabulated ones.
#include <gtest/gtest.h>

#include "engine/statistics/proportion.h"

namespace interstice {
namespace {

TEST(Proportion, HasTheIntervalOfClopperAndPearson) {
  const Estimate some = binomial_share(5, 100);
  EXPECT_DOUBLE_EQ(some.mean, 0.05);
  EXPECT_NEAR(some.low, 0.016432, 1e-6);
  EXPECT_NEAR(some.high, 0.112835, 1e-6);
  EXPECT_EQ(binomial_share(0, 100).low, 0);
  EXPECT_NEAR(binomial_share(0, 100).high, 0.036217, 1e-6);  // 1 - 0.025^(1/100)
  EXPECT_EQ(binomial_share(20, 20).high, 1);
  EXPECT_NEAR(binomial_share(20, 20).low, 0.831566, 1e-6);
}

}  // namespace
}  // namespace interstice
