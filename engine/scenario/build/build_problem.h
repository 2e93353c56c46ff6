/// @file
/// From checked values to a Problem, section by section. What a spec cannot see alone (steps that do not divide, names
/// inside equations and formulas, what excludes each other) is checked here and reported like any other mistake.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/model/registry.h"
#include "engine/scenario/spec/spec.h"
#include "engine/sim/problem.h"

namespace interstice {

/// What the builders share. Values that were refused already are `valid == false`: skip them silently.
struct BuildContext {
  const Value& root;  ///< as written for build_all, which sorts it by name for the builders
  const ModelRegistry& registry;
  Diagnostics& diagnostics;
  std::vector<std::string> active_models;  ///< sorted
  bool vesicles = true;
  std::optional<std::vector<std::string>> classes{};  ///< that are dosed; none said: all
  std::vector<std::string> painting{};                ///< names of the regions as they are painted, one over the other

  void report(const Value& at, std::string message) const { diagnostics.report(at.place, at.path, std::move(message)); }
  /// Was something at or below this key path refused already? Then what follows from it is not worth a complaint.
  [[nodiscard]] bool complained(std::string_view key_path) const;
};

/// Place of `name` among the keys of a map, if it is there.
std::optional<std::size_t> key_index(const Value& map, std::string_view name);

/// Three numbers.
Vec3 point(const Value& v);
/// `spacing`: one length, or one along each axis [um].
Spacing voxel_edges(const Value& spacing);

/// `in: film`, `in: [film, clot]` or `in: all` as one flag per region.
std::vector<std::uint8_t> region_mask(const BuildContext& context, const Value& in);

/// Which of the states has this name; reports a name that none has.
std::uint8_t state_index(const BuildContext& context, const Value& states, const Value& name);

/// Whole nanoseconds; reports times that are not.
Nanoseconds to_nanoseconds(const BuildContext& context, const Value& time);

// In this order: each reads what the ones before have filled in.
void build_space(const BuildContext& context, Problem& problem);
void build_schedule(const BuildContext& context, Problem& problem);
void build_species(const BuildContext& context, Problem& problem);
void build_initial_fields(const BuildContext& context, Problem& problem);
void build_reactions(const BuildContext& context, Problem& problem);
void build_model_reactions(const BuildContext& context, Problem& problem);
void build_reservoirs(const BuildContext& context, Problem& problem);
void build_species_doses(const BuildContext& context, Problem& problem);
void build_columns(const BuildContext& context, Problem& problem);
void build_cell_types(const BuildContext& context, Problem& problem);
void build_population(const BuildContext& context, Problem& problem);
void build_vesicles(const BuildContext& context, Problem& problem);
void build_labels(const BuildContext& context, Problem& problem);
void build_profiles(const BuildContext& context, Problem& problem);
void build_models(const BuildContext& context, Problem& problem);

/// All of the above.
Problem build_all(const BuildContext& as_written);

/// Viscosity of water [Pa s] at `temperature` [K]: Kestin, Sokolov & Wakeham 1978 (J Phys Chem Ref Data 7:941).
double water_viscosity(double temperature);

}  // namespace interstice
