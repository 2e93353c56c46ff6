/// @file
/// Loading: read and merge, load plug-ins, apply the parameter set and --set, check, build once to find what only the
/// whole shows, and only then complain, about everything at once.

#include "engine/scenario/scenario.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <numeric>

#include "engine/core/error.h"
#include "engine/scenario/build/build_problem.h"
#include "engine/scenario/build/idle_columns.h"
#include "engine/scenario/published_edges.h"
#include "engine/scenario/scenario_loading.h"
#include "engine/scenario/scenario_text.h"
#include "engine/scenario/spec/scenario_spec.h"
#include "engine/scenario/spec/spec_words.h"
#include "engine/scenario/yaml/former_words.h"
#include "engine/scenario/yaml/yaml_include.h"
#include "engine/scenario/yaml/yaml_like.h"

namespace interstice {

namespace fs = std::filesystem;

std::string path_beside(const Place& place, const std::string& path) {
  if (fs::path(path).is_absolute() || !place.file) return path;
  return fs::absolute(fs::path(*place.file).parent_path() / path).lexically_normal().string();
}

void make_paths_absolute(Value& root) {
  for (std::size_t i = 0; i < root.keys.size(); ++i)
    if (root.keys[i] == "twin_of" && root.items[i].valid)
      root.items[i].text = path_beside(root.items[i].place, root.items[i].text);
  for (Value& section : root.items)
    for (Value& entry : section.items)
      for (std::size_t i = 0; i < entry.keys.size(); ++i)
        if ((entry.keys[i] == "image" || entry.keys[i] == "library" ||
             (entry.keys[i] == "file" && entry.path == "cells.table")) &&
            entry.items[i].valid)
          entry.items[i].text = path_beside(entry.items[i].place, entry.items[i].text);
}

void apply_entries(YamlNode& root, const Spec& spec, const YamlNode& entries, const std::string& whose,
                   Diagnostics& diagnostics) {
  std::vector<std::size_t> order(entries.keys.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, {}, [&entries](std::size_t i) { return entries.keys[i]; });
  for (const std::size_t i : order) {
    YamlNode value = entries.items[i];
    if (value.place.line == entries.key_places[i].line || !value.is_map()) value.place = entries.key_places[i];
    override_value(root, spec, entries.keys[i], value, whose, diagnostics);
  }
}

Names scenario_names(const YamlNode& root, const Spec& spec, const ModelRegistry& registry) {
  Names names;
  collect_names(root, spec, names);
  auto& proteins = names["protein"];
  const auto add = [&proteins](std::string_view name) {
    if (std::ranges::find(proteins, name) == proteins.end()) proteins.emplace_back(name);
  };
  for (const RegisteredModel& m : registry.all())
    for (const std::string_view p : m.descriptor.proteins) add(p);
  if (const YamlNode* reactions = root.find("reactions"))
    for (const YamlNode& r : reactions->items)
      if (const YamlNode* enzyme = r.find("enzyme"); enzyme != nullptr && enzyme->is_scalar()) add(enzyme->text);
  if (const YamlNode* models = root.find("models")) names["listed model"] = models->keys;
  names["arm with published edges"] = published_names(names["arm"]);
  return names;
}

namespace {

/// Loads the shared objects that `models` names, so that their keys are known.
void load_libraries(const YamlNode& root, ModelRegistry& registry, Diagnostics& diagnostics) {
  const YamlNode* models = root.find("models");
  for (std::size_t i = 0; models != nullptr && i < models->keys.size(); ++i) {
    const YamlNode* library = models->items[i].find("library");
    if (library == nullptr || !library->is_scalar()) continue;
    try {
      registry.load(path_beside(library->place, library->text));
    } catch (const std::exception& e) {
      diagnostics.report(library->place, fmt::format("models.{}.library", models->keys[i]), e.what());
      diagnostics.incomplete = true;  // what it would have brought is not known
    }
  }
}

/// `cd73:` alone lists the model with its defaults; a model whose library did not load must not become an unknown key
/// as well.
void prepare_models(YamlNode& root, const ModelRegistry& registry) {
  YamlNode* models = root.find("models");
  if (models == nullptr) return;
  for (YamlNode& model : models->items)
    if (model.kind == YamlNode::Kind::null) model.kind = YamlNode::Kind::map;
  for (const std::string& name : std::vector<std::string>(models->keys)) {
    const YamlNode* library = models->find(name)->find("library");
    if (library != nullptr && registry.find(name) == nullptr && library->is_scalar() &&
        std::ranges::none_of(registry.all(),
                             [&](const auto& m) { return m.origin == path_beside(library->place, library->text); }))
      models->remove(name);
  }
}

/// In which regions vesicles meet the viscosity of a medium, and how large that is.
std::string viscosity_note(const Value& values) {
  std::string regions;
  const Value& all = values["regions"];
  for (std::size_t i = 0; i < all.items.size() && !values["vesicles"].keys.empty(); ++i) {
    const std::string& medium = all.items[i]["medium"].text;
    if (!all.items[i].has("viscosity"))
      regions += fmt::format("{}{} {} ({})", regions.empty() ? "" : ", ", all.keys[i],
                             values["media"][medium]["viscosity"].text, medium);
  }
  return regions.empty() ? "" : "viscosity relative to water, by medium: " + regions;
}

/// A file that is included twice is read twice: its places have the same name, not the same string.
bool same_line(const Place& a, const Place& b) {
  const bool same_file = a.file == b.file || (a.file != nullptr && b.file != nullptr && *a.file == *b.file);
  return same_file && a.line == b.line;
}

/// Is a place that of an entry, or of one of its parts, which may have come from another file?
bool stands_in(const Place& place, const Place& key, const YamlNode& value) {
  return same_line(place, key) || same_line(place, value.place) ||
         std::ranges::any_of(value.key_places, [&place](const Place& part) { return same_line(place, part); });
}

class Loader {
 public:
  Loader(const LoadOptions& options, const ModelRegistry& registry)
      : options_(options), registry_(std::make_shared<ModelRegistry>(registry)) {}

