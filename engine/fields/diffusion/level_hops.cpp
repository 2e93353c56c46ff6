/// @file
/// The hop of planes whose faces are alike: those need not be read, and two planes that are done together read their
/// common neighbours once. What is read limits how fast hops are.
#include <algorithm>
#include <array>

#include "engine/core/simd_targets.h"
#include "engine/fields/diffusion/hops.h"
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/fields/diffusion/level_hops.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "engine/fields/diffusion/stencil-inl.h"

HWY_BEFORE_NAMESPACE();
namespace interstice {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

/// What a voxel of a level plane keeps, loses by a unit of uptake and gets from each neighbour.
struct LevelShares {
  LevelShares() = default;
  LevelShares(const Hop& hop, const PlaneFaces<float>& faces) {
    taken = hop.scale * hop.dt;
    const float per_face = taken * faces.level.inverse_mass;
    x = per_face * faces.level.x, y = per_face * faces.level.y;
    z_below = per_face * faces.level.z_below, z_above = per_face * faces.level.z_above;
    kept = std::max(0.0F, hop.scale * hop.kept - (2 * (x + y) + (z_below + z_above)));
  }
  float kept = 0, taken = 0, x = 0, y = 0, z_below = 0, z_above = 0;
};

/// Voxels [begin, end) of rows with the same neighbours in a pile of planes; all pointers at the first voxel of a
/// plane.
template <std::size_t Planes>
struct LevelRows {
  std::size_t begin = 0, end = 0;
  const std::uint8_t *first = nullptr, *last = nullptr;  ///< of a row: bits
  std::array<const float*, Planes + 2> from{};           ///< with the planes below and above
  std::ptrdiff_t y_below = 0, y_above = 0;               ///< to the rows beside them [numbers]
  std::array<const float*, Planes> v{}, uptake{};
  std::array<float*, Planes> out{};
};

/// Beyond the ends of a row lies itself, from where nothing comes.
template <std::size_t Planes, bool Uptake>
class LevelHop {
  using D = hn::CappedTag<float, 16>;
  using V = hn::Vec<D>;

 public:
  HWY_INLINE LevelHop(const LevelRows<Planes>& rows, const std::array<LevelShares, Planes>& shares, float weight)
      : r_(rows), s_(shares), weight_(weight) {}

  HWY_INLINE void run() const {
    for_vectors(D(), r_.begin, r_.end,
                [&](std::size_t i, const auto& load, const auto& store) HWY_ATTR { some(i, load, store); });
  }

 private:
  template <class Load, class Store>
  HWY_INLINE void some(std::size_t i, const Load& load, const Store& store) const {
    const auto first = lanes_of(D(), r_.first, i), last = lanes_of(D(), r_.last, i);
    V below = load(r_.from[0]), here = load(r_.from[1]);
    for (std::size_t n = 0; n < Planes; ++n) {
      const LevelShares& share = s_[n];
      const auto times = [](float factor, V value, V sum) { return hn::MulAdd(hn::Set(D(), factor), value, sum); };
      const V above = load(r_.from[n + 2]);
      const V before = hn::IfThenElse(first, here, one_before(r_.from[n + 1], i, here, load)),
              after = hn::IfThenElse(last, here, one_after(r_.from[n + 1], i, here, load));
      V kept = hn::Set(D(), share.kept);
      if constexpr (Uptake) kept = hn::NegMulAdd(hn::Set(D(), share.taken), load(r_.uptake[n]), kept);
      V sum = hn::Mul(hn::Set(D(), weight_), load(r_.v[n]));
      sum = hn::MulAdd(kept, here, sum);
      sum = times(share.x, hn::Add(before, after), sum);
      sum = times(share.y, hn::Add(load(r_.from[n + 1] + r_.y_below), load(r_.from[n + 1] + r_.y_above)), sum);
      sum = times(share.z_below, below, sum);
      store(times(share.z_above, above, sum), r_.out[n]);
      below = here, here = above;
    }
  }

  const LevelRows<Planes> r_;
  const std::array<LevelShares, Planes> s_;
  const float weight_;
};

/// Rows [first, end) with the rows beside them at some distances.
template <std::size_t Planes>
void run_rows(const Hop& hop, const HopPlane* planes, std::size_t first, std::size_t end, std::ptrdiff_t below,
              std::ptrdiff_t above) {
  LevelRows<Planes> rows{.begin = first * hop.nx,
                         .end = end * hop.nx,
                         .first = planes[0].faces.row_first,
                         .last = planes[0].faces.row_last,
                         .y_below = below,
                         .y_above = above};
  std::array<LevelShares, Planes> shares;
  rows.from[0] = planes[0].z_below;
  for (std::size_t n = 0; n < Planes; ++n) {
    const HopPlane& p = planes[n];
    rows.from[n + 1] = p.from;
    rows.v[n] = p.v;
    rows.uptake[n] = p.uptake;
    rows.out[n] = p.out;
    shares[n] = LevelShares(hop, p.faces);
  }
  rows.from[Planes + 1] = planes[Planes - 1].z_above;
  if (planes[0].uptake == nullptr) {
    LevelHop<Planes, false>(rows, shares, hop.weight).run();
  } else {
    LevelHop<Planes, true>(rows, shares, hop.weight).run();
  }
}

/// The first and the last row of a plane look at themselves beyond the wall.
void hop_level(const Hop& hop, std::span<const HopPlane> planes) {
  const auto run = [&](std::size_t first, std::size_t end, std::ptrdiff_t below, std::ptrdiff_t above) {
    planes.size() == 2 ? run_rows<2>(hop, planes.data(), first, end, below, above)
                       : run_rows<1>(hop, planes.data(), first, end, below, above);
  };
  const std::size_t last = hop.ny - 1, first = std::max<std::size_t>(hop.first, 1), end = std::min(hop.end, last);
  const auto row = static_cast<std::ptrdiff_t>(hop.nx);
  if (first < end) run(first, end, -row, row);
  if (hop.first == 0) run(0, 1, 0, last == 0 ? 0 : row);
  if (hop.end == hop.ny && last > 0) run(last, hop.ny, -row, 0);
}

}  // namespace HWY_NAMESPACE
}  // namespace interstice
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace interstice {

HWY_EXPORT(hop_level);

void hop_level_planes(const Hop& hop, std::span<const HopPlane> planes) {
  HWY_DYNAMIC_DISPATCH(hop_level)(hop, planes);
}

}  // namespace interstice
#endif
