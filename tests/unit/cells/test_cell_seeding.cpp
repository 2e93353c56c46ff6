/// @file
/// Where cells stand at the start, and who is injured.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "engine/cells/cell_injury.h"
#include "engine/cells/cell_seeding.h"
#include "engine/core/error.h"
#include "unit/cells/cell_world.h"

namespace interstice {
namespace {

using testing::CellWorld;

CellWorld tissue(double radius) {
  CellWorld world;
  world.periodic = {true, true, false};
  world.add_type().radius = radius;
  world.regions.regions = {{.name = "film"}, {.name = "cartilage"}};
  world.build();
  for (std::size_t v = 0; v < world.grid.voxel_count(); ++v) world.regions.of_voxel[v] = world.grid.centre(v).z > 50;
  return world;
}

void place(CellWorld& world, std::uint64_t count, std::vector<std::uint8_t> regions) {
  const std::vector<CellPlacement> placements{{CellTypeId{0}, count, std::move(regions)}};
  seed_cells(world.cells, placements, world.columns, world.environment(), world.threads);
}

double deepest_overlap(const CellWorld& world) {
  double worst = -1e9;
  const Box box = world.environment().box;
  for (std::size_t a = 0; a < world.cells.size(); ++a)
    for (std::size_t b = 0; b < a; ++b)
      worst = std::max(worst, world.cells.radius[a] + world.cells.radius[b] -
                                  norm(box.separation(world.cells.position(a), world.cells.position(b))));
  return worst;
}

TEST(CellSeeding, FillsItsRegionUniformly) {
  CellWorld world = tissue(0.01);
  place(world, 40000, {0, 1});
  ASSERT_EQ(world.cells.size(), 40000u);
  std::vector<double> count(world.grid.voxel_count(), 0);
  for (std::size_t c = 0; c < world.cells.size(); ++c) {
    ASSERT_GT(world.cells.z[c], 50);
    ++count[world.grid.voxel_at(world.cells.position(c))];
  }
  double chi_square = 0;  // 500 voxels of 80 cells each
  for (std::size_t v = 500; v < 1000; ++v) chi_square += (count[v] - 80) * (count[v] - 80) / 80;
  EXPECT_NEAR(chi_square, 499, 3.5 * std::sqrt(2 * 499.0));
}

TEST(CellSeeding, DoesNotDependOnTheVoxels) {
  std::vector<Vec3> first;
  for (const int n : {10, 20, 4}) {  // voxels of 10, 5 and 25 um
    CellWorld world = tissue(3);
    world.grid = Grid{n, n, n, 100.0 / n};
    world.regions.of_voxel.assign(world.grid.voxel_count(), 0);
    world.build();
    for (std::size_t v = 0; v < world.grid.voxel_count(); ++v) world.regions.of_voxel[v] = world.grid.centre(v).z > 50;
    place(world, 300, {0, 1});
    if (first.empty())
      for (std::size_t c = 0; c < world.cells.size(); ++c) first.push_back(world.cells.position(c));
    ASSERT_EQ(world.cells.size(), first.size());
    for (std::size_t c = 0; c < first.size(); ++c) EXPECT_EQ(norm(world.cells.position(c) - first[c]), 0) << n;
  }
}

TEST(CellSeeding, FindsSmallRegions) {
  CellWorld world = tissue(0.01);
  std::ranges::fill(world.regions.of_voxel, 0);
  world.regions.of_voxel[123] = 1;
  place(world, 50, {0, 1});
  for (std::size_t c = 0; c < world.cells.size(); ++c) EXPECT_EQ(world.grid.voxel_at(world.cells.position(c)), 123u);
}

TEST(CellSeeding, AvoidsOverlapAndWallsWhereItCan) {
  CellWorld world = tissue(5);
  place(world, 400, {});  // 21 % of the volume
  EXPECT_LE(deepest_overlap(world), 0);
  for (const double z : world.cells.z) EXPECT_TRUE(z >= 5 && z <= 95) << z;
}

TEST(CellSeeding, OverlapsLeastWhereItMust) {
  CellWorld crowded = tissue(5), careless = tissue(5);
  place(crowded, 1200, {});  // 63 %: more than random placement can reach
  ASSERT_EQ(crowded.cells.size(), 1200u);
  careless.types[0].radius = 1e-6;
  careless.build();
  place(careless, 1200, {});
  std::fill(careless.cells.radius.begin(), careless.cells.radius.end(), 5.0);
  EXPECT_GT(deepest_overlap(crowded), 0);
  EXPECT_LT(deepest_overlap(crowded), 0.7 * deepest_overlap(careless));
}

TEST(CellSeeding, CellsOfOneTypeDoNotDependOnAnother) {
  CellWorld alone = tissue(1e-6), mixed = tissue(1e-6);
  CellType second = mixed.types[0];
  second.name = "second";
  mixed.types.push_back(second);
  mixed.build();
  place(alone, 50, {});
  const std::vector<CellPlacement> placements{
      {CellTypeId{1}, 20, {}}, {CellTypeId{0}, 30, {}}, {CellTypeId{0}, 20, {}}};
  seed_cells(mixed.cells, placements, mixed.columns, mixed.environment(), mixed.threads);
  for (std::size_t c = 0; c < 50; ++c) {
    EXPECT_EQ(mixed.cells.id[20 + c], alone.cells.id[c]);
    EXPECT_EQ(mixed.cells.position(20 + c), alone.cells.position(c));
  }
  EXPECT_EQ(std::set<AgentId>(mixed.cells.id.begin(), mixed.cells.id.end()).size(), 70u);
}

TEST(CellSeeding, DrawsColumnsFromTheirDistributions) {
  CellWorld world;
  const ColumnId u = world.add_column("u"), l = world.add_column("l");
  world.add_column("model_owned", "1", 4);
  CellType& type = world.add_type();
  type.radius = 1e-6;
  type.columns.push_back({u, {Distribution::Kind::uniform, 0, 1}, {}, {}});
  type.columns.push_back({l, {Distribution::Kind::lognormal, 30, 1.25}, {}, {}});
  world.build();
  world.seed(20000);
  double mean = 0, below = 0;
  for (std::size_t c = 0; c < 20000; ++c) {
    mean += world.cells.columns[0][c] / 20000;
    below += world.cells.columns[1][c] < 30 * 1.25;
  }
  EXPECT_NEAR(mean, 0.5, 3.5 * std::sqrt(1.0 / 12 / 20000));
  EXPECT_NEAR(below / 20000, 0.841345, 3.5 * std::sqrt(0.8413 * 0.1587 / 20000)) << "one sd above the median";
  EXPECT_EQ(world.cells.columns[2], std::vector<double>(20000, 4));
}

TEST(CellSeeding, DrawsWholeNumbersAlikeOften) {
  CellWorld world;
  const ColumnId donor = world.add_column("donor");
  CellType& type = world.add_type();
  type.radius = 1e-6;
  type.columns.push_back({donor, {Distribution::Kind::integers, 1, 12}, {}, {}});
  world.build();
  world.seed(24000);
  std::map<double, double> times;
  for (const double value : world.cells.columns[0]) times[value] += 1;
  ASSERT_EQ(times.size(), 12U);
  double k = 1;
  for (const auto& [value, count] : times) {
    EXPECT_EQ(value, k++);
    EXPECT_NEAR(count, 2000, 4 * std::sqrt(2000.0));
  }
}

TEST(CellSeeding, InjuresTheNearestToARegion) {
  CellWorld world = tissue(3);
  CellState necrotic;
  necrotic.name = "necrotic";
  necrotic.duration = {Distribution::Kind::constant, 60, 0};
  world.types[0].states.push_back(necrotic);
  world.build();
  world.injuries.push_back(
      {.type = CellTypeId{0}, .to_state = 1, .count_at_start = 21, .near = RegionId{1}, .hazard = 0, .in_region = {}});
  place(world, 150, {1, 0});
  double furthest_hit = 0, nearest_spared = 1e9;
  int hit = 0;
  for (std::size_t c = 0; c < world.cells.size(); ++c) {
    const double distance = 50 - world.cells.z[c];
    if (world.cells.state[c] == 1) {
      ++hit;
      furthest_hit = std::max(furthest_hit, distance);
      EXPECT_EQ(world.cells.state_since[c], 0);
      EXPECT_EQ(world.cells.state_until[c], 60);
    } else {
      nearest_spared = std::min(nearest_spared, distance);
    }
  }
  EXPECT_EQ(hit, 21);
  EXPECT_LE(furthest_hit, nearest_spared);
}

TEST(CellSeeding, MeasuresTheDistanceToARegion) {
  CellWorld world = tissue(5);
  const std::vector<Vec3> points{{50, 50, 20}, {50, 50, 77}, {1, 1, 50.5}, {1, 1, 49}};
  const auto distance = distance_to_region(points, RegionId{1}, world.environment(), world.threads);
  EXPECT_NEAR(distance[0], 30, 1e-12);
  EXPECT_EQ(distance[1], 0);
  EXPECT_EQ(distance[2], 0);
  EXPECT_NEAR(distance[3], 1, 1e-12);
}

TEST(CellSeeding, RefusesWhatCannotBe) {
  CellWorld world = tissue(5);
  world.regions.of_voxel.assign(world.grid.voxel_count(), 0);
  EXPECT_THROW(place(world, 5, {0, 1}), InputError) << "no voxel";
  world.injuries.push_back(
      {.type = CellTypeId{0}, .to_state = 0, .count_at_start = 6, .near = {}, .hazard = 0, .in_region = {}});
  EXPECT_THROW(place(world, 5, {}), InputError) << "more injured than there are";
}

}  // namespace
}  // namespace interstice
