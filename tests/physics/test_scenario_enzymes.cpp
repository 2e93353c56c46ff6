/// @file
/// Enzyme kinetics and the purine chain driven by scenarios, against closed forms and published estimates.
#include <gtest/gtest.h>

#include <cmath>

#include "support/run_scenario.h"

namespace interstice {
namespace {

std::string species(const std::string& name, const std::string& initial, const std::string& decay = "0 1/s",
                    const std::string& more = "") {
  return "  " + name + ": {diffusivity: {fluid: 500 um^2/s}, decay: " + decay + ", initial: " + initial + more + "}\n";
}

/// One well-mixed voxel of (10 um)^3.
std::string well_mixed(const std::string& all_species, const std::string& reactions, const std::string& until,
                       const std::string& step = "50 ms", const std::string& more = "") {
  return R"(
schema: 2
title: well mixed purines
domain: {size: [10 um, 10 um, 10 um], spacing: 10 um, boundary: {all: no_flux}}
time: [{until: )" +
         until + ", transport: " + step + ", vesicles: " + step + ", cells: " + step + ", series: " + step + R"(}]
regions: {fluid: {shape: everywhere, medium: fluid}}
species:
)" + all_species +
         "reactions:\n" + reactions + more;
}

TEST(Enzymes, MichaelisMentenProgressFollowsLambertW) {
  const auto series = test::run_series(well_mixed(species("AMP", "10 uM") + species("adenosine", "0 uM"),
                                                  "  CD73: {equation: AMP -> adenosine, vmax: 1.54 uM/s, Km: 15 uM}\n",
                                                  "40 s", "500 ms"));
  const auto& amp = *series.find("mean.fluid.AMP");
  // S = Km W((S0/Km) exp((S0 - V t)/Km)), S0 10, Km 15, V 1.54 uM/s.
  EXPECT_NEAR(*value_at(series.time, amp, 10) / 4.999, 1, 1e-3);
  EXPECT_NEAR(*value_at(series.time, amp, 20) / 2.163, 1, 1e-3);
  EXPECT_NEAR(*value_at(series.time, amp, 40) / 0.314, 1, 2e-3);
}

TEST(Enzymes, AdpSlowsCd73AsACompetitor) {
  const auto formed = [](const std::string& adp) {
    const auto series = test::run_series(well_mixed(
        species("AMP", "10 uM") + species("adenosine", "0 uM") + species("ADP", adp),
        "  CD73: {equation: AMP -> adenosine, vmax: 0.01 uM/s, Km: 15 uM, inhibitors: {ADP: 0.5 uM}}\n", "1 s"));
    return series.find("mean.fluid.adenosine")->back();
  };
  EXPECT_NEAR(formed("0.5 uM") / formed("0 uM") / 0.625, 1, 5e-3);
}

/// The purine chain of the published joint estimate: EVs in 100 ul as a lumped CD73 of 0.0767 uM/s per ug, and the
/// host.
std::string joint(double micrograms, const std::string& all_species, const std::string& until,
                  const std::string& more = "") {
  const std::string vmax = std::to_string(0.7666667 * micrograms / 10 + 0.033) + " uM/s";
  return well_mixed(all_species,
                    "  CD39: {equation: ATP -> ADP, k: 0.01 1/s}\n"
                    "  CD39b: {equation: ADP -> AMP, k: 0.02 1/s}\n"
                    "  CD73: {equation: AMP -> adenosine, vmax: " +
                        vmax + ", Km: 15 uM, inhibitors: {ADP: 0.5 uM, ATP: 5 uM}}\n",
                    until, "50 ms", more);
}

std::string from_atp(const std::string& adenosine_loss, const std::string& loss = "0 1/s",
                     const std::string& more = "") {
  return species("ATP", "6 uM", loss) + species("ADP", "0 uM", loss) + species("AMP", "0 uM", loss) +
         species("adenosine", "0 uM", adenosine_loss, more);
}

double crossing(const std::string& yaml, double threshold) {
  const auto series = test::run_series(yaml);
  return time_to_reach(series.time, *series.find("mean.fluid.adenosine"), threshold).value_or(-1);
}

TEST(Purines, PublishedBandIsReachedWithinSecondsFromAmp) {
  // Without sinks t(P) = (P + Km ln(S0/(S0 - P)))/Vmax: 0.3 uM at 0.99 s (activity 46), 3 uM at 1.09 s (460
  // pmol/min/ug).
  const auto alone = [](const char* vmax) {
    return well_mixed(species("AMP", "10 uM") + species("adenosine", "0 uM"),
                      std::string("  CD73: {equation: AMP -> adenosine, vmax: ") + vmax + ", Km: 15 uM}\n", "3 s");
  };
  EXPECT_NEAR(crossing(alone("0.766667 uM/s"), 0.3) / 0.99, 1, 0.02);
  EXPECT_NEAR(crossing(alone("7.66667 uM/s"), 3.0) / 1.09, 1, 0.02);
}

TEST(Purines, FromAtpTheWaitIsForCd39) {
  EXPECT_NEAR(crossing(joint(100, from_atp("0.01 1/s"), "60 s"), 0.3) / 34, 1, 0.02);
  EXPECT_NEAR(crossing(joint(0, from_atp("0.01 1/s"), "400 s"), 0.3) / 277, 1, 0.02);
}

double area_in_uM_min(const std::string& yaml) {
  const auto series = test::run_series(yaml);
  return area_under_curve(series.time, *series.find("mean.fluid.adenosine")) / 60;
}

TEST(Purines, AreaUnderAdenosineDoesNotDependOnTheDose) {
  for (const double ug : {0.0, 1.0, 10.0, 100.0})
    EXPECT_NEAR(area_in_uM_min(joint(ug, from_atp("0.01 1/s"), "3600 s")), 10.0, 0.1) << ug << " ug";
}

TEST(Purines, WashoutLetsTheDoseSetTheArea) {
  const std::vector<std::pair<double, double>> expected{{0, 8.41}, {1, 9.07}, {10, 9.42}, {100, 9.50}};
  for (const auto& [ug, area] : expected)
    EXPECT_NEAR(area_in_uM_min(joint(ug, from_atp("0.0102 1/s", "2e-4 1/s"), "3600 s")) / area, 1, 0.01) << ug << " ug";
}

TEST(Purines, SaturableUptakeLetsAdenosineStayLonger) {
  // One cell clears 10 um^3/s of 1000 um^3 with half-saturation at 25 uM.
  const std::string sink = R"(
cell_types:
  sink:
    radius: 2 um
    mobile: false
    contact: {adsorption: 0 um/s, sites: unlimited}
    uptake: {adenosine: 10 um^3/s}
    initial_state: alive
    states: {alive: {}}
cells: {sink: {count: 1, in: fluid}}
)";
  const std::vector<std::pair<double, double>> expected{{0, 10.15}, {1, 10.34}, {10, 10.54}, {100, 10.56}};
  for (const auto& [ug, area] : expected) {
    const std::string yaml = joint(ug, from_atp("0 1/s", "0 1/s", ", uptake_Km: 25 uM"), "3600 s", sink);
    EXPECT_NEAR(area_in_uM_min(yaml) / area, 1, 0.01) << ug << " ug";
  }
}

TEST(Purines, ClosedBoxKeepsEveryPurine) {
  const auto series = test::run_series(joint(10, from_atp("0 1/s"), "600 s"));
  for (std::size_t row = 0; row < series.time.size(); ++row) {
    double total = 0;
    for (const char* name : {"ATP", "ADP", "AMP", "adenosine"})
      total += (*series.find(std::string("mean.fluid.") + name))[row];
    ASSERT_NEAR(total / 6.0, 1, 1e-12);
  }
}

}  // namespace
}  // namespace interstice
