/// @file
/// `like` of cell types: takes over definitions before anything is checked, so that what was taken over is checked,
/// described and resolved like what is written out, and complaints point to where it stands.

#include "engine/scenario/yaml/yaml_like.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "engine/scenario/yaml/key_path.h"
#include "engine/scenario/yaml/yaml_include.h"

namespace interstice {

namespace {

constexpr std::string_view kTypes = "cell_types", kParts = "cell_parts";

/// One number with what is known of it, or a map of further keys?
bool is_one_value(const YamlNode& node) { return !node.is_map() || node.find("value") != nullptr; }

class Likes {
 public:
  Likes(YamlNode& root, Diagnostics& diagnostics) : root_(root), diagnostics_(diagnostics) {
    if (const YamlNode* types = root.find(kTypes); types != nullptr && types->is_map()) types_ = *types;
    if (const YamlNode* parts = root.find(kParts); parts != nullptr) take_parts(*parts);
  }

  void resolve() {
    YamlNode* types = root_.find(kTypes);
    for (std::size_t i = 0; types != nullptr && types->is_map() && i < types->keys.size(); ++i)
      types->items[i] = complete(types->keys[i]);
    for (const std::string& part : parts_.keys) complete(part);  // for what is wrong with it
    root_.remove(kParts);
    if (YamlNode* sets = root_.find("parameter_sets"); sets != nullptr && sets->is_map())
      for (YamlNode& set : sets->items)
        if (set.is_map()) spread(set);
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
      else if (types_.find(parts.keys[i]) != nullptr)
        diagnostics_.report(parts.key_places[i], path, fmt::format("'{}' is a cell type too", parts.keys[i]));
      else
        parts_.add(parts.keys[i], parts.key_places[i], parts.items[i]);
    }
  }

  [[nodiscard]] const YamlNode* find(const std::string& name) const {
    const YamlNode* type = types_.find(name);
    return type != nullptr ? type : parts_.find(name);
  }

  /// A type or part with all that its `like` names below its own keys.
  const YamlNode& complete(const std::string& name) {
    if (const auto done = complete_.find(name); done != complete_.end()) return done->second;
    const YamlNode& own = *find(name);
    const YamlNode* likes = own.is_map() ? own.find("like") : nullptr;
    if (likes == nullptr) return complete_[name] = own;
    const std::string path = fmt::format("{}.{}.like", types_.find(name) != nullptr ? kTypes : kParts, name);
    open_.push_back(name);
    YamlNode all = YamlNode::empty_map(own.place), rest = own;
    rest.remove("like");
    for (const YamlNode& base : names(*likes, path)) {
      if (find(base.text) == nullptr) {
        report_unknown(base, path);
      } else if (std::ranges::find(open_, base.text) != open_.end()) {
        diagnostics_.report(base.place, path, fmt::format("'{}' is like itself", base.text));
      } else {
        overlay(all, complete(base.text));
        bases_[name].push_back(base.text);
      }
    }
    open_.pop_back();
    overlay(all, rest);
    return complete_[name] = std::move(all);
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

  /// What a parameter set says of a type or part, it says of those that are like it too.
  void spread(YamlNode& set) {
    YamlNode wanted = YamlNode::empty_map(set.place);
    for (std::size_t i = 0; i < set.keys.size(); ++i)
      if (!set.keys[i].starts_with(std::string(kParts) + ".")) wanted.add(set.keys[i], set.key_places[i], set.items[i]);
    for (const std::string& type : types_.keys)
      for (std::size_t i = 0; i < set.keys.size(); ++i) {
        const std::vector<std::string> path = split_key_path(set.keys[i]);
        if (path.size() < 3 || (path[0] != kTypes && path[0] != kParts) || !takes_from(type, path[1])) continue;
        const std::vector<std::string> within(path.begin() + 2, path.end());
        std::string key = fmt::format("{}.{}.{}", kTypes, type, joined_key_path(within));
        if (says_itself(type, path[1], within) || set.find(key) != nullptr) continue;
        wanted.remove(key);  // of two that it is like, the nearer one decides
        wanted.add(std::move(key), set.key_places[i], set.items[i]);
      }
    set = std::move(wanted);
  }

  [[nodiscard]] bool takes_from(const std::string& type, const std::string& base) const {
    const auto found = bases_.find(type);
    if (found == bases_.end()) return false;
    return std::ranges::any_of(found->second, [&](const std::string& b) { return b == base || takes_from(b, base); });
  }

  /// Does `type`, or what stands between it and `base`, give this value itself?
  [[nodiscard]] bool says_itself(const std::string& type, const std::string& base,
                                 const std::vector<std::string>& within) const {
    if (type == base) return false;
    if (const YamlNode* own = find(type); own != nullptr && says(*own, within)) return true;
    const auto found = bases_.find(type);
    if (found == bases_.end()) return false;
    // A later base goes over an earlier one; of those that take from `base` the last one counts.
    for (auto b = found->second.rbegin(); b != found->second.rend(); ++b) {
      if (*b == base) return false;
      if (takes_from(*b, base)) return says_itself(*b, base, within);
      if (const YamlNode* other = find(*b); other != nullptr && says(*other, within)) return true;
    }
    return false;
  }

  static bool says(const YamlNode& type, const std::vector<std::string>& within) {
    const YamlNode* node = &type;
    for (const std::string& key : within) {
      if (is_one_value(*node)) return true;
      node = node->find(key);
      if (node == nullptr) return false;
    }
    return true;
  }

  YamlNode& root_;
  Diagnostics& diagnostics_;
  YamlNode types_, parts_;         ///< as written
  std::vector<std::string> open_;  ///< being completed
  std::map<std::string, YamlNode> complete_;
  std::map<std::string, std::vector<std::string>> bases_;  ///< what each is like
};

}  // namespace

void take_over_likes(YamlNode& root, Diagnostics& diagnostics) { Likes(root, diagnostics).resolve(); }

}  // namespace interstice
