/// @file
/// The columns of timeseries.csv: names, units, and values against sums written out here.
#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "engine/observe/observables.h"
#include "unit/results/sample_state.h"

namespace interstice {
namespace {

using testing::sample_problem;
using testing::sample_state;

double value_of(const Observables& observables, const std::vector<double>& values, const std::string& name) {
  const auto i = observables.find(name);
  EXPECT_TRUE(i.has_value()) << name;
  return i ? values[*i] : std::nan("");
}

TEST(Observables, NamesAreUniqueAndCarryUnits) {
  const Problem problem = sample_problem();
  const Observables observables(problem);
  std::set<std::string> labels;
  for (const auto& name : observables.names()) labels.insert(name.label());
  EXPECT_EQ(labels.size(), observables.size());
  for (const char* label : {"mean.all.ATP [uM]", "mean.film.adenosine [uM]", "reservoir.synovial_fluid.adenosine [uM]",
                            "cells.chondrocyte.necrotic [cell]", "column.chondrocyte.drift [um^2/s]",
                            "column.macrophage.R_cargo [1]", "vesicles.msc_sev.endosomal [EV]",
                            "vesicles.msc_sev.in_reservoir [EV]", "reaction.CD39 [molecule]", "secreted.ATP [molecule]",
                            "taken_up.ATP [molecule]", "decayed.ATP [molecule]", "boundary.adenosine [molecule]"})
    EXPECT_TRUE(labels.contains(label)) << label;
  EXPECT_FALSE(observables.find("cells.chondrocyte.dead"));  // nobody is ever in a removing state
  EXPECT_FALSE(observables.find("column.macrophage.akt"));   // not a column of that type
}

TEST(Observables, MeansAreOverExtracellularVolume) {
  const Problem problem = sample_problem();
  const State state = sample_state(problem);
  const Observables observables(problem);
  std::vector<double> values(observables.size());
  observables.measure(state, problem, values);
  double amount[2] = {}, volume[2] = {};
  const auto atp = state.fields[SpeciesId{0}];
  for (std::size_t v = 0; v < atp.size(); ++v) {
    const auto r = problem.regions.of_voxel[v];
    const double share = problem.regions.regions[r].volume_fraction;
    amount[r] += share * atp[v];
    volume[r] += share;
  }
  EXPECT_NEAR(value_of(observables, values, "mean.film.ATP"), amount[0] / volume[0], 1e-14);
  EXPECT_NEAR(value_of(observables, values, "mean.tissue.ATP"), amount[1] / volume[1], 1e-14);
  EXPECT_NEAR(value_of(observables, values, "mean.all.ATP"), (amount[0] + amount[1]) / (volume[0] + volume[1]), 1e-14);
}

TEST(Observables, ReservoirsHaveTheirOwnConcentrations) {
  Problem problem = sample_problem();
  problem.reservoirs.emplace_back().name = "well";
  State state = sample_state(problem);
  state.reservoirs[1].concentration = {0.75, 1.5};
  const Observables observables(problem);
  std::vector<double> values(observables.size());
  observables.measure(state, problem, values);
  EXPECT_EQ(value_of(observables, values, "reservoir.synovial_fluid.ATP"), 0.25);
  EXPECT_EQ(value_of(observables, values, "reservoir.synovial_fluid.adenosine"), 0.5);
  EXPECT_EQ(value_of(observables, values, "reservoir.well.ATP"), 0.75);
  EXPECT_EQ(value_of(observables, values, "reservoir.well.adenosine"), 1.5);
}

TEST(Observables, CellsVesiclesAndBudget) {
  const Problem problem = sample_problem();
  const State state = sample_state(problem, 12);  // types alternate, states alternate in pairs
  const Observables observables(problem);
  std::vector<double> values(observables.size());
  observables.measure(state, problem, values);
  const auto value = [&](const char* name) { return value_of(observables, values, name); };
  EXPECT_EQ(value("cells.chondrocyte.alive"), 3);
  EXPECT_EQ(value("cells.chondrocyte.necrotic"), 3);
  EXPECT_EQ(value("cells.macrophage.resting") + value("cells.macrophage.active"), 6);
  double akt = 0;
  for (std::size_t c = 0; c < 12; c += 2) akt += state.cells.columns[0][c];
  EXPECT_NEAR(value("column.chondrocyte.akt"), akt / 6, 1e-15);
  EXPECT_EQ(value("vesicles.msc_sev.free"), 200);
  EXPECT_EQ(value("vesicles.msc_sev.adsorbed"), 150);
  EXPECT_EQ(value("vesicles.msc_sev.endosomal"), 100);
  EXPECT_EQ(value("vesicles.msc_sev.in_reservoir"), 30);
  EXPECT_EQ(value("vesicles.msc_sev.released"), 40);
  EXPECT_EQ(value("vesicles.msc_sev.degraded"), 50);
  EXPECT_EQ(value("vesicles.msc_sev.lost"), 20);
  EXPECT_EQ(value("vesicles.msc_sev.left"), 10);
  EXPECT_EQ(value("reaction.CD39"), 11);
  EXPECT_EQ(value("secreted.adenosine"), 13);
  EXPECT_EQ(value("taken_up.ATP"), 14);
  EXPECT_EQ(value("decayed.adenosine"), 17);
  EXPECT_EQ(value("boundary.adenosine"), -19);
}

TEST(Observables, MeansOverNothingAreNotNumbers) {
  Problem problem = sample_problem();
  problem.regions.regions.push_back({"nowhere"});
  const State state = sample_state(problem, 1);
  const Observables observables(problem);
  std::vector<double> values(observables.size());
  observables.measure(state, problem, values);
  EXPECT_TRUE(std::isnan(value_of(observables, values, "mean.nowhere.ATP")));
  EXPECT_TRUE(std::isnan(value_of(observables, values, "column.macrophage.R_cargo")));
  EXPECT_EQ(value_of(observables, values, "cells.macrophage.resting"), 0);
}

}  // namespace
}  // namespace interstice
