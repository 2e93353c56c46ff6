/// @file
/// Implicit solve along one axis, many lines at once: (m - kappa L) u = m v by Thomas' algorithm with factors made
/// beforehand, Sherman and Morrison's correction for periodic axes. The result is written as
/// v + (flux in - flux out of u)/m: pre-factored elimination alone drifts in mass by 1e-11 in 1e4 steps, differences of
/// face fluxes do not. With the same coefficients everywhere m = 1; otherwise m is the volume fraction.
#pragma once

#include <cstddef>
#include <cstdint>

namespace interstice {

/// Coefficients of all lines of one axis. Arrays have one entry per position when uniform, else one per voxel.
struct LineCoefficients {
  int n = 1;  ///< positions along a line
  bool uniform = true;
  bool periodic = false;
  double half = 0;                        ///< kappa = half * conductance [s]
  const double* above = nullptr;          ///< conductance of the face towards the next position [1/s]
  const double* below = nullptr;          ///< of the lower wall, one per line (one in all when uniform) [1/s]
  const double* inverse_pivot = nullptr;  ///< of the elimination
  const double* cyclic = nullptr;         ///< solution for the periodic correction's right-hand side
  const double* cyclic_ratio = nullptr;   ///< per line: weight of the last position in the correction
  const double* cyclic_scale = nullptr;   ///< per line: 1/(1 + h.q)
  const double* mass = nullptr;           ///< volume fraction per voxel (one entry 1 when uniform)
  const double* inverse_mass = nullptr;
};

inline constexpr std::size_t kMaxColumns = 32;

/// Up to kMaxColumns neighbouring lines: voxel = origin + position * position_stride + column * column_stride.
struct LineBlock {
  std::size_t origin = 0, position_stride = 1, column_stride = 1;
  std::size_t first_line = 0;
  std::size_t columns = 0;
};

/// Net inflow through the two walls, one entry per line; null where the wall is closed or periodic.
struct WallFlux {
  double* lower = nullptr;
  double* upper = nullptr;
};

/// d <- solution for right-hand side d. scratch: n * kMaxColumns.
void sweep_lines(const LineCoefficients& coefficients, const LineBlock& block, const WallFlux& walls, double* scratch,
                 double* d);

/// target += solution for right-hand side d. Returns the inclusive-or of the bits of what was written: its highest bit
/// tells whether anything is negative.
std::uint64_t sweep_lines_onto(const LineCoefficients& coefficients, const LineBlock& block, const WallFlux& walls,
                               double* scratch, const double* d, double* target);

}  // namespace interstice
