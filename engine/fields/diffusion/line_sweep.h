/// @file
/// Implicit solve along one axis, a strip of lines at a time: (m - L) u = m v by Thomas' algorithm with factors made
/// beforehand, Sherman and Morrison's correction for periodic axes. The result is written as
/// v + (flux in - flux out of u)/m: pre-factored elimination alone drifts in mass by 1e-11 in 1e4 steps, differences of
/// face fluxes do not.
#pragma once

#include <cstddef>

#include "engine/core/aligned.h"

namespace interstice {

/// Coefficients of a strip: number (position, lane) is at position * width + lane, or at position where all lanes are
/// alike and width is 1.
struct StripCoefficients {
  std::size_t width = 1;
  const double* face = nullptr;          ///< half a step times the conductance of face p, below position p; n + 1
  const double* pivot = nullptr;         ///< reciprocal pivots of the elimination
  const double* cyclic = nullptr;        ///< solution for the periodic correction's right-hand side; null if not a ring
  const double* cyclic_ratio = nullptr;  ///< per lane: weight of the last position in the correction
  const double* cyclic_scale = nullptr;  ///< per lane: 1/(1 + h.q)
  const double* mass = nullptr;          ///< volume fraction, null where it is 1
  const double* inverse_mass = nullptr;
};

/// Net inflow through the two walls, one number per lane; null where the wall is closed or periodic.
struct WallFlux {
  double* lower = nullptr;
  double* upper = nullptr;
};

/// A strip to be solved. Lane l of position p is at p * stride + l.
struct StripLines {
  std::size_t n = 1;      ///< positions
  std::size_t lanes = 1;  ///< at most kStripLines
  std::size_t stride = 1;
  double* values = nullptr;      ///< in: right-hand side v, out: solution
  const double* onto = nullptr;  ///< if set, out: this + solution
  WallFlux walls;
};

/// Numbers of scratch that a sweep over lines of n positions needs, beginning at a multiple of kAlignment bytes.
[[nodiscard]] std::size_t sweep_scratch(std::size_t n);

/// Lines along y or z. Returns whether a number written was negative.
bool sweep_lines(const StripLines& lines, const StripCoefficients& coefficients, double* scratch);

/// Lines along x: the `rows` rows of n numbers that start at d, at most kRowsTogether.
void sweep_rows(std::size_t n, std::size_t rows, const StripCoefficients& coefficients, const WallFlux& walls,
                double* scratch, double* d);

}  // namespace interstice
