/// @file
/// The hop.
#include "engine/fields/diffusion/hops.h"

#include <algorithm>

#ifdef __x86_64__
#include <xmmintrin.h>
#endif

#include "engine/core/simd_targets.h"
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/fields/diffusion/hops.cpp"
#include <hwy/cache_control.h>
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "engine/fields/diffusion/stencil-inl.h"

HWY_BEFORE_NAMESPACE();
namespace interstice {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;
using D = hn::CappedTag<float, 16>;
using V = hn::Vec<D>;

constexpr std::size_t kAhead = 256;  ///< numbers; the processor's own prefetching ends at every page

template <bool Unit, bool Uptake>
void run_rows(const Hop& hop, const StencilRows<float>& rows, const float* v, const float* uptake, float* out,
              std::size_t voxels) {
  const V dt = hn::Set(D(), hop.dt), kept = hn::Set(D(), hop.kept), scale = hn::Set(D(), hop.scale),
          weight = hn::Set(D(), hop.weight);
  for_vectors(D(), voxels, [&](std::size_t, const auto& load, const auto& store) HWY_ATTR {
    const V here = load(rows.here);
    V sum = from_neighbours<Unit>(rows, here, load);
    if constexpr (Uptake) sum = hn::NegMulAdd(load(uptake), here, sum);
    store(hn::MulAdd(scale, hn::MulAdd(dt, sum, hn::Mul(kept, here)), hn::Mul(weight, load(v))), out);
  });
}

template <bool Unit>
void run_rows(const Hop& hop, const StencilRows<float>& rows, const float* v, const float* uptake, float* out,
              std::size_t voxels) {
  uptake == nullptr ? run_rows<Unit, false>(hop, rows, v, uptake, out, voxels)
                    : run_rows<Unit, true>(hop, rows, v, uptake, out, voxels);
}

/// Rows [first, end) of a plane, which look at `below` and `above` across y.
void hop_rows(const Hop& hop, const HopPlane& p, std::size_t first, std::size_t end, const float* below,
              const float* above) {
  const std::size_t at = first * hop.nx, voxels = (end - first) * hop.nx;
  const PlaneFaces<float>& faces = p.faces;
  const StencilRows<float> rows = rows_from(faces, at, p.from, below, above, p.z_below, p.z_above);
  const float* uptake = p.uptake == nullptr ? nullptr : p.uptake + at;
  faces.inverse_mass == nullptr ? run_rows<true>(hop, rows, p.v + at, uptake, p.out + at, voxels)
                                : run_rows<false>(hop, rows, p.v + at, uptake, p.out + at, voxels);
}

/// What passes the walls across x, or the seam of a ring.
void add_across_x(const Hop& hop, const HopPlane& p) {
  const PlaneFaces<float>& faces = p.faces;
  const std::size_t last = hop.nx - 1;
  for (std::size_t row = 0; row < hop.ny; ++row) {
    const std::size_t at = row * hop.nx;
    const float first = p.from[at], end = p.from[at + last];
    const float to_first = faces.x_lower[row] * ((hop.ring_x ? end : 0) - first),
                to_last = faces.x_upper[row] * ((hop.ring_x ? first : 0) - end), length = hop.scale * hop.dt;
    p.out[at] += length * to_first * (faces.inverse_mass == nullptr ? 1 : faces.inverse_mass[at]);
    p.out[at + last] += length * to_last * (faces.inverse_mass == nullptr ? 1 : faces.inverse_mass[at + last]);
  }
}

/// The first and the last row, which look at rows beyond the plane.
void hop_outer_rows(const Hop& hop, const HopPlane& p) {
  const std::size_t nx = hop.nx, last = hop.ny - 1;
  hop_rows(hop, p, 0, 1, p.y_below, last == 0 ? p.y_above : p.from + nx);
  if (last > 0) hop_rows(hop, p, last, hop.ny, p.from + (last - 1) * nx, p.y_above);
}

void hop(const Hop& hop, std::span<const HopPlane> planes) {
  const bool closed_y = planes.front().y_below == nullptr;
  if (std::ranges::all_of(planes, [](const HopPlane& p) { return p.faces.level; })) {
    hop_level_planes(hop, planes);
  } else {  // of all rows: behind closed walls any number will do
    for (const HopPlane& p : planes) hop_rows(hop, p, 0, hop.ny, p.from - hop.nx, p.from + hop.nx);
  }
  if (!closed_y)
    for (const HopPlane& p : planes) hop_outer_rows(hop, p);
  for (const HopPlane& p : planes)
    if (p.faces.x_lower != nullptr) add_across_x(hop, p);
}

void add(std::size_t n, const double* c, const float* w, double* u) {
  using Wide = hn::CappedTag<double, 8>;
  const hn::Rebind<float, Wide> narrow;
  const std::size_t lanes = hn::Lanes(Wide());
  std::size_t i = 0;
  for (; i + lanes <= n; i += lanes) {
    hwy::Prefetch(c + i + kAhead);
    hn::StoreU(hn::Add(hn::LoadU(Wide(), c + i), hn::PromoteTo(Wide(), hn::LoadU(narrow, w + i))), Wide(), u + i);
  }
  for (; i < n; ++i) u[i] = c[i] + static_cast<double>(w[i]);
}

}  // namespace HWY_NAMESPACE
}  // namespace interstice
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace interstice {

HWY_EXPORT(hop);
HWY_EXPORT(add);

void hop_planes(const Hop& kind, std::span<const HopPlane> planes) { HWY_DYNAMIC_DISPATCH(hop)(kind, planes); }

void add_hops(std::size_t n, const double* c, const float* w, double* u) { HWY_DYNAMIC_DISPATCH(add)(n, c, w, u); }

#if defined(__x86_64__)
namespace {
constexpr unsigned kFlushAndRead = 0x8040;  // MXCSR: flush to zero, denormals are zero
}
NoSubnormals::NoSubnormals() : before_(_mm_getcsr()) { _mm_setcsr(_mm_getcsr() | kFlushAndRead); }
NoSubnormals::~NoSubnormals() { _mm_setcsr(static_cast<unsigned>(before_)); }
#elif defined(__aarch64__)
NoSubnormals::NoSubnormals() : before_(__builtin_aarch64_get_fpcr()) {
  __builtin_aarch64_set_fpcr(static_cast<unsigned>(before_) | 1u << 24);
}
NoSubnormals::~NoSubnormals() { __builtin_aarch64_set_fpcr(static_cast<unsigned>(before_)); }
#else
NoSubnormals::NoSubnormals() : before_(0) {}
NoSubnormals::~NoSubnormals() { static_cast<void>(before_); }
#endif

}  // namespace interstice
#endif
