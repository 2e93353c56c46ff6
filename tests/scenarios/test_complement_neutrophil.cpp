/// @file
// labels: slow
/// Complement, CD59 and nets in complement_neutrophil.yaml: published effects over 20 seeds, and means against an
/// independent integration of the same equations.
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include "engine/results/state_hash.h"
#include "oracle/complement_ode.h"
#include "support/run_scenario.h"

namespace interstice {
namespace {

using Sets = std::vector<std::string>;

/// A quarter of the scenario's volume, its first hour: nets are decided by then.
Simulation prepare(const std::string& arm, std::uint64_t replicate, const Sets& more = {}, int threads = 1) {
  Sets sets{"domain.size=[500 um, 250 um, 250 um]", "cells.neutrophil.count=62", "vesicles.msc_sev.agents=1250",
            "time.0.vesicles=2 s", "time.1.until=1 h"};
  sets.insert(sets.end(), more.begin(), more.end());
  const Scenario& scenario = test::shipped("complement_neutrophil.yaml", sets);
  return Simulation(build_problem(scenario, {.arm = arm, .replicate = replicate}), threads);
}

SeriesTable series_of(const std::string& arm, std::uint64_t replicate = 0, const Sets& sets = {}) {
  Simulation simulation = prepare(arm, replicate, sets);
  return test::run_series(simulation);
}

/// Share of cells that membrane attack, or phorbol ester, has made throw a net, over 20 seeds.
double nets(const std::string& arm, const std::string& by = "committed") {
  double sum = 0;
  for (std::uint64_t replicate = 0; replicate < 20; ++replicate)
    sum += series_of(arm, replicate).last("column.neutrophil." + by);
  return sum / 20;
}

TEST(ComplementNets, VesiclesBlockThemAndAntiCd59Restores) {
  const double vehicle = nets("vehicle"), treated = nets("cd59"), antibody = nets("anti_cd59");
  RecordProperty("vehicle", std::to_string(vehicle));
  RecordProperty("treated", std::to_string(treated));
  RecordProperty("antibody", std::to_string(antibody));
  EXPECT_NEAR(vehicle, 0.31, 0.05);  // the mean-field value; 1240 cells have a standard error of 0.013
  EXPECT_LE(treated, 0.3 * vehicle);
  EXPECT_GE((antibody - treated) / (vehicle - treated), 0.8);
}

TEST(ComplementNets, PhorbolEsterNetsAreNotTouched) {
  const double alone = nets("pma", "committed_PMA"), treated = nets("pma_ev", "committed_PMA");
  EXPECT_NEAR(alone, 0.8, 0.05);
  EXPECT_NEAR(treated, alone, 0.05);
}

/// The set-up of the scenario as the reference takes it.
oracle::AttackSetup reference(double evs_per_ml) {
  oracle::AttackSetup setup;
  setup.input = 1.11e8 * 1800;
  setup.tau7 = 1 / 0.0167;
  setup.cells = 62 / (500.0 * 250 * 250) * 1e12;
  setup.evs = evs_per_ml;
  return setup;
}

TEST(ComplementNets, MeansFollowTheRateEquations) {
  for (const bool treated : {false, true}) {
    const auto series = series_of(treated ? "decoy" : "vehicle", 0, {"vesicles.msc_sev.agents=1e4"});
    for (const auto& expected : oracle::attack(reference(treated ? 1e10 : 0), {900, 1800, 3600})) {
      const auto at = [&](const std::string& name) {
        return *value_at(series.time, *series.find(name), expected.time);
      };
      // Cells look at the fluid every 20 s: the chain lags by some tens of seconds while pores are being made.
      const double tolerance = expected.time < 3000 ? 0.06 : 0.03;
      EXPECT_NEAR(at("column.neutrophil.M_cum") / expected.pores_made, 1, tolerance * (treated ? 2 : 1))
          << expected.time;
      EXPECT_NEAR(at("column.neutrophil.CD59") / expected.cell_cd59, 1, 0.02) << expected.time;
      if (!treated) continue;
      const double evs = 1e10 * 500 * 250 * 250 * 1e-12;
      EXPECT_NEAR(at("model.cd59.captured") / evs / expected.captured, 1, 0.03) << expected.time;
      EXPECT_NEAR(1 - at("model.cd59.ruptured") / evs, expected.intact, 0.03) << expected.time;
    }
  }
}

TEST(ComplementNets, HalfEffectiveDoseOfTheDecoyIsThatOfTheRateEquations) {
  const auto pores = [](double evs) { return oracle::attack(reference(evs), {3600}).back().pores_made; };
  double low = 1e8, high = 1e11;
  while (high / low > 1.001) (pores(std::sqrt(low * high)) > 0.5 * pores(0) ? low : high) = std::sqrt(low * high);
  const auto measured = [&](const std::string& arm, double evs) {
    return series_of(arm, 0,
                     {"vesicles.msc_sev.density=" + std::to_string(evs) + " EV/ml", "vesicles.msc_sev.agents=1e4"})
        .last("column.neutrophil.M_cum");
  };
  RecordProperty("EC50", std::to_string(low));
  EXPECT_NEAR(measured("decoy", low) / measured("vehicle", low), 0.5, 0.03);
}

/// Share of the complexes on cells that own CD59 stops when few arrive, with the first C9 this much faster.
double stopped_share(double times) {
  const auto series = series_of(
      "vehicle", 0,
      {"reactions.C5b6_reagent.k=1e5 molecule/ml/s", "cell_types.neutrophil.columns.CD59.initial=5e4 molecules",
       "cell_types.neutrophil.parameters.k9a=" + std::to_string(0.01 * times) + " 1/s"});
  const double stopped = series.last("column.neutrophil.blocked_own");
  return stopped / (stopped + series.last("column.neutrophil.M_cum"));
}

TEST(FirstC9, IsTheStepThatCd59WinsAgainst) {
  const double usual = stopped_share(1);
  EXPECT_NEAR(usual, 0.918, 0.01);
  EXPECT_NEAR(stopped_share(50), 0.184, 0.01);
  EXPECT_NEAR(1 - stopped_share(50) / usual, 0.80, 0.02);
  EXPECT_NEAR(1 - stopped_share(10) / usual, 0.42, 0.02);
}

TEST(FirstC9, TakesLongerThanTheSeventeenFurther) {
  const auto series = series_of("no_cell_cd59");
  double first = 0, further = 0;  // mean time in a stage is its integral over what passed
  for (std::size_t row = 0; row < series.time.size(); ++row) {
    first += series.find("column.neutrophil.M8")->at(row);
    further += series.find("column.neutrophil.M9")->at(row);
  }
  EXPECT_NEAR(first / further, 100.0 / 30, 0.1);
}

TEST(Cd59, SameBitsOnAnyNumberOfThreads) {
  std::vector<std::string> hashes;
  for (const int threads : {1, 3}) {
    Simulation simulation = prepare("all", 0, {"time.0.until=5 min", "time.1.until=6 min"}, threads);
    while (!simulation.finished()) simulation.step();
    EXPECT_GT(simulation.state().tallies.at(0), 0);
    hashes.push_back(state_hash(simulation.state(), simulation.problem()));
  }
  EXPECT_EQ(hashes[0], hashes[1]);
}

}  // namespace
}  // namespace interstice
