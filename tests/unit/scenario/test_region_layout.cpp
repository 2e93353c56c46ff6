/// @file
/// Regions on few voxels: volumes, places and neighbours are kept as far as whole voxels allow.
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <random>

#include "engine/core/error.h"
#include "engine/scenario/reduce/region_layout.h"

namespace interstice {
namespace {

RegionMap map_of(std::size_t regions, std::vector<std::uint8_t> of_voxel) {
  return {.regions = std::vector<Region>(regions), .of_voxel = std::move(of_voxel)};
}

std::size_t voxels_of(const RegionLayout& layout, std::size_t region) {
  return static_cast<std::size_t>(std::ranges::count(layout.of_voxel, static_cast<std::uint8_t>(region)));
}

/// Spheres of random size painted over each other.
RegionMap random_regions(const Grid& grid, std::mt19937_64& random) {
  const std::size_t regions = 1 + random() % 5;
  RegionMap map = map_of(regions, std::vector<std::uint8_t>(grid.voxel_count(), 0));
  const auto up_to = [&random](double most) { return most * static_cast<double>(random() % 1000) / 1000; };
  for (std::size_t r = 1; r < regions; ++r)
    paint(map, grid, static_cast<RegionId>(r),
          SphereShape{{up_to(grid.size().x), up_to(grid.size().y), up_to(grid.size().z)}, 5 + up_to(60)});
  return map;
}

TEST(RegionLayout, VolumesAreKeptWithinAVoxel) {
  std::mt19937_64 random(7);
  for (int trial = 0; trial < 60; ++trial) {
    const Grid fine{8 + static_cast<int>(random() % 5), 8, 10, 10.0};
    const RegionMap map = random_regions(fine, random);
    const std::size_t most = 8 + random() % 60;
    const RegionLayout layout = choose_layout(fine, map, {.most_voxels = most});
    ASSERT_LE(layout.grid.voxel_count(), most);
    ASSERT_EQ(layout.of_voxel.size(), layout.grid.voxel_count());
    for (std::size_t a = 0; a < 3; ++a) EXPECT_NEAR(layout.grid.size()[a], fine.size()[a], 1e-9);
    const auto volumes = voxels_of_regions(map);
    const auto exact = [&](std::size_t r) {
      return static_cast<double>(volumes[r] * layout.grid.voxel_count()) / static_cast<double>(fine.voxel_count());
    };
    double given = 0;  // to regions that would have had none, by others
    for (std::size_t r = 0; r < volumes.size(); ++r) given += volumes[r] > 0 && exact(r) < 1 ? 1 - exact(r) : 0;
    for (std::size_t r = 0; r < volumes.size(); ++r) {
      const auto voxels = static_cast<double>(voxels_of(layout, r));
      EXPECT_EQ(voxels > 0, volumes[r] > 0) << "trial " << trial << ", region " << r;
      EXPECT_LT(voxels - exact(r), 1) << "trial " << trial << ", region " << r;
      EXPECT_GT(voxels - exact(r), -1 - given) << "trial " << trial << ", region " << r;
    }
  }
}

/// Everything that a layout of these numbers of voxels can keep where it was, by looking at all of them.
double best_of_all(const std::vector<double>& shares, std::size_t regions, std::vector<std::size_t> counts,
                   std::size_t voxel = 0) {
  if (voxel * regions == shares.size()) return 0;
  double best = -1e9;
  for (std::size_t r = 0; r < regions; ++r) {
    if (counts[r] == 0) continue;
    --counts[r];
    best = std::max(best, shares[voxel * regions + r] + best_of_all(shares, regions, counts, voxel + 1));
    ++counts[r];
  }
  return best;
}

TEST(RegionLayout, NoOtherLayoutOfTheseVolumesKeepsMoreInItsPlace) {
  std::mt19937_64 random(11);
  const Grid fine{4, 4, 4, 10.0}, coarse{2, 2, 2, 20.0};
  for (int trial = 0; trial < 40; ++trial) {
    RegionMap map = map_of(3, std::vector<std::uint8_t>(fine.voxel_count()));
    for (std::uint8_t& region : map.of_voxel) region = static_cast<std::uint8_t>(random() % 3);
    const RegionLayout layout = lay_out(fine, map, coarse, {});
    std::vector<double> shares(coarse.voxel_count() * 3, 0);
    for (std::size_t v = 0; v < fine.voxel_count(); ++v)
      shares[coarse.voxel_at(fine.centre(v)) * 3 + map.of_voxel[v]] += 1.0 / 8;
    const std::vector<std::size_t> counts{voxels_of(layout, 0), voxels_of(layout, 1), voxels_of(layout, 2)};
    EXPECT_NEAR(8 * (1 - layout.misplaced), best_of_all(shares, 3, counts), 1e-9) << "trial " << trial;
  }
}

TEST(RegionLayout, WholeVoxelsGoToTheLargestRemainders) {
  EXPECT_EQ(whole_voxels(std::vector<double>{5.0, 3.0, 2.0}, 10), (std::vector<std::size_t>{5, 3, 2}));
  EXPECT_EQ(whole_voxels(std::vector<double>{50, 29, 21}, 10), (std::vector<std::size_t>{5, 3, 2}));
  EXPECT_EQ(whole_voxels(std::vector<double>{99, 0.5, 0.5, 0}, 10), (std::vector<std::size_t>{8, 1, 1, 0}));
  EXPECT_THROW(whole_voxels(std::vector<double>{1, 1, 1}, 2), InputError);
}

/// Four layers of 2, of which the lower two are parted along x.
RegionMap slabs(const Grid& grid) {
  RegionMap map = map_of(3, std::vector<std::uint8_t>(grid.voxel_count(), 0));
  const Vec3 size = grid.size();
  paint(map, grid, static_cast<RegionId>(1), BoxShape{{0, 0, 0}, {size.x / 4, size.y, size.z / 2}});
  paint(map, grid, static_cast<RegionId>(2), BoxShape{{size.x / 4, 0, 0}, {size.x, size.y, size.z / 2}});
  return map;
}

TEST(RegionLayout, TakesAGridOnWhichNothingIsMisplaced) {
  const Grid fine{8, 6, 16, 10.0};
  const RegionLayout layout = choose_layout(fine, slabs(fine), {.most_voxels = 16, .deep = {false, false, true}});
  EXPECT_NEAR(layout.misplaced, 0, 1e-12);
  EXPECT_NEAR(layout.contact, 0, 1e-12);
  EXPECT_EQ(layout.grid.nx, 4);
  EXPECT_EQ(layout.grid.ny, 1);
  EXPECT_EQ(layout.grid.nz, 4);  // deep below an open face
  EXPECT_TRUE(layout.parted.empty());
}

TEST(RegionLayout, WhatTouchedStillTouchesWhereVolumesAllowIt) {
  const Grid fine{4, 4, 8, 10.0};  // a shaft, half as wide as a coarse voxel, from the upper layer down
  RegionMap map = map_of(3, std::vector<std::uint8_t>(fine.voxel_count(), 1));
  paint(map, fine, static_cast<RegionId>(0), BoxShape{{0, 0, 60}, {40, 40, 80}});
  paint(map, fine, static_cast<RegionId>(2), BoxShape{{10, 10, 20}, {20, 30, 60}});
  const RegionLayout layout = lay_out(fine, map, Grid{2, 2, 4, 20.0}, {});
  EXPECT_TRUE(layout.parted.empty());
  EXPECT_EQ(voxels_of(layout, 2), 1U);
  EXPECT_EQ(layout.of_voxel[layout.grid.voxel_at({15, 15, 50})] == 2 ||
                layout.of_voxel[layout.grid.voxel_at({15, 25, 50})] == 2,
            true);
}

TEST(RegionLayout, BoxesHoldJustTheVoxelsOfARegion) {
  std::mt19937_64 random(3);
  for (int trial = 0; trial < 40; ++trial) {
    RegionLayout layout{.grid = {3, 4, 2, 10.0}, .of_voxel = std::vector<std::uint8_t>(24)};
    for (std::uint8_t& region : layout.of_voxel) region = static_cast<std::uint8_t>(random() % 2);
    std::vector<int> covered(24, 0);
    for (const VoxelBox& box : boxes_of(layout, 1))
      for (int k = box.from[2]; k < box.to[2]; ++k)
        for (int j = box.from[1]; j < box.to[1]; ++j)
          for (int i = box.from[0]; i < box.to[0]; ++i) ++covered[layout.grid.index(i, j, k)];
    for (std::size_t v = 0; v < 24; ++v) EXPECT_EQ(covered[v], layout.of_voxel[v]) << "trial " << trial;
  }
}

TEST(RegionLayout, RefusesMoreRegionsThanVoxels) {
  const Grid fine{8, 6, 16, 10.0};
  EXPECT_THROW(choose_layout(fine, slabs(fine), {.most_voxels = 2}), InputError);
}

}  // namespace
}  // namespace interstice
