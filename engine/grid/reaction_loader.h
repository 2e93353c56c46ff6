/// @file
/// From fields and exchange to batches of the chemistry, and from batches to the amounts that the budget counts.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/grid/exchange.h"
#include "engine/grid/field_set.h"
#include "engine/grid/reaction_batch.h"

namespace interstice {

/// Extracellular volumes of voxels [um^3].
struct Medium {
  std::span<const std::uint8_t> region_of_voxel;
  std::vector<double> volume;  ///< of a voxel, per region
};

/// What of an exchange reaches a cluster.
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
      : reacted(sums), secreted(sums + reactions), cleared(secreted + species), decayed(cleared + species) {}

  double *reacted, *secreted, *cleared, *decayed;
};

/// Works on batches of one cluster after the other; one per thread.
class BatchLoader {
 public:
  /// For the batches of a cluster that follow; dt [s].
  void begin(const Cluster& cluster, const Medium& medium, double dt);
  /// Fills `batch` for the voxels [first, first + lanes). `places`: range in exchange.voxels of those among them that
  /// hold cells.
  void load(const Cluster& cluster, const Medium& medium, const FieldSet& c, const Exchange& exchange,
            const Intake& intake, std::size_t first, std::size_t lanes, std::span<const std::uint32_t> places,
            ReactionBatch& batch);
  /// Adds what happened in the batch loaded last. `lanes` voxels.
  void count(const Cluster& cluster, std::size_t lanes, const ReactionBatch& batch, const Tally& tally) const;

 private:
  void enter_regions(const Cluster& cluster, const Medium& medium, const std::uint8_t* regions, std::size_t lanes);
  void add_array(const Intake::Array& array, std::size_t first, std::size_t lanes, ReactionBatch& batch);
  void add_amount(const Intake::Column& column, double amount, std::size_t lane, ReactionBatch& batch);
  void sum_members(const Cluster& cluster, ReactionBatch& batch);
  [[nodiscard]] std::size_t members_on(std::size_t first, std::size_t count) const;

  struct Target {
    LaneArray& values;
    const LaneArray& scale;
    std::uint8_t& on;
  };
  Target target(Exchange::Kind kind, std::uint32_t place, ReactionBatch& batch);

  double dt_ = 0;
  std::array<std::uint8_t, kBatch> regions_{};  ///< of the batch loaded last
  bool fresh_ = true;
  LaneArray volume_, per_molecule_, per_clearance_;  ///< follow from the regions
  LaneArrays base_, per_copy_;                       ///< per member, likewise, times dt
  std::vector<std::uint8_t> has_base_;
  LaneArrays member_;  ///< strength of each member, times dt [uM]
  std::vector<std::uint8_t> member_on_;
  std::size_t channels_ = 0;
};

}  // namespace interstice
