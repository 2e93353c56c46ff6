/// @file
/// The seven-point stencil.
#include "engine/grid/residual.h"

#include "engine/grid/vector_clones.h"

namespace interstice {
namespace {

/// A neighbouring row and the conductances towards it (one when uniform).
struct Side {
  const double* c = nullptr;
  const double* g = nullptr;
};

/// What one row of voxels needs.
struct Row {
  const double* c = nullptr;
  const double* share = nullptr;
  const double* inverse_mass = nullptr;
  const double* above_x = nullptr;
  std::array<Side, 4> sides;  ///< y below, y above, z below, z above
};

template <bool Uniform>
class RowStencil {
 public:
  RowStencil(const Row& row, double dt) : r_(row), dt_(dt) {}

  [[nodiscard]] double at(std::size_t i, double left, double g_left, double right, double g_right) const {
    const double c = r_.c[i];
    const double x = g_left * (left - c) + g_right * (right - c);
    const double y = across(0, i) + across(1, i);
    const double z = across(2, i) + across(3, i);
    const double dt_over_mass = Uniform ? dt_ : dt_ * r_.inverse_mass[i];
    return r_.share[i] + dt_over_mass * (x + y + z);
  }

 private:
  [[nodiscard]] double across(std::size_t side, std::size_t i) const {
    return r_.sides[side].g[Uniform ? 0 : i] * (r_.sides[side].c[i] - r_.c[i]);
  }

  const Row r_;
  double dt_;
};

/// Finds neighbours and conductances of rows.
class RowFinder {
 public:
  RowFinder(const Grid& grid, const Conductance& conductance, const Surroundings& surroundings, const double* c)
      : grid_(grid), g_(conductance), surroundings_(surroundings), c_(c) {}

  [[nodiscard]] Side below(int axis, std::size_t j, std::size_t k) const {
    const std::size_t p = axis == 1 ? j : k, last = g_.lines(axis).n - 1;
    if (p > 0) return beside(axis, p - 1, j, k);
    if (g_.periodic(axis)) return beside(axis, last, j, k);
    const std::size_t nx = grid_.nx;
    return {surroundings_.row[2 * axis].data(), g_.below(axis) + (g_.uniform() ? 0 : nx * (axis == 1 ? k : j))};
  }
  [[nodiscard]] Side above(int axis, std::size_t j, std::size_t k) const {
    const std::size_t p = axis == 1 ? j : k, last = g_.lines(axis).n - 1;
    const double* conductance = g_.above(axis) + (g_.uniform() ? p : grid_.index(0, j, k));
    if (p < last) return {row(axis, p + 1, j, k), conductance};
    if (g_.periodic(axis)) return {row(axis, 0, j, k), conductance};
    return {surroundings_.row[2 * axis + 1].data(), conductance};
  }

 private:
  [[nodiscard]] std::size_t start(int axis, std::size_t p, std::size_t j, std::size_t k) const {
    return axis == 1 ? grid_.index(0, p, k) : grid_.index(0, j, p);
  }
  [[nodiscard]] const double* row(int axis, std::size_t p, std::size_t j, std::size_t k) const {
    return c_ + start(axis, p, j, k);
  }
  /// The row at position p together with the conductance of its upper face.
  [[nodiscard]] Side beside(int axis, std::size_t p, std::size_t j, std::size_t k) const {
    return {row(axis, p, j, k), g_.above(axis) + (g_.uniform() ? p : start(axis, p, j, k))};
  }

  const Grid& grid_;
  const Conductance& g_;
  const Surroundings& surroundings_;
  const double* c_;
};

template <bool Uniform>
void stencil_row(const Row& row, std::size_t n, double dt, double below_g, Side x_walls, bool periodic, double* out) {
  const RowStencil<Uniform> stencil(row, dt);
  const double* c = row.c;
  const double* g = row.above_x;
  const double left = periodic ? c[n - 1] : x_walls.c[0];
  const double right = periodic ? c[0] : x_walls.c[1];
  const double left_g = periodic ? g[n - 1] : below_g;
  if (n == 1) {
    out[0] = stencil.at(0, left, left_g, right, g[0]);
    return;
  }
  out[0] = stencil.at(0, left, left_g, c[1], g[0]);
#pragma GCC ivdep
  for (std::size_t i = 1; i + 1 < n; ++i) out[i] = stencil.at(i, c[i - 1], g[i - 1], c[i + 1], g[i]);
  out[n - 1] = stencil.at(n - 1, c[n - 2], g[n - 2], right, g[n - 1]);
}

}  // namespace

INTERSTICE_VECTOR_CLONES void residual_plane(const Grid& grid, const Conductance& conductance,
                                             const Surroundings& surroundings, double dt, const double* c,
                                             const double* share, std::size_t k, double* out) {
  const RowFinder find(grid, conductance, surroundings, c);
  const std::array<double, 2> beyond{surroundings.value[0], surroundings.value[1]};
  const std::size_t ny = grid.ny;
  for (std::size_t j = 0; j < ny; ++j) {
    const std::size_t first = grid.index(0, j, k), offset = conductance.uniform() ? 0 : first;
    const Row row{c + first,
                  share + first,
                  conductance.inverse_mass() + offset,
                  conductance.above(0) + offset,
                  {find.below(1, j, k), find.above(1, j, k), find.below(2, j, k), find.above(2, j, k)}};
    const double below_g = conductance.below(0)[conductance.uniform() ? 0 : j + ny * k];
    const Side walls{beyond.data(), nullptr};
    if (conductance.uniform()) {
      stencil_row<true>(row, grid.nx, dt, below_g, walls, conductance.periodic(0), out + first);
    } else {
      stencil_row<false>(row, grid.nx, dt, below_g, walls, conductance.periodic(0), out + first);
    }
  }
}

}  // namespace interstice
