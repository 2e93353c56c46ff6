/// @file
/// What ships holds the numbers of parameter_table.csv, which was transcribed from the published table of values apart
/// from the YAML. A row names a value with unit, range and mark, and where the program has it; where the program has
/// another one on purpose, the row gives that value and a reason.
///
///     where = scenario[@parameter set]:key path; ...    scenario: a file in scenarios/, * for all, or ships (all
///     cells, chemistry, models and defaults of vesicles). | lists alternatives, * in a path is any key. Empty range or
///     mark: the table has none. A row without * goes before rows with it.
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "engine/core/units.h"
#include "engine/scenario/scenario.h"
#include "models/builtin.h"
#include "support/file_text.h"

namespace interstice {
namespace {

namespace fs = std::filesystem;
const std::string kSource = INTERSTICE_SOURCE_DIR;

std::vector<std::string> split(const std::string& text, char by) {
  std::vector<std::string> parts(1);
  for (const char c : text)
    if (c == by)
      parts.emplace_back();
    else
      parts.back() += c;
  return parts;
}

struct Row {
  std::string name, value, unit, range, mark, where, source;
  std::string program_value, program_range, program_mark, reason;
};

std::vector<Row> read_table() {
  std::vector<Row> rows;
  std::istringstream lines(test::file_text(kSource + "/tests/scenarios/parameter_table.csv"));
  std::string line;
  std::getline(lines, line);
  EXPECT_EQ(line, "name,value,unit,range,mark,where,source,program_value,program_range,program_mark,reason");
  while (std::getline(lines, line)) {
    if (line.starts_with('#')) continue;
    const auto c = split(line, ',');
    EXPECT_EQ(c.size(), 11U) << line;
    if (c.size() == 11) rows.push_back({c[0], c[1], c[2], c[3], c[4], c[5], c[6], c[7], c[8], c[9], c[10]});
  }
  return rows;
}

/// Every cell type and chemistry that ships, every model, and a vesicle class with its defaults.
std::string everything_that_ships() {
  std::string includes;
  for (const char* kind : {"cells", "chemistry"})
    for (const auto& entry : fs::directory_iterator(kSource + "/models/" + kind))
      includes += std::string(includes.empty() ? "" : ", ") + kind + "/" + entry.path().filename().string();
  return "schema: 2\ninclude: [" + includes +
         "]\ndomain: {size: [10 um, 10 um, 10 um], spacing: 10 um}\nregions: {film: {shape: everywhere}}\n"
         "time: [{until: 1 s, transport: 1 s, vesicles: 1 s, cells: 1 s, series: 1 s}]\n"
         "vesicles: {ev: {number: 1 EV, proteins: {CD73: {mean: 5}, CD59: {mean: 5}}}}\n"
         "models: {cargo_delivery: {}, surface_contact: {}, cd73: {}, cd39: {}, cd59: {}, ligand_sink: {}}\n";
}

/// Parameters by path of a scenario, loaded once.
const std::map<std::string, ParameterRecord>& parameters(const std::string& scenario, const std::string& set) {
  static std::map<std::string, std::map<std::string, ParameterRecord>> loaded;
  const auto [at, is_new] = loaded.try_emplace(scenario + "@" + set);
  if (is_new) {
    ModelRegistry registry;
    register_builtin_models(registry);
    const LoadOptions options{.include_directories = {}, .sets = {}, .parameters = set};
    const Scenario s = scenario == "ships"
                           ? load_scenario_text(everything_that_ships(), "ships", options, registry)
                           : load_scenario(kSource + "/scenarios/" + scenario + ".yaml", options, registry);
    for (const ParameterRecord& p : s.parameters) at->second.emplace(p.path, p);
  }
  return at->second;
}

std::vector<std::string> scenario_names() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(kSource + "/scenarios"))
    if (entry.path().extension() == ".yaml") names.push_back(entry.path().stem().string());
  return names;
}

/// "a.b|c.d" -> a.b.d, a.c.d
std::vector<std::string> alternatives(const std::string& path) {
  std::vector<std::string> all(1);
  for (const std::string& key : split(path, '.')) {
    std::vector<std::string> longer;
    for (const std::string& start : all)
      for (const std::string& choice : split(key, '|')) longer.push_back(start + (start.empty() ? "" : ".") + choice);
    all = longer;
  }
  return all;
}

/// "scenario@set:path" of every parameter that one pattern means.
std::vector<std::string> matches(const std::string& scenario, const std::string& set, const std::string& pattern) {
  std::string expression;
  for (const char c : pattern) expression += c == '*' ? std::string("[^.]+") : c == '.' ? "\\." : std::string(1, c);
  const std::regex path(expression);
  std::vector<std::string> found;
  for (const auto& [name, parameter] : parameters(scenario, set))
    if (std::regex_match(name, path)) found.push_back(scenario + "@" + set + ":" + name);
  return found;
}

