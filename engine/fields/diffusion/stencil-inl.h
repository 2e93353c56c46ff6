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

/// Consecutive rows of a plane with the same neighbours and any faces; all pointers at the first voxel of the plane or,
/// across y, beside it.
template <class Real>
struct StencilRows {
  const Real *here, *y_below, *y_above, *z_below, *z_above;
  const Real *x_face, *x_face_above, *y_face, *y_face_above, *z_face, *z_face_above, *inverse_mass;
};

/// Rows of a plane that look at `y_below` and `y_above` across y.
template <class Real>
StencilRows<Real> rows_of(const PlaneFaces<Real>& faces, const Real* plane, const Real* y_below, const Real* y_above,
                          const Real* z_below, const Real* z_above) {
  return {.here = plane,
          .y_below = y_below,
          .y_above = y_above,
          .z_below = z_below,
          .z_above = z_above,
          .x_face = faces.x,
          .x_face_above = faces.x_above,
          .y_face = faces.y,
          .y_face_above = faces.y_above,
          .z_face = faces.z_below,
          .z_face_above = faces.z_above,
          .inverse_mass = faces.inverse_mass};
}

/// What lies before and after the numbers at p + i, which `here` holds and load(p) loads. Where vectors are as long as
/// a cache line, loads that straddle two take longer than a shift.
#if HWY_ARCH_X86_64 && HWY_TARGET <= HWY_AVX3
template <class T>
using Long = hwy::HWY_NAMESPACE::Vec512<T>;
template <class Load>
HWY_INLINE Long<float> one_before(const float* p, std::size_t i, Long<float> here, const Load&) {
  const auto last = _mm512_castps_si512(_mm512_maskz_loadu_ps(0x8000, p + i - 16));
  return {_mm512_castsi512_ps(_mm512_alignr_epi32(_mm512_castps_si512(here.raw), last, 15))};
}
template <class Load>
HWY_INLINE Long<float> one_after(const float* p, std::size_t i, Long<float> here, const Load&) {
  const auto first = _mm512_castps_si512(_mm512_maskz_loadu_ps(1, p + i + 16));
  return {_mm512_castsi512_ps(_mm512_alignr_epi32(first, _mm512_castps_si512(here.raw), 1))};
}
template <class Load>
HWY_INLINE Long<double> one_before(const double* p, std::size_t i, Long<double> here, const Load&) {
  const auto last = _mm512_castpd_si512(_mm512_maskz_loadu_pd(0x80, p + i - 8));
  return {_mm512_castsi512_pd(_mm512_alignr_epi64(_mm512_castpd_si512(here.raw), last, 7))};
}
template <class Load>
HWY_INLINE Long<double> one_after(const double* p, std::size_t i, Long<double> here, const Load&) {
  const auto first = _mm512_castpd_si512(_mm512_maskz_loadu_pd(1, p + i + 8));
  return {_mm512_castsi512_pd(_mm512_alignr_epi64(first, _mm512_castpd_si512(here.raw), 1))};
}
#else
template <class T, class V, class Load>
HWY_INLINE V one_before(const T* p, std::size_t, V, const Load& load) {
  return load(p - 1);
}
template <class T, class V, class Load>
HWY_INLINE V one_after(const T* p, std::size_t, V, const Load& load) {
  return load(p + 1);
}
#endif

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

/// Calls some(i, load, store) for each vector with one of the numbers [first, end), i a multiple of its length.
template <class D, class Some>
HWY_INLINE void for_vectors(D d, std::size_t first, std::size_t end, const Some& some) {
  namespace hn = hwy::HWY_NAMESPACE;
  using T = hn::TFromD<D>;
  using V = hn::Vec<D>;
  const std::size_t lanes = hn::Lanes(d);
  const auto part = [&](std::size_t i, auto mask) HWY_ATTR {
    some(
        i, [&](const T* p) HWY_ATTR { return hn::MaskedLoad(mask, d, p + i); },
        [&](V value, T* p) HWY_ATTR { hn::BlendedStore(value, mask, d, p + i); });
  };
  std::size_t i = first / lanes * lanes;
  if (i < first) {
    part(i, hn::AndNot(hn::FirstN(d, first - i), hn::FirstN(d, end - i)));
    i += lanes;
  }
  for (; i + lanes <= end; i += lanes) {
    some(
        i, [&](const T* p) HWY_ATTR { return hn::LoadU(d, p + i); },
        [&](V value, T* p) HWY_ATTR { hn::StoreU(value, d, p + i); });
  }
  if (i < end) part(i, hn::FirstN(d, end - i));
}

}  // namespace HWY_NAMESPACE
}  // namespace interstice
HWY_AFTER_NAMESPACE();
#endif
