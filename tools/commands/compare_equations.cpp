#include "tools/commands/compare_equations.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <sstream>
#include <string_view>

#include "engine/scenario/spec/spec.h"

namespace interstice::cli {
namespace {

/// What stands left of the arrow: "2 ATP + B" as "[ATP]^2 [B]".
std::string reactants_of(const std::string& equation) {
  std::istringstream words(equation.substr(0, equation.find("->")));
  std::string text, power;
  for (std::string word; words >> word;) {
    if (word == "+") continue;
    if (word.find_first_not_of("0123456789") == std::string::npos) {
      power = "^" + word;
      continue;
    }
    text += (text.empty() ? "[" : " [") + word + "]" + power;
    power.clear();
  }
  return text;
}

/// "kcat [CD73] + vmax", of an enzyme on cells and of what is besides; and the numbers behind it.
std::string rates_of(const Value& reaction, std::string& numbers) {
  std::string rate;
  for (const char* name : {"kcat", "vmax"}) {
    if (!reaction.has(name)) continue;
    rate += fmt::format("{}{}", rate.empty() ? "" : " + ", name);
    if (std::string_view(name) == "kcat") rate += " [" + reaction["enzyme"].text + "]";
    numbers += fmt::format("{}{} = {}", numbers.empty() ? "" : ", ", name, reaction[name].text);
  }
  return rate.find('+') == std::string::npos ? rate : "(" + rate + ")";
}

/// Mass action, Hill's law, or Michaelis and Menten's with what competes.
std::string law_of(const Value& reaction) {
  const std::string reactants = reactants_of(reaction["equation"].text);
  if (reaction.has("k"))
    return fmt::format("k{}{}, k = {}", reactants.empty() ? "" : " ", reactants, reaction["k"].text);
  std::string numbers;
  const std::string rate = rates_of(reaction, numbers);
  if (rate.empty() || reactants.empty()) return {};
  if (reaction.has("K")) {
    const std::string n = reaction.has("n") ? reaction["n"].text : "1";
    return fmt::format("{0} {1}^n / (K^n + {1}^n), {2}, K = {3}, n = {4}", rate, reactants, numbers, reaction["K"].text,
                       n);
  }
  std::string inhibition;
  numbers += ", Km = " + reaction["Km"].text;
  const Value& inhibitors = reaction["inhibitors"];
  for (std::size_t k = 0; k < inhibitors.items.size(); ++k) {
    inhibition += fmt::format(" + [{0}]/Ki_{0}", inhibitors.keys[k]);
    numbers += fmt::format(", Ki_{} = {}", inhibitors.keys[k], inhibitors.items[k].text);
  }
  return fmt::format("{} {} / (Km{} + {}), {}", rate, reactants, inhibition.empty() ? "" : " (1" + inhibition + ")",
                     reactants, numbers);
}

/// Where and when it runs, and how its rate fades; "" = everywhere, from the start to the end.
std::string where_and_when(const Value& reaction) {
  std::string text;
  std::string in = reaction["in"].text;
  for (const Value& region : reaction["in"].items) in += (in.empty() ? "" : " and ") + region.text;
  if (!in.empty() && in != "all") text += ", in " + in;
  if (reaction["from"].number > 0) text += ", from " + reaction["from"].text;
  if (const std::string& until = reaction["until"].text; !until.empty() && until != "end") text += ", until " + until;
  if (const std::string& half = reaction["half_life"].text; !half.empty() && half != "never")
    text += ", v fades with a half-life of " + half;
  return text;
}

EquationGroup reactions_of(const Value& reactions) {
  EquationGroup group{"reactions", {}};
  for (std::size_t k = 0; k < reactions.items.size(); ++k) {
    const Value& reaction = reactions.items[k];
    if (!reaction.has("equation")) continue;
    const std::string law = law_of(reaction);
    group.lines.push_back(fmt::format("{}: {}{}{}{}", reactions.keys[k], reaction["equation"].text,
                                      law.empty() ? "" : ", v = ", law, where_and_when(reaction)));
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
