// What vesicles are born with, where doses go, and how vesicles end.
#include <gtest/gtest.h>

#include <cmath>

#include "support/vesicle_world.h"

namespace interstice {
namespace {

TEST(VesicleProperties, StokesEinstein) { EXPECT_NEAR(stokes_einstein(100, 310.15, 6.913e-4), 6.57, 0.005 * 6.57); }

TEST(VesicleProperties, SizesAreLogNormalAndArrivalsLeanToSmallOnes) {
  VesicleClass klass;
  const Noise noise(4);
  double mean = 0, square = 0, root = 0, arrivals = 0;
  const int n = 40000;
  for (int i = 0; i < n; ++i) {
    const double log = std::log(draw_diameter(klass, noise, child_id(1, i)) / 115);
    mean += log / n;
    square += log * log / n;
    root += std::sqrt(stokes_einstein(115 * std::exp(log), klass.temperature, klass.water_viscosity)) / n;
    arrivals += draw_diameter(klass, noise, child_id(1, i), kArrivalSizeBias) / n;
  }
  const double sigma = std::log(1.3);
  EXPECT_NEAR(mean, 0, 4 * sigma / std::sqrt(n));
  EXPECT_NEAR(square, sigma * sigma, 0.03 * sigma * sigma);
  EXPECT_NEAR(root, mean_root_diffusivity(klass), 0.002 * root);
  EXPECT_NEAR(arrivals, 115, 0.01 * 115);  // E[d^(1/2)] / E[d^(-1/2)] is the median
}

TEST(VesicleProperties, CopiesHaveTheStatedMeanAndPositiveFraction) {
  VesicleWorld world(5, 5, 5, 10);
  world.classes[0].proteins = {{ProteinId{0}, 5, 0.5, 0.8}};
  world.seed(0.4);
  double mean = 0, positive = 0;
  const double n = static_cast<double>(world.vesicles.size());
  for (const auto copies : world.vesicles.proteins[0]) {
    mean += copies / n;
    positive += copies > 0 ? 1 / n : 0;
  }
  EXPECT_NEAR(n, 50000, 1);
  EXPECT_NEAR(mean, 5, 0.03 * 5);
  double zero = 0;  // of the positive ones, by quadrature over their log-normal mean 10
  for (double t = -6; t < 6; t += 0.01)
    zero += 0.01 * std::exp(-t * t / 2 - 10 * std::exp(0.8 * t - 0.32)) / std::sqrt(2 * kPi);
  EXPECT_NEAR(positive, 0.5 * (1 - zero), 0.008);
}

TEST(VesicleSeeding, FillsTheFluidBetweenCellsOnly) {
  VesicleWorld world(8, 8, 8, 5);
  world.periodic = {false, false, false};
  world.regions.regions.push_back({"solid", 1, 1, 0});
  for (std::size_t v = 0; v < world.grid.voxel_count() / 2; ++v) world.regions.of_voxel[v] = 1;
  world.classes[0].weight = 3;
  world.add_cell({20, 20, 30}, 8);
  world.add_reservoir(1234.5);
  world.seed(1, {ReservoirId{0}});
  const double fluid = 32000 - 4.0 / 3 * kPi * 512;
  EXPECT_NEAR(static_cast<double>(world.vesicles.size()), fluid / 3, 4 * std::sqrt(32000 / 3 * 0.067));
  for (std::size_t v = 0; v < world.vesicles.size(); ++v) {
    ASSERT_GE(world.vesicles.z[v], 20.0);
    ASSERT_GE(norm(world.vesicles.position(v) - Vec3{20, 20, 30}), 8);
  }
  EXPECT_NEAR(static_cast<double>(world.reservoir_states[0].vesicles[0]), 1234.5, 0.5);
  EXPECT_EQ(world.ledger[0].dosed, world.ledger[0].total());
}

TEST(VesicleTurnover, EndosomesEmptyInTheStatedShares) {
  for (const double dt : {0.5, 50.0, 5000.0}) {
    VesicleWorld world(4, 4, 4, 10);
    VesicleClass& k = world.classes[0];
    k.endosome_exit = 1e-3;
    k.released_fraction = 0.05;
    k.recycled_fraction = 0.3;
    world.seed(0.4);
    world.add_cell({20, 20, 20}, 5);
    const auto n = world.vesicles.size();
    for (std::size_t v = 0; v < n; ++v) {
      world.vesicles.state[v] = VesicleState::endosomal;
      world.vesicles.host[v] = 0;
    }
    world.cells.internal[0] = n;
    count_vesicles(world.vesicles, world.classes, world.ledger);
    const Threads threads(2);
    for (int i = 0; i < static_cast<int>(5000 / dt + 0.5); ++i) {
      world.turn_over(dt, threads);
      world.tick();
    }
    const double exited = -std::expm1(-5.0) * static_cast<double>(n);
    EXPECT_NEAR(static_cast<double>(world.ledger[0].released), 0.05 * exited, 4 * std::sqrt(0.05 * exited));
    EXPECT_NEAR(static_cast<double>(world.ledger[0].free), 0.3 * exited, 4 * std::sqrt(0.21 * exited));
    EXPECT_NEAR(static_cast<double>(world.ledger[0].degraded), 0.65 * exited, 4 * std::sqrt(0.23 * exited));
    EXPECT_EQ(world.cells.releases[0], world.ledger[0].released);
    EXPECT_EQ(world.cells.internal[0], world.ledger[0].endosomal);
    for (std::size_t v = 0; v < world.vesicles.size(); ++v) {
      if (world.vesicles.state[v] != VesicleState::free) continue;
      ASSERT_EQ(world.vesicles.cargo[v], 0);
      ASSERT_NEAR(norm(world.vesicles.position(v) - Vec3{20, 20, 20}), 5, 1e-6);
    }
  }
}

TEST(VesicleTurnover, WithoutCargoThereIsNothingToReleaseAndOtherExitsKeepTheirRates) {
  for (const double dt : {0.5, 5000.0}) {
    VesicleWorld world(4, 4, 4, 10);
    VesicleClass& k = world.classes[0];
    k.endosome_exit = 1e-3;
    k.released_fraction = 0.5;
    k.recycled_fraction = 0.3;
    world.seed(0.4);
    world.add_cell({20, 20, 20}, 5);
    const auto n = world.vesicles.size();
    for (std::size_t v = 0; v < n; ++v) {
      world.vesicles.state[v] = VesicleState::endosomal;
      world.vesicles.host[v] = 0;
      world.vesicles.cargo[v] = 0;
    }
    world.cells.internal[0] = n;
    count_vesicles(world.vesicles, world.classes, world.ledger);
    const Threads threads(1);
    for (int i = 0; i < static_cast<int>(5000 / dt + 0.5); ++i) {
      world.turn_over(dt, threads);
      world.tick();
    }
    const double exited = -std::expm1(-2.5) * static_cast<double>(n);
    EXPECT_EQ(world.ledger[0].released, 0U);
    EXPECT_NEAR(static_cast<double>(world.ledger[0].free), 0.6 * exited, 4 * std::sqrt(0.24 * exited));
    EXPECT_NEAR(static_cast<double>(world.ledger[0].endosomal), static_cast<double>(n) - exited,
                4 * std::sqrt(0.08 * exited));
  }
}

TEST(VesicleTurnover, BoundOnesComeOffOrGoIn) {
  VesicleWorld world(4, 4, 4, 10);
  world.classes[0].desorption = 1e-3;
  world.classes[0].internalisation = 3e-3;
  world.seed(0.4);
  world.add_cell({20, 20, 20}, 5);
  const auto n = world.vesicles.size();
  for (std::size_t v = 0; v < n; ++v) {
    world.vesicles.state[v] = VesicleState::adsorbed;
    world.vesicles.host[v] = 0;
  }
  world.cells.bound[0] = n;
  count_vesicles(world.vesicles, world.classes, world.ledger);
  const Threads threads(1);
  for (int i = 0; i < 250; ++i) {
    world.turn_over(1, threads);
    world.tick();
  }
  const double gone = -std::expm1(-1.0) * static_cast<double>(n);
  EXPECT_NEAR(static_cast<double>(world.ledger[0].free), gone / 4, 4 * std::sqrt(gone / 4));
  EXPECT_NEAR(static_cast<double>(world.ledger[0].endosomal), 0.75 * gone, 4 * std::sqrt(gone / 4));
  EXPECT_EQ(world.cells.bound[0], world.ledger[0].adsorbed);
}

TEST(VesicleTurnover, SlowClearanceInSmallStepsIsNotRoundedAway) {
  VesicleWorld world(4, 4, 4, 10);
  const double rate = std::log(2.0) / (72 * 3600);
  world.regions.regions[0].vesicle_clearance = rate;
  world.seed(1);
  const auto n = static_cast<double>(world.vesicles.size());
  const Threads threads(2);
  for (int i = 0; i < 4000; ++i) {
    world.turn_over(0.05, threads);
    world.tick();
  }
  for (int i = 0; i < 20; ++i) {
    world.turn_over(3600, threads);
    world.tick();
  }
  const double expected = n * -std::expm1(-rate * (200 + 72000));
  EXPECT_NEAR(static_cast<double>(world.ledger[0].lost), expected, 4 * std::sqrt(expected));
  float largest = 0;
  for (const float left : world.vesicles.clearance_left) largest = std::max(largest, left);
  EXPECT_GT(largest, 5.0F);
}

TEST(VesicleTurnover, ReservoirIsClearedToo) {
  VesicleWorld world(2, 2, 2, 10);
  world.add_reservoir(1e5);
  world.reservoirs[0].vesicle_clearance = 1e-3;
  world.seed(1, {ReservoirId{0}});
  const std::uint64_t total = world.ledger[0].total();
  const Threads threads(1);
  for (int i = 0; i < 100; ++i) {
    world.advance(10, threads);
    world.tick();
  }
  EXPECT_NEAR(static_cast<double>(world.ledger[0].lost), 1e5 * -std::expm1(-1.0), 700);
  EXPECT_EQ(world.ledger[0].total(), total);
  EXPECT_EQ(world.ledger[0].in_reservoir, world.reservoir_states[0].vesicles[0]);
}

TEST(VesicleMotion, SitesNeverOverflowWithTwoThreads) {
  VesicleWorld world(4, 4, 4, 10);
  world.classes[0].weight = 7;
  world.cell_types[0].contact = {100, 0.5};
  world.add_cell({20, 20, 20}, 5);
  world.seed(0.5);
  const Threads threads(2);
  for (int i = 0; i < 40; ++i) {
    world.move(0.5, threads);
    world.tick();
  }
  const double sites = 0.5 * 4 * kPi * 25;
  EXPECT_LE(static_cast<double>(world.cells.bound[0]), sites);
  EXPECT_GT(static_cast<double>(world.cells.bound[0]), sites - 8);
}

TEST(VesicleEnzymes, CopiesOfFreeAndBoundVesiclesCount) {
  VesicleWorld world(2, 1, 1, 10);
  world.classes[0].weight = 2;
  world.classes[0].proteins = {{ProteinId{0}, 4, 1, 0}};
  world.classes[0].enzyme_half_life = 100;
  world.add_reservoir(100);
  world.seed(1, {ReservoirId{0}});
  world.vesicles.state[0] = VesicleState::adsorbed;
  world.vesicles.state[1] = VesicleState::endosomal;
  std::vector<double> expected(2, 0.0);
  for (std::size_t v = 0; v < world.vesicles.size(); ++v)
    if (v != 1) expected[world.vesicles.x[v] < 10 ? 0 : 1] += 2 * 0.5 * world.vesicles.proteins[0][v];
  for (const int count : {1, 3}) {
    std::vector<std::vector<double>> copies, reservoir;
    deposit_exposed_copies(world.vesicles, world.reservoir_states, world.environment(), 100, copies, reservoir,
                           Threads(count));
    EXPECT_EQ(copies[0], expected);
    EXPECT_EQ(reservoir[0][0], 4 * 0.5 * 100);
  }
}

}  // namespace
}  // namespace interstice
