/// @file
/// Arms that change values: applied last, checked when the scenario is read, and kept in the resolved text.

#include <gtest/gtest.h>

#include "engine/scenario/scenario.h"
#include "models/builtin.h"
#include "support/problem_dump.h"

namespace interstice {
namespace {

using test::ProblemDump;

const std::string kBeforeArms =
    "schema: 2\n"
    "domain: {size: [30 um, 30 um, 30 um], spacing: 10 um}\n"
    "time: [{until: 1 s, transport: 1 s, vesicles: 1 s, cells: 1 s, series: 1 s}]\n"
    "species: {A: {diffusivity: 1 um^2/s, initial: {value: 1 uM, range: [0 uM, 5 uM], mark: A, source: x}}}\n"
    "cell_types: {cell: {initial_state: here, states: {here: {}}}}\n"
    "cells: {cell: {count: 4}}\n"
    "injury: [{cell: cell, to: here, hazard: 1 1/h}]\n"
    "models: {surface_contact: {}}\n"
    "vesicles: {ev: {number: 100 EV, volume: 2.7e4 um^3, weight: 1}}\n"
    "parameter_sets: {rich: {species.A.initial: 3 uM}}\n"
    "compare:\n  arms:\n    vehicle: {vesicles: false}\n";

Scenario load_arms(const std::string& arms, std::vector<std::string> sets = {}, const std::string& parameters = "") {
  ModelRegistry registry;
  register_builtin_models(registry);
  return load_scenario_text(kBeforeArms + arms, "arms.yaml",
                            {.include_directories = {}, .sets = std::move(sets), .parameters = parameters}, registry);
}

std::string mistakes_of_arms(const std::string& arms) {
  try {
    load_arms(arms);
  } catch (const ScenarioErrors& e) {
    return e.what();
  }
  return "";
}

TEST(ScenarioArms, ChangeAnyKeyForThemselvesOnly) {
  const Scenario s = load_arms(
      "    other: {set: {species.A.initial: 2 uM, cells.cell.count: 7, models.surface_contact.MyD88: 0, injury: []},"
      " models: [surface_contact]}\n");
  EXPECT_EQ(build_problem(s, {.arm = "vehicle"}).species[0].initial[0], 1.0);
  EXPECT_EQ(build_problem(s, {.arm = "vehicle"}).injuries.size(), 1u);
  const Problem p = build_problem(s, {.arm = "other"});
  EXPECT_EQ(p.species[0].initial[0], 2.0);
  EXPECT_EQ(p.placements[0].count, 7u);
  EXPECT_TRUE(p.injuries.empty());
  EXPECT_EQ(s.compare.arms[1].changes, (std::vector<std::string>{"species.A.initial = 2 uM", "cells.cell.count = 7",
                                                                 "models.surface_contact.MyD88 = 0", "injury = []"}));
}

TEST(ScenarioArms, AreAppliedAfterParameterSetAndSet) {
  const std::string arm = "    other: {set: {species.A.initial: 2 uM}}\n";
  const Scenario s = load_arms(arm, {"species.A.initial=4 uM"}, "rich");
  EXPECT_EQ(build_problem(s, {.arm = "vehicle"}).species[0].initial[0], 4.0);
  EXPECT_EQ(build_problem(s, {.arm = "other"}).species[0].initial[0], 2.0);
}

TEST(ScenarioArms, SurviveTheResolvedText) {
  const Scenario s = load_arms(
      "    other: {set: {species.A.initial: {value: 2 uM, range: [0 uM, 3 uM], mark: L, source: \"y: z\"},"
      " injury: [], cell_types.cell.columns: {c: {gain: \"1 / 5 [s]\"}}, cells.cell: [{count: 2}, {count: 3}]},"
      " control: vehicle}\n");
  ModelRegistry registry;
  register_builtin_models(registry);
  const Scenario again = load_scenario_text(s.resolved, "resolved.yaml", {}, registry);
  for (const char* arm : {"vehicle", "other"})
    EXPECT_EQ(ProblemDump::of(build_problem(s, {.arm = arm})), ProblemDump::of(build_problem(again, {.arm = arm})))
        << s.resolved;
  EXPECT_EQ(s.resolved, again.resolved);
  EXPECT_EQ(again.compare.arms[1].control, "vehicle");
}

TEST(ScenarioArms, MistakesAreToldWithTheArm) {
  EXPECT_NE(mistakes_of_arms("    bad: {set: {species.B.initial: 2 uM}}\n").find("there is no species 'B'"),
            std::string::npos);
  EXPECT_NE(
      mistakes_of_arms("    bad: {set: {species.A.initial: 2 um}}\n").find("in arm bad: '2 um' has the wrong unit"),
      std::string::npos);
  EXPECT_NE(mistakes_of_arms("    bad: {set: {cell_types.cell.columns: {c: {gain: \"A\"}}}}\n").find("in arm bad"),
            std::string::npos);
  EXPECT_NE(mistakes_of_arms("    bad: {set: {time: []}}\n").find("an arm cannot change 'time'"), std::string::npos);
  EXPECT_NE(mistakes_of_arms("    bad: {set: {profiles: {}}}\n").find("an arm cannot change 'profiles'"),
            std::string::npos);
  EXPECT_NE(mistakes_of_arms("    bad: {control: vehikel}\n").find("did you mean 'vehicle'"), std::string::npos);
  EXPECT_NE(
      mistakes_of_arms("    other: {}\n    bad: {control: other}\n").find("expected an arm with `vesicles: false`"),
      std::string::npos);
  EXPECT_EQ(mistakes_of_arms("    good: {control: vehicle}\n"), "");
}

TEST(ScenarioArms, AnArmOfDirectEffectsHasTheSameMechanisms) {
  const std::string unresponsive =
      "    unresponsive: {models: [surface_contact], set: {cell_types.cell.responds_to_evs: false}}\n";
  const Scenario s = load_arms(unresponsive + "    all: {models: [surface_contact], direct: unresponsive}\n");
  EXPECT_EQ(s.compare.arms[2].direct, "unresponsive");
  EXPECT_FALSE(build_problem(s, {.arm = "unresponsive"}).cell_types[0].responds_to_evs);
  EXPECT_TRUE(build_problem(s, {.arm = "all"}).cell_types[0].responds_to_evs);
  const std::string more = "differs from all by more than the relay";
  for (const char* all : {"{models: [], direct: unresponsive}", "{models: [surface_contact], direct: all}",
                          "{models: [surface_contact], direct: unresponsive, control: vehicle}",
                          "{models: [surface_contact], vesicles: false, direct: unresponsive}"})
    EXPECT_NE(mistakes_of_arms(unresponsive + "    all: " + all + "\n").find(more), std::string::npos) << all;
}

TEST(ScenarioArms, ChooseTheClassesThatAreDosed) {
  std::string text = kBeforeArms + "    all: {}\n    some: {classes: [other]}\n";
  text.replace(text.find("weight: 1}}"), 11,
               "weight: 1}, other: {number: 50 EV, volume: 2.7e4 um^3, at: [0 s, 0.5 s]}}");
  ModelRegistry registry;
  register_builtin_models(registry);
  const Scenario s = load_scenario_text(text, "arms.yaml", {}, registry);
  EXPECT_EQ(build_problem(s, {.arm = "vehicle"}).doses.size(), 0u);
  EXPECT_EQ(build_problem(s, {.arm = "all"}).doses.size(), 3u);
  const Problem some = build_problem(s, {.arm = "some"});
  ASSERT_EQ(some.doses.size(), 2u);
  EXPECT_EQ(some.vesicle_classes.size(), 2u);
  EXPECT_EQ(some.vesicle_classes[index(some.doses[0].klass)].name, "other");
  EXPECT_EQ(s.compare.arms[2].changes, std::vector<std::string>{"classes = [other]"});
  const auto identity = [&](const char* arm) { return run_identity(s, {.arm = arm}, build_problem(s, {.arm = arm})); };
  EXPECT_NE(identity("some"), identity("all"));
  EXPECT_NE(mistakes_of_arms("    none: {classes: [nobody]}\n").find("nobody"), std::string::npos);
  EXPECT_NE(mistakes_of_arms("    none: {classes: [ev], vesicles: false}\n").find("expected one of the two"),
            std::string::npos);
}

}  // namespace
}  // namespace interstice
