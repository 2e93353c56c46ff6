/// @file
/// Macrophage, monocyte and dendritic cell have one set of equations and values, written in three files because a
/// formula belongs to one type. What only one of them has is named here.
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>

#include "engine/scenario/spec/spec.h"
#include "support/run_scenario.h"

namespace interstice {
namespace {

/// Formulas of a type and its numbers with range and mark, by path within the type.
class OfType {
 public:
  OfType(const Scenario& scenario, const std::string& type) : start_("cell_types." + type + ".") {
    for (const ParameterRecord& p : scenario.parameters)
      if (p.path.starts_with(start_)) texts[p.path.substr(start_.size())] = p.value + " | " + p.range + " | " + p.mark;
    collect(*scenario.values);
  }
  std::map<std::string, std::string> texts;

 private:
  void collect(const Value& v) {
    if (v.spec != nullptr && v.spec->kind == Spec::Kind::formula && v.path.starts_with(start_))
      texts[v.path.substr(start_.size())] = v.text;
    for (const Value& item : v.items) collect(item);
  }
  std::string start_;
};

std::string without(std::string text, const std::string& part) {
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part)) text.erase(at, part.size());
  return text;
}

/// Of all that reads or makes the scores: parameters, scores and secretion.
bool shared(const std::string& path) {
  static const std::set<std::string> own{"parameters.lifespan", "parameters.v"};
  return !own.contains(path) &&
         (path.starts_with("parameters.") || path.starts_with("columns.m") || path.starts_with("columns.late") ||
          path.starts_with("columns.a2a") || path.starts_with("states.alive.secretes") || path == "uptake.TNF");
}

TEST(MyeloidCells, ShareEquationsAndValues) {
  const Scenario scenario = test::scenario_from(
      "schema: 2\ninclude: [cells/monocyte.yaml, cells/dendritic_cell.yaml, cells/neutrophil.yaml]\n"
      "domain: {size: [10 um, 10 um, 10 um], spacing: 10 um}\n"
      "time: [{until: 1 s, transport: 1 s, vesicles: 1 s, cells: 1 s, series: 1 s}]\n");
  const auto macrophage = OfType(scenario, "macrophage").texts;
  for (const std::string type : {"monocyte", "dendritic_cell"}) {
    const auto other = OfType(scenario, type).texts;
    std::size_t compared = 0;
    for (const auto& [path, text] : other) {
      if (!shared(path) || (type == "monocyte" && path == "parameters.maturation")) continue;
      ASSERT_TRUE(macrophage.contains(path)) << type << " " << path;
      // Macrophages alone eat apoptotic cells.
      EXPECT_EQ(text, without(without(macrophage.at(path), " + w_eff*k_eff*eats"), " + k_eff*eats"))
          << type << " " << path;
      ++compared;
    }
    EXPECT_GT(compared, 50U) << type;
  }
  std::set<std::string> only;
  for (const auto& [path, text] : macrophage)
    if (shared(path) && !OfType(scenario, "monocyte").texts.contains(path)) only.insert(path);
  EXPECT_EQ(only, (std::set<std::string>{"parameters.k_eff", "parameters.niche", "parameters.t_leave",
                                         "parameters.t_renew", "parameters.w_eff"}));
}

}  // namespace
}  // namespace interstice