  Scenario load(const std::string& path, const std::string* text) {
    scenario_.path = path;
    YamlNode root = read_with_includes(path, text, options_.include_directories, scenario_.files, diagnostics_);
    take_over_likes(root, diagnostics_);
    load_libraries(root, *registry_, diagnostics_);
    prepare_models(root, *registry_);
    spec_ = scenario_spec(*registry_);
    const YamlNode as_written = root;
    choose_parameters(root);
    for (const std::string& set : options_.sets) apply_set(root, set);
    auto values = std::make_shared<Value>(check(root, spec_, names(root), diagnostics_));
    make_paths_absolute(*values);
    const std::size_t before = diagnostics_.count();
    if (before == 0) refuse_where_no_room((*values)["domain"], (*values)["species"].items.size());
    Problem whole = build_once(*values);
    const bool sound = before == 0 && diagnostics_.count() == 0;
    check_overridden(as_written);
    check_unused_sets(as_written);
    check_libraries(*values);
    check_run_settings(*values);
    scenario_.compare.arms = read_arms({root, *values, spec_, *registry_, diagnostics_});
    if (sound) {
      const auto idle = find_idle_columns(*values);
      idle->leave_out(whole);
      scenario_.compare.outcomes = read_outcomes((*values)["compare"]["outcomes"], whole, *idle, diagnostics_);
      scenario_.compare.phenotype = read_phenotype((*values)["compare"]["phenotype"], whole, *idle, diagnostics_);
      scenario_.notes = idle->notes();
      if (std::string note = viscosity_note(*values); !note.empty()) scenario_.notes.push_back(std::move(note));
      scenario_.idle_columns = idle;
    }
    diagnostics_.throw_if_any();
    values_ = values;
    describe_run();
    return std::move(scenario_);
  }

 private:
  void choose_parameters(YamlNode& root) {
    const YamlNode* named = root.find("parameters");
    scenario_.parameter_set = !options_.parameters.empty()             ? options_.parameters
                              : named != nullptr && named->is_scalar() ? named->text
                                                                       : "";
    if (scenario_.parameter_set.empty()) return;
    const YamlNode* sets = root.find("parameter_sets");
    const YamlNode* set = sets == nullptr ? nullptr : sets->find(scenario_.parameter_set);
    if (set != nullptr) {
      const YamlNode entries = *set;
      apply_entries(root, *spec_, entries, "parameter set " + scenario_.parameter_set, diagnostics_);
    } else if (!options_.parameters.empty()) {
      diagnostics_.report({std::make_shared<const std::string>("--parameters"), 0, 0}, "",
                          unknown_name("parameter set", options_.parameters,
                                       sets == nullptr ? std::vector<std::string>{} : sets->keys));
    }
  }

