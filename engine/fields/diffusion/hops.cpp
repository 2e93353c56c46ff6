/// @file
/// The hop.
#include "engine/fields/diffusion/hops.h"

#ifdef __x86_64__
#include <xmmintrin.h>
#endif

#include "engine/core/simd_targets.h"
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/fields/diffusion/hops.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace interstice {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;
using D = hn::CappedTag<float, 16>;
using V = hn::Vec<D>;

constexpr std::size_t kLevelRows = 16;  ///< from which on constant faces are worth calls for the first and the last

/// Consecutive rows with the same neighbours; all pointers at their first voxel.
struct HopRows {
  std::size_t voxels;
  const float *from, *y_below, *y_above, *z_below, *z_above, *v, *uptake;
  const float *x_face, *x_face_above, *y_face, *y_face_above, *z_face, *z_face_above, *inverse_mass;
  float dt, kept, scale, weight;
  float* out;
};

/// Level: the faces of y and z are those of the first voxel. Unit: volume fractions are 1.
template <bool Level, bool Unit, bool Uptake>
class Hop {
 public:
  HWY_INLINE explicit Hop(const HopRows& rows)
      : r_(rows),
        y_(hn::Set(D(), *rows.y_face)),
        y_above_(hn::Set(D(), *rows.y_face_above)),
        z_(hn::Set(D(), *rows.z_face)),
        z_above_(hn::Set(D(), *rows.z_face_above)),
        dt_(hn::Set(D(), rows.dt)),
        kept_(hn::Set(D(), rows.kept)),
        scale_(hn::Set(D(), rows.scale)),
        weight_(hn::Set(D(), rows.weight)) {}

  HWY_INLINE void run() const {
    const std::size_t lanes = hn::Lanes(D());
    std::size_t i = 0;
    for (; i + lanes <= r_.voxels; i += lanes)
      hn::StoreU(some([&](const float* p) { return hn::LoadU(D(), p + i); }), D(), r_.out + i);
    if (i == r_.voxels) return;
    const auto mask = hn::FirstN(D(), r_.voxels - i);
    hn::BlendedStore(some([&](const float* p) { return hn::MaskedLoad(mask, D(), p + i); }), mask, D(), r_.out + i);
  }

 private:
  template <class Load>
  HWY_INLINE V some(const Load& load) const {
    const V here = load(r_.from);
    const auto face = [&](const float* faces, V level) { return Level ? level : load(faces); };
    const auto beyond = [&](const float* neighbour) { return hn::Sub(load(neighbour), here); };
    V sum = hn::Mul(load(r_.x_face), beyond(r_.from - 1));
    sum = hn::MulAdd(load(r_.x_face_above), beyond(r_.from + 1), sum);
    V across = hn::Mul(face(r_.y_face, y_), beyond(r_.y_below));
    across = hn::MulAdd(face(r_.y_face_above, y_above_), beyond(r_.y_above), across);
    V along = hn::Mul(face(r_.z_face, z_), beyond(r_.z_below));
    along = hn::MulAdd(face(r_.z_face_above, z_above_), beyond(r_.z_above), along);
    sum = hn::Add(hn::Add(sum, across), along);
    if constexpr (!Unit) sum = hn::Mul(sum, load(r_.inverse_mass));
    if constexpr (Uptake) sum = hn::NegMulAdd(load(r_.uptake), here, sum);
    return hn::MulAdd(scale_, hn::MulAdd(dt_, sum, hn::Mul(kept_, here)), hn::Mul(weight_, load(r_.v)));
  }

  const HopRows r_;
  const V y_, y_above_, z_, z_above_, dt_, kept_, scale_, weight_;
};

template <bool Level, bool Unit>
void run_rows(const HopRows& rows) {
  rows.uptake == nullptr ? Hop<Level, Unit, false>(rows).run() : Hop<Level, Unit, true>(rows).run();
}

void run_rows(const HopRows& rows, bool level) {
  if (rows.inverse_mass == nullptr) return level ? run_rows<true, true>(rows) : run_rows<false, true>(rows);
  level ? run_rows<true, false>(rows) : run_rows<false, false>(rows);
}

/// What passes the walls across x, or the seam of a ring.
void add_across_x(const HopPlane& p, const PlaneFaces<float>& faces, float* out) {
  const std::size_t last = p.nx - 1;
  for (std::size_t row = 0; row < p.ny; ++row) {
    const std::size_t at = row * p.nx;
    const float first = p.from[at], end = p.from[at + last];
    const float to_first = faces.x_lower[row] * ((p.ring_x ? end : 0) - first),
                to_last = faces.x_upper[row] * ((p.ring_x ? first : 0) - end), length = p.scale * p.dt;
    out[at] += length * to_first * (faces.inverse_mass == nullptr ? 1 : faces.inverse_mass[at]);
    out[at + last] += length * to_last * (faces.inverse_mass == nullptr ? 1 : faces.inverse_mass[at + last]);
  }
}

void hop(const HopPlane& p, const PlaneFaces<float>& faces, float* out) {
  // The first and the last row look at other rows across y than those between. Behind closed walls any number will do.
  const std::size_t nx = p.nx, last = p.ny - 1;
  const bool level = faces.level && p.ny >= kLevelRows;
  const auto run = [&](std::size_t row, std::size_t end, bool like, const float* below, const float* above) {
    const std::size_t at = row * nx;
    run_rows({.voxels = (end - row) * nx,
              .from = p.from + at,
              .y_below = below,
              .y_above = above,
              .z_below = p.z_below + at,
              .z_above = p.z_above + at,
              .v = p.v + at,
              .uptake = p.uptake == nullptr ? nullptr : p.uptake + at,
              .x_face = faces.x + at,
              .x_face_above = faces.x_above + at,
              .y_face = faces.y + at,
              .y_face_above = faces.y_above + at,
              .z_face = faces.z_below + at,
              .z_face_above = faces.z_above + at,
              .inverse_mass = faces.inverse_mass == nullptr ? nullptr : faces.inverse_mass + at,
              .dt = p.dt,
              .kept = p.kept,
              .scale = p.scale,
              .weight = p.weight,
              .out = out + at},
             like);
  };
  const float* from = p.from;
  if (p.y_below == nullptr && !level) {
    run(0, p.ny, false, from - nx, from + nx);
  } else {
    const float *below = p.y_below == nullptr ? from - nx : p.y_below,
                *above = p.y_above == nullptr ? from + p.ny * nx : p.y_above;
    run(0, 1, false, below, last == 0 ? above : from + nx);
    if (last > 1) run(1, last, level, from, from + 2 * nx);
    if (last > 0) run(last, p.ny, false, from + (last - 1) * nx, above);
  }
  if (faces.x_lower != nullptr) add_across_x(p, faces, out);
}

void add(std::size_t n, const double* c, const float* w, double* u) {
  using Wide = hn::CappedTag<double, 8>;
  const hn::Rebind<float, Wide> narrow;
  const std::size_t lanes = hn::Lanes(Wide());
  std::size_t i = 0;
  for (; i + lanes <= n; i += lanes)
    hn::StoreU(hn::Add(hn::LoadU(Wide(), c + i), hn::PromoteTo(Wide(), hn::LoadU(narrow, w + i))), Wide(), u + i);
  for (; i < n; ++i) u[i] = c[i] + static_cast<double>(w[i]);
}

}  // namespace HWY_NAMESPACE
}  // namespace interstice
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace interstice {

HWY_EXPORT(hop);
HWY_EXPORT(add);

void hop_plane(const HopPlane& plane, const PlaneFaces<float>& faces, float* out) {
  HWY_DYNAMIC_DISPATCH(hop)(plane, faces, out);
}

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
