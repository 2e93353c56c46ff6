/// @file
/// Resolved text and parameter table: two walks through the checked values.

#include "engine/scenario/scenario_text.h"

#include <fmt/format.h>

#include <algorithm>

namespace interstice {

namespace {

bool is_plain(const std::string& s) {
  static const std::vector<std::string> special{"null", "Null", "NULL", "~", "---", "..."};
  if (s.empty() || s.front() == ' ' || s.back() == ' ' || std::ranges::find(special, s) != special.end()) return false;
  if (std::string("-?:,[]{}#&*!|>'\"%@`=<").find(s.front()) != std::string::npos &&
      !(s.front() == '-' && s.size() > 1 && (std::isdigit(static_cast<unsigned char>(s[1])) != 0)))
    return false;
  return std::ranges::all_of(s, [](unsigned char c) {
    return std::isalnum(c) != 0 || std::string_view(" ._-+/^()*%").find(static_cast<char>(c)) != std::string_view::npos;
  });
}

std::string annotated(const Value& v) {
  std::string text = "{value: " + yaml_scalar(v.text);
  if (!v.note->low.empty())
    text += fmt::format(", range: [{}, {}]", yaml_scalar(v.note->low), yaml_scalar(v.note->high));
  if (!v.note->mark.empty()) text += ", mark: " + yaml_scalar(v.note->mark);
  if (!v.note->source.empty()) text += ", source: " + yaml_scalar(v.note->source);
  if (v.note->outside) text += ", outside: true";
  if (const auto& edge = v.note->edge)
    text += fmt::format(", edge: {{mechanism: {}, mark: {}, source: {}}}", edge->mechanism, edge->mark,
                        yaml_scalar(edge->source));
  return text + "}";
}

bool is_leaf(const Value& v) { return v.items.empty() && v.keys.empty(); }

std::string leaf(const Value& v) {
  using Kind = Spec::Kind;
  if (v.spec->kind == Kind::record || v.spec->kind == Kind::map) return "{}";
  if (v.spec->kind == Kind::list) return "[]";
  if (v.spec->kind == Kind::anything && v.style == '=') return v.text;
  if (v.note) return annotated(v);
  const auto note = default_annotation(*v.spec);
  if (v.given || !note) return yaml_scalar(v.text);
  Value known = v;  // a default keeps its mark and source in the resolved text
  known.note = note;
  return annotated(known);
}

void write(const Value& v, int indent, std::string& out);

void write_list(const Value& v, int indent, std::string& out) {
  if (std::ranges::all_of(v.items, is_leaf)) {
    std::vector<std::string> parts;
    for (const Value& item : v.items) parts.push_back(leaf(item));
    out += fmt::format(" [{}]\n", fmt::join(parts, ", "));
    return;
  }
  out += "\n";
  const std::string space(static_cast<std::size_t>(indent), ' ');
  for (const Value& item : v.items) {
    std::string text;
    write(item, indent + 2, text);
    if (text.starts_with('\n')) text = " " + text.substr(space.size() + 3);  // the first key beside the dash
    out += space + "-" + text;
  }
}

void write(const Value& v, int indent, std::string& out) {
  if (is_leaf(v)) {
    out += " " + leaf(v) + "\n";
    return;
  }
  if (v.keys.empty()) return write_list(v, indent, out);
  out += "\n";
  for (std::size_t i = 0; i < v.items.size(); ++i) {
    out += std::string(static_cast<std::size_t>(indent), ' ') + yaml_scalar(v.keys[i]) + ":";
    write(v.items[i], indent + 2, out);
  }
}

std::string where(const Value& v) {
  if (!v.given) return "default";
  if (!v.place.file) return "";
  return v.place.line > 0 ? fmt::format("{}:{}", *v.place.file, v.place.line) : *v.place.file;
}

void add_number(const Value& v, std::vector<ParameterRecord>& table) {
  ParameterRecord r{.path = v.path,
                    .value = v.text,
                    .number = v.number,
                    .unit = v.spec->unit,
                    .range = "",
                    .low = "",
                    .high = "",
                    .mark = "",
                    .source = "",
                    .where = where(v),
                    .is_default = !v.given};
  const auto note = v.given ? v.note : default_annotation(*v.spec);
  if (note) {
    if (!note->low.empty()) r.range = note->low + " to " + note->high;
    r.low = note->low;
    r.high = note->high;
    r.mark = note->mark;
    r.source = note->source;
    r.outside = note->outside;
  }
  table.push_back(std::move(r));
}

void walk(const Value& v, std::vector<ParameterRecord>& table) {
  if (v.spec == nullptr) return;
  if (v.spec->kind == Spec::Kind::quantity) add_number(v, table);
  for (const Value& item : v.items) walk(item, table);
}

}  // namespace

std::string yaml_scalar(const std::string& text) {
  if (is_plain(text)) return text;
  std::string quoted = "\"";
  for (const char c : text) {
    const auto u = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\')
      quoted += fmt::format("\\{}", c);
    else if (c == '\n')
      quoted += "\\n";
    else if (u < 32 || u == 127)
      quoted += fmt::format("\\x{:02x}", u);
    else
      quoted += c;
  }
  return quoted + "\"";
}

std::string resolved_text(const Value& root, const std::string& parameter_set, const std::optional<ResolvedRun>& run) {
  std::string out = "# Resolved scenario: includes, parameter set, overrides and defaults are written out.\n";
  if (!parameter_set.empty()) out += fmt::format("# Parameter set: {}\n", parameter_set);
  for (std::size_t i = 0; i < root.items.size(); ++i) {
    if (root.keys[i] == "parameter_sets" || root.keys[i] == "parameters") continue;
    if (run && (root.keys[i] == "seed" || root.keys[i] == "arm")) continue;
    out += root.keys[i] + ":";
    write(root.items[i], 2, out);
  }
  if (run) out += fmt::format("seed: {}\n", run->seed);
  if (run && !run->arm.empty()) out += fmt::format("arm: {}\n", yaml_scalar(run->arm));
  if (!parameter_set.empty())
    out += fmt::format("parameter_sets: {{{0}: {{}}}}\nparameters: {0}\n", yaml_scalar(parameter_set));
  return out;
}

std::string value_text(const Value& value, const std::string& name) {
  std::string out = name + ":";
  write(value, 2, out);
  return out;
}

std::vector<ParameterRecord> parameter_table(const Value& root) {
  std::vector<ParameterRecord> table;
  for (std::size_t i = 0; i < root.items.size(); ++i)
    if (root.keys[i] != "parameter_sets") walk(root.items[i], table);
  return table;
}

}  // namespace interstice
