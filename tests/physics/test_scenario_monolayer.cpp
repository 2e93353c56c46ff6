// labels: slow
/// @file
/// Uptake by a confluent monolayer at the bottom of a well: 3 mm of medium over a partially absorbing wall.
#include <gtest/gtest.h>

#include <algorithm>

#include "support/run_scenario.h"

namespace interstice {
namespace {

/// Share of the vesicles that the bottom has taken up; steps so long that paths cross the wall many times in one.
double taken_up(const std::string& bottom, const std::string& until, const std::string& dt) {
  const std::string steps = ", vesicles: " + dt + ", cells: " + until + ", transport: " + until + ", series: " + until;
  const SeriesTable series = test::run_series(R"(
schema: 2
title: monolayer
domain:
  size: [20 um, 20 um, 3 mm]
  spacing: 20 um
  boundary: {x: periodic, y: periodic, z_min: )" + bottom +
                                                  R"(, z_max: no_flux}
time: [{until: )" + until + steps + R"(}]
regions: {medium: {shape: everywhere, medium: fluid, viscosity: 1}}
vesicles:
  ev:
    density: 8.3333e10 EV/ml
    in: [medium]
    diameter: {median: 115 nm, gsd: 1}
    weight: 1
)",
                                              {}, 2);
  const double dosed = series.find("vesicles.ev.free")->front(), left = series.find("vesicles.ev.left")->back();
  EXPECT_NEAR(dosed, 1e5, 10);
  EXPECT_EQ(series.find("vesicles.ev.free")->back() + left, dosed);
  return left / dosed;
}

// D = 5.715 um^2/s, L = 3 mm. With kappa = 9.93e-3 um/s the layer is limited by its own reaction at first
// (kappa t/L = 1.2 % in 1 h without depletion), by diffusion later.
TEST(Monolayer, TakesUpOnePercentInAnHour) {
  EXPECT_NEAR(taken_up("{reactive: 9.93e-3 um/s}", "1 h", "10 s") / 0.0100, 1, 0.05);  // standard error 3 %
}

TEST(Monolayer, TakesUpFourteenPercentInADay) {
  EXPECT_NEAR(taken_up("{reactive: 9.93e-3 um/s}", "24 h", "30 s") / 0.144, 1, 0.05);  // standard error 0.8 %
}

TEST(Monolayer, APerfectSinkTakesUpTwoRootDtOverPi) {
  EXPECT_NEAR(taken_up("absorbing", "1 h", "10 s") / 0.0540, 1, 0.05);  // standard error 1.3 %
}

}  // namespace
}  // namespace interstice
