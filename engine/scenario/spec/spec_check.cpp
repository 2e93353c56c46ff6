/// @file
/// Checks a YAML tree against a spec: types, units, ranges, names, unknown and missing keys; fills in defaults.

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "engine/core/units.h"
#include "engine/scenario/spec/spec.h"
#include "engine/scenario/spec/spec_words.h"

namespace interstice {
namespace {

/// In the unit of the spec: what is summed in single precision ends at 3e38.
constexpr double kLargest = 1e35;

class Checker {
 public:
  Checker(const Names& names, Diagnostics& diagnostics) : names_(names), diagnostics_(diagnostics) {}

  Value check(const YamlNode& node, const Spec& spec, std::string path, bool given) {
    Value v;
    v.spec = &spec;
    v.place = node.place;
    v.path = std::move(path);
    v.given = given;
    v.style = node.style;
    if (node.is_scalar()) v.text = node.text;
    switch (spec.kind) {
      case Spec::Kind::record:
        record(node, spec, v);
        break;
      case Spec::Kind::map:
        map(node, spec, v);
        break;
      case Spec::Kind::list:
        list(node, spec, v);
        break;
      case Spec::Kind::quantity:
        quantity(node, spec, v);
        break;
      case Spec::Kind::integer:
        integer(node, spec, v);
        break;
      case Spec::Kind::boolean:
        boolean(node, spec, v);
        break;
      case Spec::Kind::text:
      case Spec::Kind::formula:
        v.valid = scalar(node, spec, v) && (spec.defines.empty() || may_be_name(node.text, spec, v.place, v.path));
        break;
      case Spec::Kind::choice:
        choice(node, spec, v);
        break;
      case Spec::Kind::reference:
        reference(node, spec, v);
        break;
      case Spec::Kind::one_of:
        return one_of(node, spec, std::move(v));
      case Spec::Kind::anything:
        keep_as_written(node, spec, v);
        break;
    }
    return v;
  }

 private:
  void report(const Value& v, std::string message) { diagnostics_.report(v.place, v.path, std::move(message)); }

  static std::string below(const std::string& path, const std::string& key) {
    return path.empty() ? key : path + "." + key;
  }

  bool scalar(const YamlNode& node, const Spec& spec, const Value& v) {
    if (node.is_scalar()) return true;
    report(v, fmt::format("{} stands here (expected {})", kind_text(node), expectation(spec)));
    return false;
  }

  void record(const YamlNode& node, const Spec& spec, Value& v) {
    v.valid = node.is_map() || node.kind == YamlNode::Kind::null;
    if (!v.valid) report(v, fmt::format("{} stands here (expected {})", kind_text(node), expectation(spec)));
    std::vector<std::string> known;
    for (const Field& f : spec.fields) known.push_back(f.name);
    std::vector<std::string> strangers;
    for (std::size_t i = 0; i < node.keys.size(); ++i) {
      if (spec.field(node.keys[i]) != nullptr) continue;
      strangers.push_back(node.keys[i]);
      std::string message = unknown_name(spec.noun, node.keys[i], known);
      if (spec.noun == "model" && node.items[i].find("library") == nullptr)
        message += "; a model of your own needs its `library: FILE.so`";
      diagnostics_.report(node.key_places[i], below(v.path, node.keys[i]), message);
    }
    for (const Field& f : spec.fields) {
      const std::vector<std::string> name{f.name};
      const auto meant = [&name](const std::string& key) { return !did_you_mean(key, name).empty(); };
      field(node, f, std::ranges::any_of(strangers, meant), v);
    }
  }

  /// `injury:` alone is an empty list; `radius:` alone is a forgotten value.
  static bool may_be_empty(const Spec& spec) {
    return spec.kind == Spec::Kind::record || spec.kind == Spec::Kind::map || spec.kind == Spec::Kind::list;
  }

