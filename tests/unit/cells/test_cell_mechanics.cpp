/// @file
/// Soft volume exclusion.
#include <gtest/gtest.h>

#include <cmath>

#include "engine/cells/cell_mechanics.h"
#include "unit/cells/cell_world.h"

namespace interstice {
namespace {

using testing::CellWorld;

CellWorld spheres(const std::vector<Vec3>& points) {
  CellWorld world;
  world.add_type();  // radius 5 um
  world.build();
  world.put(points);
  return world;
}

double distance(const CellWorld& world, std::size_t a = 0, std::size_t b = 1) {
  return norm(world.environment().box.separation(world.cells.position(a), world.cells.position(b)));
}

void step(CellWorld& world, std::uint64_t s, double dt) {
  world.update(s, dt);
  world.advance(dt);
}

TEST(CellMechanics, HalfOfAnOverlapIsGoneAfterTheRelaxationTime) {
  for (const double dt : {5.0, 30.0, 60.0}) {
    CellWorld world = spheres({{50, 50, 50}, {54, 53, 50}});
    for (int s = 0; s * dt < kOverlapHalfTime; ++s) step(world, s, dt);
    EXPECT_NEAR(distance(world), 7.5, 1e-9) << "dt " << dt;
    EXPECT_NEAR(world.cells.x[0] + world.cells.x[1], 104, 1e-9) << "both give way alike";
    EXPECT_NEAR((world.cells.y[1] - world.cells.y[0]) / (world.cells.x[1] - world.cells.x[0]), 0.75, 1e-9);
  }
}

TEST(CellMechanics, NothingMovesWithoutOverlap) {
  CellWorld world = spheres({{50, 50, 50}, {60.001, 50, 50}});
  world.update(0, 30);
  EXPECT_EQ(world.cells.velocity(0), Vec3{});
  EXPECT_EQ(world.cells.velocity(1), Vec3{});
}

TEST(CellMechanics, ImmobileCellPushesAndStays) {
  CellWorld world = spheres({{50, 50, 50}, {56, 50, 50}});
  CellType rock = world.types[0];
  rock.name = "rock";
  rock.mobile = false;
  world.types.push_back(rock);
  world.build();
  world.cells.type[0] = CellTypeId{1};
  for (int s = 0; s < 2; ++s) step(world, s, 30);
  EXPECT_EQ(world.cells.x[0], 50);
  EXPECT_NEAR(world.cells.x[1], 58, 1e-9);
}

TEST(CellMechanics, SeparatesAcrossAPeriodicFaceAndFromTheSamePlace) {
  CellWorld across = spheres({{1, 50, 50}, {97, 50, 50}});
  for (int s = 0; s < 2; ++s) step(across, s, 30);
  EXPECT_NEAR(distance(across), 7, 1e-9);
  CellWorld same = spheres({{50, 50, 50}, {50, 50, 50}});
  for (int s = 0; s < 2; ++s) step(same, s, 30);
  EXPECT_NEAR(distance(same), 5, 1e-9);
}

TEST(CellMechanics, AClosePackingSettlesInsteadOfShaking) {
  std::vector<Vec3> points;
  for (int i = 0; i < 5; ++i)
    for (int j = 0; j < 5; ++j)
      for (int k = 0; k < 5; ++k) points.push_back({30 + 7.0 * i, 30 + 7.0 * j, 30 + 7.0 * k});
  CellWorld world = spheres(points);
  const auto deepest = [&] {
    double worst = 0;
    for (std::size_t a = 0; a < points.size(); ++a)
      for (std::size_t b = 0; b < a; ++b) worst = std::max(worst, 10 - distance(world, a, b));
    return worst;
  };
  double before = deepest();
  EXPECT_NEAR(before, 3, 1e-9);
  for (int s = 0; s < 40; ++s) {
    step(world, s, 60);
    EXPECT_LE(deepest(), before * 1.0001) << "step " << s;
    before = deepest();
  }
  EXPECT_LT(before, 0.3);
}

}  // namespace
}  // namespace interstice
