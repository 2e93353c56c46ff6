/// @file
/// `like` of cell types: takes over definitions before anything is checked, so that what was taken over is checked,
/// described and resolved like what is written out, and complaints point to where it stands.

#include "engine/scenario/yaml/yaml_like.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/scenario/yaml/key_path.h"
#include "engine/scenario/yaml/yaml_include.h"

namespace interstice {

namespace {

constexpr std::string_view kTypes = "cell_types", kParts = "cell_parts";
constexpr std::size_t kLongestChain = 100;  ///< of types that are each like the next

using Keys = std::vector<std::string>;

/// One number with what is known of it, or a map of further keys?
bool is_one_value(const YamlNode& node) {
  if (!node.is_map() || node.find("value") != nullptr) return true;
  const auto is_map = [](const YamlNode& item) { return item.is_map(); };
  return !node.keys.empty() && std::ranges::all_of(node.keys, is_note) && std::ranges::none_of(node.items, is_map);
}

bool is_kind_of_distribution(const std::string& key) {
  static constexpr std::array<std::string_view, 7> kinds{"uniform", "integers",         "lognormal", "exponential",
                                                         "normal",  "truncated_normal", "gamma"};
  return std::ranges::find(kinds, key) != kinds.end();
}

bool is_distribution(const YamlNode& node) {
  return node.keys.size() == 1 && is_kind_of_distribution(node.keys[0]) && !node.items[0].is_scalar();
}

/// Does a type or part, as written, say this value? A distribution of another kind is another value in its place.
bool says(const YamlNode& type, const Keys& within) {
  const YamlNode* node = &type;
  for (const std::string& key : within) {
    if (is_one_value(*node)) return true;
    const YamlNode* below = node->find(key);
    if (below == nullptr) return is_distribution(*node);
    node = below;
  }
  return true;
}

/// Do two paths lead to the same value, to a part of the other one, or to two distributions in the same place?
bool meet(const Keys& a, const Keys& b) {
  const auto [in_a, in_b] = std::ranges::mismatch(a, b);
  if (in_a == a.end() || in_b == b.end()) return true;
  const bool may_be_drawn = in_a != a.begin() && (*(in_a - 1) == "initial" || *(in_a - 1) == "duration");
  return may_be_drawn && is_kind_of_distribution(*in_a) && is_kind_of_distribution(*in_b);
}

/// Adds what `base` does not have, map by map.
void add_missing(YamlNode& base, const YamlNode& more) {
  if (!base.is_map()) return;
  for (std::size_t i = 0; i < more.keys.size(); ++i)
    if (YamlNode* present = base.find(more.keys[i]); present == nullptr)
      base.add(more.keys[i], more.key_places[i], more.items[i]);
    else
      add_missing(*present, more.items[i]);
}

/// A type or part, as written.
struct Source {
  std::string name;
  const YamlNode* own;
};

/// A parameter set, with what it says of cell types and parts taken apart into single values.
class ParameterSet {
 public:
  explicit ParameterSet(const YamlNode& set) : set_(YamlNode::empty_map(set.place)) {
    for (std::size_t i = 0; i < set.keys.size(); ++i) {
      Keys path = split_key_path(set.keys[i]);
      if (path[0] == kTypes || path[0] == kParts) take_apart(path, path.size(), set.key_places[i], set.items[i]);
      if (path[0] != kParts) add(set.keys[i], set.key_places[i], set.items[i]);
    }
  }

  /// What the set says of a type or part, it says of those that are like it too. `order`: a type and what it is like,
  /// the nearest first; `complete`: the type with all that it takes over.
  void spread(const std::vector<Source>& order, const YamlNode& complete) {
    for (auto base = order.begin() + 1; base != order.end(); ++base) {
      const auto values = values_.find(base->name);
      if (values == values_.end()) continue;
      for (const Given& given : values->second)
        if (std::none_of(order.begin(), base, [&](const Source& nearer) { return speaks(nearer, given.within); }))
          give(order.front().name, complete, given);
    }
  }

  [[nodiscard]] YamlNode take() && { return std::move(set_); }

