/// @file
/// Hands the state to interaction models and collects what they answer. Each model sees only what it declared, and
/// writes increments of its own columns, so the order of models does not matter.
#pragma once

#include <span>
#include <vector>

#include "engine/fields/exchange.h"
#include "engine/sim/model_answers.h"

namespace interstice {

class ModelBridge {
 public:
  explicit ModelBridge(const Problem& problem);

  /// Lets every model speak about this step. Rates go into `exchange`, which then refers to `exposed_copies` and to
  /// arrays kept here; changes, fates and drift are kept here too.
  /// Throws NumericalError naming the model when it fails, or writes what cannot be used (model_answers.h).
  void evaluate(const Problem& problem, const State& state, const Tick& now, std::span<const std::uint32_t> cell_voxel,
                std::span<const std::vector<double>> exposed_copies,  ///< [ProteinId][voxels, then reservoirs]
                Exchange& exchange);

  /// Adds the changes of this step to the models' columns and tallies, and what they gave and took at once to the
  /// fields.
  void apply_changes(const Problem& problem, State& state) const;
  /// Extra velocity per cell asked for in this step, three numbers each [um/s]; empty where none was.
  [[nodiscard]] std::span<const double> drift() const { return drift_; }
  /// 1 = remove, 2 = divide, per cell, as requested in this step; the cell stage adds its own.
  [[nodiscard]] std::span<std::uint8_t> fates() { return fates_; }
  /// Enzyme copies on vesicles in the reservoirs [reservoir][ReactionId].
  [[nodiscard]] std::span<const std::vector<double>> reservoir_copies() const { return reservoir_copies_; }
  [[nodiscard]] bool reads_proteins() const { return reads_proteins_; }

 private:
  struct Slots {
    ModelNoise noise;
    ModelAnswers answers;
    std::vector<std::span<double>> change_spans;
    std::vector<std::span<const double>> columns, fields, proteins, others;
    std::vector<std::span<float>> vesicle_change_spans;
    std::vector<std::span<const std::uint16_t>> copies_of_vesicles;
    std::vector<std::span<const float>> vesicle_columns;
  };
  void locate_vesicles(const Problem& problem, const State& state);
  static void offer(const ActiveModel& model, Slots& slot, const State& state,
                    std::span<const std::vector<double>> exposed_copies);
  /// Vesicles, where the model asked for them.
  static void offer_vesicles(const ActiveModel& model, Slots& slot, const State& state);
  [[nodiscard]] VesicleView vesicle_view(const Slots& slot, const State& state) const;
  static Effects effects_into(Slots& slot);
  void collect(const ActiveModel& model, const Slots& slot, Exchange& exchange);
  void collect_for_cells(const ModelAnswers& answers);
  void spare_unresponsive_cells(const Problem& problem, const Cells& cells);
  void apply_amounts(const Problem& problem, std::size_t model, State& state) const;
  void collect_copies(std::size_t reaction, std::span<const double> copies, Exchange& exchange);

  std::size_t voxels_ = 0;
  std::vector<Slots> slots_;  ///< one per model
  std::vector<std::vector<double>> reservoir_copies_;
  std::vector<std::uint8_t> fates_;
  std::vector<double> drift_;
  std::vector<std::uint32_t> vesicle_voxel_;  ///< where any model sees vesicles
  std::vector<double> class_weight_;
  std::vector<double> fluid_of_region_;  ///< of a voxel [um^3]
  bool reads_proteins_ = false;
};

}  // namespace interstice
