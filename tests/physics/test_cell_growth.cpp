/// @file
/// A growing population, whatever the step.
// labels: slow
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>

#include "support/run_scenario.h"

namespace interstice {
namespace {

TEST(CellGrowth, FourMeanCyclesFromTenThousandCellsAreWithinTwoPercent) {
  for (const double step : {0.4, 4.0}) {  // of the mean cycle
    double mean = 0;
    for (const int seed : {1, 2, 3}) {  // one alone is within 1 % by its standard error
      const SeriesTable series = test::run_series(fmt::format(R"(schema: 2
domain: {{size: [400 um, 400 um, 400 um], spacing: 100 um}}
time: [{{until: 4 s, transport: {0} s, vesicles: {0} s, cells: {0} s, series: 4 s}}]
species: {{A: {{diffusivity: 0 um^2/s}}}}
cell_types:
  c:
    radius: 0.2 um
    mobile: false
    initial_state: a
    states: {{a: {{transitions: [{{to: a, hazard: "1 [1/s]", divides: true}}]}}}}
cells: {{c: {{count: 10000}}}}
)",
                                                              step),
                                                  {fmt::format("seed={}", seed)});
      mean += series.last("cells.c.a") / (1e4 * std::exp(4)) / 3;
    }
    EXPECT_NEAR(mean, 1, 0.02) << step;
  }
}

}  // namespace
}  // namespace interstice