 private:
  /// One value that the set gives.
  struct Given {
    Keys within;              ///< path below the type or part
    std::size_t written = 0;  ///< how many of these keys are written in one with dots
    Place place;
    YamlNode value;
  };

  void add(const std::string& key, const Place& place, YamlNode value) {
    entries_.emplace(key, set_.keys.size());
    set_.add(key, place, std::move(value));
  }

  void take_apart(Keys& path, std::size_t written, const Place& place, const YamlNode& value) {
    const bool inside = path.size() > 2;
    if (value.is_map() && !value.keys.empty() && (!inside || !is_one_value(value))) {
      for (std::size_t i = 0; i < value.keys.size(); ++i) {
        path.push_back(value.keys[i]);
        take_apart(path, written, value.key_places[i], value.items[i]);
        path.pop_back();
      }
    } else if (inside) {
      values_[path[1]].push_back(
          {Keys(path.begin() + 2, path.end()), std::max<std::size_t>(written, 2) - 2, place, value});
    }
  }

  /// Does the type or part give this value itself, or the set for it?
  [[nodiscard]] bool speaks(const Source& source, const Keys& within) const {
    if (says(*source.own, within)) return true;
    const auto values = values_.find(source.name);
    return values != values_.end() &&
           std::ranges::any_of(values->second, [&within](const Given& given) { return meet(given.within, within); });
  }

  void give(const std::string& type, const YamlNode& complete, const Given& given) {
    Keys path{std::string(kTypes), type};
    path.insert(path.end(), given.within.begin(), given.within.end());
    std::size_t split = inside_entry(path);
    if (split == 0) split = 2 + std::max(given.written, depth_present(complete, given.within));
    YamlNode value = given.value;
    for (std::size_t i = path.size(); i-- > split;) {
      YamlNode around = YamlNode::empty_map(given.place);
      around.add(path[i], given.place, std::move(value));
      value = std::move(around);
    }
    path.resize(split);
    const std::string key = joined_key_path(path);
    if (const auto present = entries_.find(key); present != entries_.end())
      add_missing(set_.items[present->second], value);
    else
      add(key, given.place, std::move(value));
  }

  /// How many keys lead to an entry that would replace what holds this value, and so must hold it itself; else 0.
  [[nodiscard]] std::size_t inside_entry(const Keys& path) const {
    std::string key;
    for (std::size_t i = 0; i + 1 < path.size(); ++i) {
      key += (i == 0 ? "" : ".") + path[i];
      const auto entry = entries_.find(key);
      if (entry != entries_.end() && set_.items[entry->second].find(path[i + 1]) != nullptr) return i + 1;
    }
    return 0;
  }

  /// How many keys, without the last, lead through maps: only below them a set can bring in new keys.
  static std::size_t depth_present(const YamlNode& complete, const Keys& within) {
    const YamlNode* node = &complete;
    for (std::size_t i = 0; i + 1 < within.size(); ++i) {
      node = node->find(within[i]);
      if (node == nullptr || is_one_value(*node)) return i;
    }
    return within.size() - 1;
  }

  YamlNode set_;                                      ///< as it will stand in the tree
  std::map<std::string, std::size_t> entries_;        ///< where its keys are
  std::map<std::string, std::vector<Given>> values_;  ///< as written, of each type and part
};

class Likes {
 public:
  Likes(YamlNode& root, Diagnostics& diagnostics) : root_(root), diagnostics_(diagnostics) {
    if (const YamlNode* types = root.find(kTypes); types != nullptr && types->is_map()) types_ = *types;
    for (std::size_t i = 0; i < types_.keys.size(); ++i) known_[types_.keys[i]] = &types_.items[i];
    if (const YamlNode* parts = root.find(kParts); parts != nullptr) take_parts(*parts);
    for (std::size_t i = 0; i < parts_.keys.size(); ++i) known_[parts_.keys[i]] = &parts_.items[i];
  }

  void resolve() {
    YamlNode* types = root_.find(kTypes);
    for (std::size_t i = 0; types != nullptr && types->is_map() && i < types->keys.size(); ++i)
      types->items[i] = complete(types->keys[i]);
    for (const std::string& part : parts_.keys) complete(part);  // for what is wrong with it
    root_.remove(kParts);
    if (YamlNode* sets = root_.find("parameter_sets"); sets != nullptr && sets->is_map()) spread(*sets);
  }

