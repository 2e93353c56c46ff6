/// @file
/// The stencil.
#include "engine/fields/diffusion/residual.h"

#include <algorithm>

#include "engine/core/simd_targets.h"
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/fields/diffusion/residual.cpp"
#include <hwy/cache_control.h>
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "engine/fields/diffusion/stencil-inl.h"

HWY_BEFORE_NAMESPACE();
namespace interstice {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;
using D = hn::CappedTag<double, 8>;
using V = hn::Vec<D>;

constexpr std::size_t kAhead = 256;  ///< numbers; the processor's own prefetching ends at every page

/// What goes with the sum over neighbours, from the first voxel on.
struct Sum {
  std::size_t voxels;
  const double *before, *after, *z_above;  ///< z_above: is asked for ahead
  double share, dt;
  double* out;
};

/// out <- share (after - before) + dt times what comes from neighbours, of_neighbours(i, load).
template <bool Change, class OfNeighbours>
HWY_INLINE void add_up(const Sum& sum, const OfNeighbours& of_neighbours) {
  const V share = hn::Set(D(), sum.share), dt = hn::Set(D(), sum.dt);
  for_vectors(D(), sum.voxels, [&](std::size_t i, const auto& load, const auto& store) HWY_ATTR {
    hwy::Prefetch(sum.z_above + i + kAhead);
    if constexpr (Change) hwy::Prefetch(sum.before + i + kAhead), hwy::Prefetch(sum.after + i + kAhead);
    const V come = of_neighbours(i, load);
    if constexpr (Change) {
      store(hn::MulAdd(dt, come, hn::Mul(share, hn::Sub(load(sum.after), load(sum.before)))), sum.out);
    } else {
      store(hn::Mul(dt, come), sum.out);
    }
  });
}

template <bool Unit>
void any_rows(const Sum& sum, const StencilRows<double>& rows) {
  const auto of = [&](std::size_t, const auto& load)
                      HWY_ATTR { return from_neighbours<Unit>(rows, load(rows.here), load); };
  sum.after == nullptr ? add_up<false>(sum, of) : add_up<true>(sum, of);
}

/// Rows between, of a plane whose faces are level: those need not be read. From beyond the ends of a row nothing comes.
struct LevelStencil {
  const double *here, *z_below, *z_above;
  const std::uint8_t *first, *last;
  std::size_t nx;
  double x, y, from_below, from_above;

  void run(const Sum& sum) const {
    const V all_x = hn::Set(D(), x), all_y = hn::Set(D(), y), below = hn::Set(D(), from_below),
            above = hn::Set(D(), from_above);
    const auto of = [&](std::size_t i, const auto& load) HWY_ATTR {
      const V c = load(here), before = hn::IfThenElse(lanes_of(D(), first, i), c, load(here - 1)),
              after = hn::IfThenElse(lanes_of(D(), last, i), c, load(here + 1));
      const auto both = [&](V a, V b) HWY_ATTR { return hn::Add(hn::Sub(a, c), hn::Sub(b, c)); };
      V come = hn::Mul(all_x, both(before, after));
      come = hn::MulAdd(all_y, both(load(here - nx), load(here + nx)), come);
      const V along = hn::MulAdd(above, hn::Sub(load(z_above), c), hn::Mul(below, hn::Sub(load(z_below), c)));
      return hn::Add(come, along);
    };
    sum.after == nullptr ? add_up<false>(sum, of) : add_up<true>(sum, of);
  }
};

/// From voxel `at` of a plane on.
Sum sum_from(const StencilPlane& plane, std::size_t at, std::size_t voxels, double* out) {
  return {.voxels = voxels,
          .before = plane.before == nullptr ? nullptr : plane.before + at,
          .after = plane.after == nullptr ? nullptr : plane.after + at,
          .z_above = plane.z_above + at,
          .share = plane.share,
          .dt = plane.dt,
          .out = out};
}

/// Rows that look at `below` and `above` across y.
void any_rows(const StencilPlane& plane, const PlaneFaces<double>& faces, std::size_t first, std::size_t end,
              const double* below, const double* above, double* out) {
  const std::size_t at = first * plane.nx;
  const StencilRows<double> rows = rows_from(faces, at, plane.c, below, above, plane.z_below, plane.z_above);
  const Sum sum = sum_from(plane, at, (end - first) * plane.nx, out);
  faces.inverse_mass == nullptr ? any_rows<true>(sum, rows) : any_rows<false>(sum, rows);
}

/// `out` is that of the first row of the plane; `above_first`: so is the row below the first of these.
void level_rows(const StencilPlane& plane, const PlaneFaces<double>& faces, std::size_t first, std::size_t end,
                bool above_first, double* out) {
  constexpr std::size_t line = kAlignment / sizeof(double);
  const std::size_t nx = plane.nx, at = above_first ? nx / line * line : first * nx, bits = above_first ? at : 0;
  const double inverse_mass = faces.inverse_mass == nullptr ? 1 : *faces.inverse_mass;
  const LevelStencil stencil{.here = plane.c + at,
                             .z_below = plane.z_below + at,
                             .z_above = plane.z_above + at,
                             .first = faces.row_first + bits / 8,
                             .last = faces.row_last + bits / 8,
                             .nx = nx,
                             .x = nx > 1 ? faces.x_above[0] * inverse_mass : 0,
                             .y = faces.y_above[0] * inverse_mass,
                             .from_below = faces.z_below[0] * inverse_mass,
                             .from_above = faces.z_above[0] * inverse_mass};
  stencil.run(sum_from(plane, at, end * nx - at, out + at));
}

/// The first and the last row look at other rows across y than those between. Level rows between begin at a whole
/// cache line, in the first row, which is made again.
void stencil(const StencilPlane& plane, const PlaneFaces<double>& faces, std::size_t first_row, std::size_t end_row,
             double* out) {
  const std::size_t nx = plane.nx, last = plane.ny - 1, first = std::max<std::size_t>(1, first_row),
                    end = std::min(end_row, last);
  double* of_plane = out - first_row * nx;
  const auto row = [&](std::size_t k) { return plane.c + k * nx; };
  if (first < end && faces.level) {
    level_rows(plane, faces, first, end, first_row == 0, of_plane);
  } else if (first < end) {
    any_rows(plane, faces, first, end, row(first) - nx, row(first + 1), of_plane + first * nx);
  }
  if (first_row == 0) any_rows(plane, faces, 0, 1, plane.y_below, last == 0 ? plane.y_above : row(1), of_plane);
  if (end_row > last && last > 0)
    any_rows(plane, faces, last, last + 1, row(last - 1), plane.y_above, of_plane + last * nx);
}

}  // namespace HWY_NAMESPACE
}  // namespace interstice
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace interstice {

HWY_EXPORT(stencil);

void residual_rows(const StencilPlane& plane, const PlaneFaces<double>& faces, std::size_t first_row,
                   std::size_t end_row, double* out) {
  HWY_DYNAMIC_DISPATCH(stencil)(plane, faces, first_row, end_row, out);
}

}  // namespace interstice
#endif
