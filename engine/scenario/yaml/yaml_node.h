/// @file
/// YAML as read: a tree in which every scalar and key knows where it stands. Independent of the YAML library.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/scenario/yaml/diagnostics.h"

namespace interstice {

struct YamlNode {
  enum class Kind { null, scalar, list, map };
  Kind kind = Kind::null;
  Place place;
  char style = ' ';      ///< of a scalar: ' ' plain, ' or " quoted, | or > block
  std::string text;      ///< of a scalar
  bool imposed = false;  ///< put in the place of another value by --set or a parameter set
  std::vector<std::string> keys;
  std::vector<Place> key_places;
  std::vector<YamlNode> items;  ///< of a list, or belonging to `keys`

  [[nodiscard]] bool is_map() const { return kind == Kind::map; }
  [[nodiscard]] bool is_scalar() const { return kind == Kind::scalar; }
  [[nodiscard]] const YamlNode* find(std::string_view key) const {
    for (std::size_t i = 0; i < keys.size(); ++i)
      if (keys[i] == key) return &items[i];
    return nullptr;
  }
  [[nodiscard]] YamlNode* find(std::string_view key) {
    return const_cast<YamlNode*>(static_cast<const YamlNode*>(this)->find(key));
  }
  YamlNode& add(std::string key, Place key_place, YamlNode value) {
    keys.push_back(std::move(key));
    key_places.push_back(std::move(key_place));
    items.push_back(std::move(value));
    return items.back();
  }
  static YamlNode empty_map(Place place) {
    YamlNode node;
    node.kind = Kind::map;
    node.place = std::move(place);
    return node;
  }
  void remove(std::string_view key) {
    for (std::size_t i = 0; i < keys.size(); ++i)
      if (keys[i] == key) {
        const auto at = static_cast<std::ptrdiff_t>(i);
        keys.erase(keys.begin() + at);
        key_places.erase(key_places.begin() + at);
        items.erase(items.begin() + at);
        return;
      }
  }
};

/// Same content, wherever it stands.
bool same_content(const YamlNode& a, const YamlNode& b);

/// Is it a key of a number with its notes, as in {value, range, mark, source}?
bool is_note(const std::string& key);

/// Maps that cannot be merged: one is a number with its notes ({value, source, ...}), the other something else, such as
/// a distribution.
bool unlike(const YamlNode& a, const YamlNode& b);

/// Parses one document. Syntax errors and duplicate keys go to `diagnostics`; what was read so far is returned.
YamlNode parse_yaml(const std::string& text, const std::string& file, Diagnostics& diagnostics);

/// Parses one value as after a colon (for --set and for defaults); every place is `place`.
YamlNode parse_yaml_value(const std::string& text, const Place& place, Diagnostics& diagnostics);

}  // namespace interstice
