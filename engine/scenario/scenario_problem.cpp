/// @file
/// One run of a scenario: which arm it is and which seed it has, its Problem, and what it is known by.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "engine/core/sha256.h"
#include "engine/scenario/build/build_problem.h"
#include "engine/scenario/build/by_name.h"
#include "engine/scenario/build/idle_columns.h"
#include "engine/scenario/scenario.h"
#include "engine/scenario/scenario_text.h"

namespace interstice {

namespace {

const Arm* arm_of(const Scenario& scenario, const RunVariant& variant) {
  return find_arm(scenario, variant.arm.empty() ? scenario.arm : variant.arm);
}

const Value& values_of(const Scenario& scenario, const Arm* arm) {
  return arm != nullptr && arm->values ? *arm->values : *scenario.values;
}

const std::vector<std::string>& models_of(const Scenario& scenario, const Arm* arm) {
  return arm == nullptr ? scenario.models : arm->models;
}

std::string number_text(const Value& v) {
  using Kind = Spec::Kind;
  if (v.spec->kind == Kind::integer) return v.number < 0 ? fmt::format("{}", v.number) : fmt::format("{}", v.whole);
  return v.spec->kind == Kind::quantity && !v.spec->any_unit ? fmt::format("{}", v.number) : v.text;
}

/// A line for every value below `v`, but for paths of files: those stand one level below the entries of a section.
void list_values(const Value& v, std::string& out, int level = 0) {
  constexpr int kOfEntries = 1;
  if (v.items.empty()) {
    if (v.spec != nullptr) out += fmt::format("{} = {}\n", v.path, number_text(v));
    return;
  }
  for (std::size_t i = 0; i < v.items.size(); ++i)
    if (level != kOfEntries || v.keys.empty() ||
        (v.keys[i] != "library" && v.keys[i] != "image" && (v.keys[i] != "file" || v.path != "cells.table")))
      list_values(v.items[i], out, level + 1);
}

/// What a table says of its cells, "" where none does.
std::string given_cells_digest(const Problem& problem) {
  Sha256 sum;
  bool any = false;
  for (const CellPlacement& placement : problem.placements) {
    const GivenCells& given = placement.given;
    any = any || !given.position.empty();
    const auto add = [&sum](const auto& values) {
      sum.add(static_cast<std::uint64_t>(values.size()));
      sum.add_bytes(values.data(), values.size() * sizeof values[0]);
    };
    sum.add(problem.cell_types[index(placement.type)].name);
    sum.add(placement.count);
    for (const ColumnId column : given.columns) sum.add(problem.columns[index(column)].name);
    add(given.position);
    add(given.radius);
    add(given.values);
  }
  return any ? sum.hex_digest() : "";
}

}  // namespace

const Arm* find_arm(const Scenario& scenario, const std::string& name) {
  for (const auto* arms : {&scenario.compare.arms, &scenario.compare.published})
    if (const auto found = std::ranges::find(*arms, name, &Arm::name); found != arms->end()) return &*found;
  if (name.empty()) return nullptr;
  if (name.ends_with(kPublished)) return find_arm(scenario, name.substr(0, name.size() - kPublished.size()));
  std::vector<std::string> names;
  for (const Arm& a : scenario.compare.arms) names.push_back(a.name);
  throw InputError(fmt::format("there is no arm '{}' in {} (expected one of: {}){}", name, scenario.path,
                               fmt::join(names, ", "), did_you_mean(name, names)));
}

std::vector<std::string> compared_arms(const Scenario& scenario) {
  const CompareSettings& compare = scenario.compare;
  std::vector<std::string> names;
  for (const Arm& arm : compare.arms)
    if (compare.edges != Edges::published ||
        std::ranges::find(compare.published, arm.name, &Arm::of) == compare.published.end())
      names.push_back(arm.name);
  for (const Arm& arm : compare.published)
    if (compare.edges != Edges::all && !arm.of.empty()) names.push_back(arm.name);
  return names;
}

std::uint64_t seed_of(const Scenario& scenario, const RunVariant& variant) {
  return variant.replicate == 0 ? scenario.seed : child_id(scenario.seed, variant.replicate);
}

std::string run_identity(const Scenario& scenario, const RunVariant& variant, const Problem& problem) {
  static constexpr std::array<std::string_view, 9> kElsewhere{
      "title", "description", "twin_of", "seed", "arm", "compare", "parameters", "parameter_sets", "models"};
  const Arm* arm = arm_of(scenario, variant);
  const Value root = sorted_by_name(values_of(scenario, arm));
  const auto& models = models_of(scenario, arm);
  std::vector<std::string> columns;
  for (const ColumnSpec& column : problem.columns) columns.push_back(column.name);
  Sha256 regions;
  regions.add_bytes(problem.regions.of_voxel.data(), problem.regions.of_voxel.size());
  std::string out = fmt::format(
      "seed = {}\nvesicles = {}\nsham = {}\nmodels = {}\ncolumns = {}\nregions of voxels = {}\n"
      "traces of cells = {}\n",
      seed_of(scenario, variant), arm == nullptr || arm->vesicles, arm != nullptr && arm->sham, fmt::join(models, " "),
      fmt::join(columns, " "), regions.hex_digest(), !scenario.compare.arms.empty());
  if (arm != nullptr && arm->classes) out += fmt::format("classes = {}\n", fmt::join(*arm->classes, " "));
  if (const std::string cells = given_cells_digest(problem); !cells.empty())
    out += "cells of a table = " + cells + "\n";
  for (std::size_t i = 0; i < root.items.size(); ++i)
    if (std::ranges::find(kElsewhere, root.keys[i]) == kElsewhere.end()) list_values(root.items[i], out);
  for (const std::string& model : models) list_values(root["models"][model], out, 1);
  return out;
}

std::string resolved_run(const Scenario& scenario, const RunVariant& variant) {
  return resolved_text(
      *scenario.values, scenario.parameter_set,
      ResolvedRun{.seed = seed_of(scenario, variant), .arm = variant.arm.empty() ? scenario.arm : variant.arm});
}

Problem build_problem(const Scenario& scenario, const RunVariant& variant) {
  const Arm* arm = arm_of(scenario, variant);
  Diagnostics diagnostics;
  const BuildContext context{.root = values_of(scenario, arm),
                             .registry = *scenario.registry,
                             .diagnostics = diagnostics,
                             .active_models = models_of(scenario, arm),
                             .vesicles = arm == nullptr || arm->vesicles,
                             .classes = arm == nullptr ? std::nullopt : arm->classes};
  Problem problem = build_all(context);
  diagnostics.throw_if_any();
  scenario.idle_columns->leave_out(problem);
  problem.noise = Noise(seed_of(scenario, variant));
  problem.chemotaxis_variant = arm != nullptr && arm->sham ? 1 : 0;
  return problem;
}

}  // namespace interstice
