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

/// nx * ny * nz cubic voxels of edge `spacing` [um]; the lower corner of the domain is the origin.
struct Grid {
  int nx = 1, ny = 1, nz = 1;
  double spacing = 1;

  [[nodiscard]] std::size_t voxel_count() const { return static_cast<std::size_t>(nx) * ny * nz; }
  [[nodiscard]] double voxel_volume() const { return spacing * spacing * spacing; }  ///< [um^3]
  [[nodiscard]] Vec3 size() const { return {nx * spacing, ny * spacing, nz * spacing}; }
  [[nodiscard]] std::size_t index(int i, int j, int k) const {
    return static_cast<std::size_t>(i) + static_cast<std::size_t>(nx) * (j + static_cast<std::size_t>(ny) * k);
  }
  [[nodiscard]] Vec3 centre(std::size_t voxel) const {
    const auto i = voxel % nx, j = voxel / nx % ny, k = voxel / (static_cast<std::size_t>(nx) * ny);
    return {(i + 0.5) * spacing, (j + 0.5) * spacing, (k + 0.5) * spacing};
  }
  /// Voxel that holds the point; points outside count as in the nearest voxel.
  [[nodiscard]] std::size_t voxel_at(Vec3 p) const {
    const double per_um = 1 / spacing;
    return index(clamp(p.x * per_um, nx), clamp(p.y * per_um, ny), clamp(p.z * per_um, nz));
  }

 private:
  /// Along one axis; x in voxels.
  [[nodiscard]] static int clamp(double x, int n) { return std::clamp(static_cast<int>(x), 0, n - 1); }
};

}  // namespace interstice
