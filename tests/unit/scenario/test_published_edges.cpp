/// @file
/// Effect edges: what may be said of them, and the arms that run without those that are assumed.

#include <gtest/gtest.h>

#include "engine/scenario/published_edges.h"
#include "models/builtin.h"
#include "support/problem_dump.h"

namespace interstice {
namespace {

using test::ProblemDump;

/// `parameters` of the cell type, then what follows `compare:`.
std::string scenario_text(const std::string& parameters, const std::string& compare, const std::string& more = "") {
  return "schema: 2\n"
         "domain: {size: [30 um, 30 um, 30 um], spacing: 10 um}\n"
         "time: [{until: 60 s, transport: 1 s, vesicles: 1 s, cells: 1 s, series: 10 s}]\n"
         "cell_types:\n"
         "  cell:\n"
         "    parameters: {" +
         parameters +
         "}\n"
         "    columns: {akt: {gain: \"(w_contact*ev_fast + w_cargo*R_cargo) / 60 [s]\", loss: \"1 / 60 [s]\"}}\n"
         "    initial_state: here\n"
         "    states: {here: {}}\n"
         "cells: {cell: {count: 4}}\n"
         "models: {surface_contact: {}, cargo_delivery: {}}\n"
         "vesicles: {ev: {number: 100 EV, volume: 2.7e4 um^3, weight: 1}}\n"
         "compare:\n" +
         compare + more;
}

const std::string kEdges =
    "w_contact: {value: 0.7, mark: A, source: x, edge: {mechanism: contact, mark: A, source: y}}, "
    "w_cargo: {value: 0.6, mark: A, source: x, edge: {mechanism: cargo, mark: V, source: z}}";
const std::string kArms =
    "  arms:\n    vehicle: {vesicles: false}\n    contact: {models: [surface_contact]}\n"
    "    uptake: {models: [cargo_delivery]}\n    both: {models: [surface_contact, cargo_delivery]}\n";

Scenario load_edges(const std::string& text, std::vector<std::string> sets = {}) {
  ModelRegistry registry;
  register_builtin_models(registry);
  return load_scenario_text(text, "edges.yaml", {.include_directories = {}, .sets = std::move(sets), .parameters = ""},
                            registry);
}

std::string mistakes(const std::string& text) {
  try {
    load_edges(text);
  } catch (const ScenarioErrors& e) {
    return e.what();
  }
  return "";
}

double constant_of_akt(const Scenario& scenario, const std::string& arm) {
  const Problem problem = build_problem(scenario, {.arm = arm});
  double sum = 0;  // of the gain where both mechanisms are at full effect
  for (const ColumnDynamics& column : problem.cell_types[0].columns)
    if (problem.columns[index(column.column)].name == "akt") {
      std::vector<double> symbols(problem.species.size() + problem.columns.size() + 64, 1.0);
      sum = column.gain(symbols) * 60;
    }
  return sum;
}

using Names = std::vector<std::string>;

TEST(PublishedEdges, AreReadWithTheirEvidence) {
  const Scenario s = load_edges(scenario_text(kEdges, kArms));
  ASSERT_EQ(s.edges.size(), 2u);
  EXPECT_EQ(s.edges[0].cell_type, "cell");
  EXPECT_EQ(s.edges[0].mechanism, "contact");
  EXPECT_EQ(s.edges[0].mark, "A");
  EXPECT_TRUE(s.edges[0].is_left_out_of_published());
  EXPECT_EQ(s.edges[1].source, "z");
  EXPECT_FALSE(s.edges[1].is_left_out_of_published());
}

TEST(PublishedEdges, ArmsRunTwiceOnlyWhereAnAssumedEdgeActs) {
  const Scenario s = load_edges(scenario_text(kEdges, kArms));
  EXPECT_EQ(compared_arms(s), (Names{"vehicle", "contact", "uptake", "both", "contact@published", "both@published"}));
  EXPECT_EQ(find_arm(s, "contact@published")->edges_left_out, Names{"contact on cell"});
  EXPECT_EQ(find_arm(s, "uptake@published"), find_arm(s, "uptake"));  // its only edge is published
  EXPECT_EQ(find_arm(s, "vehicle@published"), find_arm(s, "vehicle"));
  EXPECT_THROW((void)find_arm(s, "nobody@published"), InputError);
  EXPECT_EQ(compared_arms(load_edges(scenario_text(kEdges, "  edges: all\n" + kArms))),
            (Names{"vehicle", "contact", "uptake", "both"}));
  EXPECT_EQ(compared_arms(load_edges(scenario_text(kEdges, "  edges: published\n" + kArms))),
            (Names{"vehicle", "uptake", "contact@published", "both@published"}));
}

TEST(PublishedEdges, LeaveOutTheAssumedStrengthAndNothingElse) {
  const Scenario s = load_edges(scenario_text(kEdges, kArms));
  EXPECT_DOUBLE_EQ(constant_of_akt(s, "both"), 1.3);
  EXPECT_DOUBLE_EQ(constant_of_akt(s, "both@published"), 0.6);
  EXPECT_DOUBLE_EQ(constant_of_akt(s, "@published"), 0.6);  // no arm: everything on
  // The run is that of a file in which the strength is 0.
  const Scenario zero = load_edges(scenario_text(kEdges, kArms), {"cell_types.cell.parameters.w_contact=0"});
  EXPECT_EQ(ProblemDump::of(build_problem(s, {.arm = "both@published"})),
            ProblemDump::of(build_problem(zero, {.arm = "both"})));
  const auto identity = [](const Scenario& scenario, const char* arm) {
    return run_identity(scenario, {.arm = arm}, build_problem(scenario, {.arm = arm}));
  };
  EXPECT_EQ(identity(s, "both@published"), identity(zero, "both"));
  EXPECT_NE(identity(s, "both@published"), identity(s, "both"));
}

TEST(PublishedEdges, AnEdgeThatCannotActMakesNoSecondRun) {
  const auto arms = [](const std::string& parameters, const std::string& more) {
    return compared_arms(load_edges(scenario_text(parameters, kArms, more)));
  };
  const Names once{"vehicle", "contact", "uptake", "both"};
  std::string none = kEdges;
  none.replace(none.find("0.7"), 3, "0");
  EXPECT_EQ(arms(none, ""), once);
  std::string deaf = scenario_text(kEdges, kArms);
  deaf.replace(deaf.find("    initial_state"), 0, "    responds_to_evs: false\n");
  EXPECT_EQ(compared_arms(load_edges(deaf)), once);
  std::string absent = scenario_text(kEdges, kArms);
  absent.replace(absent.find("{cell: {count: 4}}"), 18, "{}");
  EXPECT_EQ(compared_arms(load_edges(absent)), once);
}

TEST(PublishedEdges, WhatActsThroughSubstancesIsNeverSwitchedOff) {
  std::string enzyme = kEdges;
  enzyme.replace(enzyme.find("mechanism: contact"), 18, "mechanism: enzyme");
  const Scenario s = load_edges(scenario_text(enzyme, kArms));
  EXPECT_EQ(s.edges[0].mark, "A");
  EXPECT_FALSE(s.edges[0].is_left_out_of_published());
  EXPECT_TRUE(s.compare.published.empty());
}

TEST(PublishedEdges, StayWithAnotherNumber) {
  for (const char* value : {"0.3", "{value: 0.3, mark: A, source: other}"}) {
    const Scenario set =
        load_edges(scenario_text(kEdges, kArms), {std::string("cell_types.cell.parameters.w_contact=") + value});
    EXPECT_EQ(set.edges[0].value, "0.3");
    EXPECT_EQ(set.edges[0].mark, "A") << value;
    const std::string arm = std::string(
                                "    less: {models: [surface_contact], set: "
                                "{cell_types.cell.parameters.w_contact: ") +
                            value + "}}\n";
    const Scenario changed = load_edges(scenario_text(kEdges, kArms, arm));
    EXPECT_NE(find_arm(changed, "less@published"), find_arm(changed, "less")) << value;
  }
}

TEST(PublishedEdges, SurviveTheResolvedText) {
  const Scenario s = load_edges(scenario_text(kEdges, kArms, "arm: both@published\n"));
  const Scenario again = load_edges(s.resolved);
  EXPECT_EQ(s.resolved, again.resolved);
  EXPECT_EQ(again.arm, "both@published");
  const Scenario run = load_edges(resolved_run(s, {.arm = "@published"}));
  EXPECT_EQ(ProblemDump::of(build_problem(s, {.arm = "@published"})), ProblemDump::of(build_problem(run)));
}

TEST(PublishedEdges, MistakesAreTold) {
  const auto with = [](const std::string& edge) {
    return mistakes(scenario_text("w_contact: {value: 0.7, edge: " + edge + "}, w_cargo: 0", kArms));
  };
  EXPECT_NE(with("{mechanism: touch, mark: A, source: x}").find("cargo or contact or enzyme or binding"),
            std::string::npos);
  EXPECT_NE(with("{mechanism: contact, mark: B, source: x}").find("'B' cannot be used"), std::string::npos);
  EXPECT_NE(with("{mechanism: contact, mark: A}").find("edge.source"), std::string::npos);
  EXPECT_NE(with("{mechanism: contact, mark: A, source: x, size: 3}").find("unknown key 'size'"), std::string::npos);
  EXPECT_NE(mistakes(scenario_text("w_contact: {value: 0.7 um, edge: {mechanism: contact, mark: A, source: x}}, "
                                   "w_cargo: 0",
                                   kArms))
                .find("the strength of a contact edge is a number"),
            std::string::npos);
  std::string elsewhere = scenario_text("w_contact: 0, w_cargo: 0", kArms);
  elsewhere.replace(elsewhere.find("number: 100 EV"), 14,
                    "number: {value: 100 EV, edge: {mechanism: cargo, mark: A, source: x}}");
  EXPECT_NE(mistakes(elsewhere).find("unknown key 'edge'"), std::string::npos);
  EXPECT_NE(mistakes(scenario_text(kEdges, "  edges: some\n" + kArms)).find("both or all or published"),
            std::string::npos);
}

}  // namespace
}  // namespace interstice
