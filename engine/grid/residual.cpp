/// @file
/// The seven-point stencil.
#include "engine/grid/residual.h"

#include "engine/grid/lanes.h"
#include "engine/grid/vector_clones.h"

namespace interstice {
namespace {

/// What one row of voxels needs. "Above" is the row after along that axis.
struct Row {
  const double *c, *share;
  const double* x_face;  ///< of the face before each voxel
  const double *y_below, *y_above, *y_face, *y_face_above;
  const double *z_below, *z_above, *z_face, *z_face_above;
  const double* inverse_mass;
};

template <bool UnitMass>
void stencil_row(const Row& r, std::size_t pitch, double scale, double* out) {
  for (std::size_t i = 0; i < pitch; i += kVector) {
    const Lanes c = lanes(r.c + i);
    const Lanes x = lanes(r.x_face + i) * (lanes(r.c + i - 1) - c) + lanes(r.x_face + i + 1) * (lanes(r.c + i + 1) - c);
    const Lanes y =
        lanes(r.y_face + i) * (lanes(r.y_below + i) - c) + lanes(r.y_face_above + i) * (lanes(r.y_above + i) - c);
    const Lanes z =
        lanes(r.z_face + i) * (lanes(r.z_below + i) - c) + lanes(r.z_face_above + i) * (lanes(r.z_above + i) - c);
    Lanes gain = scale * (x + y + z);
    if constexpr (!UnitMass) gain *= lanes(r.inverse_mass + i);
    lanes(out + i) = lanes(r.share + i) + gain;
  }
}

/// Row (j, k) for any j of a plane.
class PlaneRows {
 public:
  PlaneRows(const Conductance& g, const SubstepFactors& factors, const Surroundings& surroundings, const double* c,
            const double* share, std::size_t k)
      : g_(g),
        x_face_(factors.x_face.data()),
        y_(g.coefficients(1, factors)),
        z_(g.coefficients(2, factors)),
        pitch_(g.padded().pitch),
        last_(g.padded().ny - 1),
        k_(k),
        c_(c + g.padded().row(0, k)),
        share_(share + g.padded().row(0, k)),
        y_face_(y_.face_row(k, 0)) {
    const std::size_t end = g.padded().nz - 1;
    const bool wall_below = k == 0 && !z_.periodic, wall_above = k == end && !z_.periodic;
    z_below_ = wall_below ? surroundings[4].data() : c + g.padded().row(0, k == 0 ? end : k - 1);
    z_above_ = wall_above ? surroundings[5].data() : c + g.padded().row(0, k == end ? 0 : k + 1);
    z_below_pitch_ = wall_below ? 0 : pitch_;
    z_above_pitch_ = wall_above ? 0 : pitch_;
    y_below_ = y_.periodic ? c_ + last_ * pitch_ : surroundings[2].data();
    y_above_ = y_.periodic ? c_ : surroundings[3].data();
  }

  [[nodiscard]] Row row(std::size_t j) const {
    const std::size_t first = j * pitch_;
    const double* z_face = z_.face_row(j, k_);
    return {.c = c_ + first,
            .share = share_ + first,
            .x_face = x_face_ + g_.x_face_row(j + k_ * (last_ + 1)),
            .y_below = j > 0 ? c_ + first - pitch_ : y_below_,
            .y_above = j < last_ ? c_ + first + pitch_ : y_above_,
            .y_face = y_face_ + first,
            .y_face_above = y_face_ + first + pitch_,
            .z_below = z_below_ + j * z_below_pitch_,
            .z_above = z_above_ + j * z_above_pitch_,
            .z_face = z_face,
            .z_face_above = z_face + pitch_,
            .inverse_mass = y_.inverse_mass_row(k_, j)};
  }

 private:
  const Conductance& g_;
  const double* x_face_;
  const LineCoefficients y_, z_;
  const std::size_t pitch_, last_, k_;
  const double *c_, *share_, *y_face_;
  const double *z_below_, *z_above_, *y_below_, *y_above_;
  std::size_t z_below_pitch_, z_above_pitch_;
};

}  // namespace

INTERSTICE_VECTOR_CLONES void residual_plane(const Conductance& conductance, const SubstepFactors& factors,
                                             const Surroundings& surroundings, double steps, const double* c,
                                             const double* share, std::size_t k, double* out) {
  const PaddedGrid& grid = conductance.padded();
  const PlaneRows plane(conductance, factors, surroundings, c, share, k);
  for (std::size_t j = 0; j < grid.ny; ++j) {
    const Row row = plane.row(j);
    if (row.inverse_mass == nullptr) {
      stencil_row<true>(row, grid.pitch, 2 * steps, out + grid.row(j, k));
    } else {
      stencil_row<false>(row, grid.pitch, 2 * steps, out + grid.row(j, k));
    }
  }
}

}  // namespace interstice