 private:
  void take_parts(const YamlNode& parts) {
    if (!parts.is_map()) {
      diagnostics_.report(parts.place, std::string(kParts), "expected a map: name of the part -> keys of a cell type");
      return;
    }
    for (std::size_t i = 0; i < parts.keys.size(); ++i) {
      const std::string path = fmt::format("{}.{}", kParts, parts.keys[i]);
      if (!parts.items[i].is_map())
        diagnostics_.report(parts.items[i].place, path, "expected keys of a cell type");
      else if (known_.contains(parts.keys[i]))
        diagnostics_.report(parts.key_places[i], path, fmt::format("'{}' is a cell type too", parts.keys[i]));
      else
        parts_.add(parts.keys[i], parts.key_places[i], parts.items[i]);
    }
  }

  [[nodiscard]] const YamlNode* find(const std::string& name) const {
    const auto found = known_.find(name);
    return found == known_.end() ? nullptr : found->second;
  }

  /// A type or part with all that its `like` names below its own keys.
  const YamlNode& complete(const std::string& name) {
    if (const auto done = complete_.find(name); done != complete_.end()) return done->second;
    const YamlNode& own = *find(name);
    const YamlNode* likes = own.is_map() ? own.find("like") : nullptr;
    if (likes == nullptr) return complete_[name] = own;
    const std::string path = fmt::format("{}.{}.like", parts_.find(name) == nullptr ? kTypes : kParts, name);
    open_.push_back(name);
    YamlNode all = YamlNode::empty_map(own.place), rest = own;
    rest.remove("like");
    for (const YamlNode& base : names(*likes, path))
      if (follow(name, base, path)) overlay(all, complete(base.text));
    open_.pop_back();
    overlay(all, rest);
    return complete_[name] = std::move(all);
  }

  /// Completes `base`, which `name` is like; false if there is something wrong with it.
  bool follow(const std::string& name, const YamlNode& base, const std::string& path) {
    if (find(base.text) == nullptr) {
      report_unknown(base, path);
      return false;
    }
    if (std::ranges::find(open_, base.text) != open_.end()) {
      diagnostics_.report(base.place, path, fmt::format("'{}' is like itself", base.text));
      return false;
    }
    bool too_long = open_.size() > kLongestChain;
    if (!too_long) {
      complete(base.text);
      too_long = chain_[base.text] >= kLongestChain;
    }
    if (too_long) {
      report_chain(base, path);
      return false;
    }
    chain_[name] = std::max(chain_[name], chain_[base.text] + 1);
    bases_[name].push_back(base.text);
    return true;
  }

  /// Once: of a chain of thousands one place says it all.
  void report_chain(const YamlNode& base, const std::string& path) {
    if (!std::exchange(chain_reported_, true))
      diagnostics_.report(base.place, path,
                          fmt::format("more than {} steps from one `like` to the next (expected fewer; name the "
                                      "types that are meant in a list)",
                                      kLongestChain));
  }

  std::vector<YamlNode> names(const YamlNode& likes, const std::string& path) {
    std::vector<YamlNode> all;
    for (const YamlNode& entry : likes.kind == YamlNode::Kind::list ? likes.items : std::vector<YamlNode>{likes})
      if (entry.is_scalar())
        all.push_back(entry);
      else
        diagnostics_.report(entry.place, path, "expected the name of a cell type or cell part, or a list of them");
    return all;
  }

  void report_unknown(const YamlNode& base, const std::string& path) {
    if (diagnostics_.incomplete) return;  // it may stand in what could not be read
    std::vector<std::string> known = types_.keys;
    known.insert(known.end(), parts_.keys.begin(), parts_.keys.end());
    diagnostics_.report(base.place, path,
                        fmt::format("there is no cell type or cell part '{}'{}", base.text.substr(0, 200),
                                    did_you_mean(base.text, known)));
  }

