/// @file
/// Neighbour search against all pairs.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>

#include "engine/agents/cell_list.h"
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

TEST(Box, TakesTheShortestWayRound) {
  const Box box{{100, 100, 100}, {true, false, true}};
  const Vec3 d = box.separation({95, 95, 95}, {5, 5, 60});
  EXPECT_EQ(d, (Vec3{10, -90, -35}));
}

}  // namespace
}  // namespace interstice
