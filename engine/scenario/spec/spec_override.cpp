/// @file
/// Overrides by key path, guided by the spec: a path may fill in what a record leaves out, but not invent names.

#include <fmt/format.h>

#include <charconv>

#include "engine/scenario/spec/spec.h"
#include "engine/scenario/yaml/key_path.h"

namespace interstice {

namespace {

class Override {
 public:
  Override(const std::string& key_path, const YamlNode& value, const std::string& source, Diagnostics& diagnostics)
      : key_path_(key_path),
        parts_(split_key_path(key_path)),
        value_(value),
        source_(source),
        diagnostics_(diagnostics) {}

  void apply(YamlNode& node, const Spec& spec, std::size_t depth) {
    if (depth == parts_.size()) return replace(node, spec);
    switch (spec.kind) {
      case Spec::Kind::record:
        return into_record(node, spec, depth);
      case Spec::Kind::map:
        return into_map(node, spec, depth);
      case Spec::Kind::list:
        return into_list(node, spec, depth);
      case Spec::Kind::one_of:
        return into_option(node, spec, depth);
      default:
        report(fmt::format("'{}' has no parts (expected {})", so_far(depth), expectation(spec)));
    }
  }

 private:
  void report(std::string message) { diagnostics_.report(value_.place, key_path_, std::move(message)); }

  [[nodiscard]] std::string so_far(std::size_t depth) const {
    return fmt::format("{}", fmt::join(parts_.begin(), parts_.begin() + static_cast<std::ptrdiff_t>(depth), "."));
  }

  /// Say, a number in the place of a distribution: nothing of what stood there stays.
  [[nodiscard]] bool is_other_option(const YamlNode& node, const Spec& spec) const {
    if (spec.kind != Spec::Kind::one_of) return false;
    const auto option = choose_option(value_, spec);
    return option && option != choose_option(node, spec);
  }

  void replace(YamlNode& node, const Spec& spec) {
    if (YamlNode* inner = node.is_map() ? node.find("value") : nullptr; inner != nullptr && value_.is_scalar()) {
      *inner = value_;
      inner->imposed = true;
      node.remove("outside");  // was said of the value that is gone
      YamlNode note;
      note.kind = YamlNode::Kind::scalar;
      note.place = value_.place;
      note.text = source_;
      if (YamlNode* present = node.find("source"))
        *present = note;
      else
        node.add("source", value_.place, note);
    } else if (node.is_map() && value_.is_map() && !is_other_option(node, spec)) {
      for (std::size_t i = 0; i < value_.keys.size(); ++i) {
        node.remove(value_.keys[i]);  // an empty value takes the key away, as in an including file
        if (value_.items[i].kind == YamlNode::Kind::null) continue;
        YamlNode& added = node.add(value_.keys[i], value_.key_places[i], value_.items[i]);
        added.imposed = value_.keys[i] == "value" && value_.find("range") == nullptr;
      }
    } else {
      node = value_;
    }
  }

  void into_record(YamlNode& node, const Spec& spec, std::size_t depth) {
    std::vector<std::string> known;
    for (const Field& f : spec.fields) known.push_back(f.name);
    const Field* field = spec.field(parts_[depth]);
    if (field == nullptr) {
      if (spec.noun == "model" && diagnostics_.incomplete) return;  // of a library that did not load
      report(fmt::format("unknown {} '{}'{}{}", spec.noun, parts_[depth],
                         depth == 0 ? "" : fmt::format(" in '{}'", so_far(depth)), did_you_mean(parts_[depth], known)));
      return;
    }
    if (node.kind == YamlNode::Kind::null) node.kind = YamlNode::Kind::map;
    if (!node.is_map()) return;  // refused when the tree is checked
    if (depth + 1 == parts_.size() && value_.kind == YamlNode::Kind::null && !field->needed)
      return node.remove(field->name);  // an empty value takes the key away, as in an including file
    YamlNode* child = node.find(field->name);
    if (child == nullptr) {
      if (depth + 1 < parts_.size() && field->spec->kind == Spec::Kind::map)
        return no_such({}, *field->spec, depth + 1);
      if (spec.noun == "model" && depth + 1 < parts_.size()) return no_such(node, spec, depth);
      child = &add_empty(node, field->name);
    }
    apply(*child, *field->spec, depth + 1);
  }

  YamlNode& add_empty(YamlNode& node, const std::string& key) {
    YamlNode empty;
    empty.place = value_.place;
    return node.add(key, value_.place, empty);
  }

  void no_such(const YamlNode& node, const Spec& spec, std::size_t depth) {
    if (diagnostics_.incomplete) return;  // it may stand in what could not be read
    report(fmt::format("there is no {} '{}' in this scenario{}", spec.noun, parts_[depth],
                       did_you_mean(parts_[depth], node.keys)));
  }

  void into_map(YamlNode& node, const Spec& spec, std::size_t depth) {
    if (node.kind == YamlNode::Kind::null) node.kind = YamlNode::Kind::map;
    if (!node.is_map()) return;
    YamlNode* child = node.find(parts_[depth]);
    if (child == nullptr) {
      if (depth + 1 < parts_.size() || !spec.defines.empty()) return no_such(node, spec, depth);
      child = &add_empty(node, parts_[depth]);
    }
    apply(*child, *spec.item, depth + 1);
  }

  void into_list(YamlNode& node, const Spec& spec, std::size_t depth) {
    std::size_t i = 0;
    const std::string& part = parts_[depth];
    const auto [stop, error] = std::from_chars(part.data(), part.data() + part.size(), i);
    if (error != std::errc{} || stop != part.data() + part.size() || i >= node.items.size())
      return report(fmt::format("'{}' is no entry of the list '{}' (expected 0 to {})", part, so_far(depth),
                                node.items.empty() ? 0 : node.items.size() - 1));
    apply(node.items[i], *spec.item, depth + 1);
  }

  // An option that can take the next part: the one the present value has, else the first that knows the key.
  void into_option(YamlNode& node, const Spec& spec, std::size_t depth) {
    if (node.is_map() || node.kind == YamlNode::Kind::list)
      if (const auto option = choose_option(node, spec)) return apply(node, *spec.options[*option], depth);
    for (const auto& option : spec.options) {
      const bool takes = option->kind == Spec::Kind::record ? option->field(parts_[depth]) != nullptr
                                                            : option->kind == Spec::Kind::map;
      if (!takes) continue;
      node = YamlNode::empty_map(value_.place);
      return apply(node, *option, depth);
    }
    report(fmt::format("'{}' has no part '{}' (expected {})", so_far(depth), parts_[depth], expectation(spec)));
  }

  const std::string& key_path_;
  std::vector<std::string> parts_;
  const YamlNode& value_;
  const std::string& source_;
  Diagnostics& diagnostics_;
};

}  // namespace

void override_value(YamlNode& root, const Spec& spec, const std::string& key_path, const YamlNode& value,
                    const std::string& source, Diagnostics& diagnostics) {
  Override(key_path, value, source, diagnostics).apply(root, spec, 0);
}

}  // namespace interstice
