/// @file
/// Walking cells driven by a scenario, against the persistent random walk (Fuerth 1920).
#include <gtest/gtest.h>

#include <cmath>

#include "support/run_scenario.h"

namespace interstice {
namespace {

double mean_square_displacement(const Cells& start, const Cells& end) {
  double sum = 0;
  for (std::size_t c = 0; c < start.size(); ++c) {
    const Vec3 d = end.position(c) - start.position(c);
    sum += dot(d, d);
  }
  return sum / static_cast<double>(start.size());
}

TEST(Cells, PersistentWalkSpreadsAsFuerthSays) {
  // v 12 um/min, P 2 min: 2 v^2 P (t - P (1 - exp(-t/P))) = 4616 um^2 at 10 min, 33408 um^2 at 60 min.
  Simulation simulation(test::problem_from(R"(
schema: 2
title: walkers
domain: {size: [4 mm, 4 mm, 4 mm], spacing: 200 um, boundary: {all: no_flux}}
time: [{until: 60 min, transport: 30 s, vesicles: 30 s, cells: 30 s, series: 10 min}]
regions:
  tissue: {shape: everywhere, medium: tissue}
  start: {shape: {box: {from: [1 mm, 1 mm, 1 mm], to: [3 mm, 3 mm, 3 mm]}}, medium: tissue}
cell_types:
  walker:
    radius: 1 um
    contact: {adsorption: 0 um/s, sites: unlimited}
    initial_state: alive
    states: {alive: {}}
    motility: {speed: "12 [um/min]", persistence: 2 min, max_bias: 0}
cells: {walker: {count: 6000, in: start}}
)"),
                        2);
  const Cells start = simulation.state().cells;
  while (simulation.time() < 600) simulation.step();
  EXPECT_NEAR(mean_square_displacement(start, simulation.state().cells) / 4616, 1, 0.03);  // standard error 1 %
  while (!simulation.finished()) simulation.step();
  EXPECT_NEAR(mean_square_displacement(start, simulation.state().cells) / 33408, 1, 0.03);
}

}  // namespace
}  // namespace interstice
