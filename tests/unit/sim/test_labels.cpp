/// @file
/// Labels against closed forms, against counts of the vesicles, and that they change nothing but themselves.
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <string>

#include "engine/results/state_hash.h"
#include "support/run_scenario.h"

namespace interstice {
namespace {

constexpr double kDose = 1e6;  // vesicles, all in the blood

/// Vesicles stay in the blood: what a label shows there is a closed form.
std::string blood(const std::string& label, const std::string& arm = "{}") {
  return "schema: 2\n"
         "domain: {size: [40 um, 40 um, 40 um], spacing: 20 um}\n"
         "reservoirs: {blood: {volume: 1e6 um^3}, liver: {volume: 1e6 um^3, content: cells}}\n"
         "time: [{until: 1 h, transport: 1 s, vesicles: 1 s, cells: 10 s, series: 1 min}]\n"
         "cell_types: {cell: {radius: 5 um, mobile: false, contact: {adsorption: 0 um/s}, initial_state: here, states: "
         "{here: {}}}}\n"
         "cells: {cell: {count: 3}}\n"
         "vesicles: {ev: {density: 1 EV/um^3, in: [], reservoirs: [blood]}}\n"
         "labels: {dye: {vesicles: ev, " +
         label + "}}\ncompare: {arms: {arm: " + arm + "}}\narm: arm\n";
}

double two_to_minus(double x) { return std::exp2(-x); }

/// Largest |column(t) - expected(t)| over the run, as a share of the dose.
template <class Expected>
double deviation(const SeriesTable& series, const std::string& column, Expected expected) {
  const auto* values = series.find("label.dye." + column);
  EXPECT_NE(values, nullptr) << column;
  double most = 0;
  for (std::size_t row = 0; values != nullptr && row < values->size(); ++row)
    most = std::max(most, std::abs((*values)[row] - expected(series.time[row])) / kDose);
  return most;
}

TEST(Labels, FadeExponentially) {
  const SeriesTable series = test::run_series(blood("half_life: 20 min, labelled: 0.4"));
  EXPECT_LT(deviation(series, "blood", [](double t) { return kDose * two_to_minus(t / 1200); }), 1e-12);
  EXPECT_LT(deviation(series, "on_vesicles", [](double t) { return kDose * two_to_minus(t / 1200); }), 1e-12);
  EXPECT_LT(deviation(series, "fluid", [](double) { return 0; }), 1e-15);
}

// What comes off is in the blood still, and then leaves it by the kidney: two exponentials in a row.
TEST(Labels, ComeOffAndAreCleared) {
  const double off = std::numbers::ln2 / 600, out = std::numbers::ln2 / 900, loose = 0.7;
  const auto on = [&](double t) { return kDose * (1 - loose * (1 - std::exp(-off * t))); };
  const SeriesTable kept = test::run_series(blood("loose: 0.7, loose_half_life: 10 min"));
  EXPECT_LT(deviation(kept, "on_vesicles", on), 1e-12);
  EXPECT_LT(deviation(kept, "off_vesicles", [&](double t) { return kDose - on(t); }), 1e-11);
  EXPECT_LT(deviation(kept, "blood", [](double) { return kDose; }), 1e-11);
  const SeriesTable lost =
      test::run_series(blood("loose: 0.7, loose_half_life: 10 min, free_dye: {half_life: 15 min}"));
  EXPECT_LT(deviation(lost, "on_vesicles", on), 1e-12);
  const auto pool = [&](double t) {
    return kDose * loose * off / (out - off) * (std::exp(-off * t) - std::exp(-out * t));
  };
  EXPECT_LT(deviation(lost, "off_vesicles", pool), 1e-6);  // of a step of 1 s
  EXPECT_GT(deviation(lost, "off_vesicles", [](double) { return 0; }), 0.1);
}

// What the cells of a reservoir have taken in, and what comes off there, goes with the half-life in cells.
TEST(Labels, ComeOffAndLeaveCells) {
  const double off = std::numbers::ln2 / 600, out = std::numbers::ln2 / 1200, loose = 0.7;
  const SeriesTable series =
      test::run_series(blood("loose: 0.7, after_degradation: 20 min"), {"vesicles.ev.reservoirs=[liver]"});
  const auto pool = [&](double t) {
    return kDose * loose * off / (out - off) * (std::exp(-off * t) - std::exp(-out * t));
  };
  EXPECT_LT(deviation(series, "off_vesicles", pool), 1e-6);
  EXPECT_LT(
      deviation(series, "liver", [&](double t) { return kDose * (1 - loose * (1 - std::exp(-off * t))) + pool(t); }),
      1e-6);
}

TEST(Labels, MicellesHaveTheirShareAndWays) {
  const double liver = 1e-3, tissue = 5e-4;
  const SeriesTable series = test::run_series(
      blood("labelled: 0.5, micelles: {per_EV: 10, signal: 0.2, uptake: 0 um^3/s, transfer: {blood: {liver: 1e-3 1/s, "
            "fluid: 5e-4 1/s}}}"));
  const double share = 10 * 0.2 / (0.5 + 10 * 0.2);
  EXPECT_LT(deviation(series, "micelles", [&](double) { return share * kDose; }), 1e-12);
  EXPECT_LT(deviation(series, "on_vesicles", [&](double) { return (1 - share) * kDose; }), 1e-12);
  const auto gone = [&](double t) { return share * kDose * (1 - std::exp(-(liver + tissue) * t)); };
  EXPECT_LT(deviation(series, "blood", [&](double t) { return kDose - gone(t); }), 1e-12);
  EXPECT_LT(deviation(series, "liver", [&](double t) { return gone(t) * 2 / 3; }), 1e-12);
  EXPECT_LT(deviation(series, "fluid", [&](double t) { return gone(t) / 3; }), 1e-12);
}

// Three cells in 6.4e4 um^3 clear 5 um^3/s each; the arm without vesicles shows the micelles alone.
TEST(Labels, WithoutVesiclesTheDyeIsLeft) {
  const std::string label = "micelles: {per_EV: 4, uptake: 5 um^3/s, transfer: {blood: {fluid: 1 1/s}}}";
  const SeriesTable with = test::run_series(blood(label)),
                    without = test::run_series(blood(label, "{vesicles: false}"));
  EXPECT_EQ(without.last("vesicles.ev.in_reservoir"), 0);
  EXPECT_EQ(without.last("label.dye.on_vesicles"), 0);
  EXPECT_EQ(without.last("label.dye.cells"), with.last("label.dye.cells"));
  const double in = 1, taken = 3 * 5.0 / 6.4e4, all = 0.8 * kDose;
  const auto cells = [&](double t) {
    return all * (1 - (in * std::exp(-taken * t) - taken * std::exp(-in * t)) / (in - taken));
  };
  EXPECT_LT(deviation(without, "cells", cells), 3e-4);  // arrivals stay for a step of 1 s
  EXPECT_GT(without.last("label.dye.cells"), 0.5 * all);
}

/// Vesicles that are taken up, degraded, recycled, released, and that come in from the blood.
std::string tissue(const std::string& labels) {
  return "schema: 2\n"
         "include: [cells/reporter.yaml]\n"
         "domain: {size: [60 um, 60 um, 60 um], spacing: 20 um, boundary: {all: periodic}}\n"
         "reservoirs:\n"
         "  blood: {volume: 2e5 um^3, vesicle_transfer: {here: 5e-4 1/s, liver: 1e-3 1/s}}\n"
         "  liver: {volume: 1e6 um^3, content: cells, vesicle_transfer: {digested: 1e-3 1/s}}\n"
         "  digested: {volume: 1e6 um^3, content: degraded}\n"
         "time: [{until: 1 h, transport: 5 s, vesicles: 5 s, cells: 60 s, series: 1 min}]\n"
         "regions: {here: {shape: everywhere, viscosity: 50}}\n"
         "cells: {reporter: {count: 20}}\n"
         "vesicles: {ev: {density: 0.02 EV/um^3, reservoirs: [blood], desorption: 1e-3 1/s, internalisation: 5e-3 "
         "1/s,\n"
         "  endosome: {lysosome_half_life: 10 min, released_fraction: 0.2, recycled_fraction: 0.3}}}\n"
         "models: {cargo_delivery: {}}\n" +
         labels;
}
const std::string kLabels =
    "labels:\n"
    "  all: {vesicles: ev, loose: 0.6, after_degradation: never, free_dye: {uptake: 50 um^3/s, transfer: {fluid: "
    "{liver: "
    "1e-4 "
    "1/s}}}}\n"
    "  none: {vesicles: ev, after_degradation: 0 s, after_release: 0 s}\n"
    "  cargo: {vesicles: ev, carrier: cargo}\n";

double whole(const SeriesTable& series, const std::string& label) {
  return series.last("label." + label + ".on_vesicles") + series.last("label." + label + ".off_vesicles");
}

TEST(Labels, NothingOfADyeThatStaysIsLost) {
  const SeriesTable series = test::run_series(tissue(kLabels));
  double dosed = 0, places = 0;
  for (const char* place : {"free", "adsorbed", "endosomal", "in_reservoir", "released", "degraded"})
    dosed += series.last(std::string("vesicles.ev.") + place);
  for (const char* place : {"blood", "liver", "digested", "fluid", "bound", "cells"})
    places += series.last(std::string("label.all.") + place);
  EXPECT_GT(series.last("vesicles.ev.degraded"), 100);
  EXPECT_GT(series.last("label.all.off_vesicles"), 0.2 * dosed);
  EXPECT_NEAR(whole(series, "all") / dosed, 1, 1e-12);
  EXPECT_NEAR(places / dosed, 1, 1e-12);
}

TEST(Labels, ShowTheTrueNumbersWhereNothingOutlivesTheVesicle) {
  const SeriesTable series = test::run_series(tissue(kLabels));
  for (const auto& [column, truth] :
       {std::pair{"fluid", "free"}, std::pair{"bound", "adsorbed"}, std::pair{"cells", "endosomal"}})
    EXPECT_NEAR(series.last(std::string("label.none.") + column), series.last(std::string("vesicles.ev.") + truth),
                1e-9);
  EXPECT_NEAR(series.last("label.none.liver"), series.last("reservoir.liver.vesicles.ev"), 1e-9);
  EXPECT_EQ(series.last("label.none.digested"), 0);
}

TEST(Labels, CargoShowsOnVesiclesThatHaveItAndAfterItsRelease) {
  Simulation simulation(test::problem_from(tissue(kLabels)));
  const SeriesTable series = test::run_series(simulation);
  const Vesicles& v = simulation.state().vesicles;
  double free = 0, spent = 0;
  for (std::size_t i = 0; i < v.size(); ++i) {
    if (v.state[i] == VesicleState::free && v.cargo[i] != 0) ++free;
    spent += v.cargo[i] == 0;
  }
  EXPECT_GT(spent, 10);
  EXPECT_NEAR(series.last("label.cargo.fluid"), free, 1e-9);
  EXPECT_NEAR(series.last("label.cargo.off_vesicles"), series.last("vesicles.ev.released"), 1e-6);
}

TEST(Labels, ChangeNothingElseOnAnyNumberOfThreads) {
  Simulation with(test::problem_from(tissue(kLabels))), without(test::problem_from(tissue("")));
  const SeriesTable seen = test::run_series(with);
  test::run_series(without);
  ASSERT_FALSE(with.problem().labels.empty());
  EXPECT_EQ(state_hash(with.state(), with.problem()), state_hash(without.state(), without.problem()));
  const SeriesTable threaded = test::run_series(tissue(kLabels), {}, 4);
  for (std::size_t c = 0; c < seen.name.size(); ++c)
    if (seen.name[c].starts_with("label.")) {
      EXPECT_EQ(seen.value[c], threaded.value[c]) << seen.name[c];
    }
}

TEST(Labels, BeginWithTheDose) {
  const SeriesTable series =
      test::run_series(blood("half_life: 20 min, micelles: {uptake: 0 um^3/s}"), {"vesicles.ev.at=[10 min]"});
  EXPECT_LT(deviation(series, "blood", [](double t) { return t < 600 ? 0 : kDose * two_to_minus((t - 600) / 1200); }),
            1e-12);
}

}  // namespace
}  // namespace interstice
