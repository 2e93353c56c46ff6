/// @file
/// Neighbour search against all pairs.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>

#include "engine/cells/cell_list.h"
#include "support/print.h"

namespace interstice {
namespace {

Cells random_cells(std::size_t n, Vec3 size) {
  std::mt19937 random(5);
  std::uniform_real_distribution<double> u(0, 1);
  Cells cells;
  for (std::size_t c = 0; c < n; ++c) {
    cells.id.push_back(c);
    cells.x.push_back(size.x * u(random));
    cells.y.push_back(size.y * u(random));
    cells.z.push_back(size.z * u(random));
  }
  return cells;
}

class CellListBoxes : public ::testing::TestWithParam<std::tuple<Vec3, std::array<bool, 3>>> {};

TEST_P(CellListBoxes, VisitsEveryNeighbourOnceInAFixedOrder) {
  const auto [size, periodic] = GetParam();
  const Box box{size, periodic};
  const Cells cells = random_cells(300, size);
  const double reach = 12;
  CellList list;
  list.rebuild(cells, box, reach);
  for (std::size_t c = 0; c < cells.size(); ++c) {
    std::vector<std::uint32_t> visited, again;
    list.visit_near(cells.position(c), [&](std::uint32_t other) { visited.push_back(other); });
    list.visit_near(cells.position(c), [&](std::uint32_t other) { again.push_back(other); });
    EXPECT_EQ(visited, again);
    const std::set<std::uint32_t> distinct(visited.begin(), visited.end());
    ASSERT_EQ(distinct.size(), visited.size()) << "without repetition";
    for (std::size_t other = 0; other < cells.size(); ++other) {
      if (norm(box.separation(cells.position(c), cells.position(other))) < reach) {
        EXPECT_TRUE(distinct.contains(static_cast<std::uint32_t>(other))) << c << " misses " << other;
      }
    }
  }
}

std::string name_of(const ::testing::TestParamInfo<CellListBoxes::ParamType>& info) {
  const auto& [size, periodic] = info.param;
  std::string open;
  for (std::size_t axis = 0; axis < 3; ++axis)
    if (periodic[axis]) open += "xyz"[axis];
  return fmt::format("{}x{}x{}_{}", size.x, size.y, size.z, open.empty() ? "closed" : "periodic_" + open);
}

INSTANTIATE_TEST_SUITE_P(Shapes, CellListBoxes,
                         ::testing::Combine(::testing::Values(Vec3{100, 100, 100}, Vec3{30, 60, 200}, Vec3{10, 25, 40}),
                                            ::testing::Values(std::array{true, true, true},
                                                              std::array{false, false, false},
                                                              std::array{false, true, false})),
                         name_of);

// Cells that lie on the bottom of a tall well: bins are for the layer, whatever stands above it finds its neighbours.
TEST(CellListLayer, IsCutIntoBinsOfItsOwn) {
  const Box box{{100, 100, 6000}, {true, true, false}};
  Cells cells = random_cells(300, {100, 100, 14});
  for (double& z : cells.z) z += 3;
  const double reach = 12;
  CellList list;
  list.rebuild(cells, box, reach);
  std::size_t seen = 0;
  for (const Vec3 p : {Vec3{50, 50, 0.5}, Vec3{1, 99, 10}, Vec3{70, 20, 17}, Vec3{70, 20, 26}, Vec3{30, 30, 5000}}) {
    std::set<std::uint32_t> visited;
    list.visit_near(p, [&](std::uint32_t other) { EXPECT_TRUE(visited.insert(other).second); });
    seen = std::max(seen, visited.size());
    for (std::size_t other = 0; other < cells.size(); ++other) {
      if (norm(box.separation(p, cells.position(other))) < reach) {
        EXPECT_TRUE(visited.contains(static_cast<std::uint32_t>(other))) << p.z << " misses " << other;
      }
    }
  }
  EXPECT_LT(seen, 100u) << "of 300";
}

TEST(Box, TakesTheShortestWayRound) {
  const Box box{{100, 100, 100}, {true, false, true}};
  const Vec3 d = box.separation({95, 95, 95}, {5, 5, 60});
  EXPECT_EQ(d, (Vec3{10, -90, -35}));
}

}  // namespace
}  // namespace interstice
