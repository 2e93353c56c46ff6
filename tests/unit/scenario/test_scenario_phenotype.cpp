/// @file
/// The shared phenotype: terms, ranges and horizons are checked when the scenario is read.
#include <gtest/gtest.h>

#include "engine/scenario/scenario.h"
#include "models/builtin.h"
#include "support/file_text.h"

namespace interstice {
namespace {

using test::has;

/// Rows every second for 100 s, then every 300 s until 1000 s.
Scenario scenario_with(const std::string& phenotype) {
  ModelRegistry registry;
  register_builtin_models(registry);
  return load_scenario_text(
      "schema: 2\n"
      "domain: {size: [30 um, 30 um, 30 um], spacing: 10 um}\n"
      "time:\n"
      "  - {until: 100 s, transport: 1 s, vesicles: 1 s, cells: 1 s, series: 1 s}\n"
      "  - {until: 1000 s, transport: 1 s, vesicles: 1 s, cells: 1 s, series: 300 s}\n"
      "species: {A: {diffusivity: 1 um^2/s}}\n"
      "cell_types: {cell: {initial_state: here, states: {here: {}, there: {}}}}\n"
      "cells: {cell: {count: 4}}\n"
      "compare:\n  phenotype: " +
          phenotype + "\n",
      "phenotype.yaml", {}, registry);
}

std::string mistakes_of(const std::string& phenotype) {
  try {
    scenario_with(phenotype);
  } catch (const ScenarioErrors& e) {
    return e.what();
  }
  return "";
}

TEST(ScenarioPhenotype, ReadsTermsAndHorizons) {
  const auto phenotype = scenario_with(
                             "{label: calm, horizons: [700 s, 50 s, 50 s], terms: {"
                             "alive: {of: cells.cell.here, normalise: initial, good: more, range: 1}, "
                             "a: {of: mean.all.A, good: less, range: {value: 2 nM, mark: A, source: x}, weight: 3}}}")
                             .compare.phenotype;
  ASSERT_TRUE(phenotype);
  EXPECT_EQ(phenotype->label, "calm");
  EXPECT_EQ(phenotype->horizons, (std::vector<double>{50, 700}));
  ASSERT_EQ(phenotype->terms.size(), 2u);
  EXPECT_TRUE(phenotype->terms[0].rows.per_initial);
  EXPECT_EQ(phenotype->terms[0].sign, 1);
  EXPECT_EQ(phenotype->terms[0].weight, 1);
  EXPECT_EQ(phenotype->terms[1].sign, -1);
  EXPECT_DOUBLE_EQ(phenotype->terms[1].range, 2e-3);  // rows are in uM
  EXPECT_EQ(phenotype->total_weight(), 4);
}

TEST(ScenarioPhenotype, IsJudgedAtTenMinutesAndADayWhereNothingElseIsSaid) {
  const auto phenotype = scenario_with("{terms: {a: {of: mean.all.A, good: less, range: 1 uM}}}").compare.phenotype;
  EXPECT_EQ(phenotype->horizons, (std::vector<double>{600, 86400}));
  EXPECT_FALSE(scenario_with("").compare.phenotype);
}

TEST(ScenarioPhenotype, MistakesAreTold) {
  const auto term = [](const std::string& what) { return mistakes_of("{terms: {a: {of: mean.all.A, " + what + "}}}"); };
  EXPECT_EQ(term("good: less, range: 1 uM"), "");
  EXPECT_TRUE(has(term("range: 1 uM"), "good: missing"));
  EXPECT_TRUE(has(term("good: up, range: 1 uM"), "more or less"));
  EXPECT_TRUE(has(term("good: less"), "range: missing"));
  EXPECT_TRUE(has(term("good: less, range: 3"), "'3' is no range of rows in uM"));
  EXPECT_TRUE(has(term("good: less, range: 0 uM"), "must be above 0"));
  EXPECT_TRUE(has(term("good: less, range: 1 uM, weight: 0"), "out of range"));
  EXPECT_TRUE(has(term("good: less, range: 1 uM, reduce: max"), "unknown key 'reduce'"));
  EXPECT_TRUE(has(mistakes_of("{terms: {}}"), "at least 1"));
  EXPECT_TRUE(has(mistakes_of("{terms: {a: {of: mean.all.B, good: less, range: 1 uM}}}"), "no column 'mean.all.B'"));
}

TEST(ScenarioPhenotype, AHorizonBetweenFarRowsIsWarnedOf) {
  const auto at = [](const std::string& horizon) {
    const auto warnings =
        scenario_with("{terms: {a: {of: mean.all.A, good: less, range: 1 uM}}, horizons: [" + horizon + "]}").warnings;
    return warnings.empty() ? std::string() : warnings.front();
  };
  EXPECT_EQ(at("50 s"), "");
  EXPECT_EQ(at("400 s"), "");  // a row lies there
  EXPECT_EQ(at("1 day"), "");  // beyond the end: not observable
  EXPECT_EQ(at("650 s"), "");  // rows at 400 and 700 s: less than half of it apart
  EXPECT_TRUE(has(at("150 s"), "no row near 150 s (rows at 100 and 400 s)")) << at("150 s");
}

}  // namespace
}  // namespace interstice
