/// @file
/// What the parts of loading a scenario share (scenario.cpp, scenario_arms.cpp).
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/scenario/scenario.h"
#include "engine/scenario/spec/spec.h"

namespace interstice {

/// A scenario on its way: includes, parameter set and --set are in `root` already.
struct LoadingScenario {
  const YamlNode& root;
  const Value& values;  ///< of `root`
  SpecPointer spec;
  const ModelRegistry& registry;
  Diagnostics& diagnostics;
};

/// Names that may be referred to.
Names scenario_names(const YamlNode& root, const Spec& spec, const ModelRegistry& registry);

/// `path` as seen from the file that says it.
std::string path_beside(const Place& place, const std::string& path);

/// Makes the paths of images and libraries absolute.
void make_paths_absolute(Value& root);

/// Sets every entry of a map of key paths: in the order of the paths, so that a whole comes before its parts.
void apply_entries(YamlNode& root, const Spec& spec, const YamlNode& entries, const std::string& whose,
                   Diagnostics& diagnostics);

/// The arms of `compare`, each checked and built with what it changes.
std::vector<Arm> read_arms(const LoadingScenario& scenario);

/// The outcomes of `compare`, their columns checked against those of the time series. `idle`: knows why some are not
/// there.
std::vector<SeriesMetric> read_outcomes(const Value& outcomes, const Problem& problem, const IdleColumns& idle,
                                        Diagnostics& diagnostics);

/// The same for the phenotype; none where the scenario has none.
std::optional<Phenotype> read_phenotype(const Value& phenotype, const Problem& problem, const IdleColumns& idle,
                                        Diagnostics& diagnostics);

/// What needs no columns: replicates, edges, primary field, when a cell counts as influenced.
void read_comparison(const Value& compare, CompareSettings& settings);

}  // namespace interstice
