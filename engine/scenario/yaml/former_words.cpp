#include "engine/scenario/yaml/former_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "engine/scenario/yaml/key_path.h"

namespace interstice {
namespace {

// In this order: of two rows that fit a key the first one counts, and a value is looked up under the new key.
constexpr FormerWord kFormerWords[] = {
    {"", "schema: 1", "schema: 2"},
    {"", "schema: 1.0", "schema: 2"},
    {"", "schema: 01", "schema: 2"},
    {"cell_types.*", "heeds_vesicles", "responds_to_evs"},
    {"cell_types.*", "read_outs", "reporters"},
    {"vesicles.*", "representation: field", "representation: counts"},
    {"compare.arms.*", "against", "control"},
    {"compare.outcomes.*", "per: time", "rate: true"},
    {"compare.outcomes.*", "per: start", "normalise: initial"},
    {"compare.outcomes.*", "per", "normalise"},
    {"compare.outcomes.*", "take", "reduce"},
    {"compare.outcomes.*", "reduce: lowest", "reduce: min"},
    {"compare.outcomes.*", "reduce: peak", "reduce: max"},
    {"compare.outcomes.*", "reduce: gain", "reduce: change"},
    {"compare.outcomes.*", "reduce: remaining", "reduce: fraction_of_initial"},
    {"compare.outcomes.*", "of: cleared.*", "of: taken_up.*"},
    {"compare.outcomes.*", "of: vesicles.*.cleared", "of: vesicles.*.lost"},
    {"compare.outcomes.*", "normalise: cleared.*", "normalise: taken_up.*"},
    {"compare.outcomes.*", "normalise: vesicles.*.cleared", "normalise: vesicles.*.lost"},
};

/// A word of the table taken apart.
struct Word {
  std::string_view key;
  std::string_view value;  ///< "" = whatever it is
};

Word word_of(std::string_view written) {
  const std::size_t colon = written.find(": ");
  if (colon == std::string_view::npos) return {written, ""};
  return {written.substr(0, colon), written.substr(colon + 2)};
}

/// The names that the `*` of a pattern stand for; nothing where the path does not fit.
std::optional<std::vector<std::string>> names_in(const std::vector<std::string>& path, std::string_view pattern) {
  const std::vector<std::string> parts = pattern.empty() ? std::vector<std::string>{} : split_key_path(pattern);
  if (parts.size() != path.size()) return std::nullopt;
  std::vector<std::string> names;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (parts[i] == "*")
      names.push_back(path[i]);
    else if (parts[i] != path[i])
      return std::nullopt;
  }
  return names;
}

/// The new word for a value that fits the old one; nothing where it does not.
std::optional<std::string> renamed(const std::string& value, std::string_view old_word, std::string_view new_word) {
  const auto names = names_in(split_key_path(value), old_word);
  if (!names) return std::nullopt;
  std::vector<std::string> parts = split_key_path(new_word);
  auto name = names->begin();
  for (std::string& part : parts)
    if (part == "*") part = *name++;
  return joined_key_path(parts);
}

/// Do the keys of this map say key paths from the top of the file?
bool holds_key_paths(const std::vector<std::string>& path) {
  return names_in(path, "parameter_sets.*") || names_in(path, "compare.arms.*.set");
}

class Replacer {
 public:
  std::vector<FormerWordUse> take() && { return std::move(uses_); }

  void map(YamlNode& node, const std::vector<std::string>& path) {
    const bool dotted = holds_key_paths(path);
    for (std::size_t i = 0; i < node.keys.size(); ++i)
      entry(node.keys[i], node.key_places[i], node.items[i], dotted ? std::vector<std::string>{} : path, dotted);
  }

