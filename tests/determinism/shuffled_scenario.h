/// @file
/// Scenarios as trees: written in another order, or with entries that nothing uses.
#pragma once

#include <algorithm>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "engine/scenario/scenario_text.h"
#include "engine/scenario/yaml/yaml_node.h"

namespace interstice::test {

/// In one line, as flow YAML.
inline std::string flow_text(const YamlNode& node) {
  if (node.kind == YamlNode::Kind::null) return "null";
  if (node.is_scalar()) return yaml_scalar(node.text);
  std::string text;
  for (std::size_t i = 0; i < node.items.size(); ++i) {
    if (i > 0) text += ", ";
    if (node.is_map()) text += yaml_scalar(node.keys[i]) + ": ";
    text += flow_text(node.items[i]);
  }
  return node.is_map() ? "{" + text + "}" : "[" + text + "]";
}

/// One line per section.
inline std::string scenario_text(const YamlNode& root) {
  std::string text;
  for (std::size_t i = 0; i < root.items.size(); ++i) text += root.keys[i] + ": " + flow_text(root.items[i]) + "\n";
  return text;
}

/// Lists and maps in another order, wherever the order means nothing. It means something where regions are painted,
/// phases follow each other, the first condition that holds wins, and cells are injured at the start.
class Shuffle {
 public:
  explicit Shuffle(std::uint64_t seed) : random_(seed) {}

  void operator()(YamlNode& node, const std::string& key = "", int depth = 0) {
    for (std::size_t i = 0; i < node.items.size(); ++i)
      (*this)(node.items[i], node.is_map() ? node.keys[i] : key, depth + 1);
    if (node.is_map() && !(depth == 1 && key == "regions")) {
      arrange(node, any_order(node.items.size()));
    } else if (node.kind == YamlNode::Kind::list && key == "transitions") {
      arrange(node, keeping(node, [](const YamlNode& t) { return t.find("when") != nullptr; }));
    } else if (node.kind == YamlNode::Kind::list && key == "injury") {
      arrange(node, keeping(node, [](const YamlNode& i) { return i.find("at_start") != nullptr; }));
    } else if (node.kind == YamlNode::Kind::list && without_order(key, node)) {
      arrange(node, any_order(node.items.size()));
    }
  }

 private:
  /// Lists of names, of times and of places for cells.
  static bool without_order(const std::string& key, const YamlNode& list) {
    static const std::set<std::string> keys{"in", "around", "at", "reservoirs", "optional", "models", "include"};
    const bool places = std::ranges::all_of(list.items, [](const YamlNode& item) {
      return item.is_map() && (item.find("count") != nullptr || item.find("density") != nullptr);
    });
    return keys.contains(key) || places;
  }
  std::vector<std::size_t> any_order(std::size_t size) {
    std::vector<std::size_t> order(size);
    for (std::size_t i = 0; i < size; ++i) order[i] = i;
    std::ranges::shuffle(order, random_);
    return order;
  }
  /// Those with an order keep it among themselves.
  template <class HasOrder>
  std::vector<std::size_t> keeping(const YamlNode& list, HasOrder has_order) {
    std::vector<std::size_t> order = any_order(list.items.size()), ordered;
    for (const std::size_t i : order)
      if (has_order(list.items[i])) ordered.push_back(i);
    std::ranges::sort(ordered);
    auto next = ordered.begin();
    for (std::size_t& i : order)
      if (has_order(list.items[i])) i = *next++;
    return order;
  }
  static void arrange(YamlNode& node, const std::vector<std::size_t>& order) {
    const YamlNode before = node;
    for (std::size_t i = 0; i < order.size(); ++i) {
      node.items[i] = before.items[order[i]];
      if (node.is_map()) node.keys[i] = before.keys[order[i]];
    }
  }

  std::mt19937_64 random_;
};

/// The node of this name, made where there is none.
inline YamlNode& section(YamlNode& root, const std::string& name) {
  if (root.find(name) == nullptr) root.add(name, {}, YamlNode::empty_map({}));
  return *root.find(name);
}

inline YamlNode flow(const std::string& text) {
  Diagnostics diagnostics;
  YamlNode node = parse_yaml_value(text, {}, diagnostics);
  diagnostics.throw_if_any();
  return node;
}

/// Adds entries that nothing refers to: first and last in the order of names, so that every index moves. No reservoir:
/// it holds what species have by default, which reacts.
inline void add_unused(YamlNode& root) {
  for (const std::string end : {"A", "zz"}) {
    const auto add = [&](const std::string& where, const std::string& text) {
      section(root, where).add(end + "_unused", {}, flow(text));
    };
    add("species", "{diffusivity: 2000 um^2/s}");
    add("vesicles", "{number: 0 EV, diameter: {median: 30 nm, gsd: 2}, proteins: {CD73: {mean: 3}}}");
    add("profiles",
        "{species: " + end + "_unused, around: " + section(root, "regions").keys.front() + ", width: 1 mm}");
    add("reactions", "{equation: " + end + "_unused -> 2 " + end + "_unused, k: 0.1 1/s}");
    add("cell_types", "{radius: 25 um, initial_state: " + end + ", states: {" + end +
                          ": {transitions: [{to: z, hazard: \"" + end + "_own / 1 [s]\"}], secretes: {" + end +
                          "_unused: \"1 [molecule/s]\"}}, z: {}}, columns: {" + end +
                          "_own: {initial: {uniform: [1, 2]}, gain: \"contacts_" + end + "_unused / 1 [s]\"}}}");
    for (YamlNode& type : section(root, "cell_types").items)
      section(type, "columns").add(end + "_more", {}, flow("{initial: {uniform: [1, 2]}}"));
  }
}

}  // namespace interstice::test