  void field(const YamlNode& node, const Field& f, bool misspelt, Value& v) {
    const YamlNode* child = node.is_map() ? node.find(f.name) : nullptr;
    const std::string path = below(v.path, f.name);
    if (child != nullptr && (child->kind != YamlNode::Kind::null || !may_be_empty(*f.spec))) {
      v.keys.push_back(f.name);
      v.key_places.push_back(key_place(node, f.name));
      within_ = v.spec;
      v.items.push_back(check(*child, *f.spec, path, v.given));
    } else if (!f.fallback.empty()) {
      Place place = node.place;
      v.keys.push_back(f.name);
      v.key_places.push_back(place);
      v.items.push_back(check(parse_yaml_value(f.fallback, place, diagnostics_), *f.spec, path, false));
    } else if (f.needed) {
      // a misspelt key has been reported already: do not report its right spelling as missing too
      if (v.valid && !misspelt && !diagnostics_.incomplete)
        diagnostics_.report(child != nullptr ? child->place : node.place, path,
                            fmt::format("missing (expected {})", expectation(*f.spec)));
      v.valid = false;
    }
  }

  static Place key_place(const YamlNode& node, const std::string& key) {
    for (std::size_t i = 0; i < node.keys.size(); ++i)
      if (node.keys[i] == key) return node.key_places[i];
    return node.place;
  }

  void map(const YamlNode& node, const Spec& spec, Value& v) {
    v.valid = node.is_map() || node.kind == YamlNode::Kind::null;
    if (!v.valid) report(v, fmt::format("{} stands here (expected {})", kind_text(node), expectation(spec)));
    for (std::size_t i = 0; i < node.keys.size() && v.valid; ++i) {
      const std::string path = below(v.path, node.keys[i]);
      if (!map_key(node.keys[i], node.key_places[i], path, spec)) v.valid = false;
      if (node.items[i].kind == YamlNode::Kind::null && spec.item->kind != Spec::Kind::record &&
          spec.item->kind != Spec::Kind::map) {
        diagnostics_.report(node.items[i].place, path, fmt::format("missing (expected {})", expectation(*spec.item)));
        v.valid = false;
        continue;
      }
      v.keys.push_back(node.keys[i]);
      v.key_places.push_back(node.key_places[i]);
      v.items.push_back(check(node.items[i], *spec.item, path, v.given));
    }
    size_in_range(node, spec, v);
  }

  bool map_key(const std::string& key, const Place& place, const std::string& path, const Spec& spec) {
    if (!spec.refers.empty()) return is_known(key, spec, place, path);
    if (spec.defines.empty() || spec.defines == "key path") return true;
    return may_be_name(key, spec, place, path);
  }

  bool may_be_name(const std::string& name, const Spec& spec, const Place& place, const std::string& path) {
    if (!is_identifier(name)) {
      diagnostics_.report(place, path,
                          fmt::format("'{}' cannot be the name of a {} (expected letters, digits and _, "
                                      "not starting with a digit)",
                                      name.substr(0, 60), spec.defines));
      return false;
    }
    if (std::ranges::find(spec.also, name) != spec.also.end()) {
      diagnostics_.report(place, path, fmt::format("'{}' is a reserved word; choose another name", name));
      return false;
    }
    return true;
  }

  bool is_known(const std::string& name, const Spec& spec, const Place& place, const std::string& path) {
    std::vector<std::string> known = spec.also;
    for (const std::string& kind : spec.refers)
      if (const auto found = names_.find(kind); found != names_.end())
        known.insert(known.end(), found->second.begin(), found->second.end());
    if (std::ranges::find(known, name) != known.end()) return true;
    const auto tolerated = names_.find(spec.tolerates);
    if (tolerated != names_.end() && std::ranges::find(tolerated->second, name) != tolerated->second.end()) return true;
    if (!diagnostics_.incomplete)
      diagnostics_.report(place, path, unknown_name(fmt::format("{}", fmt::join(spec.refers, " or ")), name, known));
    return false;
  }

  void list(const YamlNode& node, const Spec& spec, Value& v) {
    v.valid = node.kind == YamlNode::Kind::list;
    if (!v.valid) return report(v, fmt::format("{} stands here (expected {})", kind_text(node), expectation(spec)));
    for (std::size_t i = 0; i < node.items.size(); ++i)
      v.items.push_back(check(node.items[i], *spec.item, below(v.path, std::to_string(i)), v.given));
    size_in_range(node, spec, v);
  }

  void size_in_range(const YamlNode& node, const Spec& spec, Value& v) {
    if (!v.valid || (node.items.size() >= spec.minimum_items && node.items.size() <= spec.maximum_items)) return;
    v.valid = false;
    const std::string wanted = spec.minimum_items == spec.maximum_items ? std::to_string(spec.minimum_items)
                               : node.items.size() < spec.minimum_items ? fmt::format("at least {}", spec.minimum_items)
                                                                        : fmt::format("at most {}", spec.maximum_items);
    report(v, fmt::format("{} entries (expected {})", node.items.size(), wanted));
  }

