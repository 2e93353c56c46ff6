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

HWY_BEFORE_NAMESPACE();
namespace interstice {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;
using D = hn::CappedTag<double, 8>;
using V = hn::Vec<D>;

constexpr std::size_t kAhead = 256;  ///< numbers; the processor's own prefetching ends at every page

/// Consecutive rows with the same neighbours; all pointers at their first voxel.
struct Rows {
  std::size_t voxels;
  const double *c, *before, *after;
  const double *y_below, *y_above, *z_below, *z_above;
  const double *x_face, *x_face_above, *y_face, *y_face_above, *z_face, *z_face_above, *inverse_mass;
  double share, scale;
  double* out;
};

/// Level: the faces of y and z are those of the first voxel.
template <bool Level, bool Unit, bool Change>
class Stencil {
 public:
  HWY_INLINE explicit Stencil(const Rows& rows)
      : r_(rows),
        y_(hn::Set(D(), *rows.y_face)),
        y_above_(hn::Set(D(), *rows.y_face_above)),
        z_(hn::Set(D(), *rows.z_face)),
        z_above_(hn::Set(D(), *rows.z_face_above)),
        share_(hn::Set(D(), rows.share)),
        scale_(hn::Set(D(), rows.scale)) {}

  HWY_INLINE void run() const {
    const std::size_t lanes = hn::Lanes(D());
    std::size_t i = 0;
    for (; i + lanes <= r_.voxels; i += lanes) {
      hwy::Prefetch(r_.z_above + i + kAhead);
      if constexpr (Change) hwy::Prefetch(r_.before + i + kAhead), hwy::Prefetch(r_.after + i + kAhead);
      hn::StoreU(some([&](const double* p) { return hn::LoadU(D(), p + i); }), D(), r_.out + i);
    }
    if (i == r_.voxels) return;
    const auto mask = hn::FirstN(D(), r_.voxels - i);
    hn::BlendedStore(some([&](const double* p) { return hn::MaskedLoad(mask, D(), p + i); }), mask, D(), r_.out + i);
  }

 private:
  template <class Load>
  HWY_INLINE V some(const Load& load) const {
    const V c = load(r_.c);
    const auto face = [&](const double* faces, V level) { return Level ? level : load(faces); };
    const auto beyond = [&](const double* neighbour) { return hn::Sub(load(neighbour), c); };
    V sum = hn::Mul(load(r_.x_face), beyond(r_.c - 1));
    sum = hn::MulAdd(load(r_.x_face_above), beyond(r_.c + 1), sum);
    V across = hn::Mul(face(r_.y_face, y_), beyond(r_.y_below));
    across = hn::MulAdd(face(r_.y_face_above, y_above_), beyond(r_.y_above), across);
    V along = hn::Mul(face(r_.z_face, z_), beyond(r_.z_below));
    along = hn::MulAdd(face(r_.z_face_above, z_above_), beyond(r_.z_above), along);
    sum = hn::Add(hn::Add(sum, across), along);
    if constexpr (!Unit) sum = hn::Mul(sum, load(r_.inverse_mass));
    if constexpr (!Change) return hn::Mul(scale_, sum);
    const V change = hn::Sub(load(r_.after), load(r_.before));
    return hn::MulAdd(scale_, sum, hn::Mul(share_, change));
  }

  const Rows r_;
  const V y_, y_above_, z_, z_above_, share_, scale_;
};

template <bool Level, bool Unit>
void run_rows(const Rows& rows) {
  rows.after == nullptr ? Stencil<Level, Unit, false>(rows).run() : Stencil<Level, Unit, true>(rows).run();
}

void run_rows(const Rows& rows, bool level) {
  if (rows.inverse_mass == nullptr) return level ? run_rows<true, true>(rows) : run_rows<false, true>(rows);
  level ? run_rows<true, false>(rows) : run_rows<false, false>(rows);
}

void stencil(const StencilPlane& plane, const PlaneFaces<double>& faces, std::size_t first_row, std::size_t end_row,
             double* out) {
  const std::size_t nx = plane.nx, last = plane.ny - 1;
  // The first and the last row look at other rows across y than those between.
  for (std::size_t row = first_row, end; row < end_row; row = end) {
    end = row == 0 || row == last ? row + 1 : std::min(end_row, last);
    const std::size_t at = row * nx;
    run_rows({.voxels = (end - row) * nx,
              .c = plane.c + at,
              .before = plane.before == nullptr ? nullptr : plane.before + at,
              .after = plane.after == nullptr ? nullptr : plane.after + at,
              .y_below = row == 0 ? plane.y_below : plane.c + at - nx,
              .y_above = row == last ? plane.y_above : plane.c + at + nx,
              .z_below = plane.z_below + at,
              .z_above = plane.z_above + at,
              .x_face = faces.x + at,
              .x_face_above = faces.x_above + at,
              .y_face = faces.y + at,
              .y_face_above = faces.y_above + at,
              .z_face = faces.z_below + at,
              .z_face_above = faces.z_above + at,
              .inverse_mass = faces.inverse_mass == nullptr ? nullptr : faces.inverse_mass + at,
              .share = plane.share,
              .scale = plane.dt,
              .out = out + (row - first_row) * nx},
             faces.level);
  }
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
