/// @file
/// What a cell is to the grid. A species that diffuses meets a cell not in one voxel but in a box around its centre of
/// half edges max(1.25 R, 0.75 dx), dx along each axis; the share of each voxel in that box weighs what the cell senses
/// there, gives and takes. So numbers do not depend on how the cell lies on the grid, and its own secretion gives it no
/// gradient.
///
/// The grid knows the field of such a box, not that at the cell's surface. Between the two lies a resistance
///
///   left = 1/(4 pi alpha D R) - g/(alpha D dx),   g = sum_ij w_i w_j G(i - j)   (fields/lattice_green.h)
///
/// with dx the coarsest edge, and G of fields/box_lattice.h, where edges differ. This is positive for all R and dx.
/// With it the surface has c_s = (sum_i w_i c_i + left Q)/(1 + u left), Q being secreted and u c_s taken up, and the
/// fluid loses u/(1 + u left) sum_i w_i c_i. Closed walls nearer than one voxel mirror the cell, and so do interfaces,
/// in part; what the grid lacks of the field of such an image is added to `left`. Where edges differ the grid is as
/// coarse as its coarsest edge, so that walls across a fine axis matter from many voxels away: then the images in all
/// walls, also in several and beyond periodic faces, are added up to two coarsest edges away, but none in interfaces.
/// Other cells that are so near are left to the grid. Accuracy: engine/ACCURACY.md.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/core/box.h"
#include "engine/fields/grid.h"

namespace interstice {

class Footprint {
 public:
  static constexpr std::size_t kMost = 64;  ///< voxels along an axis
  /// Indices along an axis and their weights.
  struct Axis {
    std::size_t count = 0;
    std::array<std::uint32_t, kMost> voxel;
    std::array<double, kMost> weight;
    void add(std::uint32_t where, double share);
  };

  /// Of a sphere of `radius` [um] around `centre`. Beyond a wall the box is folded back.
  Footprint(Vec3 centre, double radius, const Grid& grid, const Box& box);

  [[nodiscard]] const Axis& axis(std::size_t a) const { return axis_[a]; }
  [[nodiscard]] std::size_t stride(std::size_t a) const { return stride_[a]; }

  /// visit(voxel, weight) for all voxels of the box; weights add up to 1.
  template <class Visit>
  void for_each(const Visit& visit) const {
    if (listed_ > 0) {
      for (std::size_t n = 0; n < listed_; ++n) visit(std::size_t{voxel_[n]}, weight_[n]);
      return;
    }
    walk(visit);
  }
  [[nodiscard]] double mean(std::span<const double> field) const {
    double sum = 0;
    for_each([&](std::size_t voxel, double weight) { sum += weight * field[voxel]; });
    return sum;
  }

 private:
  template <class Visit>
  void walk(const Visit& visit) const {
    for (std::size_t k = 0; k < axis_[2].count; ++k)
      for (std::size_t j = 0; j < axis_[1].count; ++j) {
        const std::size_t row = axis_[2].voxel[k] * stride_[2] + axis_[1].voxel[j] * stride_[1];
        const double weight = axis_[2].weight[k] * axis_[1].weight[j];
        for (std::size_t i = 0; i < axis_[0].count; ++i) visit(row + axis_[0].voxel[i], weight * axis_[0].weight[i]);
      }
  }

  static constexpr std::size_t kListed = 64;  ///< voxels of a box that is worth a list, for many species
  std::array<Axis, 3> axis_;
  std::array<std::size_t, 3> stride_;
  std::size_t listed_ = 0;
  std::array<std::uint32_t, kListed> voxel_;
  std::array<double, kListed> weight_;
};

/// How many voxels the box of such a cell meets, on average over where it lies.
[[nodiscard]] double mean_footprint(double radius, const Grid& grid);

/// What is left of a sphere's resistance to diffusion beside what the grid has, times alpha D: `left` alpha D [1/um].
class LeftResistance {
 public:
  static constexpr int kWall = -1;  ///< in place of a region beyond a face

  LeftResistance() = default;
  LeftResistance(Vec3 centre, double radius, const Grid& grid, const Box& box,
                 std::span<const std::uint8_t> region_of_voxel);
  /// With the images in walls and interfaces that are near [1/um], each by reflection(face, region beyond or kWall): 1
  /// of a closed wall, -1 of a held concentration, (k - k')/(k + k') of an interface between alpha D of k and k'.
  template <class Reflection>
  [[nodiscard]] double with(const Reflection& reflection) const {
    double sum = alone_;
    for (int face = 0; face < 6; ++face) {
      if (images_[face] == 0 && folds_[face] == 0) continue;
      const double mirrored = reflection(face, int{beyond_[face]});
      sum += mirrored * images_[face] - (1 - mirrored) * folds_[face];
    }
    for (const Mirrored& image : mirrored_) {
      double share = 1;
      for (int face = 0; face < 6; ++face)
        if ((image.faces >> face & 1U) != 0) share *= std::max(reflection(face, kWall), 0.0);
      sum += share * image.lack;
    }
    return std::max(sum, 0.0);
  }

 private:
  /// What the grid lacks of images in the same set of walls, a bit each.
  struct Mirrored {
    std::uint32_t faces;
    float lack;  ///< [1/um]
  };
  void measure_among_cubes(Vec3 centre, double radius, const Grid& grid, const Box& box,
                           std::span<const std::uint8_t> region_of_voxel);
  void measure_among_boxes(Vec3 centre, double radius, const Grid& grid, const Box& box);
  void add_image(std::uint32_t faces, double lack);

  // Kept for every cell; 1e-7 of them does not matter.
  float alone_ = 0;
  std::array<float, 6> images_{};  ///< by Face, where voxels are cubes
  std::array<float, 6> folds_{};   ///< what the grid has more of a cube folded back at a wall that does not mirror it
  std::array<std::int16_t, 6> beyond_{};
  std::vector<Mirrored> mirrored_;  ///< where they are not
};

}  // namespace interstice
