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

/// What goes with the sum over neighbours of voxels [first, end), from the first voxel of the plane on.
struct Sum {
  std::size_t first, end;
  const double *before, *after, *z_above;  ///< z_above: is asked for ahead
  double share, dt;
  double* out;
};

/// out <- share (after - before) + dt times what comes from neighbours, of_neighbours(i, load).
template <bool Change, class OfNeighbours>
HWY_INLINE void add_up(const Sum sum, const OfNeighbours& of_neighbours) {
  const V share = hn::Set(D(), sum.share), dt = hn::Set(D(), sum.dt);
  for_vectors(D(), sum.first, sum.end, [&](std::size_t i, const auto& load, const auto& store) HWY_ATTR {
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
  const std::uint8_t *first, *last;  ///< of a row: bits
  std::size_t nx;
  double x, y, from_below, from_above;

  void run(const Sum& sum) const {
    const V all_x = hn::Set(D(), x), all_y = hn::Set(D(), y), below = hn::Set(D(), from_below),
            above = hn::Set(D(), from_above);
    const LevelStencil s = *this;  // by value: what is stored is no part of it
    const auto of = [&](std::size_t i, const auto& load) HWY_ATTR {
      const V c = load(s.here), before = hn::IfThenElse(lanes_of(D(), s.first, i), c, one_before(s.here, i, c, load)),
              after = hn::IfThenElse(lanes_of(D(), s.last, i), c, one_after(s.here, i, c, load));
      const auto both = [&](V a, V b) HWY_ATTR { return hn::Add(hn::Sub(a, c), hn::Sub(b, c)); };
      V come = hn::Mul(all_x, both(before, after));
      come = hn::MulAdd(all_y, both(load(s.here - s.nx), load(s.here + s.nx)), come);
      const V along = hn::MulAdd(above, hn::Sub(load(s.z_above), c), hn::Mul(below, hn::Sub(load(s.z_below), c)));
      return hn::Add(come, along);
    };
    sum.after == nullptr ? add_up<false>(sum, of) : add_up<true>(sum, of);
  }
};

/// `out` is where the first voxel of the plane would go.
Sum sum_of(const StencilPlane& plane, std::size_t first, std::size_t end, double* out) {
  return {.first = first * plane.nx,
          .end = end * plane.nx,
          .before = plane.before,
          .after = plane.after,
          .z_above = plane.z_above,
          .share = plane.share,
          .dt = plane.dt,
          .out = out};
}

/// Where the rows beside the first of the plane would be: `below`, `above`.
void any_rows(const StencilPlane& plane, const PlaneFaces<double>& faces, std::size_t first, std::size_t end,
              const double* below, const double* above, double* out) {
  const StencilRows<double> rows = rows_of(faces, plane.c, below, above, plane.z_below, plane.z_above);
  const Sum sum = sum_of(plane, first, end, out);
  faces.inverse_mass == nullptr ? any_rows<true>(sum, rows) : any_rows<false>(sum, rows);
}

void level_rows(const StencilPlane& plane, const PlaneFaces<double>& faces, std::size_t first, std::size_t end,
                double* out) {
  const auto& level = faces.level;
  const LevelStencil stencil{.here = plane.c,
                             .z_below = plane.z_below,
                             .z_above = plane.z_above,
                             .first = faces.row_first,
                             .last = faces.row_last,
                             .nx = plane.nx,
                             .x = level.x * level.inverse_mass,
                             .y = level.y * level.inverse_mass,
                             .from_below = level.z_below * level.inverse_mass,
                             .from_above = level.z_above * level.inverse_mass};
  stencil.run(sum_of(plane, first, end, out));
}

/// The first and the last row look at other rows across y than those between.
void stencil(const StencilPlane& plane, const PlaneFaces<double>& faces, std::size_t first_row, std::size_t end_row,
             double* out) {
  const std::size_t nx = plane.nx, last = plane.ny - 1, first = std::max<std::size_t>(1, first_row),
                    end = std::min(end_row, last);
  const double *below = plane.c - nx, *above = plane.c + nx, *above_last = plane.y_above - last * nx;
  double* of_plane = out - first_row * nx;
  if (first < end && faces.is_level) {
    level_rows(plane, faces, first, end, of_plane);
  } else if (first < end) {
    any_rows(plane, faces, first, end, below, above, of_plane);
  }
  if (first_row == 0) any_rows(plane, faces, 0, 1, plane.y_below, last == 0 ? above_last : above, of_plane);
  if (end_row > last && last > 0) any_rows(plane, faces, last, last + 1, below, above_last, of_plane);
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
