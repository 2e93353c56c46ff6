/// @file
/// The Problem of one run of a scenario: which arm it is and which seed it has.
#include <fmt/format.h>

#include <algorithm>

#include "engine/scenario/build/build_problem.h"
#include "engine/scenario/build/idle_columns.h"
#include "engine/scenario/scenario.h"

namespace interstice {

namespace {

/// Seed of a replicate; the first keeps the scenario's.
std::uint64_t replicate_seed(std::uint64_t seed, std::uint64_t replicate) {
  return replicate == 0 ? seed : child_id(seed, replicate);
}

const Arm* find_arm(const Scenario& scenario, const std::string& name) {
  const auto found = std::ranges::find_if(scenario.compare.arms, [&name](const Arm& a) { return a.name == name; });
  if (found != scenario.compare.arms.end()) return &*found;
  if (name.empty()) return nullptr;
  std::vector<std::string> names;
  for (const Arm& a : scenario.compare.arms) names.push_back(a.name);
  throw InputError(fmt::format("there is no arm '{}' in {} (expected one of: {}){}", name, scenario.path,
                               fmt::join(names, ", "), did_you_mean(name, names)));
}

}  // namespace

Problem build_problem(const Scenario& scenario, const RunVariant& variant) {
  const Arm* arm = find_arm(scenario, variant.arm.empty() ? scenario.arm : variant.arm);
  Diagnostics diagnostics;
  const BuildContext context{.root = arm != nullptr && arm->values ? *arm->values : *scenario.values,
                             .registry = *scenario.registry,
                             .diagnostics = diagnostics,
                             .active_models = arm == nullptr ? scenario.models : arm->models,
                             .vesicles = arm == nullptr || arm->vesicles};
  Problem problem = build_all(context);
  diagnostics.throw_if_any();
  scenario.idle_columns->leave_out(problem);
  problem.noise = Noise(replicate_seed(scenario.seed, variant.replicate));
  problem.chemotaxis_variant = arm != nullptr && arm->sham ? 1 : 0;
  return problem;
}

}  // namespace interstice
