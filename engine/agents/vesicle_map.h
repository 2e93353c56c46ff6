/// @file
/// How far the nearest thing is that a vesicle could run into, on a lattice of bins (a voxel or half of one): most
/// vesicles are further from cells, walls and interfaces than they can go in a step, and take a branch-free path.
///
/// The map is conservative and only decides which path is taken; both paths give the same bits, so results do not
/// depend on when it was last rebuilt.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/agents/cells.h"
#include "engine/agents/vesicle_environment.h"

namespace interstice {

/// Equilibrium density of vesicles per volume of tissue, relative to free fluid.
inline double vesicle_capacity(const Region& region) { return region.volume_fraction * region.vesicle_partition; }

class VesicleMap {
 public:
  /// Makes the map hold for a step of `dt` in which the cells make the given moves.
  void update(const Cells& cells, std::span<const Vec3> moves, const VesicleEnvironment& environment, double dt);

  /// Lower bounds of the distances [um] from anywhere in a bin to what it could run into.
  struct Margin {
    float meet = 0;   ///< to cells and reactive walls, which a path may touch between its ends
    float cross = 0;  ///< to interfaces and reservoirs, which matter only if the end lies beyond
  };

  [[nodiscard]] std::size_t bin_at(Vec3 p) const;
  /// Cells that a vesicle in this bin may meet during a step.
  [[nodiscard]] std::span<const std::uint32_t> cells_near(std::size_t bin) const {
    return {near_cells_.data() + near_start_[bin], near_start_[bin + 1] - near_start_[bin]};
  }
  [[nodiscard]] std::span<const Margin> margins() const { return margin_; }
  /// Per voxel, relative to water.
  [[nodiscard]] std::span<const double> inverse_viscosity() const { return inverse_viscosity_; }
  [[nodiscard]] std::array<int, 3> bins() const { return bins_; }
  [[nodiscard]] int bins_per_voxel() const { return per_voxel_; }
  [[nodiscard]] double bins_per_um() const { return bins_per_um_; }
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

  void lay_out(const VesicleEnvironment& environment);
  void measure_walls(const VesicleEnvironment& environment);
  void measure_tissue(const VesicleEnvironment& environment);
  [[nodiscard]] bool still_holds(const Cells& cells, std::span<const Vec3> moves) const;
  void measure_cells(const Box& box);
  /// visit(bin, distances along the axes from `centre` to the bin) for bins within `distance`.
  template <class Visit>
  void visit_bins_near(Vec3 centre, double distance, const Box& box, Visit visit) const;

  std::array<int, 3> bins_{0, 0, 0};
  double bins_per_um_ = 1;
  int per_voxel_ = 1;
  const RegionMap* regions_ = nullptr;  ///< the tissue that was measured
  double dt_ = 0, reach_ = 0, cap_ = 0;
  std::vector<Margin> margin_, tissue_margin_;
  std::vector<double> inverse_viscosity_;
  std::vector<std::uint32_t> near_start_, near_cells_;
  std::vector<BuiltCell> built_at_;
  std::vector<Hit> hits_;
};

}  // namespace interstice
