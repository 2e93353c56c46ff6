#include "engine/scenario/published_edges.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <set>

#include "engine/scenario/spec/spec.h"

namespace interstice {

namespace {

bool acts(const Value& strength) { return strength.valid && strength.number != 0; }

/// Types that are placed, come in, or come out of others that can be there.
std::set<std::string> types_that_occur(const Value& root) {
  const Value& types = root["cell_types"];
  if (root["cells"].has("table")) return {types.keys.begin(), types.keys.end()};
  std::set<std::string> there(root["cells"].keys.begin(), root["cells"].keys.end());
  for (std::size_t before = 0; before < there.size();) {
    before = there.size();
    for (const std::string& name : std::set<std::string>(there))
      for (const Value& state : types[name]["states"].items) {
        if (state.has("becomes")) there.insert(state["becomes"].text);
        there.insert(state["recruits"].keys.begin(), state["recruits"].keys.end());
      }
  }
  return there;
}

bool has_mechanism(const std::vector<std::string>& models, const std::string& mechanism,
                   const ModelRegistry& registry) {
  return std::ranges::any_of(models, [&](const std::string& name) {
    const RegisteredModel* model = registry.find(name);
    return model != nullptr && kMechanismNames[static_cast<std::size_t>(model->descriptor.mechanism)] == mechanism;
  });
}

/// Calls act(type, parameter) for the strengths of edges.
template <class V, class Act>
void for_each_edge(V& root, const Act& act) {
  for (std::size_t s = 0; s < root.items.size(); ++s) {
    if (root.keys[s] != "cell_types") continue;
    auto& types = root.items[s];
    for (std::size_t t = 0; t < types.items.size(); ++t)
      for (std::size_t k = 0; k < types.items[t].items.size(); ++k) {
        if (types.items[t].keys[k] != "parameters") continue;
        auto& parameters = types.items[t].items[k];
        for (std::size_t p = 0; p < parameters.items.size(); ++p)
          if (parameters.items[p].note && parameters.items[p].note->edge)
            act(types.keys[t], parameters.keys[p], parameters.items[p]);
      }
  }
}

EffectEdge edge_of(const std::string& type, const std::string& parameter, const Value& strength) {
  const EdgeNote& note = *strength.note->edge;
  return {type, note.mechanism, parameter, strength.text, note.mark, note.source};
}

/// Those that are switched off in an arm and would act there.
std::vector<EffectEdge> assumed_in_action(const Value& root, const std::vector<std::string>& models,
                                          const ModelRegistry& registry) {
  const std::set<std::string> there = types_that_occur(root);
  std::vector<EffectEdge> found;
  for_each_edge(root, [&](const std::string& type, const std::string& parameter, const Value& strength) {
    EffectEdge edge = edge_of(type, parameter, strength);
    if (edge.is_left_out_of_published() && acts(strength) && there.contains(type) &&
        root["cell_types"][type]["responds_to_evs"].number != 0 && has_mechanism(models, edge.mechanism, registry))
      found.push_back(std::move(edge));
  });
  return found;
}

std::shared_ptr<const Value> without_assumed(const Value& root) {
  auto values = std::make_shared<Value>(root);
  for_each_edge(*values, [](const std::string& type, const std::string& parameter, Value& strength) {
    if (!edge_of(type, parameter, strength).is_left_out_of_published()) return;
    strength.text = "0";
    strength.number = 0;
  });
  return values;
}

}  // namespace

std::vector<EffectEdge> effect_edges(const Value& root) {
  std::vector<EffectEdge> all;
  for_each_edge(root, [&](const std::string& type, const std::string& parameter, const Value& strength) {
    all.push_back(edge_of(type, parameter, strength));
  });
  return all;
}

std::vector<Arm> published_arms(const Scenario& scenario, const Value& values) {
  std::vector<Arm> all = scenario.compare.arms, published;
  all.push_back({.name = "", .models = scenario.models});
  for (const Arm& arm : all) {
    const Value& own = arm.values ? *arm.values : values;
    const auto left_out =
        arm.vesicles ? assumed_in_action(own, arm.models, *scenario.registry) : std::vector<EffectEdge>();
    if (left_out.empty()) continue;
    Arm other = arm;
    other.of = arm.name;
    other.name = arm.name + std::string(kPublished);
    other.values = without_assumed(own);
    for (const EffectEdge& edge : left_out)
      other.edges_left_out.push_back(fmt::format("{} on {}", edge.mechanism, edge.cell_type));
    published.push_back(std::move(other));
  }
  for (Arm& arm : published)
    if (std::ranges::find(published, arm.direct, &Arm::of) != published.end() && !arm.direct.empty())
      arm.direct += kPublished;
  return published;
}

std::vector<std::string> published_names(const std::vector<std::string>& arms) {
  std::vector<std::string> names{std::string(kPublished)};
  for (const std::string& arm : arms) names.push_back(arm + std::string(kPublished));
  return names;
}

}  // namespace interstice
