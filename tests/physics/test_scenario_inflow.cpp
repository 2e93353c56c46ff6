/// @file
/// What comes into the patch during a run: cells from vessels, later doses, vesicles from compartments.
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <numeric>

#include "support/run_scenario.h"

namespace interstice {
namespace {

std::uint64_t everywhere(const VesicleLedger& l) {
  return l.free + l.adsorbed + l.endosomal + l.in_reservoir + l.released + l.degraded + l.lost + l.left;
}

/// `expected` successes among many: within four standard deviations.
void expect_count(std::uint64_t found, double expected) {
  EXPECT_NEAR(static_cast<double>(found), expected, 4 * std::sqrt(expected));
}

TEST(Inflow, VesselsLetCellsInAtTheRateOfTheirFormula) {
  // 400 vessel points, 2 /h at half-saturation of the signal: 400 newcomers in an hour.
  const auto newcomers = [](int threads, std::string signal) {
    Simulation simulation(test::problem_from(R"yaml(
schema: 2
title: vessels
domain: {size: [1 mm, 1 mm, 1 mm], spacing: 100 um, boundary: {all: periodic}}
time: [{until: 1 h, transport: 60 s, vesicles: 60 s, cells: 60 s, series: 1 h}]
species: {CXCL8: {diffusivity: 150 um^2/s, initial: 2 nM}}
cell_types:
  endothelium:
    radius: 5 um
    mobile: false
    initial_state: resting
    states: {resting: {recruits: {leukocyte: "2 [cell/h] * H(CXCL8, 2 [nM])"}}}
  leukocyte:
    radius: 4 um
    columns: {fate: {initial: {uniform: [0, 1]}}}
    initial_state: fresh
    states: {fresh: {}}
cells: {endothelium: {count: 400}}
)yaml",
                                             {"species.CXCL8.initial=" + signal}),
                          threads);
    while (!simulation.finished()) simulation.step();
    const Cells& cells = simulation.state().cells;
    std::vector<double> born;
    for (std::size_t c = 0; c < cells.size(); ++c)
      if (index(cells.type[c]) == 1)
        born.insert(born.end(), {cells.x[c], cells.state_since[c], cells.columns.back()[c]});
    return born;
  };
  const auto born = newcomers(1, "2 nM");
  expect_count(born.size() / 3, 400);
  EXPECT_EQ(newcomers(4, "2 nM"), born);
  EXPECT_TRUE(newcomers(1, "0 nM").empty());
  double fate = 0, since = 0;
  for (std::size_t k = 0; k < born.size(); k += 3) since += born[k + 1], fate += born[k + 2];
  EXPECT_NEAR(fate / (born.size() / 3.0), 0.5, 0.06) << "columns start as they would at time zero";
  EXPECT_NEAR(since / (born.size() / 3.0), 1830, 220) << "evenly over the hour";
}

constexpr const char* kBlood = R"yaml(
schema: 2
title: blood
domain: {size: [1 mm, 1 mm, 1 mm], spacing: 100 um, boundary: {all: periodic}}
time: [{until: 30 min, transport: 60 s, vesicles: 60 s, cells: 60 s, series: 30 min}]
reservoirs:
  plasma: {volume: 1.5e12 um^3, represents: 1e5, vesicle_transfer: {spleen: 1e-3 1/s}}
  spleen: {volume: 1e12 um^3, represents: 1e5}
species: {drug: {diffusivity: 100 um^2/s, initial: {default: 0 uM, plasma: 2 uM}}}
cell_types:
  endothelium:
    radius: 5 um
    mobile: false
    parameters: {k: 8 um^3/s}
    columns: {met: {unit: EV, gain: "active(surface_contact) * k * in_reservoir(plasma, sev)"}}
    initial_state: resting
    states:
      resting:
        recruits:
          leukocyte: {rate: "2 [cell/h]", with: {ev_signal: met, dosed: "in_reservoir(plasma, drug)"}}
          watcher: "2 [cell/h]"
  leukocyte:
    radius: 4 um
    columns: {dosed: {unit: uM}, response: {gain: "ev_signal / 1e9 [EV] / 1 [s]"}}
    initial_state: fresh
    states: {fresh: {}}
  watcher: {radius: 4 um, initial_state: fresh, states: {fresh: {}}}
cells: {endothelium: {count: 400}}
vesicles:
  sev: {number: 1e11 EV, volume: 1.5e12 um^3, in: [], reservoirs: [plasma], at: [0 s]}
models: {surface_contact: {signal_time: 24 h}}
compare: {arms: {inert: {}, contact: {models: [surface_contact]}}}
)yaml";