  void apply_set(YamlNode& root, const std::string& set) {
    const Place place{std::make_shared<const std::string>("--set"), 0, 0};
    const auto equals = set.find('=');
    if (equals == std::string::npos || equals == 0) {
      diagnostics_.report(place, "", fmt::format("'{}' sets nothing (expected key.path=value)", set.substr(0, 200)));
      return;
    }
    std::string path = set.substr(0, equals);
    while (!path.empty() && path.back() == ' ') path.pop_back();
    if (set.find_first_not_of(" \t", equals + 1) == std::string::npos) {  // such as an unset variable of the shell
      diagnostics_.report(place, path, "nothing stands here (expected a value, or `null` to drop the key)");
      return;
    }
    const std::size_t before = diagnostics_.count();
    YamlNode value = parse_yaml_value(set.substr(equals + 1), place, diagnostics_);
    if (diagnostics_.count() > before) return;
    for (const FormerWordUse& use : replace_former_words(path, value))
      diagnostics_.report(place, use.key_path,
                          fmt::format("`{}` is called `{}` since schema 2", use.old_word, use.new_word));
    override_value(root, *spec_, path, value, "--set", diagnostics_);
  }

  [[nodiscard]] Names names(const YamlNode& root) const { return scenario_names(root, *spec_, *registry_); }

  // With every listed model and with vesicles: each arm is a part of this.
  Problem build_once(const Value& values) {
    auto models = values["models"].keys;
    std::ranges::sort(models);
    return build_all({.root = values,
                      .registry = *registry_,
                      .diagnostics = diagnostics_,
                      .active_models = models,
                      .vesicles = true});
  }

  [[nodiscard]] std::shared_ptr<const IdleColumns> find_idle_columns(const Value& values) const {
    std::vector<IdleColumns::Arm> arms{{values, values["models"].keys}};
    std::ranges::sort(arms.front().models);
    for (const Arm& arm : scenario_.compare.arms) arms.push_back({arm.values ? *arm.values : values, arm.models});
    return std::make_shared<const IdleColumns>(arms, *registry_);
  }

  /// A value that a parameter set or --set replaces must be right all the same.
  void check_overridden(const YamlNode& as_written) {
    if (scenario_.parameter_set.empty() && options_.sets.empty()) return;
    Diagnostics own;
    own.incomplete = true;  // what is missing may be just what the override brings
    check(as_written, spec_, names(as_written), own);
    for (const Complaint& c : own.complaints()) diagnostics_.report(c.place, c.key_path, c.message);
  }

  /// Sets that are not in force must work too when their turn comes.
  void check_unused_sets(const YamlNode& as_written) {
    const YamlNode* sets = as_written.find("parameter_sets");
    for (std::size_t i = 0; sets != nullptr && i < sets->keys.size(); ++i) {
      if (sets->keys[i] == scenario_.parameter_set) continue;
      const YamlNode& entries = sets->items[i];
      YamlNode trial = as_written;
      Diagnostics all;
      all.incomplete = diagnostics_.incomplete;
      apply_entries(trial, *spec_, entries, "parameter set " + sets->keys[i], all);
      const Value values = check(trial, spec_, names(trial), all);
      for (const Complaint& c : all.complaints())
        for (std::size_t k = 0; k < entries.keys.size(); ++k)
          if (stands_in(c.place, entries.key_places[k], entries.items[k])) {
            diagnostics_.report(c.place, c.key_path, c.message);
            break;
          }
    }
  }

  [[nodiscard]] bool complained(const std::string& key_path) const {
    return std::ranges::any_of(diagnostics_.complaints(), [&](const Complaint& c) { return c.key_path == key_path; });
  }

  void check_libraries(const Value& values) {
    const Value& models = values["models"];
    for (std::size_t i = 0; i < models.items.size(); ++i) {
      const Value& library = models.items[i]["library"];
      const RegisteredModel* m = registry_->find(models.keys[i]);
      if (library.valid && m != nullptr && m->origin != library.text && !complained(library.path))
        diagnostics_.report(library.place, library.path,
                            fmt::format("the model {} is {}, not from this library", models.keys[i], m->origin));
    }
  }

  /// To build billions of voxels takes minutes, and is in vain where there is no room for the fields on them.
  void refuse_where_no_room(const Value& domain, std::size_t fields) const {
    double bytes = sizeof(double) * static_cast<double>(fields);
    const Vec3 size = point(domain["size"]), edges = voxel_edges(domain["spacing"]);
    for (int axis = 0; axis < 3; ++axis) bytes *= std::max(1.0, size[axis] / edges[axis]);
    if (bytes > options_.most_memory)
      throw Error(ExitCode::memory,
                  fmt::format("its fields alone would need {:.3g} GB of memory ({:.3g} GB can be had here) use a wider "
                              "spacing; --ignore-limits tries it all the same",
                              bytes / 1e9, options_.most_memory / 1e9));
  }

