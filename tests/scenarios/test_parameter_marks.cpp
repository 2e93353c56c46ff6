/// @file
/// Every number of what ships says how well it is known (V, L, A or calc) and from where, and no formula hides one.

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "engine/scenario/scenario.h"
#include "engine/scenario/spec/spec.h"
#include "models/builtin.h"

namespace interstice {
namespace {

namespace fs = std::filesystem;

Scenario load_marked(const std::string& path, const std::string& parameters = "") {
  ModelRegistry registry;
  register_builtin_models(registry);
  return load_scenario(path, {.include_directories = {}, .sets = {}, .parameters = parameters}, registry);
}

std::vector<std::string> shipped_scenarios() {
  std::vector<std::string> files;
  for (const auto& entry : fs::directory_iterator(INTERSTICE_SOURCE_DIR "/scenarios"))
    if (entry.path().extension() == ".yaml") files.push_back(entry.path().string());
  return files;
}

/// Settings of the computation and what defines the patch: chosen, not known.
bool is_free_setting(const std::string& path) {
  static const std::regex settings(
      R"((domain|time|output)\..*|compare\.outcomes\.\w+\.(from|until|at|share|beyond)|compare\.phenotype\.horizons\.\d+|profiles\.\w+\.width|regions\.\w+\.shape\..*|reservoirs\.\w+\.represents|vesicles\.\w+\.(weight|agents))");
  return std::regex_match(path, settings);
}

std::string unmarked(const Scenario& scenario) {
  std::string out;
  for (const ParameterRecord& p : scenario.parameters)
    if ((p.mark.empty() || p.source.empty()) && !is_free_setting(p.path))
      out += "\n  " + p.path + " = " + p.value + " [" + p.where + "]";
  return out;
}

/// Formulas may say 0, 1 and zero with a unit; any other number has a name, a mark and a source in `parameters`.
void find_hidden(const Value& v, std::string& out) {
  if (v.spec != nullptr && v.spec->kind == Spec::Kind::formula) {
    static const std::regex number(R"((?:^|[^\w.])(\d+\.?\d*(?:[eE][-+]?\d+)?)(\s*\[[^\]]*\])?)");
    for (std::sregex_iterator it(v.text.begin(), v.text.end(), number), end; it != end; ++it) {
      const double value = std::stod((*it)[1]);
      if (value != 0 && (value != 1 || (*it)[2].matched)) out += "\n  " + v.path + ": " + (*it)[0].str();
    }
  }
  for (const Value& item : v.items) find_hidden(item, out);
}

TEST(ParameterMarks, EveryNumberOfShippedScenarios) {
  const auto files = shipped_scenarios();
  ASSERT_GE(files.size(), 5U);
  for (const std::string& file : files) {
    const Scenario scenario = load_marked(file);
    EXPECT_EQ(unmarked(scenario), "") << file;
    for (const std::string& set : scenario.parameter_sets)
      EXPECT_EQ(unmarked(load_marked(file, set)), "") << file << " with " << set;
  }
}

/// What is assumed of cells and chemistry can be swept; 0 and 1 stand for nothing and everything.
TEST(ParameterMarks, AssumptionsOfShippedCellsAndChemistryHaveARange) {
  std::size_t assumed = 0;
  for (const std::string& file : shipped_scenarios())
    for (const ParameterRecord& p : load_marked(file).parameters) {
      if (p.mark != "A" || p.where.find("/models/") == std::string::npos) continue;
      ++assumed;
      EXPECT_TRUE(!p.range.empty() || p.number == 0 || p.number == 1) << p.path << " [" << p.where << "]";
    }
  EXPECT_GT(assumed, 1000U);
}

TEST(ParameterMarks, NoFormulaHidesANumber) {
  for (const std::string& file : shipped_scenarios()) {
    std::string hidden;
    find_hidden(*load_marked(file).values, hidden);
    EXPECT_EQ(hidden, "") << file;
  }
}

/// `published` would mean nothing where an assumed mechanism acts past the strength of its edge. A type may read what a
/// mechanism gives elsewhere only if the edge is published.
TEST(ParameterMarks, NoFormulaGoesPastAnAssumedEdge) {
  const std::map<std::string, std::set<std::string>> gives{
      {"contact", {"ev_signal", "ev_fast", "ev_slow", "ev_monocyte"}}, {"cargo", {"R_cargo", "cargo"}}};
  std::size_t looked_at = 0;
  for (const std::string& file : shipped_scenarios()) {
    const Scenario scenario = load_marked(file);
    const Problem problem = build_problem(scenario, {.arm = "@published"});
    for (const CellType& type : problem.cell_types)
      for (const auto& [mechanism, columns] : gives) {
        const auto edge = std::ranges::find_if(
            scenario.edges, [&](const EffectEdge& e) { return e.cell_type == type.name && e.mechanism == mechanism; });
        const bool published = edge != scenario.edges.end() && !edge->is_left_out_of_published();
        if (published || type.name == "reporter") continue;  // which shows cargo by construction
        ++looked_at;
        CellType answers = type;
        answers.gatherings.clear();  // what it asks of cells it touches: their own edges count
        std::erase_if(answers.reporters, [](const Reporter& reporter) { return reporter.receptor; });
        answers.gatherings.clear();  // what cells of another type offer goes past an edge of theirs
        for (const CellType& asks : problem.cell_types)
          for (const Gathering& gathering : asks.gatherings)
            if (problem.cell_types[gathering.type].name == type.name) answers.gatherings.push_back(gathering);
        for_each_formula(answers, [&](const Expression& formula) {
          for (const std::size_t symbol : formula.simplified({}).symbols_used())
            if (symbol >= problem.species.size() && symbol - problem.species.size() < problem.columns.size()) {
              EXPECT_FALSE(columns.contains(problem.columns[symbol - problem.species.size()].name))
                  << file << ": " << type.name << " by " << mechanism << " in " << formula.text();
            }
        });
      }
  }
  EXPECT_GT(looked_at, 20U);
}

TEST(ParameterMarks, RatKneeHasItsParameterSets) {
  for (const char* name : {"rat_knee", "rat_knee_early", "rat_knee_amp", "rat_knee_atp", "rat_knee_short"})
    EXPECT_EQ(load_marked(INTERSTICE_SOURCE_DIR "/scenarios/" + std::string(name) + ".yaml").parameter_sets,
              (std::vector<std::string>{"uncorrected", "papers", "sceptic"}))
        << name;
}

TEST(ParameterMarks, TheTestSeesWhatIsMissing) {
  ModelRegistry registry;
  register_builtin_models(registry);
  const Scenario bare = load_scenario_text(
      "schema: 2\ndomain: {size: [10 um, 10 um, 10 um], spacing: 10 um}\n"
      "time: [{until: 1 s, transport: 1 s, vesicles: 1 s, cells: 1 s, series: 1 s}]\n"
      "species: {A: {diffusivity: 1 um^2/s}}\n"
      "cell_types: {c: {initial_state: a, states: {a: {secretes: {A: \"2.5e1 [molecule/s]*(1 + 1)\"}}}}}\n",
      "bare", {}, registry);
  EXPECT_EQ(unmarked(bare), "\n  species.A.diffusivity = 1 um^2/s [bare:4]");
  std::string hidden;
  find_hidden(*bare.values, hidden);
  EXPECT_EQ(hidden, "\n  cell_types.c.states.a.secretes.A: 2.5e1 [molecule/s]");
}

}  // namespace
}  // namespace interstice
