/// @file
/// Runs of scenario texts.
#include "support/run_scenario.h"

#include <map>
#include <utility>

namespace interstice::test {

const ModelRegistry& built_in_models() {
  static const ModelRegistry registry = [] {
    ModelRegistry models;
    register_builtin_models(models);
    return models;
  }();
  return registry;
}

Scenario scenario_from(std::string_view yaml, std::vector<std::string> sets) {
  LoadOptions options;
  options.sets = std::move(sets);
  return load_scenario_text(yaml, std::string(INTERSTICE_SOURCE_DIR) + "/scenarios/test.yaml", options,
                            built_in_models());
}

const Scenario& shipped(const std::string& file, const std::vector<std::string>& sets) {
  static std::map<std::pair<std::string, std::vector<std::string>>, Scenario> read;
  const std::pair key(file, sets);
  auto at = read.find(key);
  if (at == read.end()) {
    LoadOptions options;
    options.sets = sets;
    at = read.emplace(key, load_scenario(INTERSTICE_SOURCE_DIR "/scenarios/" + file, options, built_in_models())).first;
  }
  return at->second;
}

Problem problem_from(std::string_view yaml, std::vector<std::string> sets) {
  return build_problem(scenario_from(yaml, std::move(sets)));
}

SeriesCollector::SeriesCollector(const Problem& problem) : observables_(problem), row_(observables_.size()) {
  for (const auto& [name, unit] : observables_.names()) {
    table.name.push_back(name);
    table.unit.push_back(unit);
  }
  table.value.resize(observables_.size());
}

void SeriesCollector::record(const State& state, const Problem& problem) {
  observables_.measure(state, problem, row_);
  table.time.push_back(seconds(state.clock.now));
  for (std::size_t i = 0; i < row_.size(); ++i) table.value[i].push_back(row_[i]);
}

SeriesTable run_series(Simulation& simulation) {
  SeriesCollector collector(simulation.problem());
  const std::vector<Observer> observers{{&collector, Occasion::series_row}};
  run_to_end(simulation, observers, 0);
  return collector.table;
}

SeriesTable run_series(std::string_view yaml, std::vector<std::string> sets, int threads) {
  Simulation simulation(problem_from(yaml, std::move(sets)), threads);
  return run_series(simulation);
}

}  // namespace interstice::test
