/// @file
// labels: slow
/// EVs on skin that do not leave the stratum corneum: what can make IL-17 fall in the dermis below, and what cannot.
#include <gtest/gtest.h>

#include "support/run_scenario.h"

namespace interstice {
namespace {

/// A day of the scenario: nets and IL-17 have come by then.
SeriesTable day_of(const std::string& arm, std::vector<std::string> sets = {}) {
  sets.emplace_back("time.0.until=24 h");
  const Scenario& scenario = test::shipped("topical_psoriasis.yaml", sets);
  Simulation simulation(build_problem(scenario, {.arm = arm}), 1);
  return test::run_series(simulation);
}

double made(const SeriesTable& series, const std::string& column) {
  return area_under_curve(series.time, *series.find(column));
}

TEST(TopicalPsoriasis, DermalInterleukin17FallsOnlyByWhatWorksFromAfar) {
  const SeriesTable vehicle = day_of("vehicle"), cd59 = day_of("cd59");
  const double dermis = made(vehicle, "mean.dermis.IL17"), pores = vehicle.last("column.neutrophil.M_cum");
  ASSERT_GT(dermis, 0);
  EXPECT_GT(vehicle.last("column.neutrophil.committed"), 0.05) << "nets come in the vehicle";
  EXPECT_LT(made(cd59, "mean.dermis.IL17"), 0.5 * dermis);
  EXPECT_LT(cd59.last("column.neutrophil.M_cum"), 0.5 * pores);

  // Of living cells EVs touch the neutrophils of the corneum and, few of them, keratinocytes, which do not answer, and
  // the vessel. Where neither neutrophils nor vessel answer, nothing can change at all; where the vessel does, hardly.
  const std::vector<std::string> deaf_vessel{"cell_types.endothelium.parameters.w_contact=0",
                                             "cell_types.endothelium.parameters.w_tolerance=0"};
  for (const char* arm : {"uptake_not_pmn", "contact_not_pmn"}) {
    const SeriesTable series = day_of(arm, deaf_vessel);
    EXPECT_GT(series.last("vesicles.msc_sev.adsorbed") + series.last("vesicles.msc_sev.endosomal"), 0) << arm;
    EXPECT_EQ(made(series, "mean.dermis.IL17"), dermis) << arm;
    EXPECT_EQ(series.last("column.neutrophil.M_cum"), pores) << arm;
  }
  EXPECT_NEAR(made(day_of("contact_not_pmn"), "mean.dermis.IL17") / dermis, 1, 0.05);
}

}  // namespace
}  // namespace interstice