  // Reads text as a number in the spec's unit; false and a report when it is none.
  bool number(const std::string& text, const Spec& spec, const Value& v, double& result) {
    for (const auto& [word, value] : spec.words)
      if (text == word) {
        result = value;
        return true;
      }
    Quantity q;
    try {
      q = parse_quantity(text);
    } catch (const InputError& e) {
      std::vector<std::string> words;
      for (const auto& w : spec.words) words.push_back(w.first);
      const std::string problem = e.what();  // what units look like in general is in what is expected here
      report(v, fmt::format("{} (expected {}){}", problem.substr(0, problem.find(" (units are for example")),
                            expectation(spec), did_you_mean(text, words)));
      return false;
    }
    result = q.value;
    if (spec.any_unit) return true;
    for (const std::string& other : spec.other_units)
      if (parse_unit(other).dimension == q.unit.dimension) {
        result = q.in(other);
        return true;
      }
    if (parse_unit(spec.unit).dimension == q.unit.dimension) {
      result = q.in(spec.unit);
      return true;
    }
    report(v, wrong_unit(text, q, spec, within_));
    return false;
  }

  bool in_range(double x, const std::string& text, const Spec& spec, const Value& v) {
    if (std::ranges::any_of(spec.words, [&](const auto& w) { return w.first == text; })) return true;
    if (x < spec.minimum || x > spec.maximum || (spec.above_minimum && x == spec.minimum)) {
      report(v, fmt::format("{} is out of range (expected {})", text, expectation(spec)));
      return false;
    }
    if (std::abs(x) > kLargest) {
      report(v, fmt::format("{} is too large to calculate with (expected at most {:g})", text, kLargest));
      return false;
    }
    return true;
  }

  void quantity(const YamlNode& node, const Spec& spec, Value& v) {
    if (node.is_map()) return annotated(node, spec, v);
    v.valid = scalar(node, spec, v) && number(node.text, spec, v, v.number) && in_range(v.number, v.text, spec, v);
  }

  void annotated(const YamlNode& node, const Spec& spec, Value& v) {
    std::vector<std::string> keys{"value", "range", "mark", "source", "outside"};
    if (spec.edge) keys.emplace_back("edge");
    bool misspelt = false;
    for (std::size_t i = 0; i < node.keys.size(); ++i)
      if (std::ranges::find(keys, node.keys[i]) == keys.end()) {
        misspelt = true;
        diagnostics_.report(node.key_places[i], below(v.path, node.keys[i]), unknown_name("key", node.keys[i], keys));
      }
    v.note.emplace();
    const YamlNode* value = node.find("value");
    if (value == nullptr) {
      if (!misspelt)
        report(v, fmt::format("has no 'value' (expected {}, or value, range, mark, source)", expectation(spec)));
    } else {
      v.place = value->place;
      v.text = value->text;
      v.style = value->style;
      v.valid = scalar(*value, spec, v) && number(value->text, spec, v, v.number) &&
                in_range(v.number, v.text, spec, v) && !misspelt;
    }
    if (const YamlNode* outside = node.find("outside")) {
      v.note->outside = outside->text == "true";
      if (!outside->is_scalar() || (outside->text != "true" && outside->text != "false"))
        diagnostics_.report(outside->place, below(v.path, "outside"), "expected true or false");
    }
    annotate_range(node, spec, v);
    read_mark_and_source(node, v.path, *v.note, diagnostics_);
    const YamlNode* edge = node.find("edge");
    if (edge == nullptr || !spec.edge) return;
    const Value said = check(*edge, *spec.edge, below(v.path, "edge"), true);
    v.note->edge = EdgeNote{said["mechanism"].text, said["mark"].text, said["source"].text};
  }

