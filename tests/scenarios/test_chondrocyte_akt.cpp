/// @file
// labels: slow
/// Chondrocytes in suspension with AMP and EVs: the AKT response needs CD73 and A2A. AMPCP and theophylline both
/// blocked it in culture (Zhang S 2018); how far is calculated.
#include <gtest/gtest.h>

#include <cstdio>
#include <string>
#include <vector>

#include "support/run_scenario.h"

namespace interstice::test {
namespace {

// 1e5 chondrocytes and 1e9 EVs per ml with 50 uM AMP, read after ten minutes.
const std::string kCulture = R"(
schema: 2
include: [chemistry/purinergic.yaml, chemistry/cytokines.yaml, cells/chondrocyte.yaml]
domain: {size: [1000 um, 1000 um, 1000 um], spacing: 500 um, boundary: {all: periodic}}
time: [{until: 10 min, transport: 1 s, vesicles: 10 s, cells: 10 s, series: 10 min}]
species:
  ATP: {initial: 0 uM}
  ADP: {initial: 0 uM}
  AMP: {initial: 50 uM}
  adenosine: {initial: 0 uM}
cell_types: {chondrocyte: {enzymes: {CD73: 2000, CD39: 0}, columns: {a2a: {initial: 0}, akt: {initial: 0}, erk: {initial: 0}}}}
cells: {chondrocyte: {count: 100}}
vesicles:
  ev: {density: 1e9 EV/ml, agents: 2000, proteins: {CD73: {mean: 5, positive_fraction: 0.5, sigma: 0.8}}}
models: {cd73: {}}
compare:
  arms:
    vehicle: {vesicles: false}
    ev: {models: [cd73]}
    ampcp:  # 2 % of the activity, of chondrocytes and EVs
      models: [cd73]
      set: {vesicles.ev.proteins.CD73.mean: 0.1, reactions.CD73_host.kcat: 2 1/s}
    theophylline:  # 100 uM: affinities fall 8.1-fold
      models: [cd73]
      set: {cell_types.chondrocyte.parameters.K_A2A: 5.67 uM, cell_types.chondrocyte.parameters.K_A1: 2.43 uM}
    inhibitor:  # of AKT
      models: [cd73]
      set: {cell_types.chondrocyte.parameters.AKT_active: 0}
)";

struct Response {
  double a2a = 0, akt = 0, col2 = 0, sgag = 0;
};

Response respond(const Scenario& scenario, const std::string& arm) {
  Response mean;
  constexpr int kSeeds = 20;
  for (int seed = 0; seed < kSeeds; ++seed) {
    Simulation simulation(build_problem(scenario, {.arm = arm, .replicate = static_cast<std::uint64_t>(seed)}), 1);
    const SeriesTable series = run_series(simulation);
    mean.a2a += series.last("column.chondrocyte.a2a") / kSeeds;
    mean.akt += series.last("column.chondrocyte.akt") / kSeeds;
    mean.col2 += series.last("column.chondrocyte.col2") / kSeeds;
    mean.sgag += series.last("column.chondrocyte.sgag") / kSeeds;
  }
  std::printf("%-13s A2A %.4f, AKT %.4f\n", arm.c_str(), mean.a2a, mean.akt);
  return mean;
}

TEST(ChondrocyteAkt, NeedsCd73AndA2A) {
  const Scenario scenario = scenario_from(kCulture);
  const Response ev = respond(scenario, "ev"), ampcp = respond(scenario, "ampcp"),
                 theophylline = respond(scenario, "theophylline");
  respond(scenario, "vehicle");
  EXPECT_GT(ev.a2a, 0.2);
  for (const Response& blocked : {ampcp, theophylline}) {
    EXPECT_LE(blocked.a2a, 0.3 * ev.a2a);
    EXPECT_LE(blocked.akt, 0.3 * ev.akt);
  }
}

// Published: AKT raises collagen II and not sGAG. With nothing to activate or inhibit, ten minutes make 1/144 of a
// day's.
TEST(ChondrocyteAkt, ItsInhibitorTakesCollagenAndLeavesSgag) {
  const Scenario scenario = scenario_from(kCulture);
  const Response ev = respond(scenario, "ev"), inhibitor = respond(scenario, "inhibitor");
  EXPECT_EQ(inhibitor.akt, ev.akt) << "it is phosphorylated all the same";
  EXPECT_GT(ev.col2, 1.05 / 144);
  EXPECT_NEAR(inhibitor.col2, 1.0 / 144, 1e-9);
  EXPECT_EQ(inhibitor.sgag, ev.sgag);
}

}  // namespace
}  // namespace interstice::test
