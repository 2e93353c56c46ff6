/// @file
/// Backward-Euler solve along one axis, many lines at once: (m - kappa L) u = m v by Thomas' algorithm with factors
/// made beforehand, Sherman and Morrison's correction for periodic axes. The result is written as
/// v + (flux in - flux out of u)/m: pre-factored elimination alone drifts in mass by 1e-11 in 1e4 steps, differences of
/// face fluxes do not. With the same coefficients everywhere m = 1; otherwise m is the volume fraction.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace interstice {

/// Coefficients of all lines of one axis. Arrays have one entry per position when `Uniform`, else one per voxel.
struct LineCoefficients {
  int n = 1;  ///< positions along a line
  bool periodic = false;
  double half = 0;                        ///< kappa = half * conductance [s]
  const double* above = nullptr;          ///< conductance of the face towards the next position [1/s]
  const double* below = nullptr;          ///< of the lower wall, one per line (one in all when uniform) [1/s]
  const double* inverse_pivot = nullptr;  ///< of the elimination
  const double* cyclic = nullptr;         ///< solution for the periodic correction's right-hand side
  const double* cyclic_ratio = nullptr;   ///< per line: weight of the last position in the correction
  const double* cyclic_scale = nullptr;   ///< per line: 1/(1 + h.q)
  const double* mass = nullptr;           ///< volume fraction per voxel (variable only)
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

template <bool Uniform, bool Contiguous>
class LineSweep {
 public:
  LineSweep(const LineCoefficients& coefficients, const LineBlock& block, double* scratch)
      : c_(coefficients), b_(block), u_(scratch), stride_(Contiguous ? 1 : block.column_stride) {}

  /// u <- solution for right-hand side v.
  void solve(const double* __restrict v) const {
    const std::size_t w = b_.columns;
    double* __restrict u = u_;
    for (int p = 0; p < c_.n; ++p) {
      double* __restrict row = u + static_cast<std::size_t>(p) * w;
      const double* __restrict previous = row - (p == 0 ? 0 : w);
      const double* __restrict source = v + voxel(p, 0);
      for (std::size_t j = 0; j < w; ++j) {
        const double carried = p == 0 ? 0.0 : kappa(p - 1, j) * previous[j];
        row[j] = (mass(p, j) * source[j * stride_] + carried) * c_.inverse_pivot[at(p, j)];
      }
    }
    for (int p = c_.n - 2; p >= 0; --p) {
      double* __restrict row = u + static_cast<std::size_t>(p) * w;
      const double* __restrict next = row + w;
      for (std::size_t j = 0; j < w; ++j) row[j] += kappa(p, j) * c_.inverse_pivot[at(p, j)] * next[j];
    }
    if (c_.periodic && c_.n > 1) close_ring();
  }

  /// change = source + flux differences of u; target <- change or, accumulating, target + change (target may be
  /// source). Returns the inclusive-or of the sign bits of what was written.
  template <bool Accumulate>
  std::uint64_t apply(const double* source, double* target, const WallFlux& walls) const {
    const std::size_t w = b_.columns;
    std::array<double, kMaxColumns> flux_in;
    std::uint64_t signs = 0;
    lower_flux(walls, flux_in.data());
    for (int p = 0; p < c_.n; ++p) {
      const double* row = u_ + static_cast<std::size_t>(p) * w;
      const double* next = p + 1 < c_.n ? row + w : u_;
      const double open = p + 1 < c_.n || c_.periodic ? 1.0 : 0.0;  // beyond the upper wall the increment is zero
      const std::size_t first = voxel(p, 0);
#pragma GCC ivdep
      for (std::size_t j = 0; j < w; ++j) {
        const std::size_t i = first + j * stride_;
        const double flux_out = kappa(p, j) * (row[j] - open * next[j]);
        const double change = source[i] + (flux_in[j] - flux_out) * inverse_mass(p, j);
        target[i] = Accumulate ? target[i] + change : change;
        signs |= std::bit_cast<std::uint64_t>(target[i]);
        flux_in[j] = flux_out;
      }
    }
    if (walls.upper != nullptr) {
      for (std::size_t j = 0; j < w; ++j) walls.upper[b_.first_line + j] -= flux_in[j];
    }
    return signs;
  }

 private:
  [[nodiscard]] std::size_t voxel(int p, std::size_t j) const {
    return b_.origin + static_cast<std::size_t>(p) * b_.position_stride + j * stride_;
  }
  [[nodiscard]] std::size_t at(int p, std::size_t j) const {
    return Uniform ? static_cast<std::size_t>(p) : voxel(p, j);
  }
  [[nodiscard]] std::size_t line(std::size_t j) const { return Uniform ? 0 : b_.first_line + j; }
  [[nodiscard]] double kappa(int p, std::size_t j) const { return c_.half * c_.above[at(p, j)]; }
  [[nodiscard]] double mass(int p, std::size_t j) const { return Uniform ? 1.0 : c_.mass[voxel(p, j)]; }
  [[nodiscard]] double inverse_mass(int p, std::size_t j) const { return Uniform ? 1.0 : c_.inverse_mass[voxel(p, j)]; }

  /// Press et al., Numerical Recipes, section 2.7: u -= q (h.u)/(1 + h.q).
  void close_ring() const {
    const std::size_t w = b_.columns;
    const double* last = u_ + static_cast<std::size_t>(c_.n - 1) * w;
    std::array<double, kMaxColumns> s;
    for (std::size_t j = 0; j < w; ++j) s[j] = (u_[j] + c_.cyclic_ratio[line(j)] * last[j]) * c_.cyclic_scale[line(j)];
    for (int p = 0; p < c_.n; ++p) {
      double* __restrict row = u_ + static_cast<std::size_t>(p) * w;
      for (std::size_t j = 0; j < w; ++j) row[j] -= s[j] * c_.cyclic[at(p, j)];
    }
  }

  void lower_flux(const WallFlux& walls, double* flux_in) const {
    const std::size_t w = b_.columns;
    const double* last = u_ + static_cast<std::size_t>(c_.n - 1) * w;
    for (std::size_t j = 0; j < w; ++j) {
      flux_in[j] = c_.periodic ? kappa(c_.n - 1, j) * (last[j] - u_[j]) : -(c_.half * c_.below[line(j)]) * u_[j];
    }
    if (walls.lower != nullptr) {
      for (std::size_t j = 0; j < w; ++j) walls.lower[b_.first_line + j] += flux_in[j];
    }
  }

  const LineCoefficients& c_;
  const LineBlock& b_;
  double* u_;
  std::size_t stride_;
};

}  // namespace interstice
