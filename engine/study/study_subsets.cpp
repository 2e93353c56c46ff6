#include "engine/study/study_subsets.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "engine/core/error.h"

namespace interstice {
namespace {

constexpr std::string_view kNone = "none";

/// A mechanism that is on or off.
struct Switch {
  std::string name;
  std::vector<std::string> models;
};

std::vector<std::string> names_of_switches(const Scenario& scenario) {
  std::vector<std::string> names;
  for (const Arm& arm : scenario.compare.arms)
    if (arm.vesicles && arm.changes.empty() && !arm.models.empty()) names.push_back(arm.name);
  for (const std::string& model : scenario.models)
    if (std::ranges::find(names, model) == names.end()) names.push_back(model);
  return names;
}

std::vector<std::string> models_of(const std::string& name, const Scenario& scenario) {
  const auto arm = std::ranges::find(scenario.compare.arms, name, &Arm::name);
  return arm == scenario.compare.arms.end() ? std::vector{name} : arm->models;
}

std::vector<Switch> read_switches(const Value& mechanisms, const Scenario& scenario, Diagnostics& diagnostics) {
  const std::vector<std::string> known = names_of_switches(scenario);
  std::vector<Switch> switches;
  std::set<std::string> used;
  for (const Value& one : mechanisms.items) {
    if (std::ranges::find(known, one.text) == known.end()) {
      diagnostics.report(one.place, one.path,
                         fmt::format("'{}' is no model and no arm that has models alone (expected some of {}){}",
                                     one.text, fmt::join(known, ", "), did_you_mean(one.text, known)));
      continue;
    }
    Switch next{one.text, models_of(one.text, scenario)};
    for (const std::string& model : next.models)
      if (!used.insert(model).second)
        diagnostics.report(
            one.place, one.path,
            fmt::format("'{}' has the model {}, which another has too (expected each model once)", one.text, model));
    switches.push_back(std::move(next));
  }
  return switches;
}

}  // namespace

SubsetArms subset_arms(const Value& mechanisms, const Scenario& scenario, Diagnostics& diagnostics) {
  const auto vehicle = std::ranges::find_if(
      scenario.compare.arms, [](const Arm& arm) { return !arm.vesicles && !arm.sham && arm.changes.empty(); });
  if (vehicle == scenario.compare.arms.end())
    diagnostics.report(mechanisms.place, mechanisms.path,
                       "the scenario has no arm without vesicles to compare with (expected one, such as `vehicle: "
                       "{vesicles: false}`)");
  const std::size_t before = diagnostics.count();
  const std::vector<Switch> switches = read_switches(mechanisms, scenario, diagnostics);
  if (vehicle == scenario.compare.arms.end() || diagnostics.count() != before) return {};
  SubsetArms subsets{.arms = {vehicle->name}, .set = ""};
  std::string arms = fmt::format("{}: {{vesicles: false}}", vehicle->name);
  for (std::size_t subset = 0; subset < std::size_t{1} << switches.size(); ++subset) {
    std::vector<std::string> names, models;
    for (std::size_t i = 0; i < switches.size(); ++i)
      if ((subset >> i & 1) != 0) {
        names.push_back(switches[i].name);
        models.insert(models.end(), switches[i].models.begin(), switches[i].models.end());
      }
    subsets.arms.push_back(names.empty() ? std::string(kNone) : fmt::format("{}", fmt::join(names, "_and_")));
    arms += fmt::format(", {}: {{models: [{}]}}", subsets.arms.back(), fmt::join(models, ", "));
  }
  subsets.set = fmt::format("compare.arms={{{}}}", arms);
  return subsets;
}

}  // namespace interstice
