/// @file
/// What the shape of a node says before it is checked: which option of a one_of it means, which names it defines.

#include <algorithm>
#include <cctype>

#include "engine/scenario/spec/spec.h"

namespace interstice {

namespace {

bool is_annotated(const YamlNode& node) { return node.is_map() && node.find("value") != nullptr; }

bool starts_number(std::string_view s) {
  if (!s.empty() && (s.front() == '-' || s.front() == '+')) s.remove_prefix(1);
  return !s.empty() && (std::isdigit(static_cast<unsigned char>(s.front())) != 0 || s.front() == '.');
}

/// How well a node's shape suits an option; 0 = not at all.
int suits(const YamlNode& node, const Spec& s) {
  switch (s.kind) {
    case Spec::Kind::record: {
      if (!node.is_map()) return 0;
      int shared = 1;
      for (const Field& f : s.fields)
        if (node.find(f.name) != nullptr) shared += f.needed ? 3 : 2;
      return shared;
    }
    case Spec::Kind::map:
      return node.is_map() ? 2 : 0;
    case Spec::Kind::list:
      return node.kind == YamlNode::Kind::list ? 5 : 0;
    case Spec::Kind::quantity:
    case Spec::Kind::integer:
      if (is_annotated(node) && s.kind == Spec::Kind::quantity) return 9;
      if (!node.is_scalar()) return 0;
      for (const auto& [word, value] : s.words)
        if (node.text == word) return 9;
      return starts_number(node.text) ? 5 : 1;
    case Spec::Kind::choice:
      return !node.is_scalar() ? 0 : std::ranges::find(s.choices, node.text) != s.choices.end() ? 9 : 2;
    case Spec::Kind::boolean:
      return node.is_scalar() && (node.text == "true" || node.text == "false") ? 6 : 0;
    case Spec::Kind::reference:
      return !node.is_scalar() ? 0 : starts_number(node.text) ? 1 : 4;
    case Spec::Kind::text:
    case Spec::Kind::formula:
      return node.is_scalar() ? 3 : 0;
    case Spec::Kind::one_of:
      return choose_option(node, s) ? 1 : 0;
    case Spec::Kind::anything:
      return 1;
  }
  return 0;
}

}  // namespace

std::optional<std::size_t> choose_option(const YamlNode& node, const Spec& one_of) {
  std::optional<std::size_t> best;
  int best_score = 0;
  for (std::size_t i = 0; i < one_of.options.size(); ++i)
    if (const int score = suits(node, *one_of.options[i]); score > best_score) {
      best = i;
      best_score = score;
    }
  return best;
}

void keep_as_written(const YamlNode& node, const Spec& spec, Value& v) {
  v.spec = &spec;
  v.place = node.place;
  v.valid = true;
  v.text = node.text;
  v.style = node.style;
  v.keys = node.keys;
  v.key_places = node.key_places;
  for (const YamlNode& item : node.items) keep_as_written(item, spec, v.items.emplace_back());
  if (node.is_scalar()) return;
  v.style = '=';  // not to be quoted
  if (node.items.empty()) v.text = node.is_map() ? "{}" : node.kind == YamlNode::Kind::list ? "[]" : "null";
}

void collect_names(const YamlNode& node, const Spec& spec, Names& names) {
  if (spec.kind == Spec::Kind::one_of) {
    if (const auto option = choose_option(node, spec)) collect_names(node, *spec.options[*option], names);
    return;
  }
  if (spec.kind == Spec::Kind::record && node.is_map())
    for (const Field& f : spec.fields)
      if (const YamlNode* child = node.find(f.name)) collect_names(*child, *f.spec, names);
  if (spec.kind == Spec::Kind::map && node.is_map())
    for (std::size_t i = 0; i < node.keys.size(); ++i) {
      auto& known = names[spec.defines];
      if (!spec.defines.empty() && std::ranges::find(known, node.keys[i]) == known.end()) known.push_back(node.keys[i]);
      collect_names(node.items[i], *spec.item, names);
    }
  if (spec.kind == Spec::Kind::text && !spec.defines.empty() && node.is_scalar()) {
    auto& known = names[spec.defines];
    if (std::ranges::find(known, node.text) == known.end()) known.push_back(node.text);
  }
  if (spec.kind == Spec::Kind::list)
    for (const YamlNode& item : node.items) collect_names(item, *spec.item, names);
}

}  // namespace interstice
