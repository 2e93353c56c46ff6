/// @file
/// rat_knee_short.yaml from start to end, and the hash of what it ends with.
#pragma once

#include <string>
#include <vector>

#include "engine/results/state_hash.h"
#include "support/run_scenario.h"

namespace interstice::test {

inline Problem short_knee(const std::string& arm = "all", std::vector<std::string> sets = {}) {
  LoadOptions options;
  options.sets = std::move(sets);
  const Scenario scenario =
      load_scenario(INTERSTICE_SOURCE_DIR "/scenarios/rat_knee_short.yaml", options, built_in_models());
  return build_problem(scenario, {.arm = arm});
}

inline Simulation run(Problem problem, int threads = 1) {
  Simulation simulation(std::move(problem), threads);
  while (!simulation.finished()) simulation.step();
  return simulation;
}

inline std::string hash_of(const Simulation& simulation) {
  return state_hash(simulation.state(), simulation.problem());
}

}  // namespace interstice::test
