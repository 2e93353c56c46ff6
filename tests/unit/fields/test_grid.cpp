#include <gtest/gtest.h>

#include "engine/fields/grid.h"

namespace interstice {
namespace {

TEST(Grid, EveryPointIsInTheVoxelAroundIt) {
  const Grid grid{10, 7, 40, 2.5};
  for (std::size_t v = 0; v < grid.voxel_count(); ++v) {
    const Vec3 centre = grid.centre(v);
    ASSERT_EQ(grid.voxel_at(centre), v);
    ASSERT_EQ(grid.voxel_at(centre + Vec3{1.2, -1.2, 1.2}), v);
  }
  EXPECT_EQ(grid.voxel_at({6, 11, 52}), grid.index(2, 4, 20));
}

TEST(Grid, PointsOutsideCountAsInTheNearestVoxel) {
  const Grid grid{4, 4, 4, 10};
  EXPECT_EQ(grid.voxel_at({-3, 15, 99}), grid.index(0, 1, 3));
}

}  // namespace
}  // namespace interstice