  void spread(YamlNode& sets) {
    std::map<std::size_t, ParameterSet> taken_apart;
    for (std::size_t i = 0; i < sets.items.size(); ++i)
      if (sets.items[i].is_map()) taken_apart.emplace(i, ParameterSet(sets.items[i]));
    std::set<std::string> taken;
    for (const std::string& type : types_.keys) {
      const std::vector<Source> order = nearest_first(type);
      for (auto& [i, set] : taken_apart) set.spread(order, complete(type));
      for (const Source& source : order) taken.insert(source.name);
    }
    for (auto& [i, set] : taken_apart) {
      check_parts(fmt::format("parameter_sets.{}", sets.keys[i]), sets.items[i], taken);
      sets.items[i] = std::move(set).take();
    }
  }

  /// A type and all that it is like, as they go over each other: each comes once, where it counts.
  [[nodiscard]] std::vector<Source> nearest_first(const std::string& type) const {
    std::vector<Source> order;
    std::set<std::string> seen;
    Keys open{type};
    while (!open.empty()) {
      const std::string name = std::move(open.back());
      open.pop_back();
      if (!seen.insert(name).second) continue;
      order.push_back({name, find(name)});
      if (const auto bases = bases_.find(name); bases != bases_.end())
        open.insert(open.end(), bases->second.begin(), bases->second.end());  // the last one goes over the others
    }
    return order;
  }

  /// `taken`: the types and parts that reach a type.
  void check_parts(const std::string& whose, const YamlNode& set, const std::set<std::string>& taken) {
    for (std::size_t i = 0; i < set.keys.size(); ++i) {
      const Keys path = split_key_path(set.keys[i]);
      if (path[0] != kParts) continue;
      const std::string at = fmt::format("{}.{}", whose, set.keys[i]);
      const YamlNode& value = set.items[i];
      if (path.size() > 2)
        check_part(path[1], set.key_places[i], at, Keys{path[2]}, taken);
      else if (path.size() > 1)
        check_part(path[1], set.key_places[i], at, keys_of(value), taken);
      else if (!value.is_map())
        diagnostics_.report(value.place, at, "expected a map: name of the part -> keys of a cell type");
      else
        for (std::size_t k = 0; k < value.keys.size(); ++k)
          check_part(value.keys[k], value.key_places[k], fmt::format("{}.{}", at, value.keys[k]),
                     keys_of(value.items[k]), taken);
    }
  }

  static std::optional<Keys> keys_of(const YamlNode& node) {
    return node.is_map() ? std::optional(node.keys) : std::nullopt;
  }

  /// `keys`: what the set says of the part.
  void check_part(const std::string& part, const Place& place, const std::string& path, const std::optional<Keys>& keys,
                  const std::set<std::string>& taken) {
    if (parts_.find(part) == nullptr) {
      if (diagnostics_.incomplete) return;  // it may stand in what could not be read
      diagnostics_.report(
          place, path,
          fmt::format("there is no cell part '{}'{}", part.substr(0, 200), did_you_mean(part, parts_.keys)));
    } else if (!keys) {
      diagnostics_.report(place, path, "expected keys of a cell type");
    } else if (std::ranges::find(*keys, "like") != keys->end()) {
      diagnostics_.report(
          place, path, "a parameter set cannot change what a part is like (expected values; change them one by one)");
    } else if (!taken.contains(part)) {
      diagnostics_.warn(place, path, fmt::format("no cell type is like '{}', so that this changes nothing", part));
    }
  }

  YamlNode& root_;
  Diagnostics& diagnostics_;
  YamlNode types_, parts_;                        ///< as written
  std::map<std::string, const YamlNode*> known_;  ///< both, by name
  std::vector<std::string> open_;                 ///< being completed
  std::map<std::string, YamlNode> complete_;
  std::map<std::string, std::vector<std::string>> bases_;  ///< what each is like
  std::map<std::string, std::size_t> chain_;               ///< steps from each to the furthest one that it takes from
  bool chain_reported_ = false;
};

}  // namespace

void take_over_likes(YamlNode& root, Diagnostics& diagnostics) { Likes(root, diagnostics).resolve(); }

}  // namespace interstice
