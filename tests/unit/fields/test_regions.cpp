/// @file
/// Painting of regions.
#include <gtest/gtest.h>

#include <random>

#include "engine/core/constants.h"
#include "engine/core/error.h"
#include "engine/fields/regions.h"

namespace interstice {
namespace {

RegionMap three_regions() {
  RegionMap map;
  map.regions = {{.name = "fluid"}, {.name = "tissue", .volume_fraction = 0.2}, {.name = "clot"}};
  return map;
}

std::size_t count(const RegionMap& map, int region) {
  return std::count(map.of_voxel.begin(), map.of_voxel.end(), region);
}

TEST(Regions, LaterShapesPaintOverEarlierOnesByVoxelCentre) {
  const Grid grid{10, 8, 6, 5};
  RegionMap map = three_regions();
  paint(map, grid, RegionId{0}, Everywhere{});
  paint(map, grid, RegionId{1}, BoxShape{{0, 0, 0}, {25, 40, 30}});
  EXPECT_EQ(count(map, 1), 5u * 8 * 6);
  paint(map, grid, RegionId{2}, BoxShape{{2.5, 0, 0}, {7.5, 40, 30}});  // centres at 2.5 belong, at 7.5 do not
  EXPECT_EQ(count(map, 2), 1u * 8 * 6);
  EXPECT_EQ(count(map, 1), 4u * 8 * 6);
  EXPECT_EQ(map.of_voxel[grid.index(0, 3, 3)], 2);
}

TEST(Regions, ShapesOfAnySizeAndPlaceHoldTheVoxelsWhoseCentresTheyContain) {
  std::mt19937_64 random(7);
  const auto draw = [&](double low, double high) { return std::uniform_real_distribution<>(low, high)(random); };
  const Grid grid{13, 9, 11, 2.5};
  for (int k = 0; k < 300; ++k) {
    const auto place = [&] { return Vec3{draw(-20, 50), draw(-20, 40), draw(-20, 45)}; };
    Shape shape = SphereShape{place(), draw(0, 30)};
    if (k % 3 == 1) shape = BoxShape{place(), place()};
    if (k % 3 == 2)
      shape = CylinderShape{
          static_cast<Axis>(k / 3 % 3), {draw(-10, 40), draw(-10, 40)}, draw(0, 30), draw(-20, 20), draw(0, 50)};
    RegionMap map = three_regions();
    paint(map, grid, RegionId{2}, shape);
    for (std::size_t voxel = 0; voxel < grid.voxel_count(); ++voxel)
      ASSERT_EQ(map.of_voxel[voxel] == 2, contains(shape, grid.centre(voxel))) << k << " " << voxel;
    const auto counted = voxels_of_regions(map);
    EXPECT_EQ(counted, (std::vector<std::size_t>{count(map, 0), count(map, 1), count(map, 2)}));
  }
}

TEST(Regions, TouchingBoxesShareNoVoxelAndLeaveNone) {
  const Grid grid{10, 1, 1, 10};
  RegionMap map = three_regions();
  paint(map, grid, RegionId{1}, BoxShape{{0, 0, 0}, {35, 10, 10}});
  paint(map, grid, RegionId{2}, BoxShape{{35, 0, 0}, {100, 10, 10}});
  EXPECT_EQ(count(map, 1), 3u);
  EXPECT_EQ(count(map, 2), 7u);
}

TEST(Regions, CylindersAndSpheresHaveTheirVolume) {
  const Grid grid{60, 60, 60, 1};
  for (const Axis axis : {Axis::x, Axis::y, Axis::z}) {
    RegionMap map = three_regions();
    paint(map, grid, RegionId{1}, CylinderShape{axis, {20, 35}, 15, 10, 50});
    EXPECT_NEAR(static_cast<double>(count(map, 1)) / (kPi * 15 * 15 * 40), 1, 0.02);
    const std::size_t inside = axis == Axis::x   ? grid.index(30, 20, 35)
                               : axis == Axis::y ? grid.index(20, 30, 35)
                                                 : grid.index(20, 35, 30);
    EXPECT_EQ(map.of_voxel[inside], 1);
  }
  RegionMap map = three_regions();
  paint(map, grid, RegionId{2}, SphereShape{{30, 30, 30}, 20});
  EXPECT_NEAR(static_cast<double>(count(map, 2)) / (4.0 / 3 * kPi * 8000), 1, 0.01);
}

TEST(Regions, LabelsPaintAndAWrongSizeIsRefused) {
  const Grid grid{2, 2, 1, 5};
  RegionMap map = three_regions();
  const std::vector<std::int64_t> labels{3, 7, 3, 0};
  paint(map, grid, RegionId{1}, labels, 3);
  EXPECT_EQ(map.of_voxel, (std::vector<std::uint8_t>{1, 0, 1, 0}));
  const std::vector<std::int64_t> short_image{3, 3, 3};
  try {
    paint(map, grid, RegionId{1}, short_image, 3);
    FAIL();
  } catch (const InputError& error) {
    EXPECT_NE(std::string(error.what()).find("3 voxels (the grid has 4)"), std::string::npos);
  }
}

TEST(Regions, VolumesCountTheFluidOnly) {
  const Grid grid{4, 1, 1, 10};
  RegionMap map = three_regions();
  paint(map, grid, RegionId{1}, BoxShape{{0, 0, 0}, {10, 10, 10}});
  const std::vector<double> volumes = region_volumes(map, grid);
  EXPECT_DOUBLE_EQ(volumes[0], 3000);
  EXPECT_DOUBLE_EQ(volumes[1], 200);
  EXPECT_DOUBLE_EQ(volumes[2], 0);
}

}  // namespace
}  // namespace interstice
