/// @file
/// Words of schema 1: refused with the new word, and replaced by `interstice upgrade` with the rest of the text kept.
#include <gtest/gtest.h>

#include "engine/scenario/scenario.h"
#include "engine/scenario/yaml/key_path.h"
#include "engine/scenario/yaml/upgrade.h"
#include "models/builtin.h"
#include "support/file_text.h"

namespace interstice {
namespace {

using test::has;

const std::string kOld = R"(# a scenario of schema 1: take, per, peak   (comments stay)
schema:   1      # this line too
domain: {size: [30 um, 30 um, 30 um], spacing: 10 um}
time: [{until: 4 s, transport: 1 s, vesicles: 1 s, cells: 1 s, series: 1 s}]
species: {A: {diffusivity: 1 um^2/s}}
cell_types:
  cell: &kind
    initial_state: here
    states: {here: {}, there: {}}
    heeds_vesicles: true
    "read_outs":   {take: {value: "1"}}   # a reporter may be called take
  other: *kind
cells: {cell: {count: 4}}
vesicles:
  ev: {density: 1e10 EV/ml, representation: 'field'}
models: {surface_contact: }
parameter_sets:
  loud: {cell_types.cell.heeds_vesicles: false, compare.outcomes.a.take: peak}
  quiet: {compare.outcomes: {a: {of: cleared.A, per: start}}}
compare:
  arms:
    vehicle: {vesicles: false}
    all: {models: [surface_contact], against: vehicle}
    direct:
      models: [surface_contact]
      set:
        cell_types.cell.heeds_vesicles: false
        vesicles.ev:
          representation: &how field
  outcomes:
    a: {label: "µ has two bytes", of: [mean.all.A, mean.all.A], take: peak, per: start}
    b: {of: mean.all.A, take: lowest, per: cells.cell.*}
    c: {take: gain, of: cleared.*}
    d: {take: remaining, of: [vesicles.ev.cleared, vesicles.*], per: [vesicles.ev.free, vesicles.ev.cleared]}
    per: {of: decayed.A, take: half_life, per: "time"}
)";

const std::string kNew = R"(# a scenario of schema 1: take, per, peak   (comments stay)
schema:   2      # this line too
domain: {size: [30 um, 30 um, 30 um], spacing: 10 um}
time: [{until: 4 s, transport: 1 s, vesicles: 1 s, cells: 1 s, series: 1 s}]
species: {A: {diffusivity: 1 um^2/s}}
cell_types:
  cell: &kind
    initial_state: here
    states: {here: {}, there: {}}
    responds_to_evs: true
    "reporters":   {take: {value: "1"}}   # a reporter may be called take
  other: *kind
cells: {cell: {count: 4}}
vesicles:
  ev: {density: 1e10 EV/ml, representation: 'counts'}
models: {surface_contact: }
parameter_sets:
  loud: {cell_types.cell.responds_to_evs: false, compare.outcomes.a.reduce: max}
  quiet: {compare.outcomes: {a: {of: taken_up.A, normalise: initial}}}
compare:
  arms:
    vehicle: {vesicles: false}
    all: {models: [surface_contact], control: vehicle}
    direct:
      models: [surface_contact]
      set:
        cell_types.cell.responds_to_evs: false
        vesicles.ev:
          representation: &how counts
  outcomes:
    a: {label: "µ has two bytes", of: [mean.all.A, mean.all.A], reduce: max, normalise: initial}
    b: {of: mean.all.A, reduce: min, normalise: cells.cell.*}
    c: {reduce: change, of: taken_up.*}
    d: {reduce: fraction_of_initial, of: [vesicles.ev.lost, vesicles.*], normalise: [vesicles.ev.free, vesicles.ev.lost]}
    per: {of: decayed.A, reduce: half_life, rate: "true"}
)";

Scenario load_mine(const std::string& text, const LoadOptions& options = {}) {
  ModelRegistry registry;
  register_builtin_models(registry);
  return load_scenario_text(text, "my.yaml", options, registry);
}

std::string mistakes_in(const std::string& text, const LoadOptions& options = {}) {
  try {
    load_mine(text, options);
  } catch (const ScenarioErrors& e) {
    return e.what();
  }
  return "";
}

std::string refused(const std::string& text) {
  try {
    return "not refused: " + upgraded_text(text, "my.yaml").text;
  } catch (const ScenarioErrors& e) {
    return e.what();
  }
}

TEST(Upgrade, ReplacesTheWordsAndNothingElse) {
  EXPECT_EQ(upgraded_text(kOld, "my.yaml").text, kNew);
  EXPECT_EQ(upgraded_text("\xEF\xBB\xBF" + kOld, "my.yaml").text, "\xEF\xBB\xBF" + kNew);
}

TEST(Upgrade, KnowsSchema1HoweverTheNumberIsWritten) {
  for (const std::string one : {"1", "1.0", "01"}) {
    const UpgradedText upgraded = upgraded_text("schema: " + one + "\n", "my.yaml");
    EXPECT_EQ(upgraded.text, "schema: 2\n") << one;
  }
}