  void check_run_settings(const Value& values) {
    const Value& every = values["output"]["every"];
    const BuildContext context{
        .root = values, .registry = *registry_, .diagnostics = diagnostics_, .active_models = {}};
    if (every.valid && every.number > 0) scenario_.output.every = to_nanoseconds(context, every);
    for (const Value& phase : values["time"].items) {
      if (scenario_.output.every == 0 || !phase.sound()) continue;
      const double step = std::min({phase["transport"].number, phase["vesicles"].number, phase["cells"].number});
      const auto ns = static_cast<Nanoseconds>(std::llround(step * 1e9));
      if (ns < 1 || scenario_.output.every % ns == 0) continue;
      context.report(every,
                     fmt::format("{} is not a multiple of the smallest step of a phase, {} s", every.text, step));
      return;
    }
  }

  void describe_run() {
    const Value& v = *values_;
    scenario_.title = v["title"].text;
    scenario_.description = v["description"].text;
    if (v["twin_of"].valid) scenario_.twin_of = path_beside(v["twin_of"].place, v["twin_of"].text);
    scenario_.seed = v["seed"].whole;
    scenario_.arm = v["arm"].text;
    if (!scenario_.parameter_set.empty()) scenario_.changes.push_back("parameter set " + scenario_.parameter_set);
    scenario_.changes.insert(scenario_.changes.end(), options_.sets.begin(), options_.sets.end());
    scenario_.parameter_sets = v["parameter_sets"].keys;
    scenario_.models = v["models"].keys;
    std::ranges::sort(scenario_.models);
    scenario_.registry = registry_;
    output(v["output"]);
    read_comparison(v["compare"], scenario_.compare);
    scenario_.compare.published = published_arms(scenario_, v);
    scenario_.edges = effect_edges(v);
    scenario_.parameters = parameter_table(v);
    scenario_.resolved = resolved_text(v, scenario_.parameter_set);
    for (const Complaint& warning : diagnostics_.warnings()) scenario_.warnings.push_back(warning.text());
    scenario_.values = with_spec(values_);
    for (auto* arms : {&scenario_.compare.arms, &scenario_.compare.published})
      for (Arm& arm : *arms)
        if (arm.values) arm.values = with_spec(std::move(arm.values));
  }

  // The values point into their specs: tie the two lifetimes together.
  [[nodiscard]] std::shared_ptr<const Value> with_spec(std::shared_ptr<const Value> values) const {
    struct Kept {
      SpecPointer spec;
      std::shared_ptr<const Value> values;
    };
    const Value* const what = values.get();
    return {std::make_shared<Kept>(Kept{spec_, std::move(values)}), what};
  }

  void output(const Value& v) {
    const Value &fields = v["fields"], &vesicles = v["vesicles"];
    for (const Value& name : fields.items) scenario_.output.fields.push_back(name.text);
    if (fields.text == "all") scenario_.output.fields = (*values_)["species"].keys;
    std::ranges::sort(scenario_.output.fields);
    scenario_.output.fields.erase(std::ranges::unique(scenario_.output.fields).begin(), scenario_.output.fields.end());
    scenario_.output.cells = v["cells"].text == "all";
    scenario_.output.vesicle_sample = vesicles.text == "all"    ? OutputSettings::kAll
                                      : vesicles.text == "none" ? 0
                                                                : static_cast<std::uint64_t>(vesicles["sample"].number);
  }

  const LoadOptions& options_;
  std::shared_ptr<ModelRegistry> registry_;
  SpecPointer spec_;
  Diagnostics diagnostics_;
  Scenario scenario_;
  std::shared_ptr<const Value> values_;
};

}  // namespace

namespace {

Scenario load(const std::string& path, const std::string* text, const LoadOptions& options,
              const ModelRegistry& registry) {
  try {
    return Loader(options, registry).load(path, text);
  } catch (const ScenarioErrors&) {
    throw;
  } catch (const std::exception& e) {  // such as a path that the file system refuses
    if (const auto* error = dynamic_cast<const Error*>(&e); error != nullptr && error->code() == ExitCode::memory)
      throw;
    Diagnostics diagnostics;
    diagnostics.report({std::make_shared<const std::string>(path), 0, 0}, "", e.what());
    diagnostics.throw_if_any();
    throw;
  }
}

}  // namespace

Scenario load_scenario(const std::string& path, const LoadOptions& options, const ModelRegistry& registry) {
  return load(path, nullptr, options, registry);
}

Scenario load_scenario_text(std::string_view text, const std::string& path, const LoadOptions& options,
                            const ModelRegistry& registry) {
  const std::string copy(text);
  return load(path, &copy, options, registry);
}

}  // namespace interstice
