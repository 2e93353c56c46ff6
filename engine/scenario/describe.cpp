/// @file
/// `describe`: finds what a word means and prints it.

#include "engine/scenario/describe.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "engine/scenario/describe_format.h"
#include "engine/scenario/scenario_text.h"
#include "engine/scenario/spec/scenario_spec.h"
#include "engine/scenario/yaml/yaml_include.h"

namespace interstice {

namespace fs = std::filesystem;

namespace {

/// The YAML files that ship, as they are written in `include`.
std::vector<std::string> shipped_files(const std::vector<std::string>& include_directories) {
  std::vector<std::string> folders = model_directories(), files;
  folders.insert(folders.end(), include_directories.begin(), include_directories.end());
  for (const std::string& folder : folders)
    for (const char* kind : {"chemistry", "cells"}) {
      std::error_code ignored;
      for (fs::directory_iterator it(fs::path(folder) / kind, ignored), end; !ignored && it != end;
           it.increment(ignored))
        if (it->path().extension() == ".yaml") files.push_back((fs::path(kind) / it->path().filename()).string());
    }
  std::ranges::sort(files);
  files.erase(std::ranges::unique(files).begin(), files.end());
  return files;
}

/// Everything that ships, in a scenario of one voxel.
Scenario shipped(const ModelRegistry& registry, const std::vector<std::string>& include_directories) {
  const std::string text = fmt::format(
      "schema: 2\ntitle: what ships\ninclude: [{}]\ndomain: {{size: [10 um, 10 um, 10 um], spacing: 10 um}}\n"
      "regions: {{film: {{shape: everywhere}}}}\n"
      "time: [{{until: 1 s, transport: 1 s, vesicles: 1 s, cells: 1 s, series: 1 s}}]\n",
      fmt::join(shipped_files(include_directories), ", "));
  return load_scenario_text(text, "shipped", {.include_directories = include_directories, .sets = {}, .parameters = ""},
                            registry);
}

const Value* find_value(const Value& root, std::string_view key_path) {
  const Value* v = &root;
  while (v != nullptr && !key_path.empty()) {
    const auto dot = key_path.find('.');
    const std::string key(key_path.substr(0, dot));
    key_path = dot == std::string_view::npos ? "" : key_path.substr(dot + 1);
    if (v->keys.empty() && !v->items.empty() && !key.empty() && std::ranges::all_of(key, ::isdigit) && key.size() < 9) {
      const auto i = static_cast<std::size_t>(std::stoul(key));
      v = i < v->items.size() ? &v->items[i] : nullptr;
    } else {
      v = v->find(key);
    }
  }
  return v;
}

std::string names_of(const char* title, const Value& map) {
  return map.keys.empty() ? "" : fmt::format("{}: {}\n", title, fmt::join(map.keys, ", "));
}

std::string overview(const ModelRegistry& registry, const Scenario& all) {
  std::string out = "A scenario has these sections (describe NAME for more, describe format for everything):\n";
  const SpecPointer spec = scenario_spec(registry);
  for (const Field& f : spec->fields) out += fmt::format("  {:<15} {}\n", f.name, f.spec->doc);
  out += "\nInteraction models:\n";
  for (const RegisteredModel& m : registry.all())
    out += fmt::format("  {:<15} {}\n", m.descriptor.name, m.descriptor.summary);
  out += "\n" + names_of("Cell types that ship", (*all.values)["cell_types"]);
  out += names_of("Species that ship", (*all.values)["species"]) +
         names_of("Reactions that ship", (*all.values)["reactions"]);
  for (const SourceFile& f : all.files)
    if (!f.included_as.empty()) out += fmt::format("  {:<36} {}\n", f.included_as, f.path);
  return out;
}

std::string models_text(const ModelRegistry& registry) {
  std::string out;
  for (const RegisteredModel& m : registry.all()) out += describe_model(m.descriptor, m.origin) + "\n";
  return out;
}

std::string parameters_text(const Scenario& scenario) {
  std::string out;
  for (const ParameterRecord& p : scenario.parameters) {
    out += fmt::format("{} = {}", p.path, p.value);
    if (!p.range.empty()) out += fmt::format("  ({}{})", p.outside ? "OUTSIDE its range " : "", p.range);
    if (!p.mark.empty()) out += "  " + p.mark;
    if (!p.source.empty()) out += fmt::format("  \"{}\"", p.source);
    out += fmt::format("  [{}]\n", p.where);
  }
  return out;
}

/// By which mechanisms vesicles act on which cells, and how well that is known.
std::string edges_text(const Scenario& scenario) {
  std::string out;
  for (const EffectEdge& edge : scenario.edges)
    out += fmt::format("{:<15} {:<8} {:<4} {:<8} {} = {}  \"{}\"\n", edge.cell_type, edge.mechanism, edge.mark,
                       edge.is_left_out_of_published() ? "left out" : "stays", edge.parameter, edge.value, edge.source);
  return out;
}

std::string summary(const Scenario& s) {
  std::string out = s.title + "\n\n" + s.description + "\nFiles:\n";
  for (const SourceFile& f : s.files)
    out += f.included_as.empty() ? fmt::format("  {}\n", f.path)
                                 : fmt::format("  {}  (as {}, by {})\n", f.path, f.included_as, f.included_by);
  out += "\n";
  const Value& v = *s.values;
  for (const char* section : {"regions", "species", "reactions", "cell_types", "vesicles", "models"})
    out += names_of(section, v[section]);
  const Value& arms = v["compare"]["arms"];
  out += names_of("arms", arms);
  out +=
      fmt::format("parameter set: {}\n", s.parameter_set.empty() ? "none (the values as they stand)" : s.parameter_set);
  for (const std::string& warning : s.warnings) out += "warning: " + warning + "\n";
  if (!s.edges.empty())
    out +=
        "\nEffect edges of EVs (mark of the evidence; assumed ones of EVs alone are left out of `edges: published`):\n";
  out += edges_text(s);
  return out + fmt::format("\n{} numbers (range, mark, source, where they were said):\n", s.parameters.size()) +
         parameters_text(s);
}

std::string shipped_part(const Scenario& all, std::string_view what) {
  const Value& root = *all.values;
  const auto section = [&](std::string_view word) -> const Value* {
    if (word == "cells") return &root["cell_types"];
    if (word == "species" || word == "reactions") return &root[word];
    return nullptr;
  };
  if (const Value* s = section(what)) return value_text(*s, std::string(what));
  for (const char* kind : {"cell_types", "species", "reactions"})
    if (const Value* v = root[kind].find(what)) return value_text(*v, std::string(what));
  return "";
}

}  // namespace

std::string describe(std::string_view what, const ModelRegistry& registry,
                     const std::vector<std::string>& include_directories) {
  const SpecPointer spec = scenario_spec(registry);
  if (what == "format") return describe_spec(*spec, "", 20);
  if (what == "models") return models_text(registry);
  if (const RegisteredModel* m = registry.find(what)) return describe_model(m->descriptor, m->origin);
  const Scenario all = shipped(registry, include_directories);
  if (what.empty()) return overview(registry, all);
  if (what == "edges") return edges_text(all);
  std::string text = shipped_part(all, what);
  if (const Spec* s = find_spec(*spec, std::string(what)))
    text = describe_spec(*s, std::string(what), 20) + (text.empty() ? "" : "\n" + text);
  if (!text.empty()) return text;
  std::vector<std::string> known{"format", "models", "cells", "edges"};
  for (const Field& f : spec->fields) known.push_back(f.name);
  for (const RegisteredModel& m : registry.all()) known.emplace_back(m.descriptor.name);
  for (const char* kind : {"cell_types", "species", "reactions"})
    known.insert(known.end(), (*all.values)[kind].keys.begin(), (*all.values)[kind].keys.end());
  throw InputError(
      fmt::format("nothing is called '{}' (try describe without a name; of a plug-in, give its .so file){}", what,
                  did_you_mean(what, known)));
}

std::string describe(const Scenario& scenario, std::string_view what) {
  if (what.empty()) return summary(scenario);
  if (what == "parameters") return parameters_text(scenario);
  if (what == "edges") return edges_text(scenario);
  if (const RegisteredModel* m = scenario.registry->find(what)) return describe_model(m->descriptor, m->origin);
  if (const Value* v = find_value(*scenario.values, what)) return value_text(*v, std::string(what));
  throw InputError(fmt::format("{} has no '{}'{}", scenario.path, what, did_you_mean(what, scenario.values->keys)));
}

std::string format_reference(const ModelRegistry& registry) { return describe_spec(*scenario_spec(registry), "", 20); }

}  // namespace interstice