TEST(Upgrade, MakesTextsThatLoad) {
  EXPECT_EQ(mistakes_in(kNew), "");
  EXPECT_EQ(load_mine(upgraded_text(kOld, "my.yaml").text).compare.outcomes.size(), 5u);
}

TEST(Upgrade, SaysEveryChangeOnceInOrderOfTheText) {
  const auto changes = upgraded_text(kOld, "my.yaml").changes;
  ASSERT_GE(changes.size(), 2u);
  EXPECT_EQ(changes[0].old_word, "schema: 1");
  EXPECT_EQ(changes[1].place.text(), "my.yaml:10:5");
  EXPECT_EQ(changes[1].new_word, "responds_to_evs");
  EXPECT_EQ(changes.back().place.text(), "my.yaml:35:43");
  EXPECT_EQ(changes.back().old_word, "per: time");
  EXPECT_EQ(changes.back().new_word, "rate: true");
  for (std::size_t i = 1; i < changes.size(); ++i)
    EXPECT_LT(std::pair(changes[i - 1].place.line, changes[i - 1].place.column),
              std::pair(changes[i].place.line, changes[i].place.column));
}

TEST(Upgrade, LeavesTextsOfSchema2AsTheyAre) {
  for (const std::string& text : {kNew, std::string(), std::string("cell_types: {}\n"), std::string("# only this")}) {
    const UpgradedText upgraded = upgraded_text(text, "my.yaml");
    EXPECT_EQ(upgraded.text, text);
    EXPECT_TRUE(upgraded.changes.empty());
  }
}

TEST(Upgrade, KnowsTheWordsOnlyWhereTheyHadTheirMeaning) {
  for (const char* text :
       {"species: {take: {per: 1}}\n", "vesicles: {ev: {at: [field], proteins: {representation: field}}}\n",
        "cell_types: {heeds_vesicles: {parameters: {read_outs: 1}}}\n",
        "compare: {arms: {against: {models: [peak]}}, outcomes: {a: {label: cleared.A}}}\n"})
    EXPECT_EQ(upgraded_text(text, "my.yaml").text, text);
}

TEST(Upgrade, RefusesWhatItCannotRewrite) {
  EXPECT_TRUE(has(refused("schema: [1\n"), "my.yaml:2:1")) << refused("schema: [1\n");
  EXPECT_TRUE(has(refused("just words\n"), "a scenario is a map"));
  EXPECT_TRUE(has(refused("compare: {outcomes: {a: {take: last, reduce: last}}}\n"), "by hand"));
  EXPECT_TRUE(has(refused("vesicles: {e: {representation: \"\\x66ield\"}}\n"), "by hand"));
  const std::string anchor = "title: &f field\nvesicles: {e: {representation: *f}}\n";
  EXPECT_TRUE(has(refused(anchor), "by hand")) << refused(anchor);
}

// Every row of the table: a file that uses it is told the new word, and --set too.
TEST(FormerWords, AreRefusedWithTheNewOne) {
  for (const FormerWord& word : former_words()) {
    const std::string_view old_word = word.old_word;
    const std::size_t colon = old_word.find(": ");
    const std::string key(old_word.substr(0, colon)),
        value(colon == std::string_view::npos ? "{}" : old_word.substr(colon + 2));
    std::string text, indent;
    if (!word.where.empty())
      for (const std::string& part : split_key_path(word.where)) {
        text += indent + (part == "*" ? "some" : part) + ":\n";
        indent += "  ";
      }
    text += indent + key + ": " + value + "\n";
    const std::string said = mistakes_in(text);
    EXPECT_TRUE(has(said, "`interstice upgrade my.yaml` rewrites it")) << text << said;
    if (word.where.empty()) continue;
    std::string path(word.where);
    for (std::size_t star = path.find('*'); star != std::string::npos; star = path.find('*'))
      path.replace(star, 1, "a");
    const std::string set =
        mistakes_in(kNew, {.include_directories = {}, .sets = {path + "." + key + "=" + value}, .parameters = {}});
    EXPECT_TRUE(has(set, "since schema 2")) << path << ": " << set;
  }
}

TEST(FormerWords, AreAllToldAtOnceWithTheirPlaces) {
  const std::string said = mistakes_in(kOld);
  for (const char* part :
       {"my.yaml:2:11: schema: this file is of schema 1 (expected schema 2)",
        "my.yaml:10:5: cell_types.cell.heeds_vesicles: `heeds_vesicles` is called `responds_to_evs` since schema 2",
        "`against` is called `control`", "`representation: field` is called `representation: counts`",
        "`take` is called `reduce`", "`reduce: peak` is called `reduce: max`", "`per: time` is called `rate: true`",
        "`of: vesicles.ev.cleared` is called `of: vesicles.ev.lost`"})
    EXPECT_TRUE(has(said, part)) << part << "\n" << said;
  EXPECT_FALSE(has(said, "unknown")) << said;
}

}  // namespace
}  // namespace interstice
