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

inline ModelRegistry built_in_models() {
  ModelRegistry registry;
  register_builtin_models(registry);
  return registry;
}

inline Scenario scenario_from(std::string_view yaml, std::vector<std::string> sets = {}) {
  LoadOptions options;
  options.sets = std::move(sets);
  return load_scenario_text(yaml, std::string(INTERSTICE_SOURCE_DIR) + "/scenarios/test.yaml", options,
                            built_in_models());
}

inline Problem problem_from(std::string_view yaml, std::vector<std::string> sets = {}) {
  return build_problem(scenario_from(yaml, std::move(sets)));
}

/// Collects the observables of every state it is shown.
class SeriesCollector : public StateSink {
 public:
  explicit SeriesCollector(const Problem& problem) : observables_(problem), row_(observables_.size()) {
    for (const auto& [name, unit] : observables_.names()) {
      table.name.push_back(name);
      table.unit.push_back(unit);
    }
    table.value.resize(observables_.size());
  }
  void record(const State& state, const Problem& problem) override {
    observables_.measure(state, problem, row_);
    table.time.push_back(seconds(state.clock.now));
    for (std::size_t i = 0; i < row_.size(); ++i) table.value[i].push_back(row_[i]);
  }
  SeriesTable table;

 private:
  Observables observables_;
  std::vector<double> row_;
};

/// Runs to the end and returns the time series.
inline SeriesTable run_series(Simulation& simulation) {
  SeriesCollector collector(simulation.problem());
  const std::vector<Observer> observers{{&collector, Occasion::series_row}};
  run_to_end(simulation, observers, 0);
  return collector.table;
}

inline SeriesTable run_series(std::string_view yaml, std::vector<std::string> sets = {}, int threads = 1) {
  Simulation simulation(problem_from(yaml, std::move(sets)), threads);
  return run_series(simulation);
}

}  // namespace interstice::test
