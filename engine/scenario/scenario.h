/// @file
/// A scenario: YAML with includes and overrides, checked against the self-describing specs (scenario_spec.h), every
/// default made explicit. From it come the Problem of a run, the resolved text that reproduces it, and `describe`.
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/analysis/metrics_influence.h"
#include "engine/analysis/metrics_run.h"
#include "engine/analysis/phenotype.h"
#include "engine/model/registry.h"
#include "engine/scenario/yaml/diagnostics.h"
#include "engine/scenario/yaml/yaml_include.h"
#include "engine/sim/problem.h"

namespace interstice {

struct Value;
class IdleColumns;

struct LoadOptions {
  std::vector<std::string> include_directories;                  ///< searched last
  std::vector<std::string> sets;                                 ///< "key.path=value", applied last
  std::string parameters;                                        ///< parameter set, "" = the one the scenario names
  double most_memory = std::numeric_limits<double>::infinity();  ///< that its fields may need [bytes]
};

struct OutputSettings {
  static constexpr std::uint64_t kAll = std::numeric_limits<std::uint64_t>::max();
  Nanoseconds every = 0;            ///< between snapshots, 0 = only the first and the last
  std::vector<std::string> fields;  ///< species written to snapshots
  bool cells = true;
  std::uint64_t vesicle_sample = kAll;  ///< how many vesicle agents a snapshot holds at most
};

/// What the name of an arm ends in whose assumed effect edges are left out.
inline constexpr std::string_view kPublished = "@published";

/// EVs act on a kind of cell by a mechanism.
struct EffectEdge {
  std::string cell_type, mechanism;
  std::string parameter, value;  ///< its strength
  std::string mark, source;      ///< of the evidence that it exists

  /// Assumed, and of EVs alone: what acts through a substance acts for that of the host as well, and stays.
  [[nodiscard]] bool is_left_out_of_published() const {
    return (mark == "A" || mark == "calc") && (mechanism == "cargo" || mechanism == "contact");
  }
};

/// What is switched on in one arm of a comparison.
struct Arm {
  std::string name;
  bool vesicles = true;
  std::optional<std::vector<std::string>> classes{};  ///< of vesicles that are dosed, sorted; none said: all
  bool sham = false;                                  ///< other chemotaxis noise
  std::vector<std::string> models{};                  ///< sorted
  std::string direct{};                               ///< arm in which only direct effects act, "" = none
  std::string control{};               ///< arm without vesicles that it is compared with, "" = the first of them
  std::vector<std::string> changes{};  ///< "key.path = value", what `set` changes
  std::shared_ptr<const Value> values = nullptr;  ///< the checked tree of this arm where it differs
  std::string of{};                               ///< of NAME@published: NAME
  std::vector<std::string> edges_left_out{};      ///< of NAME@published: "contact on chondrocyte"
};

/// Which effect edges a comparison runs.
enum class Edges : std::uint8_t { both, all, published };

struct CompareSettings {
  std::uint64_t replicates = 8;
  std::vector<Arm> arms;
  std::vector<Arm> published;  ///< NAME@published, where it differs from NAME (which may be "": no arm)
  Edges edges = Edges::both;
  std::optional<PrimaryField> primary;
  std::optional<Phenotype> phenotype;
  std::vector<SeriesMetric> outcomes;
  InfluenceRule influenced;
};

/// One number of the scenario with what is known about it; the table of the report.
struct ParameterRecord {
  std::string path;       ///< key path
  std::string value;      ///< as written, with its unit
  double number = 0;      ///< in `unit`
  std::string unit;       ///< the unit the engine asks for
  std::string range;      ///< as written, "" when none
  std::string low, high;  ///< its ends
  std::string mark;       ///< V verified, L literature, A assumption, calc; "" when none
  std::string source;     ///< "" when none
  std::string where;      ///< file:line, or "default", "--set", ...
  bool is_default = false;
  bool outside = false;  ///< outside its range
};

/// A loaded and valid scenario.
struct Scenario {
  std::string path;
  std::string title, description;
  std::string twin_of;  ///< path of the scenario that it is a reduced twin of, "" = of none
  std::uint64_t seed = 1;
  std::string arm;                          ///< what `run` runs, "" = every model, with vesicles
  std::vector<std::string> parameter_sets;  ///< that it offers
  std::string parameter_set;                ///< in force, "" = the values as they stand
  std::vector<std::string> changes;         ///< made to the file: the parameter set in force and each --set
  OutputSettings output;
  CompareSettings compare;
  std::vector<std::string> models;  ///< listed under `models`, sorted
  std::vector<ParameterRecord> parameters;
  std::vector<EffectEdge> edges;
  std::vector<SourceFile> files;
  std::vector<std::string> warnings;  ///< what is allowed but worth knowing
  std::vector<std::string> notes;     ///< what was done with it
  std::string resolved;  ///< complete YAML: no includes, every default explicit; loads again to the same Problem

  std::shared_ptr<const Value> values;              ///< the checked tree
  std::shared_ptr<const ModelRegistry> registry;    ///< built-in models and the libraries that the scenario names
  std::shared_ptr<const IdleColumns> idle_columns;  ///< that its problems are built without
};

/// Throws ScenarioErrors listing every mistake.
Scenario load_scenario(const std::string& path, const LoadOptions& options, const ModelRegistry& registry);

/// The same for a text; `path` stands in messages and its folder is where includes are looked for first.
Scenario load_scenario_text(std::string_view text, const std::string& path, const LoadOptions& options,
                            const ModelRegistry& registry);

/// Which run of a scenario.
struct RunVariant {
  std::string arm;              ///< an arm of `compare` or NAME@published, "" = the scenario's own
  std::uint64_t replicate = 0;  ///< 0 keeps the scenario's seed
};

/// Everything the engine needs. Throws InputError for an unknown arm.
Problem build_problem(const Scenario& scenario, const RunVariant& variant = {});

/// The arm of this name, or nullptr for no arm at all ("" or an arm of none with published edges that makes no
/// difference). NAME@published is NAME where no assumed edge acts. Throws InputError for an unknown name.
const Arm* find_arm(const Scenario& scenario, const std::string& name);

/// Names of the arms that a comparison runs, those with published edges alone behind the others.
std::vector<std::string> compared_arms(const Scenario& scenario);

/// The seed of a run; the first replicate keeps the scenario's.
std::uint64_t seed_of(const Scenario& scenario, const RunVariant& variant);

/// What the numbers of a run follow from, one line each: its seed, what its arm switches on, and every value that
/// reaches `problem`, which is its own. Titles, other arms, the number of replicates, outcomes, notes on values and
/// paths of files are left out. Runs of one program that share this text share all their bits.
std::string run_identity(const Scenario& scenario, const RunVariant& variant, const Problem& problem);

/// The resolved scenario with the arm and the seed of one run as its own: `interstice run` of it repeats that run.
std::string resolved_run(const Scenario& scenario, const RunVariant& variant);

}  // namespace interstice
