/// @file
/// The diffusion stage: conservation, symmetry, walls, reservoirs, positivity, threads.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstring>
#include <random>

#include "engine/core/constants.h"
#include "engine/fields/diffusion/diffusion.h"
#include "unit/fields/tissue.h"

namespace interstice {
namespace {

using testing::Tissue;

void fill_randomly(std::span<double> field, unsigned seed) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<double> uniform(0, 1);
  for (double& x : field) x = uniform(random);
}

/// Two tissues interleaved in blobs, with different diffusivity and volume fraction.
void make_patchy(Tissue& t, Species& s) {
  t.regions.regions.push_back({.name = "tissue", .volume_fraction = 0.2});
  s.diffusivity = {300, 40};
  paint(t.regions, t.grid, RegionId{1}, SphereShape{0.4 * t.grid.size(), t.grid.size().x * 0.3});
}

class ClosedBox : public ::testing::TestWithParam<double> {};

TEST_P(ClosedBox, KeepsItsContentsFor1e4Steps) {
  for (const bool patchy : {false, true}) {
    Tissue t(6, 5, 8, 10);
    Species& s = t.add(300);
    if (patchy) make_patchy(t, s);
    t.allocate();
    fill_randomly(t.field(), 1);
    t.field()[17] = 1000;
    DiffusionSolver solver = t.solver();
    const double dt = GetParam() * 100 / 300, before = t.content();
    for (int n = 0; n < 10000; ++n) t.step(solver, dt);
    EXPECT_NEAR(t.content() / before, 1, 1e-12) << "patchy " << patchy;
    EXPECT_EQ(t.budget.through_boundary[0], 0);
  }
}
INSTANTIATE_TEST_SUITE_P(Ratios, ClosedBox, ::testing::Values(0.4, 4.0, 30.0), [](const auto& info) {
  return fmt::format("D_dt_over_dx2_{}_tenths", std::lround(10 * info.param));
});

TEST(Diffusion, TreatsTheAxesAlike) {
  Tissue t(9, 9, 9, 10);
  t.add(770);
  t.allocate();
  DiffusionSolver solver = t.solver();
  for (int n = 0; n < 20; ++n) t.step(solver, 0.5, Threads(1), 1.0, t.grid.index(4, 4, 4));
  const auto c = t.field();
  for (int i = 0; i < 9; ++i) {
    for (int j = 0; j < 9; ++j) {
      for (int k = 0; k < 9; ++k) {
        const double value = c[t.grid.index(i, j, k)];
        for (const double other : {c[t.grid.index(j, i, k)], c[t.grid.index(k, j, i)], c[t.grid.index(8 - i, k, j)]}) {
          ASSERT_NEAR(other / value, 1, 2e-7);  // changes are summed in single precision
        }
      }
    }
  }
}

/// Ratio of the responses along x and along z to a source in the middle of a cube of slow tissue.
double axis_difference(double dt) {
  Tissue t(15, 15, 15, 10);
  Species& s = t.add(770);
  t.regions.regions.push_back({.name = "slow"});
  s.diffusivity = {770, 77};
  paint(t.regions, t.grid, RegionId{1}, BoxShape{{40, 40, 40}, {110, 110, 110}});
  t.allocate();
  DiffusionSolver solver = t.solver();
  const int steps = static_cast<int>(std::lround(2 / dt));
  for (int n = 0; n < steps; ++n) t.step(solver, dt, Threads(1), 1.0, t.grid.index(7, 7, 7));
  double worst = 0;
  for (int i = 1; i < 6; ++i) {
    const double x = t.field()[t.grid.index(7 + i, 7, 7)], z = t.field()[t.grid.index(7, 7, 7 + i)];
    worst = std::max(worst, std::abs(x / z - 1));
  }
  return worst;
}

TEST(Diffusion, VariableDiffusivityLeavesNoAxisDifference) {
  for (const double dt : {0.5, 0.05, 0.0125}) EXPECT_LT(axis_difference(dt), 1e-6) << dt;  // per-axis splitting: 5e-2
}

TEST(Diffusion, SteadyValueOfASecretingVoxelDoesNotDependOnTheStep) {
  std::vector<double> values;
  for (const double dt : {0.05, 0.1, 0.5, 1.0}) {
    Tissue t(11, 11, 11, 10);
    t.add(770).faces.fill(FixedValue{0});
    t.allocate();
    DiffusionSolver solver = t.solver();
    const std::size_t middle = t.grid.index(5, 5, 5);
    for (double time = 0; time < 40; time += dt) t.step(solver, dt, Threads(1), 1.0, middle);
    values.push_back(t.field()[middle]);
  }
  for (const double value : values) EXPECT_NEAR(value / values[0], 1, 1e-6);
  // Continuum estimate of the voxel itself: s h^2 W/(6 D), Watson's 1.516386 for the infinite lattice, less the walls.
  EXPECT_NEAR(values[0], 1.516386 * 100 / (6 * 770), 0.15 * 1.516386 * 100 / (6 * 770));
}

TEST(Diffusion, FixedWallsGiveALinearProfileAndTheBudgetItsFlux) {
  Tissue t(3, 2, 20, 5);
  Species& s = t.add(100);
  s.faces[4] = FixedValue{2};
  s.faces[5] = FixedValue{1};
  t.allocate();
  DiffusionSolver solver = t.solver();
  for (int n = 0; n < 4000; ++n) t.step(solver, 0.5);
  for (int k = 0; k < 20; ++k) EXPECT_NEAR(t.field()[t.grid.index(1, 1, k)], 2 - (k + 0.5) / 20, 1e-11);
  EXPECT_NEAR(t.budget.through_boundary[0] / (t.content() * kMoleculesPerUmCubedPerMicromolar), 1, 1e-12);
}

TEST(Diffusion, PermeableWallGivesTheRobinProfile) {
  // Fixed 1 at z = 0, permeability P to 0 at z = L: slope -1/(L + D/P).
  for (const int axis : {0, 1, 2}) {
    std::array<int, 3> n{1, 2, 3};
    n[axis] = 16;
    Tissue t(n[0], n[1], n[2], 2);
    Species& s = t.add(100);
    s.faces[2 * axis] = FixedValue{1};
    s.faces[2 * axis + 1] = Permeable{7, 0};
    t.allocate();
    DiffusionSolver solver = t.solver();
    for (int m = 0; m < 4000; ++m) t.step(solver, 0.1);
    for (int p = 0; p < 16; ++p) {
      std::array<int, 3> at{0, 0, 0};
      at[axis] = p;
      EXPECT_NEAR(t.field()[t.grid.index(at[0], at[1], at[2])], 1 - (p + 0.5) * 2 / (32 + 100.0 / 7), 1e-11);
    }
  }
}

TEST(Diffusion, PeriodicModesDecayAtTheDiscreteRate) {
  for (const int axis : {0, 1, 2}) {
    std::array<int, 3> n{2, 3, 2};
    n[axis] = 16;
    Tissue t(n[0], n[1], n[2], 2);
    t.add(100).faces.fill(Periodic{});
    t.allocate();
    const auto position = [&](std::size_t i) {
      const Vec3 p = t.grid.centre(i);
      return (axis == 0 ? p.x : axis == 1 ? p.y : p.z) / 32;
    };
    for (std::size_t i = 0; i < t.grid.voxel_count(); ++i) t.field()[i] = 1 + std::cos(2 * kPi * (2 * position(i)));
    DiffusionSolver solver = t.solver();
    const double dt = 0.02, eigenvalue = 100.0 / 4 * 4 * std::pow(std::sin(kPi * 2 / 16), 2);
    ASSERT_EQ(solver.substeps(SpeciesId{0}, dt), 1);
    for (int m = 0; m < 10; ++m) t.step(solver, dt);
    const double g = std::exp(-eigenvalue * 10 * dt);
    for (std::size_t i = 0; i < t.grid.voxel_count(); ++i) {
      ASSERT_NEAR(t.field()[i], 1 + g * std::cos(2 * kPi * (2 * position(i))), 1e-4);
    }
  }
}

TEST(Diffusion, IsExactInTimeWhateverTheStep) {
  for (const double dt : {0.08, 0.04, 0.01, 0.0025}) {
    Tissue t(8, 8, 2, 2);
    t.add(100).faces.fill(Periodic{});
    t.allocate();
    for (std::size_t i = 0; i < t.grid.voxel_count(); ++i) {
      const Vec3 p = t.grid.centre(i);
      t.field()[i] = 2 + std::cos(2 * kPi * p.x / 16) * std::cos(2 * kPi * p.y / 16);
    }
    DiffusionSolver solver = t.solver();
    for (int m = 0; m < std::lround(0.08 / dt); ++m) t.step(solver, dt);
    const double rate = 2 * 100.0 * std::pow(std::sin(kPi / 8), 2);
    const double exact = std::pow(std::cos(2 * kPi / 16), 2) * std::exp(-rate * 0.08);
    EXPECT_NEAR((t.field()[0] - 2) / exact, 1, 4e-3) << dt;
  }
}

TEST(Diffusion, PatchAndReservoirExchangeButLoseNothing) {
  for (const double represents : {1.0, 40.0}) {
    Tissue t(4, 4, 10, 10);
    Species& s = t.add(500);
    make_patchy(t, s);
    s.faces[5] = ToReservoir{ReservoirId{0}};
    t.reservoirs.push_back({.name = "synovial_fluid",
                            .volume = 3e5,
                            .represents = represents,
                            .vesicle_transfers = {},
                            .enzyme_copies = {}});
    t.allocate();
    fill_randomly(t.field(), 3);
    t.state[0].concentration[0] = 4;
    const auto total = [&] { return t.content() + t.state[0].concentration[0] * 3e5 / represents; };
    const double before = total();
    DiffusionSolver solver = t.solver();
    for (int n = 0; n < 10000; ++n) t.step(solver, 0.5);
    EXPECT_NEAR(total() / before, 1, 1e-12);
    EXPECT_EQ(t.budget.through_boundary[0], 0);
    const double level = before / (t.content() / t.field()[0] + 3e5 / represents);
    for (const double c : t.field()) EXPECT_NEAR(c / level, 1, 1e-9);
    EXPECT_NEAR(t.state[0].concentration[0] / level, 1, 1e-9);
  }
}

TEST(Diffusion, ReservoirFillsAtTheAnalyticRate) {
  // One thin layer behind a large reservoir fills as 1 - exp(-G t/(V)), G/V = 2 D/h^2.
  Tissue t(1, 1, 1, 10);
  t.add(5).faces[5] = ToReservoir{ReservoirId{0}};
  t.reservoirs.push_back({.name = "r", .volume = 1e12, .represents = 1, .vesicle_transfers = {}, .enzyme_copies = {}});
  t.allocate();
  t.state[0].concentration[0] = 1;
  DiffusionSolver solver = t.solver();
  for (int n = 0; n < 500; ++n) t.step(solver, 0.02);
  EXPECT_NEAR(t.field()[0], 1 - std::exp(-2 * 5.0 / 100 * 10), 1e-6);
}

TEST(Diffusion, NeverGoesNegativeAndKeepsMassWhereItMustFallBack) {
  std::mt19937 random(5);
  std::uniform_real_distribution<double> uniform(0, 1);
  for (int trial = 0; trial < 300; ++trial) {
    Tissue t(5, 4, 6, 10);
    Species& s = t.add(770);
    if (trial % 2) make_patchy(t, s);
    t.allocate();
    for (double& c : t.field()) c = uniform(random) < 0.1 ? 1000 * uniform(random) : 0;
    DiffusionSolver solver = t.solver();
    t.reacted = t.c;
    long double content = 0;
    for (std::size_t i = 0; i < t.grid.voxel_count(); ++i) {
      double& r = t.reacted[SpeciesId{0}][i];
      if (uniform(random) < 0.3) r = 0;
      if (uniform(random) < 0.1) r += uniform(random);
      content += t.alpha(i) * r * t.grid.voxel_volume();
    }
    t.diffuse(solver, std::pow(10, -3 + 3 * uniform(random)));
    for (const double c : t.field()) ASSERT_GE(c, 0);
    if (content > 0) {
      ASSERT_NEAR(t.content() / static_cast<double>(content), 1, 1e-13);
    }
  }
}

TEST(Diffusion, WhatDoesNotDiffuseTakesTheReactedValue) {
  Tissue t(3, 3, 3, 10);
  t.add(0);
  t.allocate();
  fill_randomly(t.field(), 2);
  fill_randomly(t.reacted[SpeciesId{0}], 4);
  DiffusionSolver solver = t.solver();
  const FieldSet reacted = t.reacted;
  t.diffuse(solver, 1);
  EXPECT_EQ(std::memcmp(t.c[SpeciesId{0}].data(), reacted[SpeciesId{0}].data(), 27 * sizeof(double)), 0);
}

TEST(Diffusion, WhatIsLevelStaysLevelUntilAWallOrASourceDisturbsIt) {
  Tissue t(4, 4, 4, 10);
  t.add(300).faces[0] = FixedValue{2};
  t.add(300).faces[0] = FixedValue{1};
  t.add(300).faces[5] = ToReservoir{ReservoirId{0}};
  t.reservoirs.push_back({.name = "r", .volume = 1e6, .represents = 1, .vesicle_transfers = {}, .enzyme_copies = {}});
  t.allocate();
  for (std::size_t s = 0; s < 3; ++s) std::fill(t.field(s).begin(), t.field(s).end(), 2.0);
  t.state[0].concentration = {7, 7, 2};
  DiffusionSolver solver = t.solver();
  t.step(solver, 0.5);
  EXPECT_EQ(t.field(0)[0], 2);
  EXPECT_EQ(t.budget.through_boundary[0], 0);
  EXPECT_LT(t.field(1)[0], 2);
  EXPECT_EQ(t.field(2)[63], 2);
  EXPECT_EQ(t.state[0].concentration, (std::vector<double>{7, 7, 2}));
  t.step(solver, 0.5, Threads(1), 1.0, 21);
  EXPECT_GT(t.field(0)[22], 2);
  EXPECT_GT(t.state[0].concentration[2], 2);
}

TEST(Diffusion, SubstepsFollowTheFastestHops) {
  Tissue t(4, 4, 4, 10);
  t.add(770);
  t.add(30);
  t.add(30).faces[0] = ToReservoir{ReservoirId{0}};
  t.reservoirs.push_back(
      {.name = "drop", .volume = 1000, .represents = 1, .vesicle_transfers = {}, .enzyme_copies = {}});
  t.allocate();
  const DiffusionSolver solver = t.solver();
  EXPECT_EQ(solver.substeps(SpeciesId{0}, 0.5), 1);  // 23 hops
  EXPECT_EQ(solver.substeps(SpeciesId{0}, 5), 8);
  EXPECT_EQ(solver.substeps(SpeciesId{0}, 0.05), 1);
  EXPECT_EQ(solver.substeps(SpeciesId{1}, 0.5), 1);
  EXPECT_EQ(solver.substeps(SpeciesId{2}, 0.5), 1);  // 16 faces x 2 D h x 0.5 s / 1000 um^3 = 4.8 hops
  EXPECT_EQ(solver.substeps(SpeciesId{2}, 5), 2);    // of the drop; 9 of a voxel
}

void expect_same_bits_on_any_number_of_threads(int nx, int ny, int nz) {
  std::vector<double> expected;
  double through = 0;
  for (const int count : {1, 2, 3, 8, 16}) {
    Tissue t(nx, ny, nz, 10);
    make_patchy(t, t.add(770));
    Species& s = t.add(100);
    s.diffusivity = {100, 20};
    s.faces = {Periodic{}, Periodic{}, FixedValue{1}, Permeable{3, 0.5}, NoFlux{}, ToReservoir{ReservoirId{0}}};
    t.reservoirs.push_back({.name = "r", .volume = 1e6, .represents = 3, .vesicle_transfers = {}, .enzyme_copies = {}});
    t.allocate();
    fill_randomly(t.field(0), 1);
    fill_randomly(t.field(1), 2);
    t.field(0)[5] = 1e4;  // makes the fallback run
    DiffusionSolver solver = t.solver();
    const Threads threads(count);
    for (int n = 0; n < 3; ++n) t.step(solver, 0.5, threads, 1, 100);
    std::vector<double> bits(t.field(0).begin(), t.field(0).end());
    bits.insert(bits.end(), t.field(1).begin(), t.field(1).end());
    bits.push_back(t.state[0].concentration[1]);
    if (count == 1) expected = bits, through = t.budget.through_boundary[1];
    ASSERT_EQ(std::memcmp(bits.data(), expected.data(), bits.size() * sizeof(double)), 0) << count << " threads";
    ASSERT_EQ(t.budget.through_boundary[1], through);
    ASSERT_NE(through, 0);
  }
}

TEST(Diffusion, SmallGridHasTheSameBitsOnAnyNumberOfThreads) { expect_same_bits_on_any_number_of_threads(11, 7, 13); }
TEST(Diffusion, LargeGridHasTheSameBitsOnAnyNumberOfThreads) { expect_same_bits_on_any_number_of_threads(37, 33, 35); }

}  // namespace
}  // namespace interstice
