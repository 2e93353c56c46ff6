#include "tools/commands/compare_equations.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "engine/scenario/spec/spec.h"

namespace interstice::cli {
namespace {

/// What stands left of the arrow: "ATP + B" as "[ATP] [B]".
std::vector<std::string> reactants_of(const std::string& equation) {
  std::vector<std::string> names;
  std::string name;
  for (const char c : equation.substr(0, equation.find("->")) + "+")
    if (c == '+') {
      if (!name.empty()) names.push_back("[" + name + "]");
      name.clear();
    } else if (c != ' ') {
      name += c;
    }
  return names;
}

/// k [A] [B], or Michaelis and Menten's law with what inhibits.
std::string law_of(const Value& reaction) {
  const auto reactants = reactants_of(reaction["equation"].text);
  const std::string product = fmt::format("{}", fmt::join(reactants, " "));
  if (reaction.has("k")) return fmt::format("k{}{}, k = {}", product.empty() ? "" : " ", product, reaction["k"].text);
  const bool by_copies = reaction.has("kcat");
  const char* rate = by_copies ? "kcat" : "vmax";
  if (!reaction.has(rate) || reactants.empty()) return {};
  std::string inhibition, numbers = fmt::format("{} = {}, Km = {}", rate, reaction[rate].text, reaction["Km"].text);
  const Value& inhibitors = reaction["inhibitors"];
  for (std::size_t k = 0; k < inhibitors.items.size(); ++k) {
    inhibition += fmt::format(" + [{0}]/Ki_{0}", inhibitors.keys[k]);
    numbers += fmt::format(", Ki_{} = {}", inhibitors.keys[k], inhibitors.items[k].text);
  }
  const std::string enzyme = by_copies && reaction.has("enzyme") ? " [" + reaction["enzyme"].text + "]" : "";
  return fmt::format("{}{} {} / (Km{} + {}), {}", rate, enzyme, product,
                     inhibition.empty() ? "" : " (1" + inhibition + ")", product, numbers);
}

EquationGroup reactions_of(const Value& reactions) {
  EquationGroup group{"reactions", {}};
  for (std::size_t k = 0; k < reactions.items.size(); ++k) {
    const Value& reaction = reactions.items[k];
    if (!reaction.has("equation")) continue;
    const std::string law = law_of(reaction);
    group.lines.push_back(
        fmt::format("{}: {}{}{}", reactions.keys[k], reaction["equation"].text, law.empty() ? "" : ", v = ", law));
  }
  return group;
}

EquationGroup cells_of(const std::string& name, const Value& type) {
  EquationGroup group{"cells of " + name, {}};
  const Value& columns = type["columns"];
  for (std::size_t k = 0; k < columns.items.size(); ++k) {
    const Value& column = columns.items[k];
    if (!column.has("gain") && !column.has("loss")) continue;
    group.lines.push_back(
        fmt::format("d {0}/dt = {1}{2}", columns.keys[k], column.has("gain") ? column["gain"].text : "0",
                    column.has("loss") ? fmt::format(" - ({}) {}", column["loss"].text, columns.keys[k]) : ""));
  }
  const Value& states = type["states"];
  for (std::size_t s = 0; s < states.items.size(); ++s) {
    for (const Value& transition : states.items[s]["transitions"].items)
      if (transition.has("hazard"))
        group.lines.push_back(
            fmt::format("{} -> {}: hazard {}", states.keys[s], transition["to"].text, transition["hazard"].text));
    const Value& secretes = states.items[s]["secretes"];
    for (std::size_t k = 0; k < secretes.items.size(); ++k)
      group.lines.push_back(
          fmt::format("{} secretes {}: {}", states.keys[s], secretes.keys[k], secretes.items[k].text));
  }
  return group;
}

}  // namespace

std::vector<EquationGroup> equations_of(const Scenario& scenario) {
  std::vector<EquationGroup> groups;
  for (const std::string& name : scenario.models)
    if (const RegisteredModel* model = scenario.registry ? scenario.registry->find(name) : nullptr)
      groups.push_back(
          {"model " + name,
           {std::string(model->descriptor.summary), "Source: " + std::string(model->descriptor.citation)}});
  if (scenario.values) {
    const Value& root = *scenario.values;
    groups.push_back(reactions_of(root["reactions"]));
    const Value& types = root["cell_types"];
    for (std::size_t k = 0; k < types.items.size(); ++k) groups.push_back(cells_of(types.keys[k], types.items[k]));
  }
  std::erase_if(groups, [](const EquationGroup& group) { return group.lines.empty(); });
  return groups;
}

}  // namespace interstice::cli
