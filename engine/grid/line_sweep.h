/// @file
/// Implicit solve along one axis, many lines at once: (m - L) u = m v by Thomas' algorithm with factors made
/// beforehand, Sherman and Morrison's correction for periodic axes. The result is written as
/// v + (flux in - flux out of u)/m: pre-factored elimination alone drifts in mass by 1e-11 in 1e4 steps, differences of
/// face fluxes do not. With the same volume fraction m everywhere m = 1.
#pragma once

#include <cstddef>
#include <cstdint>

#include "engine/grid/padded_grid.h"

namespace interstice {

/// Coefficients of all lines of one axis, in groups of `width` lines. Tissue is made of few regions, so that many
/// groups have the same: entry (group, position, lane) is at (set_of[group] * positions + position) * width + lane. The
/// lines along x are grouped by kBundle rows, those along y by plane and those along z by y, both with a lane for each
/// place of a padded row. Unused lanes have no conductance.
struct LineCoefficients {
  int n = 1;  ///< positions along a line
  std::size_t width = kBundle;
  bool periodic = false;
  const std::uint32_t* set_of = nullptr;  ///< per group
  const double* face = nullptr;           ///< half a step times the conductance of face p, below position p; n + 1
  const double* pivot = nullptr;          ///< reciprocal pivots of the elimination
  const double* cyclic = nullptr;         ///< solution for the periodic correction's right-hand side
  const double* cyclic_ratio = nullptr;   ///< per line: weight of the last position in the correction
  const double* cyclic_scale = nullptr;   ///< per line: 1/(1 + h.q)
  const double* mass = nullptr;           ///< volume fraction, null where it is 1
  const double* inverse_mass = nullptr;

  [[nodiscard]] const double* face_row(std::size_t g, std::size_t p) const {
    return face + (set_of[g] * (static_cast<std::size_t>(n) + 1) + p) * width;
  }
  [[nodiscard]] const double* inverse_mass_row(std::size_t g, std::size_t p) const {
    return inverse_mass == nullptr ? nullptr : inverse_mass + (set_of[g] * static_cast<std::size_t>(n) + p) * width;
  }
};

/// Net inflow through the two walls, one entry per lane of the group; null where the wall is closed or periodic.
struct WallFlux {
  double* lower = nullptr;
  double* upper = nullptr;
};

/// Numbers of scratch that a sweep along this axis needs.
[[nodiscard]] std::size_t sweep_scratch(const LineCoefficients& coefficients);

/// Lines along y or z of one group: d <- solution for right-hand side d; position p is `stride` after position p - 1.
void sweep_lines(const LineCoefficients& coefficients, std::size_t group, std::size_t stride, const WallFlux& walls,
                 double* scratch, double* d);

/// The same, target += solution.
void sweep_lines_onto(const LineCoefficients& coefficients, std::size_t group, std::size_t stride,
                      const WallFlux& walls, double* scratch, const double* d, double* target);

/// Lines along x of a bundle of padded rows, the first of which starts at d.
void sweep_rows(const LineCoefficients& coefficients, std::size_t group, std::size_t pitch, const WallFlux& walls,
                double* scratch, double* d);

}  // namespace interstice
