/// @file
/// What the grid lacks of cells is kept while they lie still, and only then; it knows the tissue beside them.
#include <gtest/gtest.h>

#include "engine/cells/cell_spread.h"
#include "unit/cells/cell_world.h"

namespace interstice {
namespace {

double left_of(const CellSpread& spread, std::size_t cell) {
  return spread.left(cell).with([](int, int beyond) { return beyond == LeftResistance::kWall ? 1.0 : 0.5; });
}

/// A tissue of voxels of 10 um, another one above 50 um.
testing::CellWorld two_tissues() {
  testing::CellWorld world;
  world.regions.regions = {{.name = "below"}, {.name = "above"}};
  for (std::size_t v = 0; v < world.grid.voxel_count(); ++v)
    world.regions.of_voxel.push_back(world.grid.centre(v).z > 50 ? 1 : 0);
  const SpeciesId s = world.add_species("A");
  world.species[index(s)].diffusivity = {100, 20};
  world.add_type();
  world.build();
  return world;
}

TEST(CellSpread, IsFoundAnewWhenACellMovesOrGrows) {
  testing::CellWorld world = two_tissues();
  world.put({{42, 33, 27}, {55, 51, 25}});
  CellSpread spread;
  spread.find(world.cells, world.environment(), world.threads);
  const double before = left_of(spread, 1);
  world.cells.radius[1] *= 1.5;
  spread.find(world.cells, world.environment(), world.threads);
  const double grown = left_of(spread, 1);
  EXPECT_LT(grown, 0.9 * before);
  world.cells.z[1] = 47;
  spread.find(world.cells, world.environment(), world.threads);
  CellSpread fresh;
  fresh.find(world.cells, world.environment(), world.threads);
  for (const std::size_t c : {0U, 1U}) EXPECT_EQ(left_of(spread, c), left_of(fresh, c));
  EXPECT_NE(left_of(spread, 1), grown);
}

TEST(CellSpread, SeesTissueBeyondAPeriodicFaceAsWithinTheBox) {
  testing::CellWorld world = two_tissues();
  world.put({{42, 33, 47}, {42, 33, 3}});  // 3 um from the tissue above: within the box, and across its face
  CellSpread spread;
  spread.find(world.cells, world.environment(), world.threads);
  EXPECT_NEAR(left_of(spread, 1), left_of(spread, 0), 1e-6 * left_of(spread, 0));
  world.cells.z[0] = 25;
  spread.find(world.cells, world.environment(), world.threads);
  EXPECT_NE(left_of(spread, 1), left_of(spread, 0));
}

}  // namespace
}  // namespace interstice
