/// @file
/// What a run shows to its observers.
#include <gtest/gtest.h>

#include <array>
#include <cmath>

#include "engine/core/error.h"
#include "engine/sim/simulation.h"
#include "support/run_scenario.h"

namespace interstice {
namespace {

/// Shows rows until the run fails, and returns how many.
std::size_t rows_until_it_fails(double initial, const std::string& reaction) {
  Problem problem = test::problem_from(R"(schema: 2
domain: {size: [20 um, 20 um, 20 um], spacing: 10 um}
time: [{until: 100 s, transport: 1 s, vesicles: 1 s, cells: 1 s, series: 1 s}]
species: {A: {diffusivity: 100 um^2/s, initial: 0 uM}}
)" + reaction);
  problem.species[0].initial.assign(problem.species[0].initial.size(), initial);
  Simulation simulation(std::move(problem));
  test::SeriesCollector rows(simulation.problem());
  const std::array observers{Observer{&rows}};
  EXPECT_THROW(run_to_end(simulation, observers, 0), NumericalError);
  for (const double value : rows.table.value.at(0)) EXPECT_TRUE(std::isfinite(value));
  return rows.table.time.size();
}

TEST(Simulation, ShowsNoRowOfWhatIsNotFinite) {
  EXPECT_EQ(rows_until_it_fails(1e300, ""), 0U) << "its mean would be infinite";
  EXPECT_GT(rows_until_it_fails(1, "reactions: {growth: {equation: A -> 2 A, k: 10 1/s}}\n"), 8U);
}

}  // namespace
}  // namespace interstice
