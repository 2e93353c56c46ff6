/// @file
/// What the two kernels of the stencil share, the hop in single and the residual in double precision. Compiled for each
/// target: to be included after Highway, within no namespace.
#if defined(INTERSTICE_STENCIL_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef INTERSTICE_STENCIL_INL_H
#undef INTERSTICE_STENCIL_INL_H
#else
#define INTERSTICE_STENCIL_INL_H
#endif

#include <hwy/highway.h>

#include <array>
#include <cstddef>
#include <cstdint>

#include "engine/fields/diffusion/diffusion_operator.h"

HWY_BEFORE_NAMESPACE();
namespace interstice {
namespace HWY_NAMESPACE {

/// Consecutive rows of a plane with the same neighbours and any faces; all pointers at their first voxel.
template <class Real>
struct StencilRows {
  const Real *here, *y_below, *y_above, *z_below, *z_above;
  const Real *x_face, *x_face_above, *y_face, *y_face_above, *z_face, *z_face_above, *inverse_mass;
};

/// Rows from voxel `at` of a plane on, which look at `y_below` and `y_above` across y.
template <class Real>
StencilRows<Real> rows_from(const PlaneFaces<Real>& faces, std::size_t at, const Real* plane, const Real* y_below,
                            const Real* y_above, const Real* z_below, const Real* z_above) {
  return {.here = plane + at,
          .y_below = y_below,
          .y_above = y_above,
          .z_below = z_below + at,
          .z_above = z_above + at,
          .x_face = faces.x + at,
          .x_face_above = faces.x_above + at,
          .y_face = faces.y + at,
          .y_face_above = faces.y_above + at,
          .z_face = faces.z_below + at,
          .z_face_above = faces.z_above + at,
          .inverse_mass = faces.inverse_mass == nullptr ? nullptr : faces.inverse_mass + at};
}

/// What comes from the six neighbours of some voxels [per s]. Unit: volume fractions are 1.
template <bool Unit, class V, class Real, class Load>
HWY_INLINE V from_neighbours(const StencilRows<Real>& r, V here, const Load& load) {
  namespace hn = hwy::HWY_NAMESPACE;
  const auto beyond = [&](const Real* neighbour) HWY_ATTR { return hn::Sub(load(neighbour), here); };
  V sum = hn::Mul(load(r.x_face), beyond(r.here - 1));
  sum = hn::MulAdd(load(r.x_face_above), beyond(r.here + 1), sum);
  V across = hn::Mul(load(r.y_face), beyond(r.y_below));
  across = hn::MulAdd(load(r.y_face_above), beyond(r.y_above), across);
  V along = hn::Mul(load(r.z_face), beyond(r.z_below));
  along = hn::MulAdd(load(r.z_face_above), beyond(r.z_above), along);
  sum = hn::Add(hn::Add(sum, across), along);
  return Unit ? sum : hn::Mul(sum, load(r.inverse_mass));
}

/// Lanes whose bits are set, from bit i on, a multiple of the number of lanes.
template <class D>
HWY_INLINE hwy::HWY_NAMESPACE::Mask<D> lanes_of(D d, const std::uint8_t* bits, std::size_t i) {
  namespace hn = hwy::HWY_NAMESPACE;
  if (hn::Lanes(d) >= 8) return hn::LoadMaskBits(d, bits + i / 8);
  const std::array<std::uint8_t, 8> some{static_cast<std::uint8_t>(bits[i / 8] >> i % 8)};
  return hn::LoadMaskBits(d, some.data());
}

/// Calls some(i, load, store) for the first voxel i of each vector of n.
template <class D, class Some>
HWY_INLINE void for_vectors(D d, std::size_t n, const Some& some) {
  namespace hn = hwy::HWY_NAMESPACE;
  using T = hn::TFromD<D>;
  using V = hn::Vec<D>;
  std::size_t i = 0;
  for (; i + hn::Lanes(d) <= n; i += hn::Lanes(d)) {
    some(
        i, [&](const T* p) HWY_ATTR { return hn::LoadU(d, p + i); },
        [&](V value, T* p) HWY_ATTR { hn::StoreU(value, d, p + i); });
  }
  if (i == n) return;
  const auto mask = hn::FirstN(d, n - i);
  some(
      i, [&](const T* p) HWY_ATTR { return hn::MaskedLoad(mask, d, p + i); },
      [&](V value, T* p) HWY_ATTR { hn::BlendedStore(value, mask, d, p + i); });
}

}  // namespace HWY_NAMESPACE
}  // namespace interstice
HWY_AFTER_NAMESPACE();
#endif