// Vessels that watch the plasma: half of the leukocytes carry what vessels knew of it when they came in.
TEST(Inflow, NewcomersBringWhatTheBloodHeld) {
  const auto run = [](const std::string& arm) {
    const Scenario scenario = test::scenario_from(kBlood);
    Simulation simulation(build_problem(scenario, {.arm = arm}), 2);
    while (!simulation.finished()) simulation.step();
    return std::pair(simulation.state().cells, simulation.problem().columns);
  };
  const auto [cells, columns] = run("contact");
  const auto column = [&](const char* name) {
    return cells
        .columns[static_cast<std::size_t>(std::ranges::find(columns, name, &ColumnSpec::name) - columns.begin())];
  };
  const auto signal = column("ev_signal"), dosed = column("dosed");
  std::size_t newcomers = 0;
  for (std::size_t c = 0; c < cells.size(); ++c) {
    EXPECT_EQ(dosed[c], index(cells.type[c]) == 1 ? 2 : 0) << "uM, of leukocytes alone";
    if (index(cells.type[c]) != 1) continue;
    ++newcomers;
    // n' = k c0 e^{-rt} until it comes in; then a memory that fades within a day. 1e11 EV in 1.5e12 um^3.
    const double since = cells.state_since[c], r = 1e-3;
    const double met = 8 * 1e11 / 1.5e12 / r * (1 - std::exp(-r * since));
    EXPECT_NEAR(signal[c] / std::exp(-(1800 - since) / 86400), met, 0.04 * met) << "steps of 60 s: r dt/2 = 3 %";
  }
  expect_count(newcomers, 400);
  const auto [inert, of_inert] = run("inert");
  for (std::size_t c = 0; c < inert.size(); ++c)
    EXPECT_EQ(inert.columns[static_cast<std::size_t>(std::ranges::find(of_inert, "ev_signal", &ColumnSpec::name) -
                                                     of_inert.begin())][c],
              0);
  EXPECT_EQ(inert.x, cells.x) << "who comes in is the same in both arms";
}

constexpr const char* kCompartments = R"(
schema: 2
title: compartments
domain: {size: [100 um, 100 um, 100 um], spacing: 10 um, boundary: {all: no_flux}}
time: [{until: 20 min, transport: 10 s, vesicles: 10 s, cells: 60 s, series: 10 min}]
regions:
  stroma: {shape: everywhere, medium: tissue, viscosity: 20}
  parenchyma: {shape: {box: {from: [50 um, 0 um, 0 um], to: [100 um, 100 um, 100 um]}}, medium: tissue, viscosity: 20}
reservoirs:
  plasma: {volume: 1.5e12 um^3, represents: 1e5, vesicle_transfer: {phagocytes: 9.242e-4 1/s, rest: 1.733e-4 1/s, parenchyma: 5.776e-5 1/s}}
  phagocytes: {volume: 1e12 um^3, represents: 1e5}
  rest: {volume: 1e13 um^3, represents: 1e5, vesicle_half_life: 1 h}
cell_types: {bystander: {radius: 10 um, contact: {adsorption: 0 um/s}, initial_state: alive, states: {alive: {}}}}
cells: {bystander: {count: 20}}
vesicles:
  sev: {number: 1e11 EV, volume: 1.5e12 um^3, in: [], reservoirs: [plasma], at: [0 s]}
)";

TEST(Inflow, CompartmentsFillByTheirRates) {
  // ln 2/10 min in all from plasma: 80 % into phagocytes, 15 % into the rest, 5 % into this patch's tissue.
  enum { phagocytes, plasma, rest };  // reservoirs stand in the order of their names
  Simulation simulation(test::problem_from(kCompartments));
  const auto at = [&](std::size_t r) { return simulation.state().reservoirs[r].vesicles[0]; };
  const double dose = 1e6;
  ASSERT_EQ(at(plasma), 1000000U);
  ASSERT_EQ(simulation.state().vesicles.size(), 0U);
  while (simulation.time() < 600) simulation.step();
  expect_count(at(plasma), dose * 0.5);
  expect_count(at(phagocytes), dose * 0.4);
  expect_count(simulation.state().ledger[0].free, dose * 0.025);
  const double k = std::numbers::ln2 / 600, loss = std::numbers::ln2 / 3600;  // in by 0.15 k e^{-kt}, out by `loss`
  expect_count(at(rest), dose * 0.15 * k / (k - loss) * (std::exp(-loss * 600) - std::exp(-k * 600)));
  while (!simulation.finished()) simulation.step();
  expect_count(at(plasma), dose * 0.25);
  const VesicleLedger& ledger = simulation.state().ledger[0];
  EXPECT_EQ(ledger.dosed, 1000000U);
  EXPECT_EQ(everywhere(ledger), ledger.dosed);
  EXPECT_EQ(ledger.in_reservoir, at(plasma) + at(phagocytes) + at(rest));
}

