/// @file
/// The images of a place in walls that mirror it and beyond periodic faces, along one axis.
#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "engine/core/box.h"
#include "engine/fields/grid.h"

namespace interstice {

struct Mirror {
  int start = 0, sign = 1;  ///< what lies at x [voxels] is seen at start + sign x
  double away = 0;          ///< from the place itself [um]
  std::uint32_t faces = 0;  ///< that mirror it, a bit each by Face; none beyond periodic faces
  [[nodiscard]] bool itself() const { return start == 0 && sign == 1; }
  [[nodiscard]] double of(double x) const { return start + sign * x; }
  [[nodiscard]] int of_voxel(int i) const { return sign > 0 ? start + i : start - 1 - i; }
};

/// Of a place at `at` [voxels], itself included, nearer than `reach` [um].
inline std::vector<Mirror> mirrors_along(int axis, double at, const Grid& grid, const Box& box, double reach) {
  const int n = std::array{grid.nx, grid.ny, grid.nz}[axis];
  const double h = grid.spacing[axis];
  const bool periodic = box.periodic[axis];
  const std::uint32_t low = 1U << (2 * axis), high = low << 1U;
  const int lap = periodic ? n : 2 * n, laps = static_cast<int>(reach / (lap * h)) + 1;
  std::vector<Mirror> mirrors;
  const auto add = [&](Mirror mirror) {
    mirror.away = std::abs(mirror.of(at) - at) * h;
    if (mirror.away < reach) mirrors.push_back(mirror);
  };
  for (int k = -laps; k <= laps; ++k) {
    add({.start = k * lap, .sign = 1, .faces = k == 0 || periodic ? 0 : low | high});
    if (!periodic) add({.start = k * lap, .sign = -1, .faces = k == 0 ? low : k == 1 ? high : low | high});
  }
  return mirrors;
}

}  // namespace interstice
