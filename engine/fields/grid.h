/// @file
/// The uniform, cell-centred grid on which fields live. Lengths in um.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>

#include "engine/core/vec3.h"

namespace interstice {

enum class Axis : int { x = 0, y = 1, z = 2 };
enum class Face : int { x_min = 0, x_max = 1, y_min = 2, y_max = 3, z_min = 4, z_max = 5 };
inline constexpr std::array<const char*, 6> kFaceNames{"x_min", "x_max", "y_min", "y_max", "z_min", "z_max"};

/// Edges of a voxel [um]; one number stands for those of a cube.
struct Spacing : Vec3 {
  constexpr Spacing(double edge) : Vec3{edge, edge, edge} {}
  constexpr Spacing(Vec3 edges) : Vec3(edges) {}
};

/// nx * ny * nz voxels with edges `spacing` [um]; the lower corner of the domain is the origin.
struct Grid {
  int nx = 1, ny = 1, nz = 1;
  Spacing spacing = 1;

  [[nodiscard]] std::size_t voxel_count() const { return static_cast<std::size_t>(nx) * ny * nz; }
  [[nodiscard]] double voxel_volume() const { return spacing.x * spacing.y * spacing.z; }  ///< [um^3]
  [[nodiscard]] bool cubic() const { return spacing.x == spacing.y && spacing.y == spacing.z; }
  [[nodiscard]] double finest() const { return std::min({spacing.x, spacing.y, spacing.z}); }    ///< edge [um]
  [[nodiscard]] double coarsest() const { return std::max({spacing.x, spacing.y, spacing.z}); }  ///< edge [um]
  [[nodiscard]] Vec3 size() const { return {nx * spacing.x, ny * spacing.y, nz * spacing.z}; }
  [[nodiscard]] std::size_t index(int i, int j, int k) const {
    return static_cast<std::size_t>(i) + static_cast<std::size_t>(nx) * (j + static_cast<std::size_t>(ny) * k);
  }
  [[nodiscard]] Vec3 centre(std::size_t voxel) const {
    const auto i = voxel % nx, j = voxel / nx % ny, k = voxel / (static_cast<std::size_t>(nx) * ny);
    return {(i + 0.5) * spacing.x, (j + 0.5) * spacing.y, (k + 0.5) * spacing.z};
  }
  [[nodiscard]] Vec3 voxels_per_um() const { return {1 / spacing.x, 1 / spacing.y, 1 / spacing.z}; }
  /// Voxel that holds the point; points outside count as in the nearest voxel.
  [[nodiscard]] std::size_t voxel_at(Vec3 p) const {
    const Vec3 at = by_axis(p, voxels_per_um());
    return index(clamp(at.x, nx), clamp(at.y, ny), clamp(at.z, nz));
  }

 private:
  /// Along one axis; x in voxels.
  [[nodiscard]] static int clamp(double x, int n) { return std::clamp(static_cast<int>(x), 0, n - 1); }
};

}  // namespace interstice
