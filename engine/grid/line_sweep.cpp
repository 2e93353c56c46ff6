/// @file
/// Tridiagonal kernels.
#include "engine/grid/line_sweep.h"

#include <array>
#include <bit>

#include "engine/grid/vector_clones.h"

namespace interstice {
namespace {

/// One array's values in the row of columns at one position.
template <bool Uniform, bool Contiguous>
struct RowOf {
  double value = 0;
  const double* base = nullptr;
  std::size_t stride = 1;

  double operator[](std::size_t j) const {
    if constexpr (Uniform) return value;
    return base[Contiguous ? j : j * stride];
  }
};

template <bool Uniform, bool Contiguous>
class LineSweep {
 public:
  LineSweep(const LineCoefficients& coefficients, const LineBlock& block, double* scratch)
      : c_(coefficients), b_(block), u_(scratch) {}

  /// u <- solution for right-hand side v.
  void solve(const double* v) const {
    const std::size_t w = b_.columns;
    for (int p = 0; p < c_.n; ++p) {
      double* __restrict row = u_ + static_cast<std::size_t>(p) * w;
      const double* __restrict source = v + voxel(p);
      const Row pivot = row_of(c_.inverse_pivot, p), mass = mass_row(c_.mass, p);
      if (p == 0) {
        for (std::size_t j = 0; j < w; ++j) row[j] = mass[j] * source[at(j)] * pivot[j];
      } else {
        const double* __restrict previous = row - w;
        const Row g = row_of(c_.above, p - 1);
        const double half = c_.half;
        for (std::size_t j = 0; j < w; ++j) {
          row[j] = (mass[j] * source[at(j)] + half * g[j] * previous[j]) * pivot[j];
        }
      }
    }
    for (int p = c_.n - 2; p >= 0; --p) {
      double* __restrict row = u_ + static_cast<std::size_t>(p) * w;
      const double* __restrict next = row + w;
      const Row g = row_of(c_.above, p), pivot = row_of(c_.inverse_pivot, p);
      const double half = c_.half;
      for (std::size_t j = 0; j < w; ++j) row[j] += half * g[j] * pivot[j] * next[j];
    }
    if (c_.periodic && c_.n > 1) close_ring();
  }

  /// change = source + flux differences of u; target <- change or, accumulating, target + change.
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
      const Row g = row_of(c_.above, p), inverse_mass = mass_row(c_.inverse_mass, p);
      const double half = c_.half;
      const double* from = source + voxel(p);
      double* to = target + voxel(p);
#pragma GCC ivdep
      for (std::size_t j = 0; j < w; ++j) {
        const double flux_out = half * g[j] * (row[j] - open * next[j]);
        const double change = from[at(j)] + (flux_in[j] - flux_out) * inverse_mass[j];
        const double value = Accumulate ? to[at(j)] + change : change;
        to[at(j)] = value;
        if constexpr (Accumulate) signs |= std::bit_cast<std::uint64_t>(value);
        flux_in[j] = flux_out;
      }
    }
    if (walls.upper != nullptr) {
      for (std::size_t j = 0; j < w; ++j) walls.upper[b_.first_line + j] -= flux_in[j];
    }
    return signs;
  }

 private:
  using Row = RowOf<Uniform, Contiguous>;

  [[nodiscard]] std::size_t at(std::size_t j) const { return Contiguous ? j : j * b_.column_stride; }
  [[nodiscard]] std::size_t voxel(int p) const { return b_.origin + static_cast<std::size_t>(p) * b_.position_stride; }
  [[nodiscard]] std::size_t line(std::size_t j) const { return Uniform ? 0 : b_.first_line + j; }
  [[nodiscard]] Row row_of(const double* array, int p) const {
    if constexpr (Uniform) return {array[p], nullptr, 1};
    return {0, array + voxel(p), b_.column_stride};
  }
  [[nodiscard]] Row mass_row(const double* array, int p) const {
    if constexpr (Uniform) return {1.0, nullptr, 1};
    return row_of(array, p);
  }

  /// Press et al., Numerical Recipes, section 2.7: u -= q (h.u)/(1 + h.q).
  void close_ring() const {
    const std::size_t w = b_.columns;
    const double* last = u_ + static_cast<std::size_t>(c_.n - 1) * w;
    std::array<double, kMaxColumns> s;
    for (std::size_t j = 0; j < w; ++j) s[j] = (u_[j] + c_.cyclic_ratio[line(j)] * last[j]) * c_.cyclic_scale[line(j)];
    for (int p = 0; p < c_.n; ++p) {
      double* __restrict row = u_ + static_cast<std::size_t>(p) * w;
      const Row q = row_of(c_.cyclic, p);
      for (std::size_t j = 0; j < w; ++j) row[j] -= s[j] * q[j];
    }
  }

  void lower_flux(const WallFlux& walls, double* flux_in) const {
    const std::size_t w = b_.columns;
    const double* last = u_ + static_cast<std::size_t>(c_.n - 1) * w;
    const Row g = row_of(c_.above, c_.n - 1);
    for (std::size_t j = 0; j < w; ++j) {
      flux_in[j] = c_.periodic ? c_.half * g[j] * (last[j] - u_[j]) : -(c_.half * c_.below[line(j)]) * u_[j];
    }
    if (walls.lower != nullptr) {
      for (std::size_t j = 0; j < w; ++j) walls.lower[b_.first_line + j] += flux_in[j];
    }
  }

  const LineCoefficients c_;
  const LineBlock b_;
  double* const u_;
};

template <bool Accumulate, bool Uniform, bool Contiguous>
std::uint64_t sweep(const LineCoefficients& c, const LineBlock& b, const WallFlux& walls, double* scratch,
                    const double* d, double* target) {
  const LineSweep<Uniform, Contiguous> lines(c, b, scratch);
  lines.solve(d);
  return lines.template apply<Accumulate>(d, target, walls);
}

template <bool Accumulate>
std::uint64_t dispatch(const LineCoefficients& c, const LineBlock& b, const WallFlux& walls, double* scratch,
                       const double* d, double* target) {
  if (b.column_stride == 1) {
    return c.uniform ? sweep<Accumulate, true, true>(c, b, walls, scratch, d, target)
                     : sweep<Accumulate, false, true>(c, b, walls, scratch, d, target);
  }
  return c.uniform ? sweep<Accumulate, true, false>(c, b, walls, scratch, d, target)
                   : sweep<Accumulate, false, false>(c, b, walls, scratch, d, target);
}

}  // namespace

INTERSTICE_VECTOR_CLONES void sweep_lines(const LineCoefficients& coefficients, const LineBlock& block,
                                          const WallFlux& walls, double* scratch, double* d) {
  dispatch<false>(coefficients, block, walls, scratch, d, d);
}

INTERSTICE_VECTOR_CLONES std::uint64_t sweep_lines_onto(const LineCoefficients& coefficients, const LineBlock& block,
                                                        const WallFlux& walls, double* scratch, const double* d,
                                                        double* target) {
  return dispatch<true>(coefficients, block, walls, scratch, d, target);
}

}  // namespace interstice
