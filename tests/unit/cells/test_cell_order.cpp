/// @file
/// Cells in order of space: what lies near in the domain lies near in memory, and every cell keeps what is its own.
#include <gtest/gtest.h>

#include <random>
#include <set>

#include "engine/cells/cell_order.h"

namespace interstice {
namespace {

constexpr Grid kGrid{40, 40, 40, 10.0};
const std::vector<ColumnSpec> kColumns{{.name = "x_again", .unit = "um", .owner = ""}};

Cells scattered(std::size_t n) {
  std::mt19937_64 random(7);
  std::uniform_real_distribution<double> place(0, 400);
  Cells cells;
  cells.columns.resize(1);
  for_each_array(cells, kColumns, [n](const RowInfo&, auto& values) { values.resize(n); });
  for (std::size_t c = 0; c < n; ++c) {
    cells.id[c] = 1000 + c;
    cells.x[c] = place(random), cells.y[c] = place(random), cells.z[c] = place(random);
    cells.columns[0][c] = cells.x[c];
    cells.bound[c] = c;
    cells.state[c] = static_cast<std::uint8_t>(c % 7);
  }
  return cells;
}

double mean_way_to_the_next(const Cells& cells) {
  double sum = 0;
  for (std::size_t c = 1; c < cells.size(); ++c) sum += norm(cells.position(c) - cells.position(c - 1));
  return sum / static_cast<double>(cells.size() - 1);
}

TEST(CellOrder, BringsNeighboursTogetherAndKeepsEachCellWhole) {
  const Cells before = scattered(6000);
  Cells cells = before;
  sort_cells(cells, kColumns, kGrid);
  ASSERT_EQ(cells.size(), before.size());
  EXPECT_EQ(std::set<AgentId>(cells.id.begin(), cells.id.end()).size(), cells.size());
  for (std::size_t c = 0; c < cells.size(); ++c) {
    const std::size_t was = cells.id[c] - 1000;
    ASSERT_EQ(cells.position(c), before.position(was));
    ASSERT_EQ(cells.columns[0][c], cells.x[c]);
    ASSERT_EQ(cells.bound[c], was);
    ASSERT_EQ(cells.state[c], before.state[was]);
  }
  EXPECT_GT(mean_way_to_the_next(before), 200);
  EXPECT_LT(mean_way_to_the_next(cells), 33);  // one and a half times the distance of neighbours on a lattice
}

TEST(CellOrder, DoesNotDependOnHowCellsCame) {
  Cells cells = scattered(6000), turned = scattered(6000);
  for_each_array(turned, kColumns, [](const RowInfo&, auto& values) { std::ranges::reverse(values); });
  sort_cells(cells, kColumns, kGrid);
  sort_cells(turned, kColumns, kGrid);
  EXPECT_EQ(cells.id, turned.id);
}

TEST(CellOrder, FewStayAsTheyAre) {
  Cells cells = scattered(1000);
  sort_cells(cells, kColumns, kGrid);
  EXPECT_EQ(cells.id, scattered(1000).id);
}

}  // namespace
}  // namespace interstice
