/// @file
/// Granules cover the grid once, in order, and never part a row.
#include <gtest/gtest.h>

#include "engine/fields/granules.h"

namespace interstice {
namespace {

TEST(Granules, CoverEveryGridOnceInWholeRowsAndNeverCrossAPlaneThatTheyPart) {
  for (const Grid& grid :
       {Grid{1, 1, 1, 10.0}, Grid{7, 3, 1, 10.0}, Grid{3, 5, 400, 10.0}, Grid{10, 10, 40, 10.0}, Grid{64, 64, 64, 10.0},
        Grid{1000, 1000, 1, 10.0}, Grid{300, 500, 3, 10.0}, Grid{100000, 1, 2, 10.0}, Grid{1, 70000, 2, 10.0},
        Grid{100, 100, 100, 10.0}, Grid{2, 2, 100000, 10.0}}) {
    const Granules granules(grid);
    const auto row = static_cast<std::size_t>(grid.nx), plane = row * static_cast<std::size_t>(grid.ny);
    EXPECT_EQ(granules.first(0), 0u);
    EXPECT_EQ(granules.first(granules.size()), grid.voxel_count());
    for (std::size_t g = 0; g < granules.size(); ++g) {
      const std::size_t first = granules.first(g), end = granules.first(g + 1);
      ASSERT_LT(first, end) << g;
      EXPECT_EQ(first % row, 0u);
      const bool whole_planes = first % plane == 0 && end % plane == 0;
      EXPECT_TRUE(whole_planes || first / plane == (end - 1) / plane) << first << " to " << end;
      EXPECT_LE(end - first, std::max<std::size_t>(row, grid.voxel_count() > 1u << 20 ? 65536 : 33000));
    }
    EXPECT_LE(granules.size(), std::max<std::size_t>(2 * 256, grid.voxel_count() / 16384 + 2));
  }
}

/// Whoever holds some of the planes makes the same sums: where granules begin depends on the whole grid alone.
TEST(Granules, OfAMillionVoxelsAreEnoughForManyThreads) {
  EXPECT_EQ(Granules(Grid{100, 100, 100, 10.0}).size(), 100U);
  EXPECT_EQ(Granules(Grid{1000, 1000, 1, 10.0}).size(), 31U);
  EXPECT_EQ(Granules(Grid{10, 10, 40, 10.0}).size(), 4U);
}

}  // namespace
}  // namespace interstice
