#include "engine/study/study_axes.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>

#include "engine/core/error.h"
#include "engine/core/units.h"

namespace interstice {

std::string flow_text(const YamlNode& node) {
  if (node.kind == YamlNode::Kind::null) return "null";
  if (node.is_scalar()) {
    const bool plain = node.text.find_first_of("{}[],:#&*!|>'\"%@`\n") == std::string::npos && !node.text.empty();
    if (node.style == ' ' || plain) return node.text;
    std::string quoted;
    for (const char c : node.text) quoted += c == '\'' ? std::string("''") : std::string(1, c);
    return "'" + quoted + "'";
  }
  std::string text;
  for (std::size_t i = 0; i < node.items.size(); ++i)
    text += (i == 0 ? "" : ", ") + (node.is_map() ? node.keys[i] + ": " : "") + flow_text(node.items[i]);
  return node.is_map() ? "{" + text + "}" : "[" + text + "]";
}

namespace {

/// The number of a value in a unit; empty for words and for other dimensions.
std::optional<double> number_in(const std::string& text, const std::string& unit) {
  try {
    return parse_quantity(text).in(unit.empty() ? "1" : unit);
  } catch (const InputError&) {
    return std::nullopt;
  }
}

/// Values in even steps, with the unit of the first.
std::vector<std::string> steps_between(const Value& axis, std::size_t points, Diagnostics& diagnostics) {
  const Value &from = axis["from"], &to = axis["to"], &scale = axis["scale"];
  const Quantity first = parse_quantity(from.text);
  const std::optional<double> last = number_in(to.text, first.unit_text);
  if (!last) {
    diagnostics.report(to.place, to.path, fmt::format("'{}' has another unit than '{}'", to.text, from.text));
    return {};
  }
  const bool tenfold = first.value > 0 && *last > 0 && std::max(*last / first.value, first.value / *last) > 10;
  const bool logarithmic = scale.valid ? scale.text == "log" : tenfold;
  if (*last == first.value || (logarithmic && !(first.value > 0 && *last > 0))) {
    diagnostics.report(to.place, to.path,
                       *last == first.value ? "is the same as `from` (expected another number)"
                                            : "has no logarithm, or `from` has none (expected numbers above 0)");
    return {};
  }
  std::vector<std::string> values{from.text};
  for (std::size_t k = 1; k + 1 < points; ++k) {
    const double share = static_cast<double>(k) / static_cast<double>(points - 1);
    const double value =
        logarithmic ? first.value * std::pow(*last / first.value, share) : first.value + share * (*last - first.value);
    values.push_back(fmt::format("{:.6g}{}{}", value, first.unit_text.empty() ? "" : " ", first.unit_text));
  }
  values.push_back(to.text);
  return values;
}

class AxisReader {
 public:
  AxisReader(const std::string& name, const Value& value, const YamlNode& node, Diagnostics& diagnostics)
      : value_(value), node_(node), diagnostics_(diagnostics) {
    axis_.name = name;
  }

  StudyAxis read() {
    const bool steps = value_.has("from") || value_.has("to") || value_.has("points");
    if (steps == value_.has("values")) {
      diagnostics_.report(value_.place, value_.path, "expected either `values`, or `from`, `to` and `points`");
      return axis_;
    }
    const Value& key = value_["key"];
    std::vector<std::string> keys;
    for (const Value& item : key.items) keys.push_back(item.text);
    for (const Value& arm : value_["arms"].items) axis_.arms.push_back(arm.text);
    if (keys.empty()) keys.push_back(key.text);
    steps ? read_steps(keys) : read_values(keys);
    for (std::size_t c = 0; c < axis_.columns.size(); ++c) find_unit(c);
    refuse_twice_the_same();
    return axis_;
  }

 private:
  void read_steps(const std::vector<std::string>& keys) {
    for (const char* part : {"from", "to", "points"})
      if (!value_.has(part)) {
        diagnostics_.report(value_.place, value_.path + "." + part, "missing (expected `from`, `to` and `points`)");
        return;
      }
    if (!value_["from"].valid || !value_["to"].valid || !value_["points"].valid) return;
    axis_.columns.push_back({axis_.name, keys, "", true});
    for (std::string& text : steps_between(value_, value_["points"].whole, diagnostics_))
      axis_.values.push_back({std::move(text)});
  }

  void read_values(const std::vector<std::string>& keys) {
    const YamlNode* list = node_.find("values");
    if (list == nullptr || list->kind != YamlNode::Kind::list) return;
    const bool each = keys.size() > 1 && !list->items.empty() && list->items.front().kind == YamlNode::Kind::list;
    if (each)
      for (const std::string& key : keys) axis_.columns.push_back({axis_.name + "." + key, {key}, "", true});
    else
      axis_.columns.push_back({axis_.name, keys, "", true});
    for (const YamlNode& item : list->items) {
      std::vector<std::string> row;
      if (!each) row.push_back(flow_text(item));
      for (const YamlNode& part : item.items)
        if (each) row.push_back(flow_text(part));
      if (row.size() != axis_.columns.size()) {
        diagnostics_.report(
            item.place, value_.path + ".values",
            fmt::format("{} values stand here (expected {}, one for each key)", row.size(), keys.size()));
        continue;
      }
      axis_.values.push_back(std::move(row));
      axis_.places.push_back(item.place);
    }
  }

  /// `1000 nm` and `1 um` are the same.
  void refuse_twice_the_same() {
    std::set<std::vector<std::string>> seen;
    for (const auto& row : axis_.values) {
      std::vector<std::string> numbers;
      for (std::size_t c = 0; c < row.size(); ++c) {
        const VariedColumn& column = axis_.columns[c];
        const auto number = column.numeric ? number_in(row[c], column.unit) : std::nullopt;
        numbers.push_back(number ? fmt::format("{:.12g}", *number) : row[c]);
      }
      if (!seen.insert(numbers).second)
        diagnostics_.report(value_.place, value_.path + ".values",
                            fmt::format("has {} twice (expected each value once)", fmt::join(row, ", ")));
    }
  }

  void find_unit(std::size_t c) {
    VariedColumn& column = axis_.columns[c];
    if (axis_.values.empty()) return;
    try {
      column.unit = parse_quantity(axis_.values.front()[c]).unit_text;
    } catch (const InputError&) {
      column.numeric = false;
    }
    for (const auto& row : axis_.values) column.numeric = column.numeric && number_in(row[c], column.unit).has_value();
    if (!column.numeric) column.unit.clear();
  }

  const Value& value_;
  const YamlNode& node_;
  Diagnostics& diagnostics_;
  StudyAxis axis_;
};

}  // namespace

StudyAxis read_axis(const std::string& name, const Value& value, const YamlNode& node, Diagnostics& diagnostics) {
  return AxisReader(name, value, node, diagnostics).read();
}

}  // namespace interstice
