/// @file
/// Sums over touching cells and over all cells: which count, what they offer, and that nobody sees a neighbour that has
/// changed in the same step.

#include <gtest/gtest.h>

#include "engine/core/error.h"
#include "unit/cells/cell_world.h"

namespace interstice {
namespace {

using testing::CellWorld;

/// Cells of type 0 whose column `sum` relaxes within a step to a formula of their neighbours.
struct Crowd : CellWorld {
  explicit Crowd(const std::string& text) {
    add_column("load");
    add_column("sum");
    CellType& type = add_type();
    CellState other;
    other.name = "other";
    type.states.push_back(other);
    std::vector<std::string> names;
    FormulaCells about{.types = {"cell"}, .states = {{"alive", "other"}}};
    const CellSymbolLayout layout{0, columns.size(), 1};
    about.state_symbol = layout.state();
    about.first_gathered = layout.gathered(0);
    type.radius = 5;
    type.mobile = false;
    type.columns = {
        {ColumnId{0}, {}, formula("load / 1 [s]", "1/s"), formula("0 [1/s]", "1/s")},  // load grows by load dt
        {ColumnId{1}, {}, Expression(text, cell_symbols(names, columns, {{"cell"}}), "1/s", &about), {}}};
    type.gatherings = about.gatherings;
    build();
  }
  /// The sum that each cell found in one step of 1 s.
  std::vector<double> sums() {
    update(1, 1);
    return cells.columns[1];
  }
};

TEST(CellSurroundings, SumsOverTouchingCells) {
  Crowd crowd("touching(cell, load) / 1 [s]");
  crowd.put({{50, 50, 50}, {60.9, 50, 50}, {50, 61.1, 50}, {99, 50, 50}, {9, 50, 50}});
  crowd.cells.columns[0] = {1, 2, 4, 8, 16};
  // gap 0.9 um touches, 1.1 um does not; the last two meet through the periodic wall (distance 10 um)
  EXPECT_EQ(crowd.sums(), (std::vector<double>{2, 1, 0, 16, 8}));
}

TEST(CellSurroundings, CountsStatesAndTotals) {
  Crowd crowd("(touching(cell, in_state(other)) + 100 * total(cell, load * in_state(other))) / 1 [s]");
  crowd.put({{50, 50, 50}, {60, 50, 50}, {70, 50, 50}});
  crowd.cells.columns[0] = {1, 2, 4};
  crowd.cells.state = {0, 1, 1};
  EXPECT_EQ(crowd.sums(), (std::vector<double>{601, 601, 601}));
}

TEST(CellSurroundings, ChoosesWhoCountsByWhatBothAre) {
  Crowd crowd("(touching(cell, load, in_state(other) = load - 1) + 100 * total(cell, 1, load = 2 * load)) / 1 [s]");
  crowd.put({{50, 50, 50}, {60, 50, 50}, {70, 50, 50}, {70, 60, 50}});
  crowd.cells.columns[0] = {1, 2, 4, 2};
  crowd.cells.state = {0, 1, 0, 0};
  // 1 asks for neighbours that are not `other` and 2 for those that are; two cells carry twice what the first has
  EXPECT_EQ(crowd.sums(), (std::vector<double>{200, 100, 0, 100}));
  crowd.put({{50, 50, 50}, {60, 50, 50}, {40, 50, 50}});
  crowd.cells.columns[0] = {2, 1, 5};
  crowd.cells.columns[1] = {0, 0, 0};
  crowd.cells.state = {0, 1, 1};
  EXPECT_EQ(crowd.sums(), (std::vector<double>{6, 102, 0}));
}

// 0/0 equals nothing, itself included.
TEST(CellSurroundings, WhatIsNoNumberChoosesNobodyAndIsChosenByNobody) {
  Crowd crowd("(touching(cell, 1, load/load = load/load) + 100 * total(cell, 1, load/load = load/load)) / 1 [s]");
  crowd.put({{50, 50, 50}, {60, 50, 50}, {70, 50, 50}, {80, 50, 50}});
  crowd.cells.columns[0] = {0, 0, 2, 2};
  EXPECT_EQ(crowd.sums(), (std::vector<double>{0, 0, 201, 201}));
}

TEST(CellSurroundings, EveryoneSeesTheStartOfTheStepOnAnyNumberOfThreads) {
  std::vector<double> first;
  for (const int threads : {1, 3}) {
    Crowd crowd("touching(cell, load) / 1 [s]");
    crowd.threads = Threads(threads);
    std::vector<Vec3> line;
    for (int i = 0; i < 600; ++i)
      line.push_back({5.0 + 9.9 * (i % 10), 5.0 + 9.9 * (i / 10 % 10), 5.0 + 9.9 * (i / 100)});
    crowd.put(line);
    for (std::size_t c = 0; c < crowd.cells.size(); ++c) crowd.cells.columns[0][c] = 1.0 + 0.1 * c;
    const auto before = crowd.cells.columns[0];
    const auto found = crowd.sums();
    EXPECT_EQ(crowd.cells.columns[0][7], 2 * before[7]);  // load has changed in the same step
    EXPECT_DOUBLE_EQ(found[555], before[554] + before[556] + before[545] + before[565] + before[455]);
    if (first.empty()) first = found;
    EXPECT_EQ(found, first);
  }
}

TEST(CellSurroundings, OthersOfferOwnNumbersOnly) {
  EXPECT_THROW(Crowd("touching(cell, contacts_cell) / 1 [s]"), InputError);
  EXPECT_THROW(Crowd("touching(cell, load, contacts_cell = load) / 1 [s]"), InputError);
  EXPECT_THROW(Crowd("touching(cell, load, load = contacts_cell) / 1 [s]"), InputError);
}

}  // namespace
}  // namespace interstice
