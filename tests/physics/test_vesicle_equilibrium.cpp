/// @file
/// The densities at which moving vesicles come to rest: across viscosities, partitions, cells and reservoirs.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "support/vesicle_world.h"

namespace interstice {
namespace {

/// Vesicles in layers of the given thickness along z, relative to the mean.
std::vector<double> layers(const VesicleWorld& world, double thickness) {
  std::vector<double> count(static_cast<std::size_t>(world.grid.size().z / thickness + 0.5), 0.0);
  for (const double z : world.vesicles.z) ++count[std::min<std::size_t>(z / thickness, count.size() - 1)];
  for (double& c : count) c *= static_cast<double>(count.size()) / static_cast<double>(world.vesicles.size());
  return count;
}

/// Their mean over the steps of 0.5 s after the first `settling`.
std::vector<double> mean_layers(VesicleWorld& world, double thickness, int settling, int steps) {
  const Threads threads(2);
  std::vector<double> mean;
  for (int i = 0; i < steps; ++i) {
    world.move(0.5, threads);
    world.tick();
    if (i < settling) continue;
    const auto now = layers(world, thickness);
    mean.resize(now.size());
    for (std::size_t k = 0; k < now.size(); ++k) mean[k] += now[k] / (steps - settling);
  }
  return mean;
}

TEST(VesicleEquilibrium, TwoViscositiesStayUniform) {
  VesicleWorld world(6, 6, 8, 5);
  world.paint_above(20, {"thick", 1, 4});
  world.periodic = {true, true, false};
  world.seed(200000 / 36000.0);
  for (const double m : mean_layers(world, 5, 100, 300)) EXPECT_NEAR(m, 1, 0.02);
}

/// Steps are divided there, and cross midway. The side of the faster holds 1.6 % more, and a run differs by 0.3 %.
TEST(VesicleEquilibrium, CellsOnAnInterfaceLeaveBothSidesUniform) {
  constexpr int kRuns = 3;
  std::vector<double> mean(2, 0.0);
  for (int run = 1; run <= kRuns; ++run) {
    VesicleWorld world(4, 4, 4, 5);
    world.noise = Noise(static_cast<std::uint64_t>(run));
    world.paint_above(10, {"thick", 1, 4});
    world.periodic = {true, true, false};
    for (const double x : {5.0, 15.0})
      for (const double y : {5.0, 15.0}) world.add_cell({x, y, 10}, 3);
    world.seed(40000 / 8000.0);
    const auto of_run = mean_layers(world, 10, 100, 200);
    for (std::size_t k = 0; k < mean.size(); ++k) mean[k] += of_run[k] / kRuns;
  }
  for (const double m : mean) EXPECT_NEAR(m, 1, 0.02);
}

TEST(VesicleEquilibrium, PartitionSetsTheEquilibriumDensity) {
  VesicleWorld world(6, 6, 4, 5);
  world.paint_above(10, {"gel", 1, 2, 0.25});
  world.periodic = {true, true, false};
  world.seed(60000 / 18000.0);
  const auto mean = mean_layers(world, 5, 200, 400);
  EXPECT_NEAR((mean[2] + mean[3]) / 4, 0.2, 0.02 * 0.2);
}

TEST(VesicleEquilibrium, ReservoirOfEqualDensityKeepsThePatchUniform) {
  VesicleWorld world(4, 4, 8, 5);
  world.periodic = {true, true, false};
  world.classes[0].geometric_sd = 1.3;
  world.classes[0].weight = 2;
  world.add_reservoir(1e6);
  world.reservoir_of_face[5] = 0;
  world.seed(5, {ReservoirId{0}});
  const std::uint64_t total = world.ledger[0].total();
  const double expected = static_cast<double>(world.vesicles.size());
  const Threads threads(2);
  std::vector<double> mean(8, 0.0);
  double number = 0, diffusivity = 0;
  const int steps = 600;
  for (int i = 0; i < steps; ++i) {
    world.move(0.5, threads);
    world.tick();
    ASSERT_EQ(world.ledger[0].total(), total);
    ASSERT_EQ(world.ledger[0].free, 2 * world.vesicles.size());
    const auto now = layers(world, 5);
    for (std::size_t k = 0; k < 8; ++k) mean[k] += now[k] / steps;
    number += static_cast<double>(world.vesicles.size()) / steps / expected;
  }
  for (const float D : world.vesicles.diffusivity) diffusivity += D / static_cast<double>(world.vesicles.size());
  EXPECT_NEAR(number, 1, 0.01);
  for (const double m : mean) EXPECT_NEAR(m, 1, 0.015);
  const double median = stokes_einstein(115, 310.15, 6.913e-4), sigma = std::log(1.3);
  EXPECT_NEAR(diffusivity / (median * std::exp(0.5 * sigma * sigma)), 1, 0.01);  // sizes stay what they were
}

}  // namespace
}  // namespace interstice
