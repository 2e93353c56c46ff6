/// @file
/// The shared phenotype at its horizons, from made-up series with answers worked out by hand.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <stdexcept>

#include "engine/analysis/phenotype.h"

namespace interstice {
namespace {

const double kNoValue = std::numeric_limits<double>::quiet_NaN();

std::vector<double> with_middles(const std::array<double, 3>& v) {
  return {v[0], (v[0] + v[1]) / 2, v[1], (v[1] + v[2]) / 2, v[2]};
}

/// Values at 0, 600 and 1200 s; rows every 300 s.
RunOutcome run_of(const std::array<double, 3>& akt, const std::array<double, 3>& m1) {
  RunOutcome run;
  run.series.time = {0, 300, 600, 900, 1200};
  run.series.name = {"akt", "m1"};
  run.series.unit = {"1", "1"};
  run.series.value = {with_middles(akt), with_middles(m1)};
  return run;
}

/// AKT, of which more is better, weighs three times as much as M1.
Phenotype repair(std::vector<double> horizons) {
  Phenotype phenotype{.label = "repair", .terms = {}, .horizons = std::move(horizons)};
  phenotype.terms.push_back(
      {.rows = {.subject = "akt", .label = "AKT", .unit = "1", .of = {"akt"}}, .sign = 1, .range = 0.5, .weight = 3});
  phenotype.terms.push_back(
      {.rows = {.subject = "m1", .label = "M1", .unit = "1", .of = {"m1"}}, .sign = -1, .range = 2, .weight = 1});
  return phenotype;
}

const Metric& metric_named(const std::vector<Metric>& metrics, const std::string& name) {
  const auto at = std::ranges::find_if(metrics, [&](const Metric& metric) { return metric.name() == name; });
  if (at == metrics.end()) throw std::out_of_range(name);
  return *at;
}

std::vector<Metric> measured(const RunOutcome& run, const RunOutcome& vehicle, const ArmFacts& arm,
                             const Phenotype& phenotype) {
  std::vector<Metric> metrics;
  measure_phenotype(run, arm, phenotype, {.vehicle = &vehicle}, metrics);
  return metrics;
}

TEST(Phenotype, IsTheWeightedMeanOfSignedSharesOfTheRange) {
  const RunOutcome run = run_of({0.1, 0.2, 0.4}, {1, 0.5, 0});
  EXPECT_DOUBLE_EQ(phenotype_at(run.series, repair({}), 600).value(), (3 * 0.2 / 0.5 - 0.5 / 2) / 4);
  EXPECT_DOUBLE_EQ(phenotype_at(run.series, repair({}), 900).value(), (3 * 0.3 / 0.5 - 0.25 / 2) / 4);
  EXPECT_DOUBLE_EQ(phenotype_rows(run.series, repair({}))[4], 3 * 0.4 / 0.5 / 4);
  EXPECT_TRUE(phenotype_at(run.series, repair({}), 700));
  EXPECT_FALSE(phenotype_at(run.series, repair({}), 450));  // between rows that are far apart for it
  EXPECT_FALSE(phenotype_at(run.series, repair({}), 1201));
}

TEST(Phenotype, ItsEffectIsTheDifferenceFromThePairedRunAndItsTermsAddUpToIt) {
  const RunOutcome vehicle = run_of({0.1, 0.1, 0.1}, {1, 1, 1}), run = run_of({0.1, 0.2, 0.3}, {1, 0.6, 0.2});
  const auto metrics = measured(run, vehicle, {}, repair({600, 1200}));
  const double akt = 3 * 0.1 / 0.5 / 4, m1 = 0.4 / 2 / 4;
  EXPECT_DOUBLE_EQ(metric_named(metrics, "phenotype_term.600s.akt").value.value(), akt);
  EXPECT_DOUBLE_EQ(metric_named(metrics, "phenotype_term.600s.m1").value.value(), m1);  // less of it is better
  EXPECT_DOUBLE_EQ(metric_named(metrics, "phenotype_effect.600s").value.value(), akt + m1);
  EXPECT_GT(metric_named(metrics, "phenotype_effect.1200s").value.value(), akt + m1);
  EXPECT_EQ(metric_named(metrics, "phenotype_effect.600s").status, Status::measured);
  std::vector<Metric> of_vehicle;
  measure_phenotype(vehicle, {}, repair({600}), {.vehicle = &vehicle}, of_vehicle);
  EXPECT_EQ(of_vehicle.size(), 1u);  // its value; it is compared with nothing
}

TEST(Phenotype, AHorizonBeyondTheEndIsNotObservableAndNoZero) {
  const RunOutcome vehicle = run_of({0.1, 0.1, 0.1}, {1, 1, 1});
  const auto metrics = measured(run_of({0.1, 0.2, 0.3}, {1, 1, 1}), vehicle, {}, repair({86400}));
  for (const char* name : {"phenotype.86400s", "phenotype_effect.86400s", "phenotype_term.86400s.akt"}) {
    EXPECT_FALSE(metric_named(metrics, name).value) << name;
    EXPECT_EQ(metric_named(metrics, name).status, Status::not_observable) << name;
    EXPECT_EQ(metric_named(metrics, name).note, "not observable in this run, which ends at 20 min") << name;
  }
}

TEST(Phenotype, BeforeTheDelayOfTheMechanismAfterTheFirstDoseNothingCanShow) {
  const RunOutcome vehicle = run_of({0.1, 0.1, 0.1}, {1, 1, 1});
  ArmFacts arm;
  arm.models = {"surface_contact"};
  arm.delay = 500;
  const auto status = [&](double horizon) {
    return metric_named(measured(vehicle, run_of({0, 0, 0}, {1, 1, 1}), arm, repair({horizon})),
                        "phenotype_effect." + horizon_name(horizon))
        .status;
  };
  EXPECT_EQ(status(300), Status::not_observable);
  EXPECT_EQ(status(600), Status::measured);
  arm.vesicle_classes = {{.name = "late", .doses = {300, 900}}, {.name = "early", .doses = {200}}};
  EXPECT_EQ(status(600), Status::not_observable);
  EXPECT_EQ(status(700), Status::measured);
}

TEST(Phenotype, ATermWithoutAValueLeavesNoPhenotype) {
  const RunOutcome vehicle = run_of({0.1, 0.1, 0.1}, {1, 1, 1});
  const auto metrics = measured(run_of({0.1, kNoValue, kNoValue}, {1, 1, 1}), vehicle, {}, repair({1200}));
  EXPECT_FALSE(metric_named(metrics, "phenotype_effect.1200s").value);
  EXPECT_EQ(metric_named(metrics, "phenotype_effect.1200s").status, Status::undefined);
  EXPECT_EQ(metric_named(metrics, "phenotype_term.1200s.m1").value, 0.0);
}

TEST(Phenotype, TimesAreWrittenAsPeopleSayThem) {
  EXPECT_EQ(horizon_text(30), "30 s");
  EXPECT_EQ(horizon_text(600), "10 min");
  EXPECT_EQ(horizon_text(86400), "24 h");
  EXPECT_EQ(horizon_text(28 * 86400), "28 days");
}

}  // namespace
}  // namespace interstice
