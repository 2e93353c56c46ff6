/// @file
/// Every scenario that ships loads, and its resolved text is the same scenario.
#include <gtest/gtest.h>

#include <filesystem>

#include "engine/analysis/phenotype.h"
#include "engine/observe/observables.h"
#include "support/resolved.h"
#include "support/run_scenario.h"

namespace interstice {
namespace {

namespace fs = std::filesystem;

TEST(ShippedScenarios, LoadAndResolve) {
  std::size_t found = 0;
  for (const auto& entry : fs::directory_iterator(INTERSTICE_SOURCE_DIR "/scenarios")) {
    if (entry.path().extension() != ".yaml") continue;
    ++found;
    SCOPED_TRACE(entry.path().string());
    const Scenario s = load_scenario(entry.path(), {}, test::built_in_models());
    test::expect_same_after_resolving(s);
    for (const SourceFile& f : s.files) EXPECT_TRUE(fs::exists(f.path)) << f.path;
  }
  EXPECT_GE(found, 4u);
}

/// A term of which there is nothing, such as the score of a type without cells, would leave every verdict undefined.
TEST(ShippedScenarios, PhenotypesHaveAValueAtTheStart) {
  std::size_t found = 0;
  for (const auto& entry : fs::directory_iterator(INTERSTICE_SOURCE_DIR "/scenarios")) {
    if (entry.path().extension() != ".yaml") continue;
    const Scenario s = load_scenario(entry.path(), {}, test::built_in_models());
    if (!s.compare.phenotype) continue;
    ++found;
    const Simulation simulation(build_problem(s, {.arm = s.compare.arms.front().name, .replicate = 0}), 1);
    const Observables observables(simulation.problem());
    std::vector<double> values(observables.size());
    observables.measure(simulation.state(), simulation.problem(), values);
    SeriesTable series;
    series.time = {0};
    for (std::size_t k = 0; k < values.size(); ++k) {
      series.name.push_back(observables.names()[k].name);
      series.unit.emplace_back("1");
      series.value.push_back({values[k]});
    }
    for (const PhenotypeTerm& term : s.compare.phenotype->terms)
      if (!term.rows.rate) {
        EXPECT_TRUE(term_at(series, term, 0)) << entry.path() << ": " << term.rows.subject;
      }
  }
  EXPECT_GE(found, 10u);
}

}  // namespace
}  // namespace interstice
