/// @file
/// The persistent random walk against Fuerth's mean square displacement (1920), and the chemotactic drift against the
/// mean of the biased direction.
#include <gtest/gtest.h>

#include <cmath>

#include "engine/cells/cell_motility.h"
#include "unit/cells/cell_world.h"

namespace interstice {
namespace {

using testing::CellWorld;

/// Walkers that never meet: points in a periodic box.
CellWorld walkers(std::uint64_t count, double max_bias = 0, double radius = 1e-3) {
  CellWorld world;
  const SpeciesId signal = world.add_species("signal");
  CellType& type = world.add_type();
  type.radius = radius;
  type.motility.speed = world.formula("12 [um/min]", "um/s");
  type.motility.persistence = 120;
  type.motility.max_bias = max_bias;
  type.motility.signals.push_back({signal, 2, 1});
  world.build();
  world.seed(count);
  return world;
}

/// Displacements after `duration` of cell steps `dt`, positions advancing at three vesicle steps per cell step.
std::vector<Vec3> displacements(CellWorld& world, double duration, double dt) {
  std::vector<Vec3> moved(world.cells.size());
  const int steps = static_cast<int>(std::lround(duration / dt));
  for (int s = 0; s < steps; ++s) {
    world.update(s, dt);
    for (std::size_t c = 0; c < moved.size(); ++c) moved[c] += dt * world.cells.velocity(c);
    for (int k = 0; k < 3; ++k) world.advance(dt / 3);
  }
  return moved;
}

double mean_square(const std::vector<Vec3>& moved) {
  double sum = 0;
  for (const Vec3& d : moved) sum += dot(d, d);
  return sum / static_cast<double>(moved.size());
}

/// 2 v^2 P (t - P (1 - exp(-t/P))), v 12 um/min, P 2 min, t in min [um^2].
double fuerth(double t) { return 2 * 144 * 2 * (t - 2 * (1 - std::exp(-t / 2))); }

TEST(CellMotility, MeanSquareDisplacementFollowsFuerthAtAnyCellStep) {
  EXPECT_NEAR(fuerth(10), 4616, 1);
  EXPECT_NEAR(fuerth(60), 33408, 1);
  // the squared displacement of a three-dimensional walk scatters by about 0.8 of its mean: 2 % are > 3 sd of 16000
  for (const double dt : {10.0, 30.0, 120.0}) {
    CellWorld world = walkers(16000);
    EXPECT_NEAR(mean_square(displacements(world, 600, dt)) / 4616, 1, 0.02) << "10 min, dt " << dt;
  }
  CellWorld world = walkers(16000);
  EXPECT_NEAR(mean_square(displacements(world, 3600, 60)) / 33408, 1, 0.02) << "60 min";
}

TEST(CellMotility, WalkIsIsotropicWithoutBias) {
  CellWorld world = walkers(16000);
  Vec3 mean, square;
  for (const Vec3& d : displacements(world, 600, 30)) {
    mean += (1 / 16000.0) * d;
    square += (1 / 16000.0) * Vec3{d.x * d.x, d.y * d.y, d.z * d.z};
  }
  const double sd = std::sqrt(fuerth(10) / 3 / 16000);
  for (const double m : {mean.x, mean.y, mean.z}) EXPECT_NEAR(m, 0, 3.5 * sd);
  for (const double s : {square.x, square.y, square.z}) EXPECT_NEAR(s / fuerth(10) * 3, 1, 0.04);
}

TEST(CellMotility, PositionsAdvanceByVelocityWithPeriodicWrap) {
  CellWorld world = walkers(500);
  const auto x = world.cells.x;
  const auto moved = displacements(world, 600, 30);
  for (std::size_t c = 0; c < 500; ++c) {
    const double laps = (x[c] + moved[c].x - world.cells.x[c]) / 100;
    ASSERT_NEAR(laps, std::round(laps), 1e-9);
    ASSERT_TRUE(world.cells.x[c] >= 0 && world.cells.x[c] < 100);
  }
}

/// Mean of e.g over isotropic u for e = normalised(beta g + (1 - beta) u).
double mean_alignment(double beta) {
  double sum = 0;
  const int n = 20000;
  for (int k = 0; k < n; ++k) {
    const double mu = -1 + 2 * (k + 0.5) / n, rest = 1 - beta;
    sum += (beta + rest * mu) / std::sqrt(beta * beta + rest * rest + 2 * beta * rest * mu) / n;
  }
  return sum;
}

TEST(CellMotility, DriftsUpTheGradientAsTheFormulaSays) {
  CellWorld world = walkers(4000, 0.9, 4.2);
  world.periodic = {false, true, true};
  world.types[0].mobile = true;
  for (std::size_t v = 0; v < world.grid.voxel_count(); ++v)
    world.fields[SpeciesId{0}][v] = 0.004 * world.grid.centre(v).x;
  const Vec3 middle{55, 50, 50};
  const double c = 0.22, occupancy = 2 * 4.2 * 0.004 * 2 / ((2 + c) * (2 + c)), drive = 1.5 * occupancy / 0.01;
  const ChemotacticBias bias = chemotactic_bias(world.types[0], 4.2, middle, 1.5, world.fields, world.environment());
  EXPECT_NEAR(bias.beta, 0.9 * drive / (drive + 1), 1e-12);
  EXPECT_NEAR(bias.direction.x, 1, 1e-12);
  Vec3 drift;
  for (AgentId id = 0; id < 4000; ++id) {
    Vec3 heading;
    for (std::uint64_t s = 0; s < 20; ++s)
      drift += (1 / 80000.0) * walk(heading, id, 120, bias, world.environment(), {s, 0, 60});
  }
  EXPECT_NEAR(drift.x, mean_alignment(bias.beta), 0.01);
  EXPECT_NEAR(drift.y, 0, 0.01);
  EXPECT_NEAR(drift.z, 0, 0.01);
}

TEST(CellMotility, RepelledByANegativeWeightAndBlindWithoutGradient) {
  CellWorld world = walkers(1, 0.9, 4.2);
  world.periodic = {false, true, true};
  const auto bias = [&] {
    return chemotactic_bias(world.types[0], 4.2, {55, 50, 50}, 1, world.fields, world.environment());
  };
  EXPECT_EQ(bias().beta, 0);
  for (std::size_t v = 0; v < world.grid.voxel_count(); ++v)
    world.fields[SpeciesId{0}][v] = 0.004 * world.grid.centre(v).x;
  const double attracted = bias().beta;
  world.types[0].motility.signals[0].weight = -1;
  EXPECT_NEAR(bias().direction.x, -1, 1e-12);
  EXPECT_DOUBLE_EQ(bias().beta, attracted);
}

TEST(CellMotility, ShamArmWalksOtherwiseWithEqualStatistics) {
  CellWorld plain = walkers(8000), sham = walkers(8000);
  sham.variant = 1;
  const auto a = displacements(plain, 600, 30), b = displacements(sham, 600, 30);
  double same = 0;
  for (std::size_t c = 0; c < a.size(); ++c) same += dot(a[c], b[c]) / static_cast<double>(a.size());
  // both start with the same heading, which alone is common: v^2 P^2 = 576 um^2
  EXPECT_NEAR(same, 576, 200);
  EXPECT_NEAR(mean_square(a) / mean_square(b), 1, 0.04);
}

TEST(CellMotility, TurnsBackAtWalls) {
  CellWorld world = walkers(1, 0, 5);
  world.periodic = {false, false, false};
  world.put({{8, 94, 50}});
  world.cells.vx = {-1};
  world.cells.vy = {0.5};
  world.cells.heading_x = {-0.9};
  world.advance(5);
  EXPECT_DOUBLE_EQ(world.cells.x[0], 7) << "8 - 5 mirrored at the radius";
  EXPECT_DOUBLE_EQ(world.cells.vx[0], 1);
  EXPECT_DOUBLE_EQ(world.cells.heading_x[0], 0.9);
  EXPECT_DOUBLE_EQ(world.cells.y[0], 93.5);
  EXPECT_DOUBLE_EQ(world.cells.vy[0], -0.5);
}

TEST(CellMotility, StaysWhereItWasPlacedAcrossAWall) {
  CellWorld world = walkers(1, 0, 5);
  world.periodic = {false, false, false};
  world.put({{2, 50, 50}});
  world.advance(5);
  EXPECT_DOUBLE_EQ(world.cells.x[0], 2);
  world.cells.vx = {-1};
  world.advance(1);
  EXPECT_DOUBLE_EQ(world.cells.x[0], 3);
}

}  // namespace
}  // namespace interstice
