/// @file
/// The diffusion operator: conductances between neighbouring voxels and across the walls, by kind of tissue.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "engine/fields/grid.h"
#include "engine/fields/species.h"

namespace interstice {

/// The operator of all species that share diffusivities and kinds of wall. Tissue is made of few regions, so that it
/// is told by a small table: kinds of voxels are regions that differ in diffusivity or volume fraction. Conductances
/// are divided by the volume of a voxel; when the volume fraction is the same everywhere also by that.
class Conductance {
 public:
  /// Points to regions.of_voxel.
  Conductance(const Grid& grid, const RegionMap& regions, const Species& species);

  [[nodiscard]] const Grid& grid() const { return grid_; }
  [[nodiscard]] bool uniform() const { return uniform_; }      ///< one kind of voxel
  [[nodiscard]] bool unit_mass() const { return unit_mass_; }  ///< one volume fraction
  [[nodiscard]] bool periodic(int axis) const { return periodic_[axis]; }

  [[nodiscard]] std::uint8_t kind(std::size_t voxel) const { return uniform_ ? 0 : kind_of_region_[of_voxel_[voxel]]; }
  /// Between neighbours of two kinds along an axis [1/s].
  [[nodiscard]] double between(int axis, std::uint8_t a, std::uint8_t b) const {
    return between_[axis][a * mass_.size() + b];
  }
  /// Across the wall at a face next to a voxel of a kind [1/s]; 0 where the wall is closed or periodic.
  [[nodiscard]] double wall(int face, std::uint8_t kind) const { return wall_[face][kind]; }
  /// Volume fraction of a kind, 1 when unit_mass().
  [[nodiscard]] double mass(std::uint8_t kind) const { return mass_[kind]; }

  /// Have all voxels the same volume fraction, and is none held?
  [[nodiscard]] bool alike() const { return alike_; }
  /// Are voxels of a kind held at a concentration?
  [[nodiscard]] bool held(std::uint8_t kind) const { return held_[kind]; }

  /// Sum of wall() over a face [1/s].
  [[nodiscard]] double wall_total(int face) const;
  /// Turns a flux in these units into uM um^3.
  [[nodiscard]] double flux_volume() const { return flux_volume_; }
  /// Largest rate at which a voxel loses to all its neighbours and walls [1/s].
  [[nodiscard]] double loss_rate() const { return loss_rate_; }

 private:
  void find_kinds(const RegionMap& regions, const Species& species, std::vector<double>& alpha_d);
  void measure_rates();

  Grid grid_;
  const std::uint8_t* of_voxel_;
  std::vector<std::uint8_t> kind_of_region_;
  std::vector<double> mass_;
  std::array<std::vector<double>, 3> between_;  ///< by axis
  std::vector<bool> held_;                      ///< per kind
  std::array<std::vector<double>, 6> wall_;
  bool uniform_ = true, unit_mass_ = true, alike_ = true;
  std::array<bool, 3> periodic_{};
  double flux_volume_ = 1, loss_rate_ = 0;
};

}  // namespace interstice
