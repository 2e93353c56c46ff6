/// @file
/// From fields and exchange to batches of the chemistry, and from batches to the amounts that the budget counts.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/fields/exchange.h"
#include "engine/fields/field_set.h"
#include "engine/fields/reactions/reaction_batch.h"

namespace interstice {

/// Regions of voxels, and the extracellular volume of a voxel in each [um^3].
struct Medium {
  std::span<const std::uint8_t> region_of_voxel;
  std::vector<double> volume;
};

/// The voxels of a batch.
struct BatchVoxels {
  /// Enters [first, first + lanes); lanes past the end count as in the last voxel.
  void enter(const Medium& medium, std::size_t first, std::size_t lanes, double dt);

  std::size_t first = 0, lanes = 0;
  double step = 0;  ///< dt
  std::array<std::uint8_t, kBatch> region{};
  LaneArray volume;         ///< [um^3]
  LaneArray per_molecule;   ///< dt over the molecules per uM
  LaneArray per_clearance;  ///< dt over the volume
};

/// What of an exchange reaches a cluster: copies of its enzymes; of what is not carried secretion and uptake too.
struct Intake {
  struct Array {
    Exchange::Kind kind{};
    std::uint32_t place = 0;  ///< species of the cluster, or member (counted over all channels)
    const double* values = nullptr;
  };
  struct Column {
    Exchange::Kind kind{};
    std::uint32_t place = 0;
    std::uint32_t column = 0;  ///< in the amounts of cells
  };
  Intake(const Cluster& cluster, const Exchange& exchange);
  std::vector<Array> arrays;
  std::vector<Column> columns;
  std::vector<double> inverse_uptake_Km;  ///< per species [1/uM]
};

/// Sums of amounts [uM um^3].
struct Tally {
  static std::size_t size(std::size_t species, std::size_t reactions) { return reactions + 3 * species; }
  Tally(double* sums, std::size_t species, std::size_t reactions)
      : reacted(sums), secreted(sums + reactions), taken_up(secreted + species), decayed(taken_up + species) {}

  double *reacted, *secreted, *taken_up, *decayed;
};

/// Loads and counts batches of one cluster. Each thread has its own.
class BatchLoader {
 public:
  /// dt [s] is the step.
  void begin(const Cluster& cluster, const Medium& medium, const Exchange& exchange, double dt);
  /// Fills `batch`. `places`: part of exchange.voxels that lies among the voxels. `supply`: see ReactionSolver; none if
  /// empty.
  void load(const Cluster& cluster, const BatchVoxels& voxels, const FieldSet& c, const Exchange& exchange,
            const Intake& intake, std::span<const std::uint32_t> places, std::span<const std::vector<float>> supply,
            ReactionBatch& batch);
  /// Adds what happened in the batch loaded last.
  void count(const Cluster& cluster, const BatchVoxels& voxels, const ReactionBatch& batch, const Tally& tally) const;

 private:
  /// A quantity's numbers, what to multiply given amounts by, and whether there are any yet.
  struct Target {
    LaneArray& values;
    const LaneArray& scale;
    std::uint8_t& on;
  };
  [[nodiscard]] LaneArray& strength(std::size_t member, ReactionBatch& batch) {
    return last_of_[member] < 0 ? member_[member] : batch.factor[static_cast<std::size_t>(last_of_[member])];
  }
  Target target(Exchange::Kind kind, std::uint32_t place, const BatchVoxels& voxels, ReactionBatch& batch);
  void enter_regions(const BatchVoxels& voxels);
  void fill_by_region();
  void add_array(const Intake::Array& array, const BatchVoxels& voxels, ReactionBatch& batch);
  void sum_members(const Cluster& cluster, ReactionBatch& batch);
  void add_supply(std::size_t species, const float* supply, const BatchVoxels& voxels, ReactionBatch& batch) const;

  std::size_t channels_ = 0, regions_ = 0;
  std::vector<double> base_of_region_, per_copy_of_region_;  ///< [member][region], times dt
  std::array<std::uint8_t, kBatch> region_{};                ///< for which the following hold
  LaneArrays base_, per_copy_;                               ///< per member
  std::vector<std::uint8_t> has_base_, reads_copies_;
  /// Strength of each member, times dt [uM]; that of the last of a channel stands in the batch, to which the others are
  /// then added.
  LaneArrays member_;
  std::vector<std::uint8_t> member_on_;
  std::vector<std::int32_t> last_of_;  ///< per member: the channel that it is the last of, or -1
};

}  // namespace interstice
