/// @file
/// Loading a study: its own file first, then its scenario, then values of each axis in it, one at a time; the mistakes
/// of each stage are told at once.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <type_traits>

#include "engine/core/error.h"
#include "engine/scenario/yaml/yaml_node.h"
#include "engine/study/study.h"
#include "engine/study/study_axes.h"
#include "engine/study/study_fitting.h"
#include "engine/study/study_outcomes.h"
#include "engine/study/study_samples.h"
#include "engine/study/study_spec.h"
#include "engine/study/study_subsets.h"

namespace interstice {
namespace {

namespace fs = std::filesystem;

/// Sections that all points share: seeds follow from the points, and results are compared column by column.
constexpr std::array<std::string_view, 9> kSharedByPoints{
    "schema", "title", "description", "twin_of", "seed", "parameters", "parameter_sets", "compare", "output"};

std::string read_text(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw InputError(fmt::format("{}: cannot be read (expected a study, a YAML file)", path));
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

class StudyLoader {
 public:
  StudyLoader(const std::string& path, LoadOptions options, const ModelRegistry& registry)
      : options_(std::move(options)), registry_(registry) {
    study_.path = path;
  }

  Study load() {
    const std::string text = read_text(study_.path);
    root_ = parse_yaml(text, study_.path, diagnostics_);
    spec_ = study_spec();
    values_ = check(root_, spec_, {}, diagnostics_);
    read_axes();
    read_sets();
    if (!values_["scenario"].valid) diagnostics_.throw_if_any();
    load_scenario_of_study();
    diagnostics_.throw_if_any();
    read_runs();
    add_samples();
    read_check();
    add_fit();
    check_names();
    check_size();
    diagnostics_.throw_if_any();
    check_values();
    diagnostics_.throw_if_any();
    return std::move(study_);
  }

 private:
  void read_axes() {
    const Value& axes = values_["axes"];
    const YamlNode* nodes = root_.find("axes");
    for (std::size_t i = 0; i < axes.items.size() && nodes != nullptr; ++i) {
      const YamlNode* node = nodes->find(axes.keys[i]);
      if (node == nullptr || !axes.items[i].valid) continue;
      study_.axes.push_back(read_axis(axes.keys[i], axes.items[i], *node, diagnostics_));
      const Value& key = axes.items[i]["key"];
      for (const VariedColumn& column : study_.axes.back().columns)
        for (const std::string& path : column.keys) {
          refuse_shared(key.place, key.path, path);
          if (!keys_.insert(path).second)
            diagnostics_.report(key.place, key.path, fmt::format("{} varies twice (expected each key once)", path));
        }
    }
  }

  void refuse_shared(const Place& place, const std::string& where, const std::string& key) {
    const std::string section = key.substr(0, key.find('.'));
    if (std::ranges::find(kSharedByPoints, section) != kSharedByPoints.end())
      diagnostics_.report(place, where, fmt::format("'{}' cannot vary (all points of a study share it)", section));
  }

  void read_sets() {
    const YamlNode* sets = root_.find("set");
    if (sets == nullptr || !sets->is_map()) return;
    for (std::size_t i = 0; i < sets->keys.size(); ++i) {
      if (sets->keys[i] == "seed" || sets->keys[i].starts_with("compare.replicates"))
        diagnostics_.report(sets->key_places[i], "set", fmt::format("{} is a key of the study itself", sets->keys[i]));
      study_.sets.push_back(sets->keys[i] + "=" + flow_text(sets->items[i]));
      set_places_[sets->keys[i]] = sets->key_places[i];
    }
    std::ranges::sort(study_.sets);
  }

  void load_scenario_of_study() {
    const Value& file = values_["scenario"];
    const fs::path path = fs::path(study_.path).parent_path() / file.text;
    if (!fs::exists(path)) {
      diagnostics_.report(file.place, file.path, fmt::format("there is no {} (expected a scenario)", path.string()));
      diagnostics_.throw_if_any();
    }
    if (values_["parameters"].valid && options_.parameters.empty()) options_.parameters = values_["parameters"].text;
    if (values_["edges"].valid) study_.sets.push_back("compare.edges=" + values_["edges"].text);
    study_.sets.insert(study_.sets.end(), options_.sets.begin(), options_.sets.end());
    options_.sets = study_.sets;
    study_.scenario = loaded([&] { return load_scenario(path.string(), options_, registry_); });
    if (values_["arms"].has("subsets_of")) add_subsets();
  }

  void add_subsets() {
    SubsetArms subsets = subset_arms(values_["arms"]["subsets_of"], study_.scenario, diagnostics_);
    diagnostics_.throw_if_any();
    study_.arms = std::move(subsets.arms);
    study_.sets.push_back(std::move(subsets.set));
    options_.sets = study_.sets;
    study_.scenario = loaded([&] { return load_scenario(study_.scenario.path, options_, registry_); });
  }

  /// What `load` makes; what is wrong with values that this file sets is told at their places in it.
  template <class Load>
  std::invoke_result_t<const Load&> loaded(const Load& load) {
    try {
      return load();
    } catch (const ScenarioErrors& errors) {
      for (const Complaint& c : errors.complaints()) diagnostics_.report(place_of(c), c.key_path, c.message);
    }
    diagnostics_.throw_if_any();
    throw InputError("");  // not reached: there were complaints
  }

  [[nodiscard]] Place place_of(const Complaint& complaint) const {
    const std::string file = complaint.place.file ? *complaint.place.file : "";
    if (file == "--parameters" && values_["parameters"].valid) return values_["parameters"].place;
    if (file == "--set")
      for (const auto& [key, place] : set_places_)
        if (complaint.key_path == key || complaint.key_path.starts_with(key + ".")) return place;
    return complaint.place;
  }

  void read_runs() {
    study_.title = values_["title"].text;
    study_.seed = values_["seed"].valid ? values_["seed"].whole : study_.scenario.seed;
    study_.replicates = values_["replicates"].valid ? values_["replicates"].whole : study_.scenario.compare.replicates;
    study_.noise = values_["noise"].text == "common" ? NoiseOfPoints::common : NoiseOfPoints::per_point;
    const std::vector<std::string> names = outcome_names(study_.scenario);
    for (const Value& outcome : values_["outcomes"].items) {
      const std::string& text = outcome.text;
      const bool declared = text.starts_with("phenotype.") || text.starts_with("outcome.");
      const std::string known = declared ? text : text.substr(0, text.find('.'));
      if (std::ranges::find(names, known) == names.end())
        diagnostics_.report(outcome.place, outcome.path,
                            fmt::format("unknown outcome '{}' (expected one of {}){}", text, fmt::join(names, ", "),
                                        did_you_mean(text, names)));
      study_.outcomes.push_back(text);
    }
    const std::vector<std::string> known = compared_arms(study_.scenario);
    const bool listed = !values_["arms"].has("subsets_of");
    for (const Value& arm : listed ? values_["arms"].items : std::vector<Value>{}) {
      if (std::ranges::find(known, arm.text) == known.end())
        diagnostics_.report(arm.place, arm.path,
                            fmt::format("unknown arm '{}' (the scenario has {}){}", arm.text, fmt::join(known, ", "),
                                        did_you_mean(arm.text, known)));
      else if (std::ranges::find(study_.arms, arm.text) != study_.arms.end())
        diagnostics_.report(arm.place, arm.path, fmt::format("{} stands here twice", arm.text));
      study_.arms.push_back(arm.text);
    }
    if (study_.arms.empty()) study_.arms = known;
    if (study_.arms.empty()) study_.arms.emplace_back();
    for (const StudyAxis& axis : study_.axes)
      for (const Value& arm : values_["axes"][axis.name]["arms"].items)
        if (std::ranges::find(study_.arms, arm.text) == study_.arms.end())
          diagnostics_.report(arm.place, arm.path,
                              fmt::format("the study has no arm '{}' (expected of {}){}", arm.text,
                                          fmt::join(study_.arms, ", "), did_you_mean(arm.text, study_.arms)));
  }

  void add_samples() {
    if (!values_.has("samples")) return;
    const Value& where = values_["samples"];
    study_.samples = read_samples(where, study_.scenario.parameters, diagnostics_);
    if (!study_.samples) return;
    for (const SampledFactor& factor : study_.samples->factors)
      for (const std::string& key : factor.keys) {
        refuse_shared(where.place, where.path, key);
        if (!keys_.insert(key).second)
          diagnostics_.report(where.place, where.path, fmt::format("{} varies twice (expected each key once)", key));
      }
    try {
      study_.axes.push_back(axis_of(*study_.samples, study_.seed));
    } catch (const InputError& error) {
      diagnostics_.report(where.place, where.path, error.what());
      study_.samples.reset();
    }
  }

  /// The scenario that a twin stands for is loaded to find out now whether it can be.
  void read_check() {
    const Value& check = values_["check"];
    const std::string& twin_of = study_.scenario.twin_of;
    if (twin_of.empty() && values_.has("check"))
      diagnostics_.report(
          check.place, check.path,
          "the scenario is no reduced twin (expected one with `twin_of`, as `interstice reduce` writes)");
    if (twin_of.empty()) return;
    if (check.valid) study_.check.points = check["points"].whole;
    if (check.valid && check["replicates"].valid) study_.check.replicates = check["replicates"].whole;
    if (!fs::exists(twin_of)) {
      const Value& file = values_["scenario"];
      diagnostics_.report(file.place, file.path, fmt::format("is a twin of {}, which is not there", twin_of));
      return;
    }
    (void)loaded([&] { return check_of(study_, options_, registry_); });
  }

  void add_fit() {
    if (!values_.has("fit")) return;
    const Value& where = values_["fit"];
    if (!study_.axes.empty())
      diagnostics_.report(where.place, where.path, "goes without `axes` and `samples` (expected a study of its own)");
    if (values_["noise"].given && study_.noise != NoiseOfPoints::common)
      diagnostics_.report(values_["noise"].place, "noise",
                          "cannot be per_point in a fit: sets of values are compared under one noise");
    study_.noise = NoiseOfPoints::common;
    diagnostics_.throw_if_any();
    study_.fit = read_fit(where, study_, diagnostics_);
    if (!study_.fit) return;
    for (const FittedParameter& parameter : study_.fit->parameters)
      for (const std::string& key : parameter.keys) refuse_shared(where.place, where.path, key);
  }

  /// Columns of the tables are told apart by their names, of arrays by the same with _ for /; of keys none is a part of
  /// another.
  void check_names() {
    std::set<std::string> names{".",      "task",      "point",  "arm",     "replicate", "seed",
                                "status", "exit_code", "reason", "outcome", "unit",      "n",
                                "mean",   "wall_time", "memory", "host",    "ended",     "processor_time"};
    const auto of_array = [](std::string name) {
      std::ranges::replace(name, '/', '_');
      return name;
    };
    for (const VariedColumn& column : study_.columns())
      if (!names.insert(of_array(column.name)).second)
        diagnostics_.report(
            values_["axes"].place, "axes",
            fmt::format("{} is the name of another column of the results (expected a name of its own)", column.name));
    for (const std::string& key : keys_)
      for (const std::string& other : keys_)
        if (other.starts_with(key + "."))
          diagnostics_.report(
              values_["axes"].place, "axes",
              fmt::format("{} is a part of {}, which varies too (expected one of the two)", other, key));
  }

  void check_size() {
    double tasks = static_cast<double>(study_.replicates) * static_cast<double>(study_.arms.size());
    for (const StudyAxis& axis : study_.axes) tasks *= static_cast<double>(axis.values.size());
    if (tasks > static_cast<double>(Study::kMostTasks))
      diagnostics_.report(values_["axes"].place, "axes",
                          fmt::format("make {:.3g} runs with {} arms and {} replicates (at most {})", tasks,
                                      study_.arms.size(), study_.replicates, Study::kMostTasks));
  }

  /// Each value of each axis alone, then the ends of two together; what goes wrong elsewhere is told by the runs.
  void check_values() {
    constexpr std::size_t kMostTried = 24;  // of an axis: first and last are among them
    for (const StudyAxis& axis : study_.axes) {
      const std::size_t stride = std::max<std::size_t>(1, (axis.values.size() + kMostTried - 1) / kMostTried);
      const bool sampled = study_.samples && &axis == &study_.axes.back();
      std::vector<std::size_t> tried;
      for (std::size_t v = 0; v < axis.values.size(); v += stride) tried.push_back(v);
      if (!tried.empty() && tried.back() + 1 != axis.values.size()) tried.push_back(axis.values.size() - 1);
      try_values(axis, tried, sampled ? values_["samples"] : values_["axes"][axis.name]);
    }
    if (diagnostics_.empty()) check_corners();
    if (!study_.fit) return;
    for (const FittedParameter& parameter : study_.fit->parameters)
      try_values(ends_of(parameter), {0, 1, 2}, values_["fit"]["parameters"][parameter.name]);
  }

  /// The first and last values of each two axes, the others at their first.
  void check_corners() {
    for (std::size_t a = 0; a < study_.axes.size(); ++a)
      for (std::size_t b = a + 1; b < study_.axes.size(); ++b)
        for (const unsigned ends : {0U, 1U, 2U, 3U}) {
          if (ends == 0 && (a > 0 || b > 1)) continue;  // the same for all
          std::vector<std::pair<const StudyAxis*, std::size_t>> values;
          std::string names;
          for (std::size_t k = 0; k < study_.axes.size(); ++k) {
            const StudyAxis& axis = study_.axes[k];
            const bool last = (k == a && (ends & 1U) != 0) || (k == b && (ends & 2U) != 0);
            values.emplace_back(&axis, last ? axis.values.size() - 1 : 0);
            if (k == a || k == b)
              names += fmt::format("{}{} {}", k == a ? "" : ", ", axis.name, axis.values[values.back().second][0]);
          }
          const auto mistakes = mistakes_of(values);
          for (const std::string& message : mistakes)
            diagnostics_.report(values_["axes"].place, "axes", fmt::format("with {}: {}", names, message));
          if (!mistakes.empty()) return;  // the other corners would say much the same
        }
  }

  /// What is wrong with each value is told at its key, what is wrong with some of them at the first of these.
  void try_values(const StudyAxis& axis, const std::vector<std::size_t>& tried, const Value& where) {
    struct Wrong {
      std::string message;
      std::size_t first, count = 1;
    };
    std::vector<Wrong> all;
    for (const std::size_t v : tried)
      for (std::string& message : mistakes_of({{&axis, v}})) {
        const auto found = std::ranges::find(all, message, &Wrong::message);
        found == all.end() ? void(all.push_back({std::move(message), v})) : void(++found->count);
      }
    for (const Wrong& wrong : all) {
      const bool each = axis.places.empty() || (wrong.count == tried.size() && tried.size() > 1);
      diagnostics_.report(each ? where.place : axis.places[wrong.first], where.path, wrong.message);
    }
  }

  /// Of the scenario with these values of these axes.
  std::vector<std::string> mistakes_of(const std::vector<std::pair<const StudyAxis*, std::size_t>>& values) const {
    LoadOptions options = options_;
    for (const auto& [axis, v] : values)
      for (std::size_t c = 0; c < axis->columns.size(); ++c)
        for (const std::string& key : axis->columns[c].keys) options.sets.push_back(key + "=" + axis->values[v][c]);
    std::vector<std::string> mistakes;
    try {
      (void)load_scenario(study_.scenario.path, options, registry_);
    } catch (const ScenarioErrors& errors) {
      for (const Complaint& complaint : errors.complaints())
        mistakes.push_back(fmt::format("{}: {}", complaint.key_path, complaint.message));
    }
    return mistakes;
  }

  LoadOptions options_;
  const ModelRegistry& registry_;
  Diagnostics diagnostics_;
  SpecPointer spec_;
  YamlNode root_;
  Value values_;
  Study study_;
  std::map<std::string, Place> set_places_;  ///< of `set`
  std::set<std::string> keys_;               ///< that vary
};

}  // namespace

Study load_study(const std::string& path, const LoadOptions& options, const ModelRegistry& registry) {
  return StudyLoader(path, options, registry).load();
}

}  // namespace interstice
