/// @file
/// What labels make of EVs in label_artefact.yaml and label_suspension.yaml: short, and against rates written out here.
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <string>
#include <vector>

#include "engine/results/state_hash.h"
#include "support/run_scenario.h"

namespace interstice {
namespace {

using Sets = std::vector<std::string>;

Simulation prepare(const std::string& file, const std::string& arm, const Sets& sets, int threads = 1) {
  return Simulation(build_problem(test::shipped(file, sets), {.arm = arm}), threads);
}

SeriesTable blood(const std::string& arm, const Sets& more = {}, int threads = 1) {
  Sets sets{"time.1.until=8 h"};
  sets.insert(sets.end(), more.begin(), more.end());
  Simulation simulation = prepare("label_artefact.yaml", arm, sets, threads);
  return test::run_series(simulation);
}

double half_life(const SeriesTable& series, std::vector<std::string> of, double from, double until) {
  SeriesMetric outcome;
  outcome.of = std::move(of);
  outcome.reduction = SeriesMetric::Reduction::half_life;
  outcome.from = from;
  outcome.until = until;
  return reduce(series, outcome).value();
}

double in_patch(const SeriesTable& series, const std::string& label) {
  double sum = 0;
  for (const char* place : {".fluid", ".bound", ".cells"}) sum += series.last("label." + label + place);
  return sum;
}

TEST(LabelArtefact, ApparentHalfLivesAreThoseOfTheLabels) {
  const SeriesTable series = blood("inert");
  EXPECT_NEAR(half_life(series, {"reservoir.plasma.vesicles.msc_sev"}, 0, 3600), 600, 12);  // 1e6 EVs
  // After 6 h all phagocytes do is degrade, with 4 h.
  const double from = 6 * 3600, h = 3600;
  const auto liver = [&](const std::string& label) {
    return half_life(series, {"label." + label + ".phagocytes", "label." + label + ".phagocytes_digested"}, from, 1e9) /
           h;
  };
  EXPECT_NEAR(half_life(series, {"reservoir.phagocytes.vesicles.msc_sev"}, from, 1e9) / h, 4, 0.05);
  EXPECT_NEAR(liver("lipophilic"), 240, 20);  // the dye's 10 d, while the last of it still comes from plasma
  EXPECT_NEAR(liver("luciferase"), 1 / (1 / 4.0 + 1 / 24.0), 0.05);
  EXPECT_GT(liver("covalent"), 8);  // of a chain of 4 h and 12 h, not yet at the slower one
  EXPECT_LT(liver("covalent"), 40);
}

TEST(LabelArtefact, TheBrainShowsTheDyeWithOrWithoutVesicles) {
  const SeriesTable with = blood("inert"), without = blood("vehicle");
  EXPECT_EQ(without.last("vesicles.msc_sev.in_reservoir"), 0);
  EXPECT_EQ(in_patch(without, "covalent"), 0);
  EXPECT_GT(in_patch(without, "lipophilic"), 0.75 * in_patch(with, "lipophilic"));
  // 10 of 10.6 parts of the signal, of 1e6 in the blood, 1.16e-3 of which go into the patch; it fades by 2^(-8 h/10 d)
  const double rate = 9.24e-4 + 2.3e-4 + 1.16e-6, expected = 10 / 10.6 * 1e6 * 1.16e-6 / rate * std::exp2(-8 / 240.0);
  EXPECT_NEAR(in_patch(without, "lipophilic") / expected, 1, 1e-3);
}

TEST(LabelArtefact, LabelsLeaveTheRunAloneAndThreadsTheLabels) {
  const Sets brief{"time.1.until=8 h"}, others{"time.1.until=8 h", "labels.lipophilic.labelled=1",
                                               "labels.lipophilic.loose=1", "labels.luciferase.half_life=never"};
  Simulation one = prepare("label_artefact.yaml", "all", brief), two = prepare("label_artefact.yaml", "all", brief, 2),
             other = prepare("label_artefact.yaml", "all", others);
  const SeriesTable a = test::run_series(one), b = test::run_series(two), c = test::run_series(other);
  EXPECT_EQ(state_hash(one.state(), one.problem()), state_hash(other.state(), other.problem()));
  EXPECT_EQ(a.last("label.lipophilic.plasma"), b.last("label.lipophilic.plasma"));
  EXPECT_NE(a.last("label.lipophilic.plasma"), c.last("label.lipophilic.plasma"));
}

TEST(LabelArtefact, CellsInSuspensionTakeUpOnePercentAndLookLikeMore) {
  const Sets brief{"time.0.until=1 h"};
  Simulation simulation = prepare("label_suspension.yaml", "emcev", brief),
             control = prepare("label_suspension.yaml", "vehicle", brief),
             iodinated = prepare("label_suspension.yaml", "iodinated", brief);
  const SeriesTable series = test::run_series(simulation), dye = test::run_series(control),
                    half = test::run_series(iodinated);
  const double dosed = series.last("vesicles.msc_sev.free") + series.last("vesicles.msc_sev.adsorbed") +
                       series.last("vesicles.msc_sev.endosomal") + series.last("vesicles.msc_sev.degraded") +
                       series.last("vesicles.msc_sev.released");
  const double inside = 1 - (series.last("vesicles.msc_sev.free") + series.last("vesicles.msc_sev.adsorbed")) / dosed;
  EXPECT_NEAR(inside, 0.01, 0.003);  // 1e4 agents: a standard error of 0.001
  const auto at_cells = [](const SeriesTable& s, const std::string& label) {
    return (s.last("label." + label + ".bound") + s.last("label." + label + ".cells")) / in_patch(s, label);
  };
  // Micelles: 4 cells clear 3.1 um^3/s each from 4e6 um^3.
  EXPECT_NEAR(at_cells(dye, "lipophilic"), 1 - std::exp(-4 * 3.1 / 4e6 * 3600), 1e-9);
  EXPECT_GT(at_cells(series, "lipophilic"), 1.2 * at_cells(series, "covalent"));
  const auto made = [&](const SeriesTable& s) {
    return s.last("mean.patch.adenosine") - dye.last("mean.patch.adenosine");
  };
  EXPECT_NEAR(made(half) / made(series), 0.5, 0.03);  // a little AMP is used up
}

}  // namespace
}  // namespace interstice
