/// @file
// labels: slow
/// EVs in the blood and the wall of stroke_penumbra.yaml: what the wall felt of them, and how many neutrophils it lets
/// in for it.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <string>

#include "models/surface_contact.h"
#include "support/run_scenario.h"

namespace interstice {
namespace {

SeriesTable hours_of(const std::string& arm, int hours) {
  const Scenario& scenario =
      test::shipped("stroke_penumbra.yaml", {"time=[{until: " + std::to_string(hours) +
                                             " h, transport: 20 s, vesicles: 60 s, cells: 60 s, series: 30 min}]"});
  Simulation simulation(build_problem(scenario, {.arm = arm}), 1);
  return test::run_series(simulation);
}

// 1e11 EVs in 1.5 ml from the first hour on, halved every ten minutes: the formulas of the wall against the model.
TEST(StrokeEntry, TheWallFeelsEvsOfThePlasmaAsCellsFeelBoundOnes) {
  const models::ContactConstants k = {.half_signal = 50,
                                      .myd88 = 1,
                                      .bound_time = 500,
                                      .signal_time = 7200,
                                      .fast_time = 3600,
                                      .slow_time = 86400,
                                      .licence_gain_time = 8 * 3600,  // here of tolerance: the same equation
                                      .licence_loss_time = 72 * 3600};
  models::ContactState wall;
  double bound = 0;
  for (double t = 3600; t < 3 * 3600; t += 1) {
    const double density = 1e11 / 1.5e12 * std::exp2(-(t + 0.5 - 3600) / 600);
    wall = models::contact_after(wall, bound, 1, k);
    bound += 6 * density - bound / 500;
  }
  const SeriesTable series = hours_of("contact", 3);
  EXPECT_NEAR(series.last("column.endothelium.wall_n") / wall.signal, 1, 0.03);
  EXPECT_NEAR(series.last("column.endothelium.wall_f") / wall.fast, 1, 0.03);
  EXPECT_NEAR(series.last("column.endothelium.wall_s") / wall.slow, 1, 0.03);
  EXPECT_NEAR(series.last("column.endothelium.tolerance") / wall.monocyte, 1, 0.03);
}

TEST(StrokeEntry, EvsLowerEntryOnlyThroughTheWall) {
  constexpr int kHours = 9;
  const double vehicle = hours_of("vehicle", kHours).last("column.endothelium.let_in"),
               all = hours_of("all", kHours).last("column.endothelium.let_in"),
               not_wall = hours_of("all_not_wall", kHours).last("column.endothelium.let_in");
  std::printf("let in per vessel point in %d h: vehicle %.3f, all %.3f, all_not_wall %.3f\n", kHours, vehicle, all,
              not_wall);
  EXPECT_GT(vehicle, 0.5);
  EXPECT_LT(all, 0.85 * vehicle);
  EXPECT_NEAR(not_wall / vehicle, 1, 0.1);
}

}  // namespace
}  // namespace interstice
