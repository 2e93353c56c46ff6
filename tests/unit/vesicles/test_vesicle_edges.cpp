/// @file
/// Vesicles as agents do not see the voxels but through what these hold: on voxels whose edges differ they go the same
/// ways, and reservoirs fill the patch as much.
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>

#include "engine/core/constants.h"
#include "support/vesicle_world.h"

namespace interstice {
namespace {

/// 40 x 40 x 40 um, thicker above 20 um, with cells that take vesicles up and a wall that absorbs them.
VesicleWorld small_world(std::array<int, 3> voxels) {
  VesicleWorld world(voxels[0], voxels[1], voxels[2], Vec3{40.0 / voxels[0], 40.0 / voxels[1], 40.0 / voxels[2]});
  world.paint_above(20, {"thick", 1, 4});
  world.periodic = {true, false, false};
  world.reactivity[4] = std::numeric_limits<double>::infinity();
  world.cell_types[0].contact.adsorption = 2;
  world.add_cell({10, 10, 21}, 5);
  world.add_cell({38, 25, 8}, 4);
  return world;
}

TEST(VesicleEdges, WaysAreTheSameToTheBitHoweverTheVoxelsAreCut) {
  VesicleWorld cubes = small_world({8, 8, 8});
  cubes.seed(3000 / 64000.0);
  const Vesicles at_start = cubes.vesicles;
  const VesicleLedger ledger = cubes.ledger[0];
  const auto moved = [](VesicleWorld& world) {
    const Threads threads(2);
    for (int i = 0; i < 40; ++i) world.advance(0.5, threads), world.tick();
  };
  moved(cubes);
  EXPECT_GT(cubes.ledger[0].adsorbed, 10U);
  EXPECT_GT(cubes.ledger[0].left, 100U);
  for (const std::array voxels : {std::array{40, 4, 10}, std::array{2, 40, 4}, std::array{5, 2, 40}}) {
    VesicleWorld flat = small_world(voxels);
    flat.vesicles = at_start;
    flat.ledger[0] = ledger;
    moved(flat);
    ASSERT_EQ(flat.vesicles.size(), cubes.vesicles.size());
    EXPECT_EQ(flat.ledger[0].adsorbed, cubes.ledger[0].adsorbed);
    for (std::size_t v = 0; v < flat.vesicles.size(); ++v)
      ASSERT_TRUE(flat.vesicles.position(v) == cubes.vesicles.position(v)) << v;
  }
}

TEST(VesicleEdges, AReservoirOfEqualDensityKeepsThePatchUniform) {
  for (const int face : {1, 2, 5}) {
    VesicleWorld world(8, 2, 10, Vec3{2.5, 10, 2});
    for (int axis = 0; axis < 3; ++axis) world.periodic[axis] = axis != face / 2;
    world.add_reservoir(1e6);
    world.reservoir_of_face[face] = 0;
    world.add_cell({10, 10, 10}, 4);  // newcomers go around it
    world.seed(1, {ReservoirId{0}});
    const double expected = 8000 - 4 * kPi / 3 * 64;
    const Threads threads(2);
    double number = 0, along = 0;
    constexpr int kSteps = 500;
    for (int i = 0; i < kSteps; ++i) {
      world.move(0.5, threads);
      world.tick();
      number += static_cast<double>(world.vesicles.size()) / kSteps / expected;
      for (std::size_t v = 0; v < world.vesicles.size(); ++v)
        along += world.vesicles.position(v)[face / 2] / 10 / expected / kSteps;
    }
    EXPECT_NEAR(number, 1, 0.02) << face;  // error 0.4 %
    EXPECT_NEAR(along, 1, 0.03) << face;
  }
}

}  // namespace
}  // namespace interstice
