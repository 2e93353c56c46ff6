/// @file
/// Outcomes: columns are checked when the scenario is read, and rows become one number as said.
#include <gtest/gtest.h>

#include <cmath>

#include "engine/scenario/scenario.h"
#include "models/builtin.h"
#include "support/file_text.h"

namespace interstice {
namespace {

using test::has;

const std::string kBeforeOutcome =
    "schema: 2\n"
    "domain: {size: [30 um, 30 um, 30 um], spacing: 10 um}\n"
    "time: [{until: 4 s, transport: 1 s, vesicles: 1 s, cells: 1 s, series: 1 s}]\n"
    "species: {A: {diffusivity: 1 um^2/s}}\n"
    "cell_types: {cell: {initial_state: here, states: {here: {}, there: {}}}}\n"
    "cells: {cell: {count: 4}}\n"
    "compare:\n  outcomes:\n    x: ";

std::vector<SeriesMetric> outcomes_of(const std::string& outcome) {
  ModelRegistry registry;
  register_builtin_models(registry);
  return load_scenario_text(kBeforeOutcome + outcome + "\n", "outcomes.yaml", {}, registry).compare.outcomes;
}

std::string mistakes_of_outcome(const std::string& outcome) {
  try {
    outcomes_of(outcome);
  } catch (const ScenarioErrors& e) {
    return e.what();
  }
  return "";
}

TEST(ScenarioOutcomes, ColumnsAndPatternsAreFound) {
  const SeriesMetric share = outcomes_of("{of: cells.cell.there, normalise: cells.cell.*, label: gone}").at(0);
  EXPECT_EQ(share.label, "gone");
  EXPECT_EQ(share.of, std::vector<std::string>{"cells.cell.there"});
  EXPECT_EQ(share.normalise, (std::vector<std::string>{"cells.cell.here", "cells.cell.there"}));
  EXPECT_EQ(share.unit, "1");
  const SeriesMetric area = outcomes_of("{of: [mean.all.A], reduce: area, from: 1 s, until: 3 s}").at(0);
  EXPECT_EQ(area.value_unit(), "uM s");
  EXPECT_EQ(area.label, "x");
  EXPECT_EQ(outcomes_of("{of: mean.all.A, normalise: cells.cell.here}").at(0).unit, "uM/(cell)");
  EXPECT_EQ(outcomes_of("{of: mean.all.A, rate: true}").at(0).unit, "uM/s");
  EXPECT_EQ(outcomes_of("{of: mean.all.A, rate: true, normalise: cells.cell.here}").at(0).unit, "uM/(cell)/s");
  EXPECT_EQ(outcomes_of("{of: mean.all.A, rate: true, normalise: initial}").at(0).unit, "1/s");
}

TEST(ScenarioOutcomes, AColumnThatIsLeftOutIsNamedAsSuch) {
  std::string text = kBeforeOutcome + "{of: column.cell.fed}\n";
  text.replace(text.find("initial_state"), 0, "columns: {fed: {unit: \"1\", gain: \"0 [1/s]\"}}, ");
  ModelRegistry registry;
  register_builtin_models(registry);
  try {
    load_scenario_text(text, "outcomes.yaml", {}, registry);
    ADD_FAILURE() << "a column that stays 0 was accepted";
  } catch (const ScenarioErrors& e) {
    EXPECT_TRUE(has(e.what(), "no column 'column.cell.fed' (nothing in this scenario changes it")) << e.what();
  }
}

TEST(ScenarioOutcomes, MistakesAreTold) {
  EXPECT_TRUE(has(mistakes_of_outcome("{of: cells.cell.ther}"), "'cells.cell.there'"))
      << mistakes_of_outcome("{of: cells.cell.ther}");
  EXPECT_TRUE(has(mistakes_of_outcome("{of: tissue.*}"), "no column 'tissue.*'"));
  EXPECT_TRUE(has(mistakes_of_outcome("{of: [mean.all.A, cells.cell.here]}"), "cannot be added"));
  EXPECT_TRUE(has(mistakes_of_outcome("{of: mean.all.A, from: 5 s}"), "no row lies between"));
  EXPECT_TRUE(has(mistakes_of_outcome("{of: mean.all.A, from: 3 s, until: 2 s}"), "no row lies between"));
  EXPECT_TRUE(has(mistakes_of_outcome("{of: mean.all.A, reduce: median}"), "median"));
  EXPECT_TRUE(has(mistakes_of_outcome("{reduce: last}"), "of"));
  EXPECT_TRUE(has(mistakes_of_outcome("{of: mean.all.A, reduce: at}"), "missing (`reduce: at` needs it)"));
  EXPECT_TRUE(has(mistakes_of_outcome("{of: mean.all.A, reduce: at, at: 1 h}"), "no row lies"));
  EXPECT_TRUE(has(mistakes_of_outcome("{of: mean.all.A, level: 1 uM}"), "`reduce: last` has no use for it"));
  EXPECT_TRUE(has(mistakes_of_outcome("{of: mean.all.A, reduce: time_above}"), "missing (`reduce: time_above`"));
  EXPECT_TRUE(has(mistakes_of_outcome("{of: mean.all.A, reduce: time_above, level: 3 um}"), "no level of rows in uM"));
  EXPECT_TRUE(has(mistakes_of_outcome("{of: mean.all.A, reduce: reach}"), "profile.NAME.*"));
  EXPECT_TRUE(has(mistakes_of_outcome("{of: mean.all.A, reduce: decay_length}"), "whole profile"));
  EXPECT_TRUE(has(mistakes_of_outcome("{of: mean.all.A, reduce: quantile, share: 0.5}"), "whole profile"));
  EXPECT_TRUE(has(mistakes_of_outcome("{of: mean.all.A, reduce: quantile}"), "missing (`reduce: quantile` needs it)"));
  EXPECT_TRUE(has(mistakes_of_outcome("{of: mean.all.A, share: 0.5}"), "`reduce: last` has no use for it"));
}

TEST(ScenarioOutcomes, TheShapeOfAProfileIsRead) {
  std::string text = kBeforeOutcome + "{of: profile.deep.*, reduce: quantile, share: 0.8, from: 1 s}\n" +
                     "    y: {of: profile.deep.*, reduce: decay_length}\n" +
                     "profiles: {deep: {species: A, below: z_max, width: 10 um}}\n";
  ModelRegistry registry;
  register_builtin_models(registry);
  const auto outcomes = load_scenario_text(text, "outcomes.yaml", {}, registry).compare.outcomes;
  const SeriesTable series{{"profile.deep.10", "profile.deep.20", "profile.deep.30"},
                           {"molecule", "molecule", "molecule"},
                           {0, 1, 3},
                           {{0, 4, 4}, {0, 2, 2}, {30, 1, 1}}};
  EXPECT_DOUBLE_EQ(reduce(series, outcomes.at(0)).value(), 20 - 10 * (0.2 * 7 - 1) / 2);
  EXPECT_EQ(outcomes.at(0).value_unit(), "um");
  EXPECT_FALSE(reduce(series, outcomes.at(1))) << "from the start most lies deep";
}

const SeriesTable kSeries{{"a", "b"}, {"cell", "cell"}, {0, 1, 3, 4}, {{2, 4, 8, 6}, {0, 4, 4, 2}}};

double reduced(SeriesMetric::Reduction take, std::vector<std::string> per = {}, double from = 0) {
  SeriesMetric outcome;
  outcome.of = {"a"};
  outcome.normalise = std::move(per);
  outcome.reduction = take;
  outcome.from = from;
  return reduce(kSeries, outcome).value();
}

TEST(Outcomes, ReduceAsSaid) {
  using Reduction = SeriesMetric::Reduction;
  EXPECT_EQ(reduced(Reduction::last), 6);
  EXPECT_EQ(reduced(Reduction::max), 8);
  EXPECT_EQ(reduced(Reduction::min), 2);
  EXPECT_EQ(reduced(Reduction::change), 4);
  EXPECT_DOUBLE_EQ(reduced(Reduction::area), 3 + 12 + 7);
  EXPECT_DOUBLE_EQ(reduced(Reduction::mean), 22 / 4.0);
  EXPECT_DOUBLE_EQ(reduced(Reduction::mean, {}, 1), 19 / 3.0);
  EXPECT_DOUBLE_EQ(reduced(Reduction::mean, {"b"}), (3 + 2.5) / 3) << "the first row has no ratio";
  EXPECT_DOUBLE_EQ(reduced(Reduction::last, {"a", "b"}), 0.75);
}

TEST(Outcomes, LevelsAndMomentsFollowStraightLinesBetweenRows) {
  const auto reduced = [](SeriesMetric::Reduction reduction, double number) {
    SeriesMetric metric{.of = {"a"}, .reduction = reduction, .at = number, .level = number};
    return reduce(kSeries, metric);
  };
  using Reduction = SeriesMetric::Reduction;
  EXPECT_EQ(reduced(Reduction::at, 2), 6);
  EXPECT_EQ(reduced(Reduction::time_above, 5), 1.5);
  EXPECT_EQ(reduced(Reduction::time_of_max, 0), 3);
  EXPECT_FALSE(reduced(Reduction::time_above, 8.1));
  EXPECT_EQ(reduced(Reduction::time_below, 2), 0) << "it starts there";
  EXPECT_FALSE(reduced(Reduction::time_below, 1.9));
  const SeriesTable falls{{"a"}, {"EV"}, {0, 10}, {{8, 4}}};
  const SeriesMetric half{.of = {"a"}, .reduction = Reduction::time_below, .level = 6};
  EXPECT_EQ(reduce(falls, half), 5);
  EXPECT_EQ(half.value_unit(), "s");
}

TEST(Outcomes, LevelsAreReadInTheUnitOfTheRows) {
  const SeriesMetric early = outcomes_of("{of: mean.all.A, reduce: time_above, level: 300 nM}").at(0);
  EXPECT_DOUBLE_EQ(early.level, 0.3);
  EXPECT_EQ(outcomes_of("{of: cells.cell.*, reduce: time_below, level: 2 cell}").at(0).level, 2);
  EXPECT_EQ(outcomes_of("{of: cells.cell.there, normalise: initial, reduce: time_below, level: 50 %}").at(0).level,
            0.5);
  EXPECT_EQ(outcomes_of("{of: mean.all.A, reduce: at, at: 1 s}").at(0).at, 1);
}

TEST(Outcomes, HalfLifeIsThatOfTheLineThroughTheLogarithms) {
  SeriesMetric outcome;
  outcome.of = {"a"};
  outcome.reduction = SeriesMetric::Reduction::half_life;
  outcome.unit = "EV";
  EXPECT_EQ(outcome.value_unit(), "s");
  const SeriesTable falls{{"a"}, {"EV"}, {0, 20, 30, 50, 60}, {{8, 4, 2 * std::sqrt(2.0), std::sqrt(2.0), 0}}};
  EXPECT_NEAR(reduce(falls, outcome).value(), 20, 1e-12);  // a zero has no logarithm
  const SeriesTable steps{{"a"}, {"EV"}, {0, 1, 2}, {{4, 4, 1}}};
  EXPECT_NEAR(reduce(steps, outcome).value(), 1, 1e-12);
  EXPECT_FALSE(reduce(kSeries, outcome)) << "it rises";
}

TEST(Outcomes, RateOfAnExponentialAndWhatIsLeftOfIt) {
  constexpr double kRate = 0.01;
  SeriesTable made{{"a"}, {"molecule"}, {}, {{}}};
  for (double t = 0; t <= 300; t += 20) {
    made.time.push_back(t);
    made.value[0].push_back(500 * (1 - std::exp(-kRate * t)));
  }
  SeriesMetric outcome;
  outcome.of = {"a"};
  outcome.unit = "molecule/s";
  outcome.rate = true;
  const auto rows = rows_of(made, outcome);
  EXPECT_TRUE(std::isnan(rows[0])) << "before the first row nothing is known";
  EXPECT_NEAR(rows[1], 500 * (1 - std::exp(-0.2)) / 20, 1e-12);
  outcome.reduction = SeriesMetric::Reduction::fraction_of_initial;
  outcome.from = 100;
  outcome.until = 250;  // the last row in it is at 240 s
  EXPECT_NEAR(reduce(made, outcome).value(), std::exp(-1.4), 1e-12);
  EXPECT_EQ(outcome.value_unit(), "1");
  outcome.reduction = SeriesMetric::Reduction::half_life;
  EXPECT_NEAR(reduce(made, outcome).value(), std::log(2) / kRate, 1e-9);
  made.value[0].assign(made.time.size(), 7);
  outcome.reduction = SeriesMetric::Reduction::fraction_of_initial;
  EXPECT_FALSE(reduce(made, outcome)) << "of nothing, nothing can be left";
}

TEST(Outcomes, ARateIsNormalisedToo) {
  SeriesMetric outcome;
  outcome.of = {"a"};
  outcome.rate = true;
  outcome.per_initial = true;
  EXPECT_EQ(rows_of(kSeries, outcome)[2], (8 - 4) / 2.0 / 2) << "by the sum in the first row, not by its rate";
  outcome.per_initial = false;
  outcome.normalise = {"b"};
  EXPECT_EQ(rows_of(kSeries, outcome)[3], (6 - 8) / 1.0 / 2);
}

TEST(Outcomes, WithoutRowsThereIsNoNumber) {
  SeriesMetric outcome;
  outcome.of = {"c"};
  EXPECT_FALSE(reduce(kSeries, outcome));
  outcome.of = {"b"};
  outcome.per_initial = true;
  EXPECT_FALSE(reduce(kSeries, outcome)) << "relative to zero";
  outcome.of = {"a"};
  EXPECT_EQ(reduce(kSeries, outcome), 3);
  outcome.from = 9;
  EXPECT_FALSE(reduce(kSeries, outcome));
}

TEST(Outcomes, AreComparedWithThePairedRun) {
  RunOutcome vehicle, arm;
  vehicle.series = arm.series = kSeries;
  arm.series.value[0].back() = 9;
  SeriesMetric outcome;
  outcome.subject = outcome.label = "alive";
  outcome.contrast = true;
  outcome.unit = "cell";
  outcome.of = {"a"};
  std::vector<Metric> metrics;
  measure_series(arm, {}, std::span(&outcome, 1), {.vehicle = &vehicle}, metrics);
  ASSERT_EQ(metrics.size(), 3U);
  EXPECT_EQ(metrics[0].name(), "outcome.alive");
  EXPECT_EQ(metrics[0].value, 9);
  EXPECT_EQ(metrics[1].name(), "effect.alive");
  EXPECT_EQ(metrics[1].value, 3);
  EXPECT_EQ(metrics[2].name(), "effect_relative.alive");
  EXPECT_EQ(metrics[2].value, 0.5);
  ArmFacts slow;
  slow.models = {"cargo_delivery"};
  slow.delay = 5;
  metrics.clear();
  measure_series(arm, slow, std::span(&outcome, 1), {.vehicle = &vehicle}, metrics);
  EXPECT_EQ(metrics[0].status, Status::measured);
  EXPECT_EQ(metrics[1].status, Status::not_observable) << "the run has 4 s";
  EXPECT_EQ(metrics[2].status, Status::not_observable);
  metrics.clear();
  measure_series(vehicle, {}, std::span(&outcome, 1), {.vehicle = &vehicle}, metrics);
  EXPECT_EQ(metrics.size(), 1U) << "not compared with itself";
}

}  // namespace
}  // namespace interstice
