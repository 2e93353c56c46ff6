/// @file
/// `like`: what a cell type takes over, what it keeps, and which mistakes are refused.

#include <gtest/gtest.h>

#include <random>
#include <string>

#include "engine/scenario/yaml/key_path.h"
#include "engine/scenario/yaml/yaml_like.h"
#include "support/run_scenario.h"

namespace interstice {
namespace {

YamlNode resolved(const std::string& text, Diagnostics& diagnostics) {
  YamlNode root = parse_yaml(text, "scenario.yaml", diagnostics);
  take_over_likes(root, diagnostics);
  return root;
}

std::string text_at(const YamlNode& root, const std::string& path) {
  const YamlNode* node = &root;
  for (const std::string& key : split_key_path(path)) {
    node = node->find(key);
    if (node == nullptr) return "(absent)";
  }
  return node->text;
}

/// The one complaint about `text`.
std::string complaint(const std::string& text) {
  Diagnostics diagnostics;
  resolved(text, diagnostics);
  EXPECT_EQ(diagnostics.count(), 1U) << text;
  return diagnostics.empty() ? "" : diagnostics.complaints()[0].text();
}

TEST(Like, OwnKeysGoOverWhatIsTakenOver) {
  Diagnostics none;
  const YamlNode root = resolved(
      "cell_types:\n"
      "  base: {radius: {value: 5 um, range: [4 um, 6 um]}, mobile: true, uptake: {A: 1, B: 2}, states: {s: {duration: "
      "1 s}}}\n"
      "  other: {like: base, radius: {value: 7 um}, uptake: {B: 3, A: }, states: {t: {}}}\n",
      none);
  EXPECT_TRUE(none.empty());
  const auto at = [&root](const std::string& path) { return text_at(root, "cell_types.other." + path); };
  EXPECT_EQ(at("radius.value"), "7 um");
  EXPECT_EQ(at("radius.range"), "(absent)") << "a value goes with what is known of it";
  EXPECT_EQ(at("mobile"), "true");
  EXPECT_EQ(at("uptake.A"), "(absent)") << "an empty value drops what is taken over";
  EXPECT_EQ(at("uptake.B"), "3");
  EXPECT_EQ(at("states.s.duration"), "1 s");
  EXPECT_EQ(at("states.t"), "");
  EXPECT_EQ(at("like"), "(absent)");
  EXPECT_EQ(text_at(root, "cell_types.base.uptake.A"), "1");
}

TEST(Like, LaterOnesGoOverEarlierOnesAndPartsAreNoTypes) {
  Diagnostics none;
  const YamlNode root = resolved(
      "cell_parts: {p: {columns: {x: {gain: 1}, y: {gain: 2}}}, q: {like: p, columns: {y: {gain: 3}}}}\n"
      "cell_types: {c: {like: [q, b], parameters: {k: 9}}, b: {parameters: {k: 1, l: 2}, columns: {x: {gain: 5}}}}\n",
      none);
  EXPECT_TRUE(none.empty());
  EXPECT_EQ(text_at(root, "cell_types.c.columns.x.gain"), "5");
  EXPECT_EQ(text_at(root, "cell_types.c.columns.y.gain"), "3");
  EXPECT_EQ(text_at(root, "cell_types.c.parameters.k"), "9");
  EXPECT_EQ(text_at(root, "cell_types.c.parameters.l"), "2");
  EXPECT_EQ(text_at(root, "cell_parts"), "(absent)");
  EXPECT_EQ(root.find("cell_types")->keys.size(), 2U);
}

TEST(Like, ParameterSetsReachThoseThatAreLikeAnother) {
  Diagnostics none;
  const YamlNode root = resolved(
      "cell_parts: {p: {parameters: {m: 1}}}\n"
      "cell_types: {a: {like: p, parameters: {k: 1, l: 1}}, b: {like: a, parameters: {l: 2}}, c: {like: b}}\n"
      "parameter_sets:\n"
      "  s: {cell_types.a.parameters.k: 10, cell_types.a.parameters.l: 11, cell_parts.p.parameters.m: 12}\n"
      "  t: {cell_types.a.parameters.k: 10, cell_types.b.parameters.k: 20, cells.a.count: 3}\n",
      none);
  EXPECT_TRUE(none.empty());
  const auto in = [&root](const std::string& set, const std::string& path) {
    const YamlNode* node = root.find("parameter_sets")->find(set)->find(path);
    return node == nullptr ? "(absent)" : node->text;
  };
  for (const char* type : {"a", "b", "c"}) {
    EXPECT_EQ(in("s", std::string("cell_types.") + type + ".parameters.k"), "10") << type;
    EXPECT_EQ(in("s", std::string("cell_types.") + type + ".parameters.m"), "12") << type;
  }
  EXPECT_EQ(in("s", "cell_types.a.parameters.l"), "11");
  EXPECT_EQ(in("s", "cell_types.b.parameters.l"), "(absent)") << "b says it itself";
  EXPECT_EQ(in("s", "cell_types.c.parameters.l"), "(absent)") << "c has it from b";
  EXPECT_EQ(in("s", "cell_parts.p.parameters.m"), "(absent)");
  EXPECT_EQ(in("t", "cell_types.b.parameters.k"), "20") << "the set says it itself";
  EXPECT_EQ(in("t", "cells.a.count"), "3");
}

/// What the set `s` says at a path, as an entry of its own or within one; "(absent)" where it says nothing.
std::string set_says(const YamlNode& root, const std::string& path) {
  const YamlNode& set = *root.find("parameter_sets")->find("s");
  for (std::size_t i = 0; i < set.keys.size(); ++i)
    if (set.keys[i] == path)
      return set.items[i].text;
    else if (path.starts_with(set.keys[i] + "."))
      if (const std::string text = text_at(set.items[i], path.substr(set.keys[i].size() + 1)); text != "(absent)")
        return text;
  return "(absent)";
}

/// b takes from resting and c from b; `set` is what the set `s` says.
YamlNode chain_with_set(const std::string& set, const std::string& b = "") {
  Diagnostics none;
  const YamlNode root = resolved(
      "cell_types:\n"
      "  resting: {radius: 5 um, parameters: {K: 3 uM, L: 4 uM}}\n"
      "  b: {like: resting" +
          b + "}\n  c: {like: b}\nparameter_sets: {s: {" + set + "}}\n",
      none);
  EXPECT_TRUE(none.empty()) << set;
  return root;
}

const std::string kOfC = "cell_types.c.parameters.";

TEST(Like, OfTwoThatASetChangesTheNearerCounts) {
  const std::string near = "cell_types.b.parameters.K: 2 uM", far = "cell_types.resting.parameters.K: 1 uM";
  EXPECT_EQ(set_says(chain_with_set(near + ", " + far), kOfC + "K"), "2 uM");
  EXPECT_EQ(set_says(chain_with_set(far + ", " + near), kOfC + "K"), "2 uM");
  const YamlNode subtree = chain_with_set(far + ", cell_types.b.parameters: {K: 2 uM}");
  EXPECT_EQ(set_says(subtree, kOfC + "K"), "2 uM");
  EXPECT_EQ(set_says(subtree, "cell_types.b.parameters.K"), "2 uM");
}

TEST(Like, WhatASetSaysOfATypeItselfWins) {
  for (const std::string own : {"cell_types.c.parameters: {K: 7 uM}", "cell_types.c: {parameters: {K: 7 uM}}"})
    for (const std::string far : {"cell_types.resting.parameters.K: 1 uM, cell_types.resting.parameters.L: 2 uM",
                                  "cell_types.resting.parameters: {K: 1 uM, L: 2 uM}"})
      for (const std::string& set : {own + ", " + far, far + ", " + own}) {
        const YamlNode root = chain_with_set(set);
        EXPECT_EQ(set_says(root, kOfC + "K"), "7 uM") << set;
        EXPECT_EQ(set_says(root, kOfC + "L"), "2 uM") << set;
        EXPECT_EQ(set_says(root, "cell_types.b.parameters.K"), "1 uM") << set;
        for (const std::string& key : root.find("parameter_sets")->find("s")->keys)
          EXPECT_FALSE(own.starts_with("cell_types.c:") && key.starts_with(kOfC))
              << "what goes into a map that replaces another stands in it: " << key;
      }
}

TEST(Like, ASetOfAWholeTypeReachesThoseThatAreLikeIt) {
  const YamlNode root =
      chain_with_set("cell_types.resting: {radius: {value: 7 um, range: [6 um, 8 um]}, mobile: true}");
  for (const std::string type : {"cell_types.b.", "cell_types.c."}) {
    EXPECT_EQ(set_says(root, type + "radius.value"), "7 um") << type;
    EXPECT_EQ(set_says(root, type + "mobile"), "true") << type;
  }
}

TEST(Like, OfASubtreeOnlyWhatATypeSaysItselfIsKept) {
  for (const std::string set :
       {"cell_types.resting.parameters: {K: 1 uM, L: 2 uM}", "cell_types.resting: {parameters: {K: 1 uM, L: 2 uM}}",
        "cell_types: {resting: {parameters: {K: 1 uM, L: 2 uM}}}"}) {
    const YamlNode root = chain_with_set(set, ", parameters: {K: 9 uM}");
    for (const std::string type : {"cell_types.b.", "cell_types.c."}) {
      EXPECT_EQ(set_says(root, type + "parameters.K"), "(absent)") << type << " " << set;
      EXPECT_EQ(set_says(root, type + "parameters.L"), "2 uM") << type << " " << set;
    }
  }
}

TEST(Like, ADistributionOfAnotherKindIsKeptWhole) {
  const std::string set = "cell_types.resting.columns.x.initial: {lognormal: {median: 1, gsd: 2}}";
  const std::string path = "cell_types.b.columns.x.initial.lognormal.";
  const YamlNode other = chain_with_set(set, ", columns: {x: {initial: {uniform: [1, 2]}}}");
  EXPECT_EQ(set_says(other, path + "median"), "(absent)");
  const YamlNode same = chain_with_set(set, ", columns: {x: {initial: {lognormal: {gsd: 3}}}}");
  EXPECT_EQ(set_says(same, path + "median"), "1");
  EXPECT_EQ(set_says(same, path + "gsd"), "(absent)");
  const YamlNode set_too = chain_with_set(set + ", cell_types.b.columns.x.initial: {uniform: [1, 2]}");
  EXPECT_EQ(set_says(set_too, "cell_types.c.columns.x.initial.uniform"), "");
  EXPECT_EQ(set_says(set_too, "cell_types.c.columns.x.initial.lognormal.median"), "(absent)");
}

TEST(Like, ASetReachesThroughCellPartsHoweverItIsWritten) {
  for (const std::string set :
       {"cell_parts: {p: {radius: 8 um}}", "cell_parts.p: {radius: 8 um}", "cell_parts.p.radius: 8 um"}) {
    Diagnostics none;
    const YamlNode root = resolved(
        "cell_parts: {p: {radius: 6 um}}\ncell_types: {a: {like: p}, b: {like: a}}\n"
        "parameter_sets: {s: {" +
            set + "}}\n",
        none);
    EXPECT_TRUE(none.empty() && none.warnings().empty()) << set;
    EXPECT_EQ(set_says(root, "cell_types.a.radius"), "8 um") << set;
    EXPECT_EQ(set_says(root, "cell_types.b.radius"), "8 um") << set;
    EXPECT_EQ(set_says(root, "cell_parts.p.radius"), "(absent)") << set;
  }
}

TEST(Like, SetsOfPartsThatAreNotThereAreRefused) {
  const std::string parts =
      "cell_parts: {pore: {radius: 6 um}}\ncell_types: {a: {like: pore}}\nparameter_sets:\n  s:\n";
  EXPECT_EQ(complaint(parts + "    cell_parts.pores.radius: 8 um\n"),
            "scenario.yaml:5:5: parameter_sets.s.cell_parts.pores.radius: there is no cell part 'pores' did you mean "
            "'pore'?");
  EXPECT_EQ(complaint(parts + "    cell_parts: {pores: {radius: 8 um}}\n"),
            "scenario.yaml:5:18: parameter_sets.s.cell_parts.pores: there is no cell part 'pores' did you mean "
            "'pore'?");
  EXPECT_NE(complaint(parts + "    cell_parts: 5\n").find("expected a map"), std::string::npos);
  EXPECT_NE(complaint(parts + "    cell_parts.pore: 5\n").find("expected keys of a cell type"), std::string::npos);
  for (const std::string likes :
       {"cell_parts.pore.like: a", "cell_parts: {pore: {like: a}}", "cell_parts.pore: {like: a}"})
    EXPECT_NE(complaint(parts + "    " + likes + "\n").find("cannot change what a part is like"), std::string::npos)
        << likes;
  Diagnostics idle;
  resolved("cell_parts: {p: {}}\ncell_types: {a: {}}\nparameter_sets: {s: {cell_parts.p.radius: 8 um}}\n", idle);
  EXPECT_TRUE(idle.empty());
  ASSERT_EQ(idle.warnings().size(), 1U);
  EXPECT_NE(idle.warnings()[0].text().find("no cell type is like 'p'"), std::string::npos);
}

/// t0 takes from t1, and so on, over `steps`, written from the first or from the last one on.
std::string chain_of(int steps, bool last_first) {
  std::string text = "cell_types:\n";
  for (int i = 0; i <= steps; ++i) {
    const int n = last_first ? steps - i : i;
    text +=
        "  t" + std::to_string(n) + (n == steps ? ": {radius: 5 um}\n" : ": {like: t" + std::to_string(n + 1) + "}\n");
  }
  return text;
}

TEST(Like, ChainsMayHaveAHundredSteps) {
  for (const bool last_first : {false, true}) {
    Diagnostics none;
    EXPECT_EQ(text_at(resolved(chain_of(100, last_first), none), "cell_types.t0.radius"), "5 um");
    EXPECT_TRUE(none.empty());
  }
  EXPECT_EQ(complaint(chain_of(5000, false)).find("scenario.yaml:102:16: cell_types.t100.like: more than 100 steps"),
            0U);
  EXPECT_EQ(complaint(chain_of(101, true)).find("scenario.yaml:103:14: cell_types.t0.like: more than 100 steps"), 0U);
}

// Each level takes twice from the next: 2^24 ways lead down.
TEST(Like, DiamondsTakeNoLongerThanChains) {
  std::string text = "cell_types:\n";
  for (int i = 0; i < 24; ++i) {
    const std::string n = std::to_string(i), below = std::to_string(i + 1);
    text += "  t" + n + ": {like: [l" + n + ", r" + n + "]}\n";
    for (const char* side : {"l", "r"}) text += "  " + (side + n) + ": {like: t" + below + "}\n";
  }
  text += "  t24: {parameters: {K: 1}}\nparameter_sets: {s: {cell_types.t24.parameters.K: 2}}\n";
  Diagnostics none;
  const YamlNode root = resolved(text, none);
  EXPECT_TRUE(none.empty());
  EXPECT_EQ(text_at(root, "cell_types.t0.parameters.K"), "1");
  EXPECT_EQ(set_says(root, "cell_types.t0.parameters.K"), "2");
}

TEST(Like, MistakesAreNamedWithTheirPlace) {
  EXPECT_EQ(
      complaint("cell_types:\n  macrophage: {}\n  microglia: {like: macrofage}\n"),
      "scenario.yaml:3:21: cell_types.microglia.like: there is no cell type or cell part 'macrofage' did you mean "
      "'macrophage'?");
  EXPECT_NE(complaint("cell_types: {a: {like: a}}").find("'a' is like itself"), std::string::npos);
  EXPECT_NE(complaint("cell_types: {a: {like: b}, b: {like: a}}").find("is like itself"), std::string::npos);
  EXPECT_NE(complaint("cell_types: {a: {like: {b: 1}}}").find("expected the name of a cell type"), std::string::npos);
  EXPECT_NE(complaint("cell_parts: {a: {}}\ncell_types: {a: {}}").find("'a' is a cell type too"), std::string::npos);
  EXPECT_NE(complaint("cell_parts: [a]").find("expected a map"), std::string::npos);
  EXPECT_NE(complaint("cell_parts: {a: 5}").find("expected keys of a cell type"), std::string::npos);
  EXPECT_NE(complaint("cell_parts: {a: {like: nobody}}").find("no cell type or cell part 'nobody'"), std::string::npos);
}

// Any tree of types resolves to the end, and each key is that of the nearest type that says it.
TEST(Like, RandomChainsTakeTheNearestValue) {
  std::mt19937 random(5);
  for (int round = 0; round < 200; ++round) {
    const int n = 2 + static_cast<int>(random() % 6);
    std::string text = "cell_types:\n";
    std::vector<int> base(static_cast<std::size_t>(n), -1);
    std::vector<std::vector<bool>> says(static_cast<std::size_t>(n), std::vector<bool>(3));
    for (int i = n - 1; i >= 0; --i) {  // written before what it is like
      const auto at = static_cast<std::size_t>(i);
      if (i > 0) base[at] = static_cast<int>(random() % static_cast<unsigned>(i));
      text += "  t" + std::to_string(i) + ": {parameters: {";
      for (std::size_t key = 0; key < 3; ++key) {
        says[at][key] = i == 0 || random() % 3 == 0;
        if (says[at][key])
          text += "k" + std::to_string(key) + ": " + std::to_string(10 * i + static_cast<int>(key)) + ", ";
      }
      text += "}" + (i > 0 ? ", like: t" + std::to_string(base[at]) : std::string()) + "}\n";
    }
    Diagnostics none;
    const YamlNode root = resolved(text, none);
    ASSERT_TRUE(none.empty()) << text;
    for (int i = 0; i < n; ++i)
      for (std::size_t key = 0; key < 3; ++key) {
        int nearest = i;
        while (!says[static_cast<std::size_t>(nearest)][key]) nearest = base[static_cast<std::size_t>(nearest)];
        EXPECT_EQ(text_at(root, "cell_types.t" + std::to_string(i) + ".parameters.k" + std::to_string(key)),
                  std::to_string(10 * nearest + static_cast<int>(key)))
            << text;
      }
  }
}

// In a whole scenario: what is taken over is described, resolved and run as if it were written out.
const std::string kScenario =
    "schema: 2\ndomain: {size: [20 um, 20 um, 20 um], spacing: 20 um}\n"
    "time: [{until: 2 s, transport: 1 s, vesicles: 1 s, cells: 1 s, series: 1 s}]\n";
const std::string kLeader =
    "  leader: {parameters: {rate: 2 1/s}, columns: {made: {gain: rate}}, initial_state: s, states: {s: {}}}\n";

TEST(Like, RunsAsIfWrittenOut) {
  const std::string cells = "cells: {leader: {count: 1}, follower: {count: 2}}\n";
  const auto series = [&](const std::string& follower, const LoadOptions& options) {
    const Scenario scenario =
        load_scenario_text(kScenario + cells + "cell_types:\n" + kLeader + follower +
                               "parameter_sets: {slow: {cell_types.leader.parameters.rate: 1 1/s}}\n",
                           "like.yaml", options, test::built_in_models());
    Simulation simulation(build_problem(scenario, {}), 1);
    return test::run_series(simulation);
  };
  const std::string follows = "  follower: {like: leader, radius: 4 um}\n";
  const auto plain = series(follows, {});
  EXPECT_EQ(plain.last("column.follower.made"), 4);
  const auto written_out = series(
      "  follower: {radius: 4 um, parameters: {rate: 2 1/s}, columns: {made: {gain: rate}}, "
      "initial_state: s, states: {s: {}}}\n",
      {});
  EXPECT_EQ(written_out.last("column.follower.made"), 4);
  LoadOptions slow;
  slow.parameters = "slow";
  EXPECT_EQ(series(follows, slow).last("column.follower.made"), 2) << "a set reaches it";
  LoadOptions set;
  set.sets = {"cell_types.leader.parameters.rate=8 1/s"};
  EXPECT_EQ(series(follows, set).last("column.follower.made"), 4) << "--set does not: from there on they are apart";
}

TEST(Like, IsRefusedWhereItComesTooLate) {
  LoadOptions options;
  options.sets = {"cell_types.follower.like=leader"};
  try {
    load_scenario_text(kScenario + "cell_types:\n" + kLeader + "  follower: {initial_state: s, states: {s: {}}}\n",
                       "late.yaml", options, test::built_in_models());
    FAIL() << "accepted";
  } catch (const ScenarioErrors& e) {
    EXPECT_NE(std::string(e.what()).find("cell_types.follower.like: takes effect when a file is read"),
              std::string::npos)
        << e.what();
  }
}

TEST(Like, MistakesInWhatIsTakenOverPointToWhereItStands) {
  try {
    load_scenario_text(kScenario + "cell_parts: {broken: {radius: -3 um}}\n" +
                           "cell_types: {c: {like: broken, initial_state: s, states: {s: {}}}}\n",
                       "broken.yaml", {}, test::built_in_models());
    FAIL() << "accepted";
  } catch (const ScenarioErrors& e) {
    EXPECT_NE(std::string(e.what()).find("broken.yaml:4:31: cell_types.c.radius"), std::string::npos) << e.what();
  }
}

}  // namespace
}  // namespace interstice
