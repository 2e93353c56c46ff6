/// @file
/// Reactions that run for a while or fade, against closed forms; and species that a cell type can do without.
#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "support/run_scenario.h"

namespace interstice {
namespace {

std::string well_mixed(const std::string& reactions, const std::string& more = "", double step = 1) {
  const std::string s = std::to_string(step) + " s";
  return R"(
schema: 2
domain: {size: [10 um, 10 um, 10 um], spacing: 10 um, boundary: {all: no_flux}}
time: [{until: 120 s, transport: )" +
         s + ", vesicles: " + s + ", cells: " + s + ", series: " + s + R"(}]
species:
  A: {diffusivity: 50 um^2/s, initial: 1 uM}
  B: {diffusivity: 50 um^2/s, decay: 0.05 1/s}
reactions:
)" + reactions +
         more;
}

TEST(TimedReactions, ASourceRunsFromAndUntil) {
  const auto series =
      test::run_series(well_mixed("  feed: {equation: -> B, k: 6.02214e9 molecule/ml/s, from: 10.5 s, until: 60 s}\n"));
  const auto& b = *series.find("mean.all.B");
  const double rate = 1e-5, k = 0.05;  // 6.02214e9 molecules/ml/s are 1e-5 uM/s
  EXPECT_EQ(*value_at(series.time, b, 10), 0);
  EXPECT_NEAR(*value_at(series.time, b, 60) / (rate / k * (1 - std::exp(-k * 49.5))), 1, 2e-3);
  EXPECT_NEAR(*value_at(series.time, b, 100) / (rate / k * (1 - std::exp(-k * 49.5)) * std::exp(-k * 40)), 1, 2e-3);
  EXPECT_NEAR(series.find("reaction.feed")->back() / (rate * 49.5 * 602.214 * 1000), 1, 1e-5);
}

TEST(TimedReactions, AnEnzymeFadesByItsHalfLife) {
  const std::string reaction = "  enzyme: {equation: A -> B, vmax: 0.02 uM/s, Km: 1 uM, half_life: 20 s}\n";
  for (const double step : {0.5, 2.0}) {
    const auto series = test::run_series(well_mixed(reaction, "", step));
    // S + Km ln S = S0 + Km ln S0 - vmax (1 - 2^(-t/20)) 20/ln 2
    const double s = series.find("mean.all.A")->back();
    const double turned = 0.02 * (1 - std::exp2(-6.0)) * 20 / std::log(2.0);
    EXPECT_NEAR(s + std::log(s), 1 - turned, 2e-4) << step;
  }
}

TEST(TimedReactions, AReactionThatStopsBeforeItSetsInIsRefused) {
  try {
    test::scenario_from(well_mixed("  feed: {equation: -> B, k: 1 nM/s, from: 1 min, until: 30 s}\n"));
    FAIL();
  } catch (const InputError& error) {
    EXPECT_NE(std::string(error.what()).find("it stops before it starts (1 min)"), std::string::npos) << error.what();
  }
}

std::string with_cell(const std::string& optional, const std::string& formula = "k*H(C, 1 [uM]) + k*A/(1 [uM])") {
  return well_mixed("  feed: {equation: -> B, k: 1 nM/s}\n",
                    "cell_types:\n  eater:\n    optional: " + optional +
                        "\n    uptake: {C: 1 um^3/s}\n    parameters: {k: 1 molecule/s}\n    initial_state: alive\n"
                        "    states: {alive: {secretes: {C: k, B: \"" +
                        formula + "\"}}}\ncells: {eater: {count: 1}}\n");
}

TEST(OptionalSpecies, AreZeroWhereTheScenarioHasNone) {
  const auto series = test::run_series(with_cell("[C]"));
  EXPECT_EQ(series.find("mean.all.C"), nullptr);
  EXPECT_NEAR(series.find("secreted.B")->back(), 120, 1e-6);  // 1 molecule/s of A, none of C
}

TEST(OptionalSpecies, MustBeNamedAsSuch) {
  EXPECT_THROW(test::scenario_from(with_cell("[]")), InputError);
  EXPECT_THROW(test::scenario_from(with_cell("[C]", "k*H(D, 1 [uM])")), InputError);
}

}  // namespace
}  // namespace interstice
