/// @file
/// Cells that do not respond to EVs: vesicles stick to them as to others, but no interaction model acts on them.
#include <gtest/gtest.h>

#include <string>

#include "support/run_scenario.h"

namespace interstice::test {
namespace {

const std::string kTwoKinds = R"(
schema: 2
domain: {size: [60 um, 60 um, 60 um], spacing: 20 um, boundary: {all: periodic}}
time: [{until: 10 min, transport: 10 s, vesicles: 10 s, cells: 10 s, series: 10 min}]
cell_types:
  responsive: &kind {mobile: false, contact: {adsorption: 1 um/s}, initial_state: there, states: {there: {}}}
  unresponsive: *kind
cells: {responsive: {count: 5}, unresponsive: {count: 5}}
vesicles: {ev: {density: 1e10 EV/ml, weight: 1}}
models: {surface_contact: {}}
compare: {arms: {all: {}, direct: {set: {cell_types.unresponsive.responds_to_evs: false}, models: [surface_contact]}}}
)";

TEST(UnresponsiveCells, AreTouchedAndNotChanged) {
  const Scenario scenario = scenario_from(kTwoKinds);
  for (const bool unresponsive : {false, true}) {
    Simulation simulation(unresponsive ? build_problem(scenario, {.arm = "direct"}) : build_problem(scenario), 1);
    const SeriesTable series = run_series(simulation);
    EXPECT_GT(series.last("column.responsive.ev_fast"), 0.01);
    EXPECT_EQ(series.last("column.unresponsive.ev_fast") > 0.01, !unresponsive);
    const Cells& cells = simulation.state().cells;
    std::uint64_t on_unresponsive = 0;
    for (std::size_t c = 0; c < cells.size(); ++c)
      if (cells.type[c] == CellTypeId{1}) on_unresponsive += cells.adsorptions[c];
    EXPECT_GT(on_unresponsive, 100U);
  }
}

}  // namespace
}  // namespace interstice::test
