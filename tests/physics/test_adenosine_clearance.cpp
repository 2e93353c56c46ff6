/// @file
/// How fast blood cells take adenosine up: half-lives measured in whole blood and platelet-rich plasma, from which the
/// clearance per cell in the cells' files was derived.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "support/run_scenario.h"

namespace interstice::test {
namespace {

/// Half-life [s] of 0.1 uM adenosine with `count` cells in a cube of the given width.
double half_life(int count, double width, double clearance, double until) {
  const std::string yaml = fmt::format(
      "schema: 2\n"
      "domain: {{size: [{0} um, {0} um, {0} um], spacing: {0} um}}\n"
      "time: [{{until: {1} s, transport: {2} s, vesicles: {2} s, cells: {1} s, series: {2} s}}]\n"
      "species: {{adenosine: {{diffusivity: 770 um^2/s, initial: 0.1 uM, uptake_Km: 25 uM}}}}\n"
      "cell_types: {{blood_cell: {{radius: 1 um, mobile: false, uptake: {{adenosine: {3} um^3/s}}, "
      "initial_state: there, states: {{there: {{}}}}}}}}\n"
      "cells: {{blood_cell: {{count: {4}}}}}\n",
      width, until, until / 400, clearance, count);
  const SeriesTable series = run_series(yaml);
  const auto& c = *series.find("mean.all.adenosine");
  for (std::size_t row = 1; row < c.size(); ++row)
    if (c[row] <= 0.05)
      return series.time[row - 1] +
             (series.time[row] - series.time[row - 1]) * std::log(c[row - 1] / 0.05) / std::log(c[row - 1] / c[row]);
  return INFINITY;
}

TEST(AdenosineClearance, WholeBlood) {  // 5e9 erythrocytes per ml, 9.2 um^3/s each
  EXPECT_NEAR(half_life(135, 30, 9.2, 40), 15.0, 0.02 * 15);
}

TEST(AdenosineClearance, PlateletRichPlasma) {  // 3e8 platelets per ml, 7.7 um^3/s each
  EXPECT_NEAR(half_life(300, 100, 7.7, 800), 300, 0.02 * 300);
}

}  // namespace
}  // namespace interstice::test
