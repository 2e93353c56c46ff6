/// @file
/// Specs to JSON Schema. Nothing is `required` outside of lists: an included file may hold it.

#include "engine/scenario/schema.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "engine/scenario/spec/scenario_spec.h"
#include "engine/scenario/yaml/yaml_node.h"

namespace interstice {

namespace {

using nlohmann::json;

constexpr const char* kNumber = "^\\s*[-+]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][-+]?[0-9]+)?";

bool bare_number_allowed(const Spec& s) {
  return s.any_unit || s.unit == "1" || std::ranges::find(s.other_units, "1") != s.other_units.end();
}

json limits(const Spec& s) {
  json j = json::object();
  if (std::isfinite(s.minimum)) j[s.above_minimum ? "exclusiveMinimum" : "minimum"] = s.minimum;
  if (std::isfinite(s.maximum)) j["maximum"] = s.maximum;
  return j;
}

/// YAML 1.1 readers take 1e5 for a string, so numbers may be strings too.
json bare_number(const Spec& s, bool whole) {
  json number = limits(s);
  number["type"] = "number";
  if (whole) number["multipleOf"] = 1;
  return number;
}

json quantity_scalar(const Spec& s) {
  json options = json::array();
  const bool bare = bare_number_allowed(s);
  if (bare) options.push_back(bare_number(s, false));
  options.push_back(
      {{"type", "string"}, {"pattern", kNumber + std::string(bare ? "\\s*\\S*" : "\\s*(1\\s*/\\s*)?[^\\s0-9.]")}});
  json words = json::array();
  for (const auto& [word, value] : s.words) words.push_back(word);
  if (!words.empty()) options.push_back({{"enum", words}});
  return options.size() == 1 ? options[0] : json{{"anyOf", options}};
}

/// An entry without a value drops what an included file says of it; in lists there is nothing to drop.
json may_be_dropped(json options, bool complete) {
  if (!complete) options.push_back({{"type", "null"}});
  return {{"anyOf", std::move(options)}};
}

json convert(const Spec& s, bool complete);

/// A default as an editor inserts it: of its type, not as text.
json typed(const YamlNode& node) {
  if (node.kind == YamlNode::Kind::null) return nullptr;
  if (node.is_map()) {
    json all = json::object();
    for (std::size_t k = 0; k < node.keys.size(); ++k) all[node.keys[k]] = typed(node.items[k]);
    return all;
  }
  if (!node.is_scalar()) {
    json all = json::array();
    for (const YamlNode& item : node.items) all.push_back(typed(item));
    return all;
  }
  if (node.style != ' ') return node.text;
  if (node.text == "true" || node.text == "false") return node.text == "true";
  const json number = json::parse(node.text, nullptr, false);
  return number.is_number() ? number : json(node.text);
}

json default_value(const std::string& text) {
  Diagnostics ignored;
  return typed(parse_yaml_value(text, {}, ignored));
}

json quantity(const Spec& s, bool complete) {
  const json scalar = quantity_scalar(s);
  json annotated = {
      {"type", "object"},
      {"properties",
       {{"value", scalar},
        {"range", {{"type", "array"}, {"items", scalar}, {"minItems", 2}, {"maxItems", 2}}},
        {"mark", {{"enum", {"V", "L", "A", "calc"}}, {"description", "verified, literature, assumption, calculated"}}},
        {"source", {{"type", "string"}}},
        {"outside", {{"type", "boolean"}, {"description", "the value is meant to lie outside its range"}}}}},
      {"required", {"value"}},
      {"additionalProperties", false}};
  if (s.edge) annotated["properties"]["edge"] = convert(*s.edge, complete);
  return may_be_dropped({scalar, annotated}, complete);
}

json record(const Spec& s, bool complete) {
  json properties = json::object(), required = json::array();
  for (const Field& f : s.fields) {
    properties[f.name] = convert(*f.spec, complete);
    if (!f.fallback.empty() && f.spec->kind != Spec::Kind::record)
      properties[f.name]["default"] = default_value(f.fallback);
    if (complete && f.needed) required.push_back(f.name);
  }
  json j = {{"type", {"object", "null"}}, {"properties", properties}, {"additionalProperties", false}};
  if (!required.empty()) j["required"] = required;
  if (s.noun == "model")  // models of plug-ins are not known here
    j["additionalProperties"] = {{"type", "object"}, {"required", {"library"}}};
  return j;
}

/// Where files are put together, a way may drop what an included file says of another: `{cylinder: null, box: ...}`.
json one_of(const Spec& s, bool complete) {
  json options = json::array();
  for (const auto& option : s.options) {
    json& way = options.emplace_back(convert(*option, complete));
    if (complete || option->kind != Spec::Kind::record) continue;
    for (const auto& other : s.options)
      for (const Field& field : other->fields)
        if (!way["properties"].contains(field.name)) way["properties"][field.name] = {{"type", "null"}};
  }
  return {{"anyOf", options}};
}

json convert_kind(const Spec& s, bool complete) {
  switch (s.kind) {
    case Spec::Kind::record:
      return record(s, complete);
    case Spec::Kind::map:
      // An entry without a value drops what an included file says of it.
      return {{"type", {"object", "null"}},
              {"additionalProperties", {{"anyOf", {convert(*s.item, complete), {{"type", "null"}}}}}}};
    case Spec::Kind::list: {
      json j = {{"type", {"array", "null"}}, {"items", convert(*s.item, true)}};
      if (s.minimum_items > 0) j["minItems"] = s.minimum_items;
      if (s.maximum_items < 1000000) j["maxItems"] = s.maximum_items;
      return j;
    }
    case Spec::Kind::quantity:
      return quantity(s, complete);
    case Spec::Kind::integer:
      return may_be_dropped({bare_number(s, true), {{"type", "string"}, {"pattern", kNumber}}}, complete);
    case Spec::Kind::boolean:
      return {{"type", "boolean"}};
    case Spec::Kind::choice:
      return {{"enum", s.choices}};
    case Spec::Kind::text:
    case Spec::Kind::formula:
      return {{"type", {"string", "number"}}};
    case Spec::Kind::reference:
      return {{"type", "string"}};
    case Spec::Kind::one_of:
      return one_of(s, complete);
    case Spec::Kind::anything:
      return json::object();
  }
  return json::object();
}

json convert(const Spec& s, bool complete) {
  json j = convert_kind(s, complete);
  if (!s.doc.empty()) j["description"] = s.unit.empty() || s.unit == "1" ? s.doc : s.doc + " [" + s.unit + "]";
  return j;
}

}  // namespace

json schema_of(const Spec& spec, const std::string& title) {
  json schema = convert(spec, false);
  schema["$schema"] = "https://json-schema.org/draft/2020-12/schema";
  schema["title"] = title;
  schema["type"] = "object";
  return schema;
}

json scenario_schema(const ModelRegistry& registry) {
  json schema = schema_of(*scenario_spec(registry), "Interstice scenario");
  const json file = {{"type", "string"}};
  schema["properties"]["include"] = {
      {"description", "files merged under this one; looked for beside it, then in models/"},
      {"anyOf", {file, {{"type", "array"}, {"items", file}}, {{"type", "null"}}}}};
  return schema;
}

}  // namespace interstice
