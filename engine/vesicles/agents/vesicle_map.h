/// @file
/// How far the nearest thing is that a vesicle could run into, on a lattice of bins (a voxel or half of one): most
/// vesicles are further from cells, walls and interfaces than they can go in a step, and take a branch-free path.
///
/// The map is conservative and only decides which path is taken; both paths give the same bits, so results do not
/// depend on when it was last rebuilt. Four bytes per bin, so that what neighbouring vesicles look up stays in cache.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/cells/cells.h"
#include "engine/core/parallel.h"
#include "engine/vesicles/vesicle_environment.h"

namespace interstice {

class VesicleMap {
 public:
  /// Makes the map hold for a step of `dt` in which the cells make the given moves.
  void update(const Cells& cells, std::span<const Vec3> moves, const VesicleEnvironment& environment, double dt,
              const Threads& threads);

  /// A bin, in 32 bits: the kernel reads one word. Lower bounds of the distances from anywhere in the bin to what a
  /// vesicle could run into, in units of margin_unit(); 255 stands for all that is farther.
  struct Surroundings {
    std::uint8_t meet = 0;    ///< to cells and open walls, which a path may touch between its ends
    std::uint8_t cross = 0;   ///< to interfaces, which matter only if the end lies beyond
    std::uint8_t region = 0;  ///< index into RegionMap::regions
    std::uint8_t unused = 0;
  };

  [[nodiscard]] std::size_t bin_at(Vec3 p) const;
  /// Cells that a vesicle in this bin may meet during a step.
  [[nodiscard]] std::span<const std::uint32_t> cells_near(std::size_t bin) const {
    return {near_cells_.data() + near_start_[bin], near_start_[bin + 1] - near_start_[bin]};
  }
  /// Fetches what the vesicles some way after this one will look up, if they are in order of space.
  void fetch_ahead(Vec3 p) const {
    constexpr std::size_t kAhead = 512, kBins = 256, kPerLine = 16;
    const std::size_t first = bin_at(p) + kAhead, last = std::min(first + kBins, surroundings_.size());
    for (std::size_t bin = first; bin < last; bin += kPerLine) {
      __builtin_prefetch(&surroundings_[bin]);
      __builtin_prefetch(&near_start_[bin]);
    }
  }
  [[nodiscard]] std::span<const Surroundings> surroundings() const { return surroundings_; }
  /// Nothing anywhere that a vesicle could run into, in one kind of tissue.
  [[nodiscard]] bool open() const { return !any_wall_ && built_at_.empty() && regions_->regions.size() == 1; }
  [[nodiscard]] double margin_unit() const { return unit_; }  ///< [um]
  [[nodiscard]] std::array<int, 3> bins() const { return bins_; }
  [[nodiscard]] Vec3 bins_per_um() const { return bins_per_um_; }
  /// No vesicle looks for cells beyond this distance [um] from its start.
  [[nodiscard]] double longest_reach() const { return reach_; }

 private:
  /// A cell when the map was made, which holds while the cell stays within its skin.
  struct BuiltCell {
    Vec3 centre;                  ///< [um]
    double radius = 0, skin = 0;  ///< [um]
  };
  /// A cell within reach of a bin.
  struct Hit {
    std::uint32_t bin = 0, cell = 0;
  };
  /// The bins of one height: the part of the map that is made in one go.
  struct Layer {
    std::vector<std::array<std::int32_t, 2>> cells;  ///< cell, and height at which it sees this layer (or an image)
    std::vector<Hit> hits;
    std::uint32_t first_hit = 0;  ///< where they go in near_cells_
  };

  void lay_out(const VesicleEnvironment& environment);
  void measure_walls(const VesicleEnvironment& environment);
  void measure_tissue(const VesicleEnvironment& environment, const Threads& threads);
  [[nodiscard]] bool still_holds(const Cells& cells, std::span<const Vec3> moves) const;
  void measure_cells(const Box& box, const Threads& threads);
  void measure_layer(std::size_t layer, const Box& box);
  void list_hits(std::size_t layer);
  /// Range of bins, or of their images, within `distance` along an axis.
  [[nodiscard]] std::array<int, 2> bins_within(int axis, double at, double distance, bool periodic) const;
  [[nodiscard]] std::uint8_t quantised(double distance) const;
  [[nodiscard]] std::size_t layer_size() const { return static_cast<std::size_t>(bins_[0]) * bins_[1]; }

  std::array<int, 3> bins_{0, 0, 0};
  Vec3 bins_per_um_{1, 1, 1};
  int per_voxel_ = 1;
  const RegionMap* regions_ = nullptr;  ///< the tissue that was measured
  bool any_wall_ = false;               ///< that is reactive or leads to a reservoir
  double dt_ = 0, reach_ = 0, cap_ = 0, unit_ = 1;
  std::vector<Surroundings> surroundings_, tissue_;  ///< with cells, and without
  std::vector<std::uint32_t> near_start_, near_cells_;
  std::vector<BuiltCell> built_at_;
  std::vector<Layer> layers_;
};

}  // namespace interstice
