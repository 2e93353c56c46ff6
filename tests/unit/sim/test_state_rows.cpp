/// @file
/// A column that a scenario declares is a row like those of the engine: every part of the program that walks over the
/// state has it without knowing it.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "engine/results/snapshots/snapshot_frame.h"
#include "engine/results/state_hash.h"
#include "engine/sim/state_arrays.h"
#include "support/run_scenario.h"

namespace interstice {
namespace {

constexpr const char* kTissue = R"(
schema: 2
title: five cells
domain: {size: [100 um, 100 um, 100 um], spacing: 20 um, boundary: {all: no_flux}}
time: [{until: 60 s, transport: 10 s, vesicles: 10 s, cells: 10 s, series: 10 s}]
regions: {tissue: {shape: everywhere, medium: tissue}}
cell_types:
  walker:
    radius: 5 um
    contact: {adsorption: 0 um/s, sites: unlimited}
    columns: {stock: {unit: molecule, initial: 8 molecule, at_division: halve}}
    initial_state: alive
    states: {alive: {}}
cells: {walker: {count: 5, in: tissue}}
)";

/// Makes the first cell divide and removes the last, once.
class DivideAndRemove final : public InteractionModel {
 public:
  void evaluate(const ModelView& view, Effects& effects) const override {
    if (view.step != 2) return;
    effects.fate()[0] = 2;
    effects.fate()[4] = 1;
  }
};

Simulation divided() {
  Problem problem = test::problem_from(kTissue);
  ActiveModel& model = problem.models.emplace_back();
  model.name = "divide_and_remove";
  model.model = std::make_shared<DivideAndRemove>();
  Simulation simulation(std::move(problem));
  run_to_end(simulation, {}, 0);
  return simulation;
}

TEST(StateRows, ADeclaredColumnFollowsTheCells) {
  const Simulation simulation = divided();
  std::vector<double> stock = simulation.state().cells.columns.at(0);
  std::ranges::sort(stock);
  EXPECT_EQ(stock, (std::vector<double>{4, 4, 8, 8, 8})) << "two daughters share, one cell of five went";
}

TEST(StateRows, ADeclaredColumnIsInTheWalkTheHashTheSnapshotAndTheSeries) {
  const Simulation simulation = divided();
  const Problem& problem = simulation.problem();
  State state = simulation.state();
  const std::string before = state_hash(state, problem), tissue = tissue_hash(state, problem);
  std::size_t found = 0;
  for_each_array(state, problem, [&]<class T>(const RowInfo& row, std::span<T> values) {
    if (row.name != "stock") return;
    ++found;
    EXPECT_EQ(row.unit, "molecule");
    EXPECT_EQ(row.at_division, AtDivision::halve);
    ASSERT_EQ(values.size(), 5U);
    values[2] = static_cast<T>(9);
  });
  EXPECT_EQ(found, 1U);
  EXPECT_NE(state_hash(state, problem), before);
  EXPECT_NE(tissue_hash(state, problem), tissue);

  AgentFrame frame;
  const std::vector<std::uint32_t> shown{0, 2};
  copy_cells(state, problem, shown, frame);
  const auto column = std::ranges::find(frame.columns, "stock [molecule]", &AgentColumn::name);
  ASSERT_NE(column, frame.columns.end());
  EXPECT_EQ(std::get<std::vector<float>>(column->values).at(1), 9.0F);
  EXPECT_TRUE(Observables(problem).find("column.walker.stock").has_value());
}

// Names of rows are those of files, so two in one file must differ.
TEST(StateRows, NamesDifferWithinATable) {
  const auto names = [](const auto& table) {
    std::multiset<std::string_view> all;
    for_each_row(table, [&all](const auto& row) { all.insert(row.info.name); });
    return all;
  };
  const auto distinct = [](const auto& all) { return std::set(all.begin(), all.end()).size() == all.size(); };
  EXPECT_TRUE(distinct(names(kCellRows)));
  EXPECT_TRUE(distinct(names(kVesicleRows)));
  EXPECT_TRUE(distinct(names(kLedgerRows)));
  EXPECT_TRUE(distinct(names(kBudgetRows)));
}

}  // namespace
}  // namespace interstice