TEST(Inflow, TransferredVesiclesArriveEvenlyInTheirRegionAndOutsideCells) {
  Simulation simulation(test::problem_from(kCompartments));
  simulation.step();
  const Vesicles& vesicles = simulation.state().vesicles;
  const Cells& cells = simulation.state().cells;
  ASSERT_GT(vesicles.size(), 300U);
  double mean = 0;
  for (std::size_t v = 0; v < vesicles.size(); ++v) {
    const Vec3 p = vesicles.position(v);
    mean += p.x / static_cast<double>(vesicles.size());
    EXPECT_GE(p.x, 50);
    for (std::size_t c = 0; c < cells.size(); ++c) EXPECT_GE(norm(p - cells.position(c)), cells.radius[c]);
  }
  EXPECT_NEAR(mean, 75, 4 * 50 / std::sqrt(12.0 * static_cast<double>(vesicles.size())) + 2) << "cells take some room";
}

TEST(Inflow, WeightedVesiclesEnterAsWholeAgents) {
  Simulation simulation(test::problem_from(kCompartments, {"vesicles.sev.weight=10"}));
  while (simulation.time() < 600) simulation.step();
  const VesicleLedger& ledger = simulation.state().ledger[0];
  EXPECT_EQ(ledger.free, 10 * simulation.state().vesicles.size());
  EXPECT_NEAR(static_cast<double>(ledger.free), 25000, 4 * std::sqrt(25000.0 * 10));
  EXPECT_EQ(everywhere(ledger), ledger.dosed);
}

TEST(Inflow, LaterDosesAreGivenAtTheirTimes) {
  Simulation simulation(test::problem_from(R"(
schema: 2
title: three doses
domain: {size: [50 um, 50 um, 50 um], spacing: 10 um, boundary: {all: periodic}}
time: [{until: 3 min, transport: 1 s, vesicles: 1 s, cells: 10 s, series: 1 min}]
vesicles: {sev: {number: 1000 EV, at: [0 s, 60 s, 90.5 s]}}
)"));
  const auto dosed = [&] { return simulation.state().ledger[0].dosed; };
  EXPECT_EQ(dosed(), 1000U);
  while (simulation.time() < 59) simulation.step();
  EXPECT_EQ(dosed(), 1000U);
  simulation.step();
  EXPECT_EQ(dosed(), 2000U);
  while (simulation.time() < 90) simulation.step();
  EXPECT_EQ(dosed(), 2000U);
  simulation.step();
  EXPECT_EQ(dosed(), 3000U);
  while (!simulation.finished()) simulation.step();
  EXPECT_EQ(simulation.state().vesicles.size(), 3000U);
  std::vector<AgentId> ids = simulation.state().vesicles.id;
  std::ranges::sort(ids);
  EXPECT_TRUE(std::ranges::adjacent_find(ids) == ids.end()) << "every vesicle is another one";
}

// Plasma and a tissue that no face joins: two compartments with elimination, as in a table of pharmacokinetics.
TEST(Inflow, SpeciesPassBetweenCompartmentsByRates) {
  const SeriesTable series = test::run_series(R"yaml(
schema: 2
domain: {size: [40 um, 40 um, 40 um], spacing: 20 um}
time: [{until: 1 h, transport: 10 s, vesicles: 10 s, cells: 10 s, series: 10 min}, {until: 24 h, transport: 1 min, vesicles: 1 min, cells: 1 min, series: 1 h}]
regions: {tissue: {shape: everywhere, medium: tissue, volume_fraction: 0.25}}
reservoirs: {plasma: {volume: 1e5 um^3}, gone: {volume: 1 um^3}}
species:
  drug:
    diffusivity: 10 um^2/s
    initial: {default: 0 uM, plasma: 2 uM}
    transfer: {plasma: {tissue: 1e-5 1/s, gone: 2e-5 1/s}, tissue: {plasma: 8e-5 1/s}}
)yaml");
  const double in = 1e-5, out = 8e-5, loss = 2e-5, plasma = 1e5, tissue = 0.25 * 64000;
  const double sum = in + out + loss, root = std::sqrt(sum * sum - 4 * out * loss);
  const double fast = 0.5 * (sum + root), slow = 0.5 * (sum - root);  // roots of the biexponential
  for (std::size_t row = 0; row < series.time.size(); ++row) {
    const double t = series.time[row], a = std::exp(-slow * t), b = std::exp(-fast * t);
    const double expected = 2 * ((out - slow) * a + (fast - out) * b) / root;
    EXPECT_NEAR(series.find("reservoir.plasma.drug")->at(row), expected, 1e-9) << t;
    EXPECT_NEAR(series.find("mean.tissue.drug")->at(row), 2 * plasma * in / tissue * (a - b) / root, 1e-9) << t;
    const double gone = series.find("reservoir.gone.drug")->at(row);
    EXPECT_NEAR(gone + plasma * series.find("reservoir.plasma.drug")->at(row) +
                    tissue * series.find("mean.tissue.drug")->at(row),
                2 * plasma, 1e-9 * plasma);
  }
}
}  // namespace
}  // namespace interstice
