/// @file
/// Runs a scenario text the way a user's file is run: loaded, checked, built, stepped, observed.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/analysis/metrics.h"
#include "engine/observe/observables.h"
#include "engine/scenario/scenario.h"
#include "engine/sim/simulation.h"
#include "models/builtin.h"

namespace interstice::test {

const ModelRegistry& built_in_models();

Scenario scenario_from(std::string_view yaml, std::vector<std::string> sets = {});

/// A scenario that ships, for example "rat_knee.yaml"; read once for each list of sets (by one thread).
const Scenario& shipped(const std::string& file, const std::vector<std::string>& sets = {});

Problem problem_from(std::string_view yaml, std::vector<std::string> sets = {});

/// Collects the observables of every state it is shown.
class SeriesCollector : public StateSink {
 public:
  explicit SeriesCollector(const Problem& problem);
  void record(const State& state, const Problem& problem) override;
  SeriesTable table;

 private:
  Observables observables_;
  std::vector<double> row_;
};

/// Runs to the end and returns the time series.
SeriesTable run_series(Simulation& simulation);

SeriesTable run_series(std::string_view yaml, std::vector<std::string> sets = {}, int threads = 1);

}  // namespace interstice::test
