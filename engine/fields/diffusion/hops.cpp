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

/// What goes with the sum over neighbours of voxels [first, end), from the first voxel of the plane on.
struct Voxels {
  std::size_t first, end;
  const float *v, *uptake;
  float* out;
};

template <bool Unit, bool Uptake>
void run_rows(const Hop& hop, const StencilRows<float>& rows, const Voxels& some) {
  const V dt = hn::Set(D(), hop.dt), kept = hn::Set(D(), hop.kept), scale = hn::Set(D(), hop.scale),
          weight = hn::Set(D(), hop.weight);
  for_vectors(D(), some.first, some.end, [&](std::size_t, const auto& load, const auto& store) HWY_ATTR {
    const V here = load(rows.here);
    V sum = from_neighbours<Unit>(rows, here, load);
    if constexpr (Uptake) sum = hn::NegMulAdd(load(some.uptake), here, sum);
    store(hn::MulAdd(scale, hn::MulAdd(dt, sum, hn::Mul(kept, here)), hn::Mul(weight, load(some.v))), some.out);
  });
}

template <bool Unit>
void run_rows(const Hop& hop, const StencilRows<float>& rows, const Voxels& some) {
  some.uptake == nullptr ? run_rows<Unit, false>(hop, rows, some) : run_rows<Unit, true>(hop, rows, some);
}

/// Rows [first, end) of a plane; where the rows beside the first of the plane would be: `below`, `above`.
void hop_rows(const Hop& hop, const HopPlane& p, std::size_t first, std::size_t end, const float* below,
              const float* above) {
  const StencilRows<float> rows = rows_of(p.faces, p.from, below, above, p.z_below, p.z_above);
  const Voxels some{first * hop.nx, end * hop.nx, p.v, p.uptake, p.out};
  p.faces.inverse_mass == nullptr ? run_rows<true>(hop, rows, some) : run_rows<false>(hop, rows, some);
}

/// What passes the walls across x, or the seam of a ring.
void add_across_x(const Hop& hop, const HopPlane& p) {
  const PlaneFaces<float>& faces = p.faces;
  const std::size_t last = hop.nx - 1;
  for (std::size_t row = hop.first; row < hop.end; ++row) {
    const std::size_t at = row * hop.nx;
    const float first = p.from[at], end = p.from[at + last];
    const float to_first = faces.x_lower[row] * ((hop.ring_x ? end : 0) - first),
                to_last = faces.x_upper[row] * ((hop.ring_x ? first : 0) - end), length = hop.scale * hop.dt;
    p.out[at] += length * to_first * (faces.inverse_mass == nullptr ? 1 : faces.inverse_mass[at]);
    p.out[at + last] += length * to_last * (faces.inverse_mass == nullptr ? 1 : faces.inverse_mass[at + last]);
  }
}

/// The first and the last row of a plane, which look at rows beyond it.
void hop_outer_rows(const Hop& hop, const HopPlane& p) {
  const std::size_t nx = hop.nx, last = hop.ny - 1;
  const float* above = p.y_above - last * nx;
  if (hop.first == 0) hop_rows(hop, p, 0, 1, p.y_below, last == 0 ? above : p.from + nx);
  if (hop.end == hop.ny && last > 0) hop_rows(hop, p, last, hop.ny, p.from - nx, above);
}

void hop(const Hop& hop, std::span<const HopPlane> planes) {
  const auto level = [&](std::size_t i) { return i < planes.size() && planes[i].faces.is_level; };
  for (std::size_t i = 0, n; i < planes.size(); i += n) {
    n = level(i) && level(i + 1) ? 2 : 1;
    if (level(i)) {
      hop_level_planes(hop, planes.subspan(i, n));
    } else {
      const bool all = planes[i].y_below == nullptr;
      const std::size_t first = all ? hop.first : std::max<std::size_t>(hop.first, 1),
                        end = all ? hop.end : std::min(hop.end, hop.ny - 1);
      if (first < end) hop_rows(hop, planes[i], first, end, planes[i].from - hop.nx, planes[i].from + hop.nx);
    }
  }
  for (const HopPlane& p : planes) {
    if (p.y_below != nullptr) hop_outer_rows(hop, p);
    if (p.faces.x_lower != nullptr) add_across_x(hop, p);
  }
}

void add(std::size_t first, std::size_t end, const double* c, const float* w, double* u) {
  using Wide = hn::CappedTag<double, 8>;
  const hn::Rebind<float, Wide> narrow;
  const std::size_t lanes = hn::Lanes(Wide()), whole = std::min(end, (first + lanes - 1) / lanes * lanes);
  std::size_t i = first;
  for (; i < whole; ++i) u[i] = c[i] + static_cast<double>(w[i]);
  for (; i + lanes <= end; i += lanes) {
    hwy::Prefetch(c + i + kAhead);
    hn::StoreU(hn::Add(hn::LoadU(Wide(), c + i), hn::PromoteTo(Wide(), hn::LoadU(narrow, w + i))), Wide(), u + i);
  }
  for (; i < end; ++i) u[i] = c[i] + static_cast<double>(w[i]);
}

}  // namespace HWY_NAMESPACE
}  // namespace interstice
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace interstice {

HWY_EXPORT(hop);
HWY_EXPORT(add);

void hop_planes(const Hop& kind, std::span<const HopPlane> planes) { HWY_DYNAMIC_DISPATCH(hop)(kind, planes); }

void add_hops(std::size_t first, std::size_t end, const double* c, const float* w, double* u) {
  HWY_DYNAMIC_DISPATCH(add)(first, end, c, w, u);
}

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
