/// @file
/// Vesicles driven by scenarios: Stokes-Einstein, free diffusion, capture by cells, uptake in assay geometries.
#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "engine/core/constants.h"
#include "support/run_scenario.h"

namespace interstice {
namespace {

constexpr double kVesicleDiffusivity = 5.715;  ///< of 115 nm in water at 37 C [um^2/s]

/// `region` holds the dose; lengths such as "100 um".
std::string vesicles_in(const std::string& size, const std::string& boundary, const std::string& time,
                        const std::string& dosed_box, const std::string& density, const std::string& diameter,
                        const std::string& more = "") {
  return R"(
schema: 2
title: vesicles alone
domain: {size: [)" +
         size + ", " + size + ", " + size + "], spacing: 10 um, boundary: {all: " + boundary + "}}\n" + "time: [" +
         time + R"(]
regions:
  fluid: {shape: everywhere, medium: fluid, viscosity: 1}
  dosed: {shape: {box: )" +
         dosed_box + R"(}, medium: fluid, viscosity: 1}
vesicles:
  ev:
    density: )" +
         density + R"(
    in: [dosed]
    diameter: {median: )" +
         diameter + R"(, gsd: 1}
    weight: 1
    internalisation: 0 1/s
    desorption: 0 1/s
)" + more;
}

TEST(Vesicles, StokesEinsteinDiffusivity) {
  Simulation simulation(test::problem_from(
      vesicles_in("20 um", "no_flux", "{until: 1 s, transport: 1 s, vesicles: 1 s, cells: 1 s, series: 1 s}",
                  "{from: [0 um, 0 um, 0 um], to: [20 um, 20 um, 20 um]}", "1e10 EV/ml", "100 nm")));
  ASSERT_GT(simulation.state().vesicles.size(), 0U);
  EXPECT_NEAR(simulation.state().vesicles.diffusivity[0] / 6.57, 1, 5e-3);
}

TEST(Vesicles, MeanSquareDisplacementIs6Dt) {
  for (const char* dt : {"10 ms", "100 ms", "500 ms"}) {
    const std::string time =
        std::string("{until: 10 s, transport: 10 s, vesicles: ") + dt + ", cells: 10 s, series: 10 s}";
    Simulation simulation(
        test::problem_from(vesicles_in("400 um", "no_flux", time,
                                       "{from: [190 um, 190 um, 190 um], to: [210 um, 210 um, 210 um]}",
                                       "1.25e13 EV/ml", "115 nm")),
        2);
    const Vesicles start = simulation.state().vesicles;
    ASSERT_NEAR(static_cast<double>(start.size()), 1e5, 10);
    while (!simulation.finished()) simulation.step();
    const Vesicles& end = simulation.state().vesicles;
    ASSERT_EQ(start.size(), end.size());
    std::map<AgentId, Vec3> origin;  // they do not keep their order
    for (std::size_t v = 0; v < start.size(); ++v) origin[start.id[v]] = start.position(v);
    double sum = 0;
    for (std::size_t v = 0; v < end.size(); ++v) {
      const Vec3 d = end.position(v) - origin.at(end.id[v]);
      sum += dot(d, d);
    }
    EXPECT_NEAR(sum / static_cast<double>(end.size()) / 342.9, 1, 0.01) << dt;  // standard error 0.26 %
  }
}

/// One cell of radius 5 um in the middle of a periodic box, reactivity kappa.
std::string one_cell(const std::string& size, const std::string& kappa, const std::string& density,
                     const std::string& until, const std::string& dt) {
  const std::string time = "{until: " + until + ", transport: " + until + ", vesicles: " + dt + ", cells: " + until +
                           ", series: " + until + "}";
  return vesicles_in(size, "periodic", time,
                     "{from: [0 um, 0 um, 0 um], to: [" + size + ", " + size + ", " + size + "]}",
                     density, "115 nm", R"(
cell_types:
  sphere:
    radius: 5 um
    mobile: false
    contact: {adsorption: )" + kappa + R"(, sites: unlimited}
    initial_state: alive
    states: {alive: {}}
cells: {sphere: {count: 1, in: fluid}}
)");
}

double captured(const std::string& yaml, int seeds) {
  double sum = 0;
  const Scenario scenario = test::scenario_from(yaml, {"cells.sphere.in=dosed"});
  for (int seed = 1; seed <= seeds; ++seed) {
    Simulation simulation(build_problem(scenario, {.arm = "", .replicate = static_cast<std::uint64_t>(seed)}), 2);
    while (!simulation.finished()) simulation.step();
    EXPECT_EQ(simulation.state().ledger[0].total(), simulation.state().ledger[0].dosed);
    sum += static_cast<double>(simulation.state().ledger[0].adsorbed);
  }
  return sum / seeds;
}

TEST(Vesicles, AbsorbingCellCatchesTheSmoluchowskiFlux) {
  // J(t) = 4 pi D R c (1 + R/sqrt(pi D t)), c = 1e11/ml, over 20 s; the box (120 um) loses 0.6 % of its vesicles.
  const double R = 5, c = 0.1, t = 20;
  const double expected =
      4 * kPi * kVesicleDiffusivity * R * c * (t + 2 * R * std::sqrt(t / (kPi * kVesicleDiffusivity)));
  const double measured = captured(one_cell("120 um", "1e6 um/s", "1e11 EV/ml", "20 s", "100 ms"), 6);
  EXPECT_NEAR(measured / expected, 1, 0.03);  // standard error 1.2 %
}

TEST(Vesicles, WeaklyReactiveCellCatchesAtItsReactionRate) {
  // k = 4 pi D R kappa R/(D + kappa R) = 3.11 um^3/s at kappa 0.01: 0.0311 /s at 1e10/ml.
  const double R = 5, kappa = 0.01, c = 2, t = 100;
  const double rate = 4 * kPi * kVesicleDiffusivity * R * kappa * R / (kVesicleDiffusivity + kappa * R);
  EXPECT_NEAR(rate * 0.01, 0.0311, 2e-4);
  const double measured = captured(one_cell("60 um", "0.01 um/s", "2e12 EV/ml", "100 s", "500 ms"), 6);
  EXPECT_NEAR(measured / (rate * c * t), 1, 0.04);  // standard error 1.6 %; 0.3 % of the vesicles are used up
}

TEST(Vesicles, DiluteSuspensionTakesUpAboutOnePercentAnHour) {
  // 1e6 cells/ml are one cell in (100 um)^3: 1.1 % in 1 h.
  const double measured = captured(one_cell("100 um", "9.93e-3 um/s", "1e11 EV/ml", "1 h", "500 ms"), 1);
  EXPECT_NEAR(measured / 1e5, 0.011, 0.011 * 0.08);  // 1100 events: standard error 3 %
}

/// First time at which the column has fallen to half of its first value [s].
double half_life(const SeriesTable& series, const std::string& column) {
  std::vector<double> lost = *series.find(column);
  const double half = lost.front() / 2;
  for (double& value : lost) value = 2 * half - value;
  return time_to_reach(series.time, lost, half).value_or(-1);
}

TEST(Vesicles, DenseTissueInternalisesWithinMinutesWithTheSameReactivity) {
  // 2e8 cells/ml fill 10.5 % of the volume: ln2/(k n) = 18.7 min over the whole volume, 16.8 min in what is left free.
  const std::string yaml = one_cell("100 um", "9.93e-3 um/s", "2e10 EV/ml", "20 min", "500 ms");
  const auto series = test::run_series(yaml,
                                       {"cells.sphere.count=200", "cells.sphere.in=dosed",
                                        "time=[{until: 20 min, transport: 20 min, "
                                        "vesicles: 500 ms, cells: 20 min, series: 10 s}]"},
                                       2);
  EXPECT_NEAR(half_life(series, "vesicles.ev.free") / 60, 16.8, 16.8 * 0.05);
}

TEST(Vesicles, NoCellEatsMoreThanAHundredthOfItsVolumeAnHour) {
  // A macrophage among 1e13 EV/ml: 5 sites/um^2 and 1e-3 /s bound it to 2.3e4 an hour; 1 % of its volume is 3.8e4.
  const std::string yaml = one_cell("40 um", "0.6 um/s", "1e13 EV/ml", "1 h", "500 ms");
  const auto series =
      test::run_series(yaml,
                       {"cell_types.sphere.radius=10 um", "cell_types.sphere.contact.sites=5 /um^2",
                        "cells.sphere.in=dosed", "vesicles.ev.weight=20", "vesicles.ev.internalisation=1e-3 1/s",
                        "vesicles.ev.desorption=1e-3 1/s", "vesicles.ev.endosome.recycled_fraction=0"},
                       2);
  double ingested = 0;
  for (const char* fate : {"endosomal", "released", "degraded"})
    ingested += series.find(std::string("vesicles.ev.") + fate)->back();
  EXPECT_LT(ingested, 0.01 * 4.0 / 3 * kPi * 1000 / 1.09e-3);
  EXPECT_GT(ingested, 1.8e4);  // saturated all the time
}

TEST(Vesicles, TwoViscositiesKeepTheDensityUniform) {
  for (const char* dt : {"100 ms", "500 ms"}) {
    const std::string time =
        std::string("{until: 100 s, transport: 100 s, vesicles: ") + dt + ", cells: 100 s, series: 100 s}";
    std::string yaml = vesicles_in("100 um", "no_flux", time, "{from: [0 um, 0 um, 0 um], to: [50 um, 100 um, 100 um]}",
                                   "2e11 EV/ml", "115 nm");
    yaml.replace(yaml.find("in: [dosed]"), 11, "in: [dosed, fluid]");
    Simulation simulation(test::problem_from(yaml, {"regions.dosed.viscosity=20"}), 2);
    while (!simulation.finished()) simulation.step();
    const Vesicles& vesicles = simulation.state().vesicles;
    // The 10 um on either side of the interface, where a naive step gathers vesicles on the viscous side.
    double viscous = 0, thin = 0;
    for (const double x : vesicles.x) {
      viscous += x > 40 && x < 50 ? 1 : 0;
      thin += x > 50 && x < 60 ? 1 : 0;
    }
    const double expected = static_cast<double>(vesicles.size()) / 10;
    EXPECT_NEAR(viscous / expected, 1, 0.02) << dt;  // standard error 0.7 %
    EXPECT_NEAR(thin / expected, 1, 0.02) << dt;
  }
}

TEST(Vesicles, ManyPatchesMayShareAReservoir) {
  // Four patches that share 4e6 um^3 are each like one with 1e6 um^3 of its own.
  const auto run = [](const std::string& volume, const std::string& represents) {
    std::string yaml =
        vesicles_in("50 um", "no_flux", "{until: 20 s, transport: 100 ms, vesicles: 100 ms, cells: 20 s, series: 10 s}",
                    "{from: [0 um, 0 um, 0 um], to: [50 um, 50 um, 50 um]}", "2e10 EV/ml", "115 nm",
                    "    reservoirs: [bulk]\n    proteins: {CD73: {mean: 5}}\n"
                    "reservoirs: {bulk: {volume: " +
                        volume + ", represents: " + represents + R"(}}
species:
  ATP: {diffusivity: {fluid: 500 um^2/s}, initial: 0 uM}
  ADP: {diffusivity: {fluid: 550 um^2/s}, initial: 0 uM}
  AMP: {diffusivity: {fluid: 600 um^2/s}, initial: {default: 0 uM, bulk: 10 uM}}
  adenosine: {diffusivity: {fluid: 770 um^2/s}, initial: 0 uM}
models: {cd73: {}}
)");
    return test::run_series(yaml,
                            {"domain.boundary={x: no_flux, y: no_flux, z_min: no_flux, z_max: {reservoir: bulk}}"});
  };
  const auto alone = run("1e6 um^3", "1"), shared = run("4e6 um^3", "4");
  ASSERT_EQ(alone.name, shared.name);
  for (std::size_t c = 0; c < alone.name.size(); ++c)
    for (std::size_t row = 0; row < alone.time.size(); ++row) {
      const double expected = alone.value[c][row];
      if (std::isnan(expected)) continue;  // a mean over nothing
      EXPECT_NEAR(shared.value[c][row], expected, 1e-9 * std::abs(expected)) << alone.name[c];
    }
  EXPECT_GT(alone.find("mean.all.adenosine")->back(), 0.0);
}

}  // namespace
}  // namespace interstice
