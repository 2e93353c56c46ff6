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

TEST(Grid, EdgesMayDiffer) {
  const Grid grid{3, 4, 5, Vec3{20, 10, 2.5}};
  EXPECT_EQ(grid.voxel_volume(), 500);
  EXPECT_EQ(grid.size(), (Vec3{60, 40, 12.5}));
  EXPECT_EQ(grid.voxel_at({21, 39, 4.9}), grid.index(1, 3, 1));
  EXPECT_EQ(grid.centre(grid.index(1, 3, 1)), (Vec3{30, 35, 3.75}));
  EXPECT_EQ(grid.finest(), 2.5);
  EXPECT_EQ(grid.coarsest(), 20);
  EXPECT_FALSE(grid.cubic());
  EXPECT_TRUE((Grid{3, 4, 5, 2.5}).cubic());
  EXPECT_EQ((Grid{3, 4, 5, 2.5}).spacing, (Vec3{2.5, 2.5, 2.5}));
}

}  // namespace
}  // namespace interstice
