/// @file
/// The diffusion operator laid out for kernels: the conductances of the faces of each plane of voxels across z. Tissue
/// is made of few regions, so that they are kept once per set of like planes.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <type_traits>
#include <vector>

#include "engine/core/aligned.h"
#include "engine/fields/diffusion/conductance.h"

namespace interstice {

/// Conductances of the faces of a plane of voxels [1/s]. Numbers per voxel are stored row by row; the face of x is the
/// one before the voxel, 0 at the walls and at the seam of a ring; the next number is that after it.
template <class Real>
struct PlaneFaces {
  const Real* x = nullptr;
  const Real* x_above = nullptr;
  const Real* y = nullptr;  ///< the face below each voxel, walls included; that above
  const Real* y_above = nullptr;
  const Real* z_below = nullptr;
  const Real* z_above = nullptr;
  const Real* inverse_mass = nullptr;  ///< per voxel, null where volume fractions are 1
  const Real* x_lower = nullptr;       ///< per row, of the wall across x or the seam of a ring; null where both are
  const Real* x_upper = nullptr;       ///< closed
  const std::uint8_t *row_first = nullptr,
                     *row_last = nullptr;  ///< a bit per voxel: is it the first, the last of a row?
  /// Of planes of one kind between such planes: all faces of y but those of walls are alike, all of z below, all above.
  struct Level {
    Real x = 0, y = 0, z_below = 0, z_above = 0, inverse_mass = 1;
  };
  bool is_level = false;
  Level level = {};
};

class DiffusionOperator {
 public:
  explicit DiffusionOperator(std::unique_ptr<Conductance> conductance);

  [[nodiscard]] const Conductance& conductance() const { return *conductance_; }
  /// Of plane k, in double or in single precision.
  template <class Real>
  [[nodiscard]] PlaneFaces<Real> faces(std::size_t k) const;
  /// Voxels that are neighbours in a ring, and how fast each follows the other [1/s].
  template <class Real>
  struct Seam {
    std::uint32_t first = 0, last = 0;
    Real into_first = 0, into_last = 0;
  };
  /// A small grid as a single plane of all its rows. Faces leave out walls and seams.
  template <class Real>
  struct Whole {
    PlaneFaces<Real> faces;
    std::vector<Seam<Real>> seams;
  };
  [[nodiscard]] bool has_whole() const { return whole_.faces.x != nullptr; }
  template <class Real>
  [[nodiscard]] const Whole<Real>& whole() const {
    if constexpr (std::is_same_v<Real, float>)
      return float_whole_;
    else
      return whole_;
  }
  /// What voxels of such a grid lose through walls [1/s]; empty if nothing passes.
  [[nodiscard]] const AlignedFloats& whole_walls() const { return whole_walls_; }
  /// Voxels of such a grid at a wall that lets something pass.
  struct WallVoxels {
    std::vector<std::uint32_t> voxel;
    std::vector<float> conductance, rate;  ///< of the wall [1/s]; how fast the voxel follows what is beyond it
  };
  [[nodiscard]] const WallVoxels& whole_wall(int face) const { return wall_voxels_[face]; }
  /// Of the wall, or the seam of a ring, at a face next to a voxel [1/s].
  [[nodiscard]] double wall(int face, std::size_t voxel) const;

 private:
  template <class Real>
  struct Planes {
    std::vector<Real, AlignedAllocator<Real>> x, y, z, inverse_mass, x_lower, x_upper;

    [[nodiscard]] Planes<float> narrowed() const;
    [[nodiscard]] PlaneFaces<Real> whole(std::size_t nx, std::size_t plane) const;
  };
  void find_sets();
  void find_row_ends();
  void lay_out();
  void lay_out_whole();
  [[nodiscard]] double face_between(int axis, std::size_t below, std::size_t above) const;
  [[nodiscard]] bool one_kind(std::size_t k) const;

  std::unique_ptr<Conductance> conductance_;
  std::size_t nx_, ny_, nz_;
  std::vector<std::uint32_t> of_, below_;           ///< set of each plane; of each face across z, nz + 1
  std::vector<std::size_t> first_, first_below_;    ///< a plane of each set, a face of each
  std::vector<std::uint8_t> one_kind_, level_;      ///< per set of planes; per plane
  std::vector<std::uint8_t> row_first_, row_last_;  ///< bits
  Planes<double> planes_;
  Planes<float> float_planes_;
  Planes<double> whole_planes_;
  Planes<float> float_whole_planes_;
  Whole<double> whole_;
  Whole<float> float_whole_;
  AlignedFloats whole_walls_;
  std::array<WallVoxels, 6> wall_voxels_;
};

}  // namespace interstice
