/// @file
/// Specs: checking, defaults, alternatives, overrides, and what the schema and the descriptions make of them.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <sstream>

#include "engine/core/units.h"
#include "engine/scenario/describe.h"
#include "engine/scenario/describe_format.h"
#include "engine/scenario/scenario_text.h"
#include "engine/scenario/schema.h"
#include "engine/scenario/spec/scenario_spec.h"
#include "support/file_text.h"
#include "support/run_scenario.h"

namespace interstice {
namespace {

using namespace spec;

SpecPointer sample() {
  const auto length =
      quantity("a length", {.unit = "um", .minimum = 0, .above_minimum = true, .words = {{"endless", 1e30}}});
  return record(
      "sample",
      {need("size", length), may("share", quantity("a share", {.minimum = 0, .maximum = 1}), "0.5"),
       may("per", one_of("level", {quantity("everywhere", {.unit = "uM"}),
                                   map_of("by name", {"thing"}, quantity("level", {.unit = "uM"}))})),
       may("things", named("things", "thing", record("a thing", {may("n", integer("n", 1, 9), "3")})), "{}")});
}

struct Checked {
  Value value;
  std::vector<Complaint> complaints;
};

Checked checked(const std::string& text) {
  Diagnostics d;
  const SpecPointer s = sample();
  static std::vector<SpecPointer> kept;  // values point into their spec
  kept.push_back(s);
  const YamlNode node = parse_yaml(text, "f", d);
  Names names;
  collect_names(node, *s, names);
  Value v = check(node, s, names, d);
  return {std::move(v), d.complaints()};
}

TEST(Spec, NumbersAreConvertedAndDefaultsFilledIn) {
  const auto [v, complaints] = checked("size: 2 mm\nthings: {a: , b: {n: 4}}");
  EXPECT_TRUE(complaints.empty());
  EXPECT_TRUE(v.sound());
  EXPECT_EQ(v["size"].number, 2000.0);
  EXPECT_EQ(v["share"].number, 0.5);
  EXPECT_FALSE(v["share"].given);
  EXPECT_TRUE(v["size"].given);
  EXPECT_EQ(v["things"]["a"]["n"].number, 3.0);
  EXPECT_EQ(v["things"]["b"]["n"].number, 4.0);
  EXPECT_FALSE(v.has("per"));
}

TEST(Spec, AnnotationsAreKept) {
  const auto [v, complaints] = checked("size: {value: 5 um, range: [1 um, 0.1 mm], mark: A, source: me}");
  EXPECT_TRUE(complaints.empty());
  EXPECT_EQ(v["size"].number, 5.0);
  EXPECT_EQ(v["size"].note->high, "0.1 mm");
  EXPECT_EQ(v["size"].note->mark, "A");
}

TEST(Spec, WordsMayStandForNumbers) {
  EXPECT_EQ(checked("size: endless").value["size"].number, 1e30);
  EXPECT_EQ(checked("size: endles").complaints.size(), 1u);
}

/// Single precision ends at 3e38: a rate of 1e40 /s once let nothing react.
TEST(Spec, NumbersThatCannotBeCalculatedWithAreRefused) {
  const auto complaints = checked("size: 1 um\nper: 1e36 uM").complaints;
  ASSERT_EQ(complaints.size(), 1u);
  EXPECT_NE(complaints[0].message.find("too large to calculate with"), std::string::npos) << complaints[0].message;
  EXPECT_TRUE(checked("size: 1 um\nper: 1e34 uM").complaints.empty());
}

TEST(Spec, AlternativesAreToldApartByShape) {
  EXPECT_EQ(checked("size: 1 um\nper: 3 uM").value["per"].number, 3.0);
  const auto [v, complaints] = checked("size: 1 um\nper: {a: 3 uM}\nthings: {a: }");
  EXPECT_TRUE(complaints.empty());
  EXPECT_EQ(v["per"]["a"].number, 3.0);
  EXPECT_EQ(checked("size: 1 um\nper: {value: 3 uM, mark: L}").value["per"].note->mark, "L");
  EXPECT_EQ(checked("size: 1 um\nper: {b: 3 uM}\nthings: {a: }").complaints.size(), 1u);
  EXPECT_EQ(checked("size: 1 um\nper: [3 uM]").complaints.size(), 1u);
}

TEST(Spec, AMisspeltKeyIsOneMistake) {
  const auto complaints = checked("siz: 2 mm").complaints;
  ASSERT_EQ(complaints.size(), 1u);
  EXPECT_EQ(complaints[0].key_path, "siz");
  EXPECT_EQ(checked("unrelated: 2 mm").complaints.size(), 2u);
}

TEST(Spec, OverridesFollowTheSpec) {
  const SpecPointer s = sample();
  Diagnostics d;
  YamlNode root = parse_yaml("size: {value: 1 um, mark: A, source: me}\nthings: {a: {n: 2}}", "f", d);
  const auto set = [&](const std::string& path, const std::string& value) {
    override_value(root, *s, path, parse_yaml_value(value, {}, d), "test", d);
  };
  set("size", "3 um");
  set("things.a.n", "5");
  set("share", "0.1");
  EXPECT_TRUE(d.empty());
  const Value v = check(root, s, {}, d);
  EXPECT_EQ(v["size"].number, 3.0);
  EXPECT_EQ(v["size"].note->source, "test");
  EXPECT_EQ(v["things"]["a"]["n"].number, 5.0);
  EXPECT_EQ(v["share"].number, 0.1);
  set("things.b.n", "5");
  set("shar", "1");
  set("size.x", "1");
  EXPECT_EQ(d.count(), 3u);
}

TEST(Spec, ScalarsSurviveWritingAndReading) {
  for (const std::string text : {"", "a b", "a: b", "# no", "- x", "-1", "null", "~", "\"q\"", "it's", "a\nb\n",
                                 "tab\t", "1 um^3/s", "é µm", "{x}", "*a", "\\"}) {
    Diagnostics d;
    const YamlNode node = parse_yaml("k: " + yaml_scalar(text) + "\n", "f", d);
    EXPECT_TRUE(d.empty()) << text;
    EXPECT_EQ(node.find("k")->kind, YamlNode::Kind::scalar) << text;
    EXPECT_EQ(node.find("k")->text, text);
  }
}

/// Settings of the computation and geometry: chosen, not known, so that their defaults have no source.
bool is_setting(const std::string& path) {
  for (const char* start :
       {".domain", ".time", ".output", ".seed", ".schema", ".compare.outcomes", ".compare.replicates"})
    if (path.starts_with(start)) return true;
  return path.find(".shape") != std::string::npos || path.ends_with(".represents");
}

/// Every field of every record, once per place where it may stand; of fields that mean the same, the first.
template <typename Visit>
void each_field(const Spec& s, const std::string& path, const Visit& visit) {
  for (auto f = s.fields.begin(); f != s.fields.end(); ++f) {
    if (std::any_of(s.fields.begin(), f, [&](const Field& other) { return other.spec == f->spec; })) continue;
    visit(path + "." + f->name, *f);
    each_field(*f->spec, path + "." + f->name, visit);
  }
  if (s.item) each_field(*s.item, path, visit);
  for (const auto& option : s.options) each_field(*option, path, visit);
}

/// The numbers that a field may be given: itself, an alternative of a one_of, an item of a list or map.
void quantities(const Spec& s, std::vector<const Spec*>& found) {
  if (s.kind == Spec::Kind::quantity) found.push_back(&s);
  if (s.item) quantities(*s.item, found);
  for (const auto& option : s.options) quantities(*option, found);
}

/// The lines that `describe format` has for a field of this name and meaning.
std::string lines_of(const std::string& reference, const Field& f) {
  const std::string start = "- `" + f.name + "`: " + f.spec->doc + " (";
  std::string lines;
  for (auto at = reference.find(start); at != std::string::npos; at = reference.find(start, at + 1))
    lines += reference.substr(at, reference.find('\n', at) - at) + "\n";
  return lines;
}

/// Entries that go on in lines below them, each in one line.
std::string unbroken(const std::string& reference) {
  std::string out;
  std::istringstream lines(reference);
  for (std::string line; std::getline(lines, line);) {
    EXPECT_LE(line.size(), 120u) << line;
    const std::size_t text = line.find_first_not_of(' ');
    const bool begins = line.compare(text, 2, "- ") == 0;
    out += (out.empty() ? "" : begins ? "\n" : " ") + line.substr(begins ? 0 : text);
  }
  return out + "\n";
}

TEST(Describe, EveryKeyIsListedWithUnitDefaultRangeMarkAndSource) {
  const std::string reference = unbroken(format_reference(test::built_in_models()));
  const SpecPointer root = scenario_spec(test::built_in_models());
  int keys = 0, numbers = 0;
  each_field(*root, "", [&](const std::string& path, const Field& f) {
    ++keys;
    const std::string line = lines_of(reference, f);
    EXPECT_FALSE(line.empty()) << path;
    std::vector<const Spec*> all;
    quantities(*f.spec, all);
    for (const Spec* s : all) {
      ++numbers;
      EXPECT_TRUE(s->any_unit || !s->unit.empty()) << path;
      if (f.spec->kind != Spec::Kind::map && f.spec->kind != Spec::Kind::list && !s->any_unit) {
        EXPECT_NE(line.find(expectation(*s)), std::string::npos) << path << " in " << line;
      }
    }
    if (f.spec->kind == Spec::Kind::quantity && !f.fallback.empty()) {
      EXPECT_NE(line.find("; default " + f.fallback), std::string::npos) << line;
      if (is_setting(path)) return;
      const auto& [low, high] = f.spec->range;
      const std::string range = low.empty() ? "" : ", " + low + " to " + high;
      EXPECT_NE(line.find("(" + f.spec->mark + range + ": " + f.spec->source + ")"), std::string::npos) << line;
    }
  });
  EXPECT_GT(keys, 180);
  EXPECT_GT(numbers, 100);
}

/// A default that says "none", "as water" or "at once" needs no range beside its limits; any other number does.
bool is_neutral(const Field& f) {
  if (std::ranges::any_of(f.spec->words, [&](const auto& word) { return word.first == f.fallback; })) return true;
  const double number = std::stod(f.fallback);
  return number == 0 || (number == 1 && f.spec->unit == "1");
}

TEST(Spec, DefaultsOfPhysicalNumbersHaveMarkSourceAndRange) {
  int with_range = 0;
  each_field(*scenario_spec(test::built_in_models()), "", [&](const std::string& path, const Field& f) {
    if (f.spec->kind != Spec::Kind::quantity || f.fallback.empty() || is_setting(path)) return;
    const Spec& s = *f.spec;
    EXPECT_TRUE(s.mark == "V" || s.mark == "L" || s.mark == "A" || s.mark == "calc") << path << " " << s.mark;
    EXPECT_FALSE(s.source.empty()) << path;
    if (s.range.first.empty()) {
      EXPECT_TRUE(is_neutral(f)) << path << " = " << f.fallback;
      EXPECT_TRUE(std::isfinite(s.minimum) || s.any_unit || path.ends_with(".weight")) << path;
      return;
    }
    ++with_range;
    const auto number = [&](const std::string& text) { return parse_quantity(text).in(s.unit); };
    EXPECT_LE(number(s.range.first), number(f.fallback) * (1 + 1e-12)) << path;
    EXPECT_LE(number(f.fallback), number(s.range.second) * (1 + 1e-12)) << path;
    EXPECT_GE(number(s.range.first), s.minimum) << path;
    EXPECT_LE(number(s.range.second), s.maximum * (1 + 1e-12)) << path;
  });
  EXPECT_GT(with_range, 35);
}

void expect_in_schema(const Spec& s, const nlohmann::json& schema, const std::string& path) {
  if (!s.doc.empty()) {
    const std::string shown = schema.at("description");
    EXPECT_TRUE(shown.starts_with(s.doc)) << path;
    EXPECT_TRUE(s.unit.empty() || s.unit == "1" || shown.ends_with("[" + s.unit + "]")) << path << " " << shown;
  }
  if (s.kind == Spec::Kind::record) {
    EXPECT_FALSE(schema.at("additionalProperties") == true) << path;
    for (const Field& f : s.fields) {
      ASSERT_TRUE(schema.at("properties").contains(f.name)) << path << "." << f.name;
      const auto& known = schema.at("properties").at(f.name);
      if (!f.fallback.empty() && f.spec->kind != Spec::Kind::record) {
        const auto& fallback = known.at("default");
        if (fallback.is_string()) {  // else of its type: true, 0 and {}, not the text of them
          EXPECT_NE(f.fallback.find(fallback.get<std::string>()), std::string::npos) << path;
          EXPECT_TRUE(f.fallback != "true" && f.fallback != "0" && f.fallback != "{}") << path;
        } else if (fallback.is_number()) {
          EXPECT_DOUBLE_EQ(fallback.get<double>(), std::stod(f.fallback)) << path;
        } else {
          EXPECT_EQ(fallback.dump().front(), f.fallback.front()) << path;
        }
      }
      expect_in_schema(*f.spec, known, path + "." + f.name);
    }
    const std::size_t more = path.empty() ? 1 : 0;  // include
    const auto held = std::ranges::count_if(schema.at("properties"), [](const nlohmann::json& property) {
      return property != nlohmann::json{{"type", "null"}};  // a key of another way, which may be dropped
    });
    EXPECT_EQ(static_cast<std::size_t>(held), s.fields.size() + more) << path << " has keys that the loader has not";
  }
  if (s.kind == Spec::Kind::map)
    expect_in_schema(*s.item, schema.at("additionalProperties").at("anyOf").at(0), path + ".*");
  if (s.kind == Spec::Kind::list) expect_in_schema(*s.item, schema.at("items"), path + "[]");
  if (s.kind == Spec::Kind::one_of)
    for (std::size_t i = 0; i < s.options.size(); ++i)
      expect_in_schema(*s.options[i], schema.at("anyOf").at(i), path + "|");
}

TEST(Schema, KnowsEveryKeyOfTheLoader) {
  const auto schema = scenario_schema(test::built_in_models());
  EXPECT_EQ(schema.at("$schema"), "https://json-schema.org/draft/2020-12/schema");
  EXPECT_TRUE(schema.at("properties").contains("include"));
  expect_in_schema(*scenario_spec(test::built_in_models()), schema, "");
}

/// Numbers of the tree of values, whole numbers aside: those count cells, steps and runs.
void find_numbers(const Value& v, std::vector<std::string>& paths) {
  if (v.spec != nullptr && v.spec->kind == Spec::Kind::quantity) paths.push_back(v.path);
  for (const Value& item : v.items) find_numbers(item, paths);
}

TEST(Describe, ListsEveryNumberOfAScenarioAndEveryParameterOfAModel) {
  const Scenario s = load_scenario(INTERSTICE_SOURCE_DIR "/scenarios/rat_knee.yaml", {}, test::built_in_models());
  const std::string text = "\n" + describe(s, "parameters");
  std::vector<std::string> paths;
  for (std::size_t k = 0; k < s.values->items.size(); ++k)
    if (s.values->keys[k] != "parameter_sets") find_numbers(s.values->items[k], paths);
  EXPECT_GT(paths.size(), 300U);
  for (const std::string& path : paths) EXPECT_NE(text.find("\n" + path + " = "), std::string::npos) << path;
  EXPECT_NE(text.find("\nvesicles.msc_sev.at.0 = 0 s  A  \"at the start\"  [default]"), std::string::npos);
  for (const RegisteredModel& m : test::built_in_models().all()) {
    const std::string model = describe(m.descriptor.name, test::built_in_models());
    for (const ParameterSpec& p : m.descriptor.parameters) {
      EXPECT_NE(model.find(fmt::format("  {} = {} ", p.name, p.default_value)), std::string::npos) << p.name;
      EXPECT_NE(model.find(fmt::format("({} to {}, {}: {})", p.minimum, p.maximum, p.mark, p.source)),
                std::string::npos)
          << p.name;
      const std::string key = fmt::format("models.{}.{}", m.descriptor.name, p.name);
      EXPECT_EQ(text.find("\n" + key + " = ") != std::string::npos,
                std::ranges::find(s.models, m.descriptor.name) != s.models.end())
          << key;
    }
    for (const ChoiceSpec& c : m.descriptor.choices)
      EXPECT_NE(model.find(fmt::format("  {}: ", c.name)), std::string::npos) << c.name;
  }
}

TEST(Describe, EveryKeyHasAnExplanation) {
  const std::string text = describe("format", test::built_in_models());
  EXPECT_EQ(text.find("``"), std::string::npos);
  EXPECT_EQ(text.find(":  ("), std::string::npos) << "a key without explanation";
  for (const char* word : {"`desorption`", "`viscosity`", "`thresholds`", "`kcat`", "needed", "default 115 nm"})
    EXPECT_NE(text.find(word), std::string::npos) << word;
}

TEST(Describe, TheReadmeHoldsTheReference) {
  const std::string readme = test::file_text(INTERSTICE_SOURCE_DIR "/scenarios/README.md");
  EXPECT_NE(
      readme.find("<!-- interstice describe format -->\n" + format_reference(test::built_in_models()) + "<!-- end -->"),
      std::string::npos)
      << "put the output of `interstice describe format` between the two comments of scenarios/README.md";
}

TEST(Describe, FindsSectionsModelsCellsAndSpecies) {
  EXPECT_NE(describe("", test::built_in_models()).find("chondrocyte"), std::string::npos);
  EXPECT_NE(describe("vesicles.dose", test::built_in_models()).find("ug"), std::string::npos);
  EXPECT_NE(describe("cd73", test::built_in_models()).find("Ki_ADP"), std::string::npos);
  EXPECT_NE(describe("chondrocyte", test::built_in_models()).find("K_A2A"), std::string::npos);
  EXPECT_NE(describe("ATP", test::built_in_models()).find("um^2/s"), std::string::npos);
  try {
    (void)describe("chondrocite", test::built_in_models());
    FAIL();
  } catch (const InputError& e) {
    EXPECT_NE(std::string(e.what()).find("did you mean 'chondrocyte'"), std::string::npos) << e.what();
  }
}

TEST(Describe, SaysWhereIncludedFilesCameFrom) {
  const Scenario s = load_scenario(INTERSTICE_SOURCE_DIR "/scenarios/rat_knee.yaml", {}, test::built_in_models());
  const std::string text = describe(s);
  EXPECT_NE(text.find("models/chemistry/purinergic.yaml  (as chemistry/purinergic.yaml"), std::string::npos);
  EXPECT_NE(text.find("vesicles.msc_sev.dose = 10 ug  (0.1 ug to 200 ug)  L"), std::string::npos);
  EXPECT_NE(describe(s, "vesicles.msc_sev.proteins").find("CD73"), std::string::npos);
  EXPECT_THROW(describe(s, "vesicels"), InputError);
}

}  // namespace
}  // namespace interstice
