/// @file
/// The seven-point stencil.
#include "engine/grid/residual.h"

#include "engine/grid/lanes.h"
#include "engine/grid/vector_clones.h"

namespace interstice {
namespace {

/// A neighbouring row and the coefficients of the faces towards it.
struct Side {
  const double* c = nullptr;
  const double* face = nullptr;
};

/// What one row of voxels needs.
struct Row {
  std::size_t pitch = 0;
  const double* c = nullptr;
  const double* share = nullptr;
  const double* x_face = nullptr;  ///< of the face before each voxel
  const double* inverse_mass = nullptr;
  std::array<Side, 4> sides;  ///< y below, y above, z below, z above
};

/// Row (j, k) and its neighbours along y or z.
class RowFinder {
 public:
  RowFinder(const PaddedGrid& grid, const Surroundings& surroundings, const double* c)
      : grid_(grid), surroundings_(surroundings), c_(c) {}

  [[nodiscard]] std::array<Side, 2> neighbours(const LineCoefficients& axis, int which, std::size_t group,
                                               std::size_t p) const {
    const auto last = static_cast<std::size_t>(axis.n) - 1;
    const double* below = p > 0           ? row(which, p - 1, group)
                          : axis.periodic ? row(which, last, group)
                                          : surroundings_[2 * which].data();
    const double* above = p < last        ? row(which, p + 1, group)
                          : axis.periodic ? row(which, 0, group)
                                          : surroundings_[2 * which + 1].data();
    return {Side{below, axis.face_row(group, p)}, Side{above, axis.face_row(group, p + 1)}};
  }

 private:
  [[nodiscard]] const double* row(int axis, std::size_t p, std::size_t group) const {
    return c_ + (axis == 1 ? grid_.row(p, group) : grid_.row(group, p));
  }

  const PaddedGrid& grid_;
  const Surroundings& surroundings_;
  const double* c_;
};

template <bool UnitMass>
void stencil_row(const Row& r, double scale, double* out) {
  for (std::size_t i = 0; i < r.pitch; i += kVector) {
    const Lanes c = lanes(r.c + i);
    const Lanes x = lanes(r.x_face + i) * (lanes(r.c + i - 1) - c) + lanes(r.x_face + i + 1) * (lanes(r.c + i + 1) - c);
    Lanes across[4];
    for (std::size_t side = 0; side < 4; ++side) {
      across[side] = lanes(r.sides[side].face + i) * (lanes(r.sides[side].c + i) - c);
    }
    const Lanes y = across[0] + across[1];
    const Lanes z = across[2] + across[3];
    Lanes gain = scale * (x + y + z);
    if constexpr (!UnitMass) gain *= lanes(r.inverse_mass + i);
    lanes(out + i) = lanes(r.share + i) + gain;
  }
}

}  // namespace

INTERSTICE_VECTOR_CLONES void residual_plane(const Conductance& conductance, const SubstepFactors& factors,
                                             const Surroundings& surroundings, double steps, const double* c,
                                             const double* share, std::size_t k, double* out) {
  const PaddedGrid& grid = conductance.padded();
  const RowFinder find(grid, surroundings, c);
  const LineCoefficients y = conductance.coefficients(1, factors), z = conductance.coefficients(2, factors);
  for (std::size_t j = 0; j < grid.ny; ++j) {
    const std::size_t first = grid.row(j, k);
    const auto along_y = find.neighbours(y, 1, k, j), along_z = find.neighbours(z, 2, j, k);
    const Row row{grid.pitch,
                  c + first,
                  share + first,
                  factors.x_face.data() + (conductance.uniform() ? 0 : first),
                  y.inverse_mass == nullptr ? nullptr : y.inverse_mass + first,
                  {along_y[0], along_y[1], along_z[0], along_z[1]}};
    if (y.inverse_mass == nullptr) {
      stencil_row<true>(row, 2 * steps, out + first);
    } else {
      stencil_row<false>(row, 2 * steps, out + first);
    }
  }
}

}  // namespace interstice