/// What a row is about; a pattern that means nothing is a failure.
std::set<std::string> places(const Row& row) {
  std::set<std::string> all;
  for (const std::string& where : split(row.where, ';')) {
    const auto colon = where.find(':'), at = where.find('@');
    const std::string files = where.substr(0, std::min(colon, at));
    const std::string set = at < colon ? where.substr(at + 1, colon - at - 1) : "";
    for (const std::string& pattern : alternatives(where.substr(colon + 1))) {
      std::size_t found = 0;
      for (const std::string& file : files == "*" ? scenario_names() : split(files, '|')) {
        const auto here = matches(file, set, pattern);
        EXPECT_TRUE(files == "*" || !here.empty()) << row.name << ": nothing at " << file << ":" << pattern;
        all.insert(here.begin(), here.end());
        found += here.size();
      }
      EXPECT_GT(found, 0U) << row.name << ": nothing at " << pattern;
    }
  }
  return all;
}

const ParameterRecord& at(const std::string& place) {
  const auto a = place.find('@'), colon = place.find(':');
  return parameters(place.substr(0, a), place.substr(a + 1, colon - a - 1)).at(place.substr(colon + 1));
}

/// Texts of quantities agree to 2 % (rounding of what was derived).
bool agree(const std::string& expected, const std::string& found) {
  const Quantity e = parse_quantity(expected), f = parse_quantity(found);
  const std::string unit = e.unit_text.empty() ? "1" : e.unit_text;
  const double value = e.in(unit);
  return std::abs(f.in(unit)-value) <= 0.02 * std::abs(value);
}

std::string with_unit(const std::string& number, const std::string& unit) {
  return unit == "1" ? number : number + " " + unit;
}

/// Empty when the range as `describe` shows it ("1 uM to 3 uM") is low..high.
bool same_range(const std::string& range, const std::string& unit, const std::string& found) {
  if (range.empty()) return true;
  const auto dots = range.find(".."), to = found.find(" to ");
  return to != std::string::npos && agree(with_unit(range.substr(0, dots), unit), found.substr(0, to)) &&
         agree(with_unit(range.substr(dots + 2), unit), found.substr(to + 4));
}

bool same_mark(const std::string& marks, const std::string& found) {
  const auto all = split(marks, '/');
  return marks.empty() || std::find(all.begin(), all.end(), found) != all.end();
}

TEST(ParameterTable, WhatShipsHoldsItsValuesRangesAndMarks) {
  const auto table = read_table();
  ASSERT_GT(table.size(), 250U);
  std::set<std::string> explicit_places;
  for (const Row& row : table)
    if (row.where.find('*') == std::string::npos) explicit_places.merge(places(row));
  std::size_t compared = 0;
  for (const Row& row : table) {
    const bool general = row.where.find('*') != std::string::npos;
    const std::string value = row.program_value.empty() ? with_unit(row.value, row.unit) : row.program_value;
    const std::string range = row.program_range.empty() ? row.range : row.program_range;
    const std::string mark = row.program_mark.empty() ? row.mark : row.program_mark;
    for (const std::string& place : places(row)) {
      if (general && explicit_places.contains(place)) continue;
      const ParameterRecord& p = at(place);
      ++compared;
      EXPECT_TRUE(agree(value, p.value)) << row.name << ": " << place << " is " << p.value << ", not " << value;
      EXPECT_TRUE(same_range(range, row.unit, p.range))
          << row.name << ": " << place << " has the range " << p.range << ", not " << range << " " << row.unit;
      EXPECT_TRUE(same_mark(mark, p.mark)) << row.name << ": " << place << " is marked " << p.mark << ", not " << mark;
    }
  }
  EXPECT_GT(compared, 450U);
}

TEST(ParameterTable, DeviationsDifferAndHaveAReason) {
  for (const Row& row : read_table()) {
    EXPECT_FALSE(row.source.empty()) << row.name;
    const bool deviates = !(row.program_value + row.program_range + row.program_mark).empty();
    EXPECT_EQ(deviates, !row.reason.empty()) << row.name;
    if (!row.program_value.empty()) {
      EXPECT_FALSE(agree(with_unit(row.value, row.unit), row.program_value)) << row.name;
    }
    if (!row.program_mark.empty()) {
      EXPECT_FALSE(same_mark(row.mark, row.program_mark)) << row.name;
    }
  }
}

TEST(ParameterTable, TheComparisonCanFail) {
  EXPECT_TRUE(agree("1 uM", "1000 nM"));
  EXPECT_FALSE(agree("1 uM", "1 nM"));
  EXPECT_FALSE(agree("1 uM", "1.03 uM"));
  EXPECT_TRUE(same_range("1..3", "uM", "1 uM to 3000 nM"));
  EXPECT_FALSE(same_range("1..3", "uM", "1 uM to 4 uM"));
  EXPECT_FALSE(same_range("1..3", "uM", ""));
  EXPECT_TRUE(same_mark("V/L", "L"));
  EXPECT_FALSE(same_mark("V/L", "A"));
  EXPECT_EQ(alternatives("a.b|c.d"), (std::vector<std::string>{"a.b.d", "a.c.d"}));
  EXPECT_EQ(matches("rat_knee", "", "vesicles.*.dose"), std::vector<std::string>{"rat_knee@:vesicles.msc_sev.dose"});
}

}  // namespace
}  // namespace interstice
