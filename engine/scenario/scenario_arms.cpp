/// @file
/// Arms: which models each switches on and which values it changes. An arm that changes values is a scenario of its
/// own, checked and built like any other, so that a mistake in it is found before anything runs.

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "engine/scenario/build/build_problem.h"
#include "engine/scenario/scenario_loading.h"
#include "engine/scenario/scenario_text.h"

namespace interstice {

namespace {

/// Sections that all arms share, because they are compared run by run and row by row.
constexpr std::array<std::string_view, 12> kShared{"schema",         "title",      "description", "twin_of",
                                                   "seed",           "time",       "arm",         "compare",
                                                   "parameter_sets", "parameters", "output",      "profiles"};

/// "key.path = value", the value on one line.
std::string change_text(const std::string& key_path, const YamlNode& node) {
  if (const YamlNode* value = node.find("value"); value != nullptr && value->is_scalar())
    return key_path + " = " + value->text;
  if (node.is_scalar()) return key_path + " = " + node.text;
  const bool empty = node.items.empty();
  return fmt::format("{} = {}", key_path, node.is_map() ? (empty ? "{}" : "{...}") : (empty ? "[]" : "[...]"));
}

/// The names of a list, sorted, each once.
std::vector<std::string> names_of(const Value& list) {
  std::vector<std::string> names;
  for (const Value& name : list.items) names.push_back(name.text);
  std::ranges::sort(names);
  names.erase(std::ranges::unique(names).begin(), names.end());
  return names;
}

class ArmReader {
 public:
  ArmReader(const LoadingScenario& scenario, const std::string& name, const Value& value, const YamlNode& node)
      : scenario_(scenario), value_(value), node_(node) {
    arm_.name = name;
    arm_.vesicles = value["vesicles"].number != 0;
    arm_.sham = value["sham"].number != 0;
    arm_.control = value["control"].text;
    arm_.direct = value["direct"].text;
    arm_.models = names_of(value["models"]);
    if (!value.has("classes")) return;
    arm_.classes = names_of(value["classes"]);
    arm_.changes.push_back(fmt::format("classes = [{}]", fmt::join(*arm_.classes, ", ")));
    if (!arm_.vesicles && value["classes"].valid)
      scenario_.diagnostics.report(value["classes"].place, value["classes"].path,
                                   "no class is dosed in an arm with `vesicles: false` (expected one of the two)");
  }

  Arm read() {
    check_reference();
    check_direct();
    const YamlNode* entries = node_.is_map() ? node_.find("set") : nullptr;
    if (entries != nullptr && entries->is_map() && !entries->keys.empty()) change(*entries);
    return std::move(arm_);
  }

 private:
  void check_reference() {
    if (arm_.control.empty() || !value_["control"].valid) return;
    const Value* other = scenario_.values["compare"]["arms"].find(arm_.control);
    if (other != nullptr && ((*other)["vesicles"].number != 0 || (*other)["sham"].number != 0))
      scenario_.diagnostics.report(
          value_["control"].place, value_["control"].path,
          fmt::format("{} has vesicles or is a sham (expected an arm with `vesicles: false`)", arm_.control));
  }

  /// Only arms with the same mechanisms, compared with the same arm, can differ by the relay alone.
  void check_direct() {
    if (arm_.direct.empty() || !value_["direct"].valid) return;
    const Value* other = scenario_.values["compare"]["arms"].find(arm_.direct);
    if (other == nullptr) return;
    if (arm_.direct != arm_.name && names_of((*other)["models"]) == arm_.models &&
        names_of((*other)["classes"]) == arm_.classes.value_or(std::vector<std::string>{}) &&
        (*other)["vesicles"].number == value_["vesicles"].number && (*other)["control"].text == arm_.control)
      return;
    scenario_.diagnostics.report(value_["direct"].place, value_["direct"].path,
                                 fmt::format("{} differs from {} by more than the relay (expected another arm with the "
                                             "same `models`, `vesicles`, `classes` and `control`)",
                                             arm_.direct, arm_.name));
  }

  bool may_change(const std::string& key_path, const Place& place) {
    const std::string section = key_path.substr(0, key_path.find('.'));
    const bool file = key_path.ends_with(".library") || key_path.ends_with(".image");
    if (!file && std::ranges::find(kShared, section) == kShared.end()) return true;
    scenario_.diagnostics.report(place, value_["set"].path + "." + key_path,
                                 fmt::format("an arm cannot change {} (all arms of a comparison share it)",
                                             file ? "which file is read" : "'" + section + "'"));
    return false;
  }

  void change(const YamlNode& entries) {
    bool allowed = true;
    for (std::size_t i = 0; i < entries.keys.size(); ++i) {
      allowed &= may_change(entries.keys[i], entries.key_places[i]);
      arm_.changes.push_back(change_text(entries.keys[i], entries.items[i]));
    }
    if (!allowed) return;
    YamlNode root = scenario_.root;
    Diagnostics own;
    own.incomplete = scenario_.diagnostics.incomplete;
    apply_entries(root, *scenario_.spec, entries, "arm " + arm_.name, own);
    auto values = std::make_shared<Value>(
        check(root, scenario_.spec, scenario_names(root, *scenario_.spec, scenario_.registry), own));
    make_paths_absolute(*values);
    if (own.empty())
      build_all({.root = *values,
                 .registry = scenario_.registry,
                 .diagnostics = own,
                 .active_models = arm_.models,
                 .vesicles = arm_.vesicles,
                 .classes = arm_.classes});
    tell_new(own);
    arm_.values = std::move(values);
  }

  /// What is wrong without the arm too has been told.
  void tell_new(const Diagnostics& own) {
    const auto told = [](const std::vector<Complaint>& all, const Complaint& c) {
      return std::ranges::any_of(all, [&c](const Complaint& other) { return other.text() == c.text(); });
    };
    const std::string in = fmt::format("in arm {}: ", arm_.name);
    for (const Complaint& c : own.complaints())
      if (!told(scenario_.diagnostics.complaints(), c))
        scenario_.diagnostics.report(c.place, c.key_path, in + c.message);
    for (const Complaint& c : own.warnings())
      if (!told(scenario_.diagnostics.warnings(), c)) scenario_.diagnostics.warn(c.place, c.key_path, in + c.message);
  }

  const LoadingScenario& scenario_;
  const Value& value_;
  const YamlNode& node_;
  Arm arm_;
};

}  // namespace

std::vector<Arm> read_arms(const LoadingScenario& scenario) {
  std::vector<Arm> arms;
  const Value& values = scenario.values["compare"]["arms"];
  const YamlNode* compare = scenario.root.find("compare");
  const YamlNode* nodes = compare != nullptr && compare->is_map() ? compare->find("arms") : nullptr;
  for (std::size_t i = 0; i < values.items.size() && nodes != nullptr; ++i)
    if (const YamlNode* node = nodes->find(values.keys[i]))
      arms.push_back(ArmReader(scenario, values.keys[i], values.items[i], *node).read());
  return arms;
}

}  // namespace interstice
