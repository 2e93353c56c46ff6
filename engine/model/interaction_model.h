/// @file
/// The plug-in contract: how an EV acts is a class with one function. A model is built in (models/) or loaded from a
/// shared object (plugin_loader.h). It reads the state of the last step, writes effects, and touches nothing else;
/// adsorption, desorption, internalisation and clearance of vesicles are the engine's and run the same in every arm.
///
/// What happens to a plug-in that misbehaves (plugin_guard.h, sim/model_answers.h): the message names it, the entry and
/// the step, and the program ends with exit code 2 where it fails while it is loaded or made, 3 in evaluate().
/// - It throws anything: that run has failed; other runs of a comparison go on.
/// - It writes beyond the ends of an array, or what cannot be meant (NaN, a negative rate, more than 1 mol/l, a fate
///   above 2, a drift that carries a cell through the whole domain): the same, with array and entry.
/// - It crashes, calls abort() or exit(), or does not return within `--plugin-limit` (60 s a call): the program ends,
/// and
///   run.json says why. What has been written stays valid.
/// A thread that a plug-in starts itself is not watched.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/error.h"
#include "engine/core/ids.h"
#include "engine/model/guarded_array.h"
#include "engine/model/model_noise.h"
#include "engine/model/parameters.h"

namespace interstice {

/// A wrong index would read foreign memory.
inline void require_declared(std::size_t declared, std::size_t count, const char* what) {
  if (declared < count) return;
  throw InputError("an interaction model asks for " + std::string(what) + " " + std::to_string(declared) +
                   " but declares " + std::to_string(count) + " (counted from 0) mend its evaluate()");
}

/// What a descriptor declared at this place.
template <class Span>
Span declared_entry(std::span<const Span> entries, std::size_t declared, const char* what) {
  require_declared(declared, entries.size(), what);
  return entries[declared];
}

/// Every vesicle agent, for models that declare vesicle columns; empty for others. The order means nothing and changes:
/// noise goes by id, and sums over vesicles should be of whole numbers, so that they do not depend on it.
struct VesicleView {
  std::span<const AgentId> id;
  std::span<const VesicleClassId> klass;
  std::span<const VesicleState> state;
  std::span<const std::uint32_t> host;   ///< index of the cell, kNoHost when free
  std::span<const std::uint32_t> voxel;  ///< where it is
  std::span<const double> weight;        ///< real vesicles per agent, by class

  /// Surface copies at birth, by the index in ModelDescriptor::proteins.
  [[nodiscard]] std::span<const std::uint16_t> copies(std::size_t declared) const {
    return declared_entry(copies_, declared, "protein");
  }
  /// By the index in ModelDescriptor::vesicle_columns.
  [[nodiscard]] std::span<const float> column(std::size_t declared) const {
    return declared_entry(columns_, declared, "vesicle column");
  }

  std::span<const std::span<const std::uint16_t>> copies_;  ///< filled by the engine
  std::span<const std::span<const float>> columns_;
};

/// What a model may look at. Spans are valid during evaluate() only.
class ModelView {
 public:
  double time = 0;  ///< start of the step [s]
  double dt = 0;    ///< length of the step [s]
  std::uint64_t step = 0;
  bool cells_due = false;   ///< cells are updated at the end of this step
  double cells_dt = 0;      ///< time since cells were last updated [s]; 0 when not due
  double voxel_volume = 0;  ///< [um^3]
  ModelNoise noise;

  /// Extracellular fluid of a voxel [um^3].
  [[nodiscard]] double fluid_volume(std::size_t voxel) const { return fluid_of_region_[region_of_voxel_[voxel]]; }

  std::span<const AgentId> cell_id;
  std::span<const CellTypeId> cell_type;
  std::span<const std::uint32_t> cell_voxel;
  std::span<const std::uint64_t> bound;        ///< real vesicles adsorbed, per cell
  std::span<const std::uint64_t> internal;     ///< real vesicles in endosomes, per cell
  std::span<const std::uint64_t> adsorptions;  ///< adsorption events since the start, per cell
  std::span<const std::uint64_t> releases;     ///< cargo releases since the start, per cell

  /// Cell column by the index of its declaration in ModelDescriptor::columns.
  [[nodiscard]] std::span<const double> column(std::size_t declared) const {
    return declared_entry(columns_, declared, "column");
  }
  /// Concentration [uM] per voxel, by the index in ModelDescriptor::fields.
  [[nodiscard]] std::span<const double> field(std::size_t declared) const {
    return declared_entry(fields_, declared, "field");
  }
  /// Active copies of a vesicle surface protein exposed to the fluid (free or adsorbed vesicles), by the index in
  /// ModelDescriptor::proteins. One number per compartment: the voxels, then the reservoirs.
  [[nodiscard]] std::span<const double> exposed_copies(std::size_t declared) const {
    return declared_entry(proteins_, declared, "protein");
  }

  /// Cell column of whomever, by the index in ModelDescriptor::reads; empty where no cell type has it.
  [[nodiscard]] std::span<const double> other_column(std::size_t declared) const {
    return declared_entry(others_, declared, "other column");
  }
  VesicleView vesicles;

