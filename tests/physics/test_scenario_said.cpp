/// @file
/// What a scenario can say of steps, media, division and profiles of vesicles.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>

#include "support/run_scenario.h"

namespace interstice {
namespace {

const std::string kSaidHead = "schema: 2\ndomain: {size: [60 um, 60 um, 100 um], spacing: 10 um}\n";

std::string said_mistakes(const std::string& yaml) {
  try {
    test::scenario_from(yaml);
  } catch (const ScenarioErrors& e) {
    return e.what();
  }
  return "";
}

TEST(Steps, AreAskedForWhereTheyAreInUse) {
  const std::string vesicles = "vesicles: {ev: {number: 10 EV}}\n";
  const std::string cells = "cell_types: {c: {initial_state: s, states: {s: {}}}}\n";
  const auto time = [](const std::string& more) {
    return "time: [{until: 10 s, transport: 2 s, series: 2 s" + more + "}]\n";
  };
  EXPECT_EQ(said_mistakes(kSaidHead + time("")), "");
  EXPECT_EQ(said_mistakes(kSaidHead + time(", vesicles: 3 s, cells: 7 s")), "");
  EXPECT_EQ(test::problem_from(kSaidHead + time(", vesicles: 3 s")).schedule.phases[0].vesicles, 2000000000);
  EXPECT_EQ(said_mistakes(kSaidHead + vesicles + time(", vesicles: 1 s")), "");
  EXPECT_EQ(said_mistakes(kSaidHead + cells + time(", cells: 4 s")), "");
  EXPECT_NE(said_mistakes(kSaidHead + vesicles + time("")).find("time.0.vesicles: missing"), std::string::npos);
  EXPECT_NE(said_mistakes(kSaidHead + cells + time("")).find("time.0.cells: missing"), std::string::npos);
  EXPECT_NE(said_mistakes(kSaidHead + cells + time(", cells: 3 s")).find("not a multiple"), std::string::npos);
}

TEST(Media, GiveTheViscosityThatARegionDoesNotName) {
  const std::string yaml = kSaidHead +
                           "time: [{until: 1 s, transport: 1 s, vesicles: 1 s, cells: 1 s, series: 1 s}]\n"
                           "vesicles: {ev: {number: 10 EV}}\nmedia: {tissue: {viscosity: 3}}\n"
                           "regions: {a: {shape: everywhere}, b: {shape: {sphere: {centre: [30 um, 30 um, 30 um], "
                           "radius: 20 um}}, medium: tissue}, c: {shape: {sphere: {centre: [30 um, 30 um, 80 um], "
                           "radius: 10 um}}, medium: tissue, viscosity: 7}}\n";
  const Scenario s = test::scenario_from(yaml);
  const Problem p = build_problem(s);
  EXPECT_EQ(p.regions.regions[0].viscosity, 1);
  EXPECT_EQ(p.regions.regions[1].viscosity, 3);
  EXPECT_EQ(p.regions.regions[2].viscosity, 7);
  ASSERT_FALSE(s.notes.empty());
  EXPECT_EQ(s.notes.back(), "viscosity relative to water, by medium: a 1 (fluid), b 3 (tissue)");
}

// A cycle of 3 h doubles the cells each time, whatever the cell step; 10 h hold three cycles.
TEST(Division, AtTheEndOfADuration) {
  for (const char* step : {"0.5 h", "2 h", "10 h"}) {
    Simulation s(test::problem_from(
        "schema: 2\ndomain: {size: [200 um, 200 um, 200 um], spacing: 20 um}\n" +
        fmt::format("time: [{{until: 10 h, transport: {0}, cells: {0}, series: {0}}}]\n", step) +
        "cell_types: {c: {radius: 2 um, mobile: false, columns: {n: {initial: 8, at_division: halve}}, initial_state: "
        "g1, states: {g1: {duration: 1 h, then: s}, s: {duration: 2 h, then: g1, divides: true}}}}\n"
        "cells: {c: {count: 5}}\n"));
    while (!s.finished()) s.step();
    EXPECT_EQ(s.state().cells.size(), 40u) << step;
    for (const double n : s.state().cells.columns[0]) EXPECT_EQ(n, 1);
  }
  EXPECT_NE(said_mistakes(kSaidHead + "time: [{until: 1 s, transport: 1 s, cells: 1 s, series: 1 s}]\ncell_types: {c: "
                                      "{initial_state: s, states: {s: {divides: true}}}}\n")
                .find("divides as a duration ends"),
            std::string::npos);
}

// Free, adsorbed and endosomal vesicles by depth add up to the ledger, agents and counts alike.
TEST(VesicleProfiles, HoldAllOfThePatch) {
  for (const char* how : {"weight: 5", "representation: counts"}) {
    Simulation s(test::problem_from(
        kSaidHead + "time: [{until: 300 s, transport: 10 s, vesicles: 10 s, cells: 10 s, series: 100 s}]\n" +
        fmt::format("vesicles: {{ev: {{number: 20000 EV, in: top, internalisation: 0.01 1/s, {}}}}}\n", how) +
        "regions: {all_of_it: {shape: everywhere}, top: {shape: {box: {from: [0 um, 0 um, 80 um], to: [60 um, 60 um, "
        "100 um]}}}}\n"
        "cell_types: {c: {mobile: false, contact: {adsorption: 1 um/s}, initial_state: s, states: {s: {}}}}\n"
        "cells: {c: {count: 30}}\n"
        "profiles:\n  free: {vesicles: ev, states: [free], below: z_max, width: 20 um}\n"
        "  inside: {vesicles: ev, states: [endosomal], below: z_max, width: 20 um}\n"
        "  bound: {vesicles: ev, states: [adsorbed], around: top, width: 20 um}\n"
        "  thin: {vesicles: ev, states: [adsorbed, endosomal], below: z_max, width: 1 um}\n"
        "  any: {vesicles: ev, below: z_min, width: 30 um}\n"));
    const SeriesTable table = test::run_series(s);
    const VesicleLedger& ledger = s.state().ledger[0];
    const auto sum = [&](const std::string& profile, std::vector<int> edges) {
      double total = 0;
      for (const int edge : edges) total += table.find(fmt::format("profile.{}.{}", profile, edge))->back();
      return total;
    };
    EXPECT_EQ(sum("free", {20, 40, 60, 80, 100}), static_cast<double>(ledger.free)) << how;
    EXPECT_EQ(sum("inside", {20, 40, 60, 80, 100}), static_cast<double>(ledger.endosomal)) << how;
    EXPECT_EQ(sum("bound", {0, 20, 40, 60, 80}), static_cast<double>(ledger.adsorbed)) << how;
    EXPECT_EQ(sum("any", {30, 60, 90, 120}), static_cast<double>(ledger.free + ledger.adsorbed + ledger.endosomal));
    EXPECT_GT(ledger.endosomal, 100u);
    std::vector<double> thin(100), expected(100);  // by the places of cells, finer than voxels
    for (int k = 0; k < 100; ++k) thin[k] = table.find(fmt::format("profile.thin.{}", k + 1))->back();
    const Cells& cells = s.state().cells;
    for (std::size_t c = 0; c < cells.size(); ++c)
      expected[static_cast<std::size_t>(100 - cells.position(c).z)] +=
          static_cast<double>(cells.bound[c] + cells.internal[c]);
    EXPECT_EQ(thin, expected) << how;
    const auto at_start = [&](int edge) { return table.find(fmt::format("profile.free.{}", edge))->front(); };
    EXPECT_GT(at_start(20), 15000);
    EXPECT_EQ(at_start(40), 0);
    EXPECT_GT(table.find("profile.inside.20")->back(), 2 * table.find("profile.inside.100")->back());
  }
  const std::string head = kSaidHead +
                           "time: [{until: 1 s, transport: 1 s, vesicles: 1 s, series: 1 s}]\n"
                           "regions: {bed: {shape: everywhere, medium: fluid}}\n"
                           "vesicles: {ev: {number: 10 EV}}\nspecies: {A: {diffusivity: 1 um^2/s}}\n";
  for (const auto& [text, words] :
       {std::pair("{vesicles: ev, species: A, below: z_min, width: 1 um}", "either a species or vesicles"),
        std::pair("{vesicles: ev, width: 10 um}", "either `around`"),
        std::pair("{species: A, states: [free], below: x_min, width: 10 um}", "a species has no states"),
        std::pair("{species: A, below: z_min, width: 1 um}", "narrower than the voxels"),
        std::pair("{vesicles: ev, around: bed, width: 1 um}", "narrower than the voxels")})
    EXPECT_NE(said_mistakes(head + "profiles: {p: " + text + "}\n").find(words), std::string::npos) << text;
}

TEST(Synonyms, AreAnswered) {
  const std::string time = "time: [{until: 1 s, transport: 1 s, vesicles: 1 s, cells: 1 s, series: 1 s}]\n";
  for (const auto& [text, words] :
       {std::pair("vesicles: {ev: {dose: 1e9 EV/ml}}", "did you mean 'density: 1e9 EV/ml'?"),
        std::pair("vesicles: {ev: {dose: 1e9 EV}}", "did you mean 'number: 1e9 EV'?"),
        std::pair("vesicles: {ev: {concentration: 1e9 EV/ml}}", "did you mean 'density'?"),
        std::pair("compare: {arms: {a: {vesicles: on}}}", "did you mean 'true'?"),
        std::pair("compare: {arms: {a: {vesicles: no}}}", "did you mean 'false'?"),
        std::pair("output: {cells: yes}", "did you mean 'all'?"),
        std::pair("compare: {outcomes: {x: {of: mean.all.A, max: 3}}}", "did you mean 'reduce'?"),
        std::pair("species: {A: {diffusivity: 1 um^2/s, density: 3 uM}}", "did you mean 'initial'?"),
        std::pair("species: {A: {D: 1 um^2/s}}", "did you mean 'diffusivity'?"),
        std::pair("domain: {boundary: {z: closed}}", "did you mean 'no_flux'?")}) {
    const std::string told =
        said_mistakes(kSaidHead.substr(0, 10) + (std::string(text).starts_with("domain") ? "" : kSaidHead.substr(10)) +
                      time + text + "\n");
    EXPECT_NE(told.find(words), std::string::npos) << text << "\n" << told;
  }
}

}  // namespace
}  // namespace interstice