  /// A key and its value in the map at `path`. `dotted`: the key is itself a path from there.
  void entry(std::string& key, const Place& place, YamlNode& value, std::vector<std::string> path, bool dotted) {
    const std::vector<std::string> parts = dotted ? split_key_path(key) : std::vector<std::string>{key};
    at_ = {&key, place, dotted ? "" : joined_key_path(path), dotted ? joined_key_path(parts) : ""};
    std::size_t begin = 0;  // of this part within the key
    for (std::size_t i = 0; i < parts.size(); ++i) {
      const std::string part = part_renamed(parts[i], begin, i + 1 == parts.size() ? &value : nullptr, path);
      begin += part.size() + 1;
      path.push_back(part);
    }
    below(value, path);
  }

 private:
  /// The key that is looked at.
  struct At {
    std::string* key = nullptr;
    Place place;
    std::string above;    ///< key path of its map
    std::string written;  ///< of a dotted key
  };

  void below(YamlNode& value, std::vector<std::string>& path) {
    if (value.is_map()) map(value, path);
    for (std::size_t i = 0; !value.is_map() && i < value.items.size(); ++i) {
      path.push_back(std::to_string(i));
      below(value.items[i], path);
      path.pop_back();
    }
  }

  /// The new word for one part of the key; its value, if it is the last one, is renamed too.
  std::string part_renamed(std::string part, std::size_t begin, YamlNode* value, const std::vector<std::string>& path) {
    const std::string as_written = part;
    for (const FormerWord& row : kFormerWords) {
      const Word was = word_of(row.old_word), is = word_of(row.new_word);
      if (part != was.key || !names_in(path, row.where)) continue;
      if (was.value.empty()) {
        use(as_written, part, std::string(is.key), {rename_key(begin, part, is.key)});
        part = is.key;
      } else if (value != nullptr) {
        part = values_renamed(as_written, part, begin, was, is, *value);
      }
    }
    return part;
  }

  std::string values_renamed(const std::string& as_written, const std::string& part, std::size_t begin, const Word& was,
                             const Word& is, YamlNode& value) {
    std::string key = part;
    const auto one = [&](YamlNode& scalar) {
      const auto text = scalar.is_scalar() ? renamed(scalar.text, was.value, is.value) : std::nullopt;
      if (!text) return;
      std::vector<WordEdit> edits{{scalar.place, scalar.text, *text}};
      if (key != is.key) edits.push_back(rename_key(begin, key, is.key));
      use(as_written, fmt::format("{}: {}", key, scalar.text), fmt::format("{}: {}", is.key, *text), std::move(edits));
      scalar.text = *text;
      key = is.key;
    };
    one(value);
    if (value.kind == YamlNode::Kind::list && was.key == is.key)
      for (YamlNode& item : value.items) one(item);
    return key;
  }

  WordEdit rename_key(std::size_t begin, const std::string& part, std::string_view new_part) {
    WordEdit edit{at_.place, *at_.key, *at_.key};
    edit.new_text.replace(begin, part.size(), new_part);
    *at_.key = edit.new_text;
    return edit;
  }

  void use(const std::string& key, std::string old_word, std::string new_word, std::vector<WordEdit> edits) {
    const std::string path = !at_.written.empty() ? at_.written : at_.above.empty() ? key : at_.above + "." + key;
    const Place place = edits.back().place;
    const bool known = std::ranges::any_of(uses_, [&](const FormerWordUse& other) {  // through an alias
      return other.place.line == place.line && other.place.column == place.column && place.line > 0 &&
             other.old_word == old_word;
    });
    if (!known) uses_.push_back({place, path, std::move(old_word), std::move(new_word), std::move(edits)});
  }

  std::vector<FormerWordUse> uses_;
  At at_;
};

}  // namespace

std::span<const FormerWord> former_words() { return kFormerWords; }

std::vector<FormerWordUse> replace_former_words(YamlNode& root) {
  Replacer replacer;
  if (root.is_map()) replacer.map(root, {});
  return std::move(replacer).take();
}

std::vector<FormerWordUse> replace_former_words(std::string& key_path, YamlNode& value) {
  Replacer replacer;
  const Place place = value.place;
  replacer.entry(key_path, place, value, {}, true);
  return std::move(replacer).take();
}

}  // namespace interstice