  std::span<const std::span<const double>> columns_, fields_, proteins_, others_;  ///< filled by the engine
  std::span<const std::uint8_t> region_of_voxel_;
  std::span<const double> fluid_of_region_;
};

/// What a model may do. Everything is an increment or a rate; the engine applies it after all models have spoken.
class Effects {
 public:
  /// Change of an own cell column over this step, one number per cell (starts at 0).
  [[nodiscard]] std::span<double> change(std::size_t declared_column) {
    return declared_entry(changes_, declared_column, "column");
  }
  /// Lets the exposed copies of a declared protein catalyse a declared reaction, in voxels and reservoirs.
  void catalyse(std::size_t declared_reaction, std::size_t declared_protein) {
    require_declared(declared_reaction, copies_->count(), "reaction");
    require_declared(declared_protein, catalysed_->size(), "protein");
    (*catalysed_)[declared_protein].push_back(declared_reaction);
  }
  /// Enzyme copies that catalyse a declared reaction (starts at 0), per compartment: the voxels, then the reservoirs.
  [[nodiscard]] std::span<double> copies(std::size_t declared_reaction) {
    return ask(*copies_, declared_reaction, "reaction");
  }
  /// Secretion [molecules/s] per voxel into a declared field (starts at 0).
  [[nodiscard]] std::span<double> secretion(std::size_t declared_field) {
    return ask(*secretion_, declared_field, "field");
  }
  /// First-order removal [um^3/s] per voxel from a declared field (starts at 0); never takes more than the voxel holds.
  [[nodiscard]] std::span<double> clearance(std::size_t declared_field) {
    return ask(*clearance_, declared_field, "field");
  }
  /// Molecules given to (or, below 0, taken from) a declared field per voxel over this step, at once and exactly
  /// (starts at 0); never more than the voxel holds. What takes its molecules one by one and gives them back needs no
  /// rate.
  [[nodiscard]] std::span<double> amounts(std::size_t declared_field) {
    return ask(*amounts_, declared_field, "field");
  }
  /// Change of an own vesicle column over this step, one number per vesicle (starts at 0).
  [[nodiscard]] std::span<float> vesicle_change(std::size_t declared_column) {
    return declared_entry(vesicle_changes_, declared_column, "vesicle column");
  }
  /// Adds to a declared tally.
  void count(std::size_t declared_tally, double amount) {
    require_declared(declared_tally, tallies_.size(), "tally");
    tallies_[declared_tally] += amount;
  }
  /// Set to 1 to remove a cell, or 2 to make it divide, when the population is next updated (starts at 0, which leaves
  /// it alone). Where two models disagree, a cell is removed.
  [[nodiscard]] std::span<std::uint8_t> fate() { return fate_->ask(); }
  /// Extra velocity of a cell until the next cell step [um/s], three numbers per cell (starts at 0). No cell can be
  /// pushed farther than the domain is long in one cell step.
  [[nodiscard]] std::span<double> drift() { return drift_->ask(); }

  /// Filled by the engine.
  std::span<const std::span<double>> changes_;
  std::span<const std::span<float>> vesicle_changes_;
  std::span<double> tallies_;
  ArraysOnDemand *copies_ = nullptr, *secretion_ = nullptr, *clearance_ = nullptr, *amounts_ = nullptr;
  std::vector<std::vector<std::size_t>>* catalysed_ = nullptr;  ///< reactions of each declared protein
  GuardedArray<std::uint8_t>* fate_ = nullptr;
  GuardedArray<double>* drift_ = nullptr;

 private:
  static std::span<double> ask(ArraysOnDemand& arrays, std::size_t declared, const char* what) {
    require_declared(declared, arrays.count(), what);
    return arrays.ask(declared);
  }
};

class InteractionModel {
 public:
  virtual ~InteractionModel() = default;
  /// Called once per step, before anything else changes. Must depend on its arguments only.
  virtual void evaluate(const ModelView& view, Effects& effects) const = 0;
};

/// Values of the declared parameters and choices, in the order of their declaration, in the declared units.
struct ModelSettings {
  std::span<const double> parameters;
  std::span<const std::uint32_t> choices;
};

/// Everything the engine must know of a model before it is built.
struct ModelDescriptor {
  std::string_view name;
  std::string_view version;
  std::string_view summary;  ///< one sentence: mechanism and equation
  std::string_view citation;
  Mechanism mechanism = Mechanism::unstated;
  std::span<const ParameterSpec> parameters;
  std::span<const ChoiceSpec> choices;
  std::span<const ModelColumnSpec> columns;
  std::span<const std::string_view> fields;    ///< species it reads, feeds or drains
  std::span<const std::string_view> proteins;  ///< vesicle surface proteins it reads
  std::span<const ModelReactionSpec> reactions;
  std::span<const ModelVesicleColumnSpec> vesicle_columns{};  ///< with any, the model sees every vesicle
  std::span<const std::string_view> reads{};                  ///< cell columns of others that it reads
  std::span<const ModelTallySpec> tallies{};
  double delay = 0;  ///< own delay before an effect can show [s]
  std::unique_ptr<InteractionModel> (*make)(const ModelSettings&) = nullptr;
};

}  // namespace interstice