  void annotate_range(const YamlNode& node, const Spec& spec, Value& v) {
    const YamlNode* range = node.find("range");
    if (range == nullptr) {
      v.note->outside = false;  // of nothing
      return;
    }
    Value at = v;
    at.place = range->place;
    at.path = below(v.path, "range");
    if (range->kind != YamlNode::Kind::list || range->items.size() != 2 || !range->items[0].is_scalar() ||
        !range->items[1].is_scalar()) {
      report(at, "expected two numbers: [lowest, highest]");
      return;
    }
    v.note->low = range->items[0].text;
    v.note->high = range->items[1].text;
    double low = 0, high = 0;
    if (!number(v.note->low, spec, at, low) || !number(v.note->high, spec, at, high)) return;
    double value = v.number;
    if (spec.any_unit && v.valid && !in_one_unit(v, at, value, low, high)) return;
    if (low > high)
      report(at, "the lowest is above the highest");
    else if (v.valid)
      against_range(*node.find("value"), v, value, low, high);
  }

  /// Where any unit goes, value and range must be of one kind all the same.
  bool in_one_unit(const Value& v, const Value& at, double& value, double& low, double& high) {
    const auto numbers = native_numbers({v.text, v.note->low, v.note->high});
    if (!numbers) {
      report(at, fmt::format("the range has another unit than the value, {}", v.text));
      return false;
    }
    value = (*numbers)[0], low = (*numbers)[1], high = (*numbers)[2];
    return true;
  }

  /// A file that contradicts itself is mistaken; who overrides a value may leave its range, and is told so.
  void against_range(const YamlNode& node, Value& v, double value, double low, double high) {
    const double slack = 1e-12 * std::abs(value);  // units were converted
    const bool outside = value < low - slack || value > high + slack;
    if (outside && !node.imposed && !v.note->outside) {
      report(v, fmt::format("{} is outside its range {} to {} (correct one of them, or say `outside: true`)", v.text,
                            v.note->low, v.note->high));
    } else if (outside) {
      diagnostics_.warn(v.place, v.path,
                        fmt::format("{} is outside its range {} to {}", v.text, v.note->low, v.note->high));
    }
    v.note->outside = outside;
  }

  void integer(const YamlNode& node, const Spec& spec, Value& v) {
    if (!scalar(node, spec, v)) return;
    const char* end = node.text.data() + node.text.size();
    const auto [stop, error] = std::from_chars(node.text.data(), end, v.number);
    if (error != std::errc{} || stop != end || !std::isfinite(v.number) || v.number != std::floor(v.number))
      return report(
          v, fmt::format("'{}' is not a whole number (expected {})", node.text.substr(0, 60), expectation(spec)));
    const auto whole = unsigned_number(node.text, v.number);
    v.whole = whole.value_or(0);  // one that is too large for any range is out of each
    v.valid = in_range(whole || v.number < 0 ? v.number : HUGE_VAL, v.text, spec, v);
  }

  void boolean(const YamlNode& node, const Spec& spec, Value& v) {
    if (!scalar(node, spec, v)) return;
    v.number = node.text == "true" ? 1 : 0;
    v.valid = node.text == "true" || node.text == "false";
    if (!v.valid)
      report(v, fmt::format("'{}' is neither true nor false{}", node.text.substr(0, 60),
                            did_you_mean(node.text, std::vector<std::string>{"true", "false"})));
  }

  void choice(const YamlNode& node, const Spec& spec, Value& v) {
    if (!scalar(node, spec, v)) return;
    v.valid = std::ranges::find(spec.choices, node.text) != spec.choices.end();
    if (!v.valid)
      report(v, fmt::format("'{}' cannot be used (expected {}){}", node.text.substr(0, 60), expectation(spec),
                            did_you_mean(node.text, spec.choices)));
  }

  void reference(const YamlNode& node, const Spec& spec, Value& v) {
    v.valid = scalar(node, spec, v) && is_known(node.text, spec, v.place, v.path);
  }

  Value one_of(const YamlNode& node, const Spec& spec, Value v) {
    const auto option = choose_option(node, spec);
    if (!option) {
      report(v,
             fmt::format("{} cannot be used (expected {})",
                         node.is_scalar() ? "'" + node.text.substr(0, 60) + "'" : kind_text(node), expectation(spec)));
      return v;
    }
    Value chosen = check(node, *spec.options[*option], v.path, v.given);
    chosen.option = *option;
    return chosen;
  }

  const Spec* within_ = nullptr;  ///< record whose key was read last
  const Names& names_;
  Diagnostics& diagnostics_;
};

}  // namespace

Value check(const YamlNode& node, const SpecPointer& spec, const Names& names, Diagnostics& diagnostics) {
  return Checker(names, diagnostics).check(node, *spec, "", true);
}

}  // namespace interstice
