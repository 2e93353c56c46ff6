#include "engine/fields/reactions/reaction_kernels.h"

#include <algorithm>

// Targets without fused multiply-add round differently, see simd_targets.h.
#include "engine/core/simd_targets.h"
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/fields/reactions/reaction_kernels.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace interstice {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;
using D = hn::CappedTag<double, 8>;
using V = hn::Vec<D>;
using Mask = hn::Mask<D>;

constexpr std::size_t W = kBatch;

HWY_INLINE V all(double x) { return hn::Set(D(), x); }
HWY_INLINE V load(const double* p) { return hn::Load(D(), p); }
HWY_INLINE void store(V v, double* p) { hn::Store(v, D(), p); }
HWY_INLINE std::size_t lanes() { return hn::Lanes(D()); }

/// Two vectors of voxels side by side: what is the same for all voxels is looked up half as often.
struct Pair {
  V a, b;
};
HWY_INLINE std::size_t pair_lanes() { return 2 * lanes(); }
HWY_INLINE Pair load_pair(const double* p) { return {load(p), load(p + lanes())}; }
HWY_INLINE void store(const Pair& x, double* p) {
  store(x.a, p);
  store(x.b, p + lanes());
}
HWY_INLINE Pair both(double x) { return {all(x), all(x)}; }
HWY_INLINE Pair operator*(const Pair& x, const Pair& y) { return {hn::Mul(x.a, y.a), hn::Mul(x.b, y.b)}; }
HWY_INLINE Pair operator+(const Pair& x, const Pair& y) { return {hn::Add(x.a, y.a), hn::Add(x.b, y.b)}; }
HWY_INLINE Pair operator-(const Pair& x, const Pair& y) { return {hn::Sub(x.a, y.a), hn::Sub(x.b, y.b)}; }
HWY_INLINE Pair operator/(const Pair& x, const Pair& y) { return {hn::Div(x.a, y.a), hn::Div(x.b, y.b)}; }
/// x y + z, rounded once.
HWY_INLINE Pair fused(const Pair& x, const Pair& y, const Pair& z) {
  return {hn::MulAdd(x.a, y.a, z.a), hn::MulAdd(x.b, y.b, z.b)};
}
HWY_INLINE Pair larger(const Pair& x, const Pair& y) { return {hn::Max(x.a, y.a), hn::Max(x.b, y.b)}; }
HWY_INLINE Pair magnitude(const Pair& x) { return {hn::Abs(x.a), hn::Abs(x.b)}; }
/// Is x larger anywhere?
HWY_INLINE Mask exceeds(const Pair& x, const Pair& y) { return hn::Or(hn::Gt(x.a, y.a), hn::Gt(x.b, y.b)); }
HWY_INLINE Mask nowhere() { return hn::MaskFromVec(hn::Zero(D())); }
HWY_INLINE bool any(Mask mask) { return !hn::AllFalse(D(), mask); }

HWY_INLINE void mass_action(const Channel::Kind& kind, const double* factor, const LaneArray* c, double* x) {
  for (std::size_t w = 0; w < W; w += lanes()) {
    V v = load(factor + w);
    for (const Channel::Term& term : kind.orders) {  // none: a plain source
      const V s = load(c[term.species].data() + w);
      for (int k = 0; k < static_cast<int>(term.coefficient); ++k) v = hn::Mul(v, s);
    }
    store(v, x + w);
  }
}

HWY_INLINE void hill(const Channel::Kind& kind, const double* factor, const LaneArray* c, double* x) {
  const double* s = c[kind.substrate].data();
  for (std::size_t w = 0; w < W; ++w) {
    const double p = rate_power(s[w], kind.n);
    x[w] = factor[w] * p / (kind.K_to_n + p);
  }
}

/// Numerator and denominator of saturable extents at the voxels from w on.
struct Fraction {
  Pair up, down;
};
HWY_INLINE Fraction fraction(const ActiveExtents::Saturable& law, const ReactionBatch& b, const LaneArray* c,
                             std::size_t w) {
  const Channel::Term *term = b.acts.denominators.data() + law.first, *last = b.acts.denominators.data() + law.last;
  Pair down = both(law.constant);
  for (; term != last; ++term) down = fused(both(term->coefficient), load_pair(c[term->species].data() + w), down);
  return {load_pair(law.factor + w) * load_pair(c[law.substrate].data() + w), down};
}

/// One to four saturable extents. A division takes as long as a dozen multiplications: one is made for all, by the
/// product of the denominators.
template <std::size_t Q>
HWY_INLINE void saturable(const ActiveExtents::Saturable* law, const ReactionBatch& b, const LaneArray* c,
                          LaneArray* x) {
  for (std::size_t w = 0; w < W; w += pair_lanes()) {
    const auto at = [&](std::size_t q) { return fraction(law[q], b, c, w); };
    const auto put = [&](std::size_t q, const Pair& value) { store(value, x[law[q].extent].data() + w); };
    const Fraction f0 = at(0);
    if constexpr (Q == 1) {
      put(0, f0.up / f0.down);
    } else {
      const Fraction f1 = at(1);
      const Pair first = f0.down * f1.down;
      Pair over_first;
      if constexpr (Q == 2) {
        over_first = both(1) / first;
      } else if constexpr (Q == 3) {
        const Fraction f2 = at(2);
        const Pair over_all = both(1) / (first * f2.down);
        over_first = over_all * f2.down;
        put(2, f2.up * (over_all * first));
      } else {
        const Fraction f2 = at(2), f3 = at(3);
        const Pair second = f2.down * f3.down, over_all = both(1) / (first * second);
        const Pair over_second = over_all * first;
        over_first = over_all * second;
        put(2, f2.up * (over_second * f3.down));
        put(3, f3.up * (over_second * f2.down));
      }
      put(0, f0.up * (over_first * f1.down));
      put(1, f1.up * (over_first * f0.down));
    }
  }
}

void evaluate(const Cluster& cluster, double h, const ReactionBatch& b, const LaneArray* c, LaneArray* x) {
  const std::size_t channels = cluster.channels.size(), n = cluster.size();
  const std::vector<ActiveExtents::Saturable>& laws = b.acts.saturable;
  std::size_t q = 0;
  for (; q + 4 <= laws.size(); q += 4) saturable<4>(&laws[q], b, c, x);
  if (laws.size() - q == 3) saturable<3>(&laws[q], b, c, x);
  if (laws.size() - q == 2) saturable<2>(&laws[q], b, c, x);
  if (laws.size() - q == 1) saturable<1>(&laws[q], b, c, x);
  for (const std::uint32_t r : b.acts.powers) {
    const Channel::Kind& kind = cluster.channels[r].kind;
    const auto law = kind.law == Reaction::Law::hill ? hill : mass_action;
    law(kind, b.factor[r].data(), c, x[r].data());
  }
  for (const std::uint32_t s : b.acts.linear_uptakes) {
    for (std::size_t w = 0; w < W; w += lanes())
      store(hn::Mul(load(b.uptake[s].data() + w), load(c[s].data() + w)), x[channels + s].data() + w);
  }
  for (const std::uint32_t s : b.acts.decays) {
    const V share = all(cluster.decay[s] * h);
    for (std::size_t w = 0; w < W; w += lanes())
      store(hn::Mul(share, load(c[s].data() + w)), x[channels + n + s].data() + w);
  }
}

/// What extents and source do to a species.
class Change {
 public:
  HWY_INLINE Change(const ReactionBatch& b, std::size_t s, const LaneArray* extents)
      : x_(extents), source_(b.sourced[s] != 0 ? b.source[s].data() : nullptr) {
    const ActiveExtents::Range& range = b.acts.species[s];
    first_ = b.acts.terms.data() + range.first;
    middle_ = b.acts.terms.data() + range.middle;
    last_ = b.acts.terms.data() + range.last;
  }
  HWY_INLINE Pair loss(std::size_t w) const { return sum(first_, middle_, w, both(0)); }
  HWY_INLINE Pair gain(std::size_t w) const {
    return sum(middle_, last_, w, source_ != nullptr ? load_pair(source_ + w) : both(0));
  }

 private:
  HWY_INLINE Pair sum(const ExtentTerm* term, const ExtentTerm* last, std::size_t w, Pair total) const {
    for (; term != last; ++term) total = fused(both(term->coefficient), load_pair(x_[term->extent].data() + w), total);
    return total;
  }

  const LaneArray* x_;
  const ExtentTerm *first_, *middle_, *last_;
  const double* source_;
};

Pace euler(const ReactionBatch& b, double limit, const LaneArray* now, LaneArray* next) {
  Mask moved = nowhere(), fast = nowhere();
  for (std::size_t s = 0; s < b.acts.species.size(); ++s) {
    const Change change(b, s, b.rate[0].data());
    for (std::size_t w = 0; w < W; w += pair_lanes()) {
      const Pair loss = change.loss(w), gain = change.gain(w), c = load_pair(now[s].data() + w);
      moved = hn::Or(moved, exceeds(loss + gain, both(limit) * larger(c, both(kConcentrationFloor))));
      fast = hn::Or(fast, exceeds(loss, both(kUsualTurnover) * c));
      store(larger(c + (gain - loss), both(0)), next[s].data() + w);
    }
  }
  return {any(moved), any(fast)};
}

bool advance(const ReactionBatch& b, const LaneArray* from, const LaneArray* x, double limit, const LaneArray* other,
             LaneArray* to) {
  Mask differs = nowhere();
  for (std::size_t s = 0; s < b.acts.species.size(); ++s) {
    const Change change(b, s, x);
    for (std::size_t w = 0; w < W; w += pair_lanes()) {
      const Pair c = load_pair(from[s].data() + w), result = c + (change.gain(w) - change.loss(w));
      const Pair scale = larger(larger(c, result), both(kConcentrationFloor));
      differs = hn::Or(differs, exceeds(magnitude(result - load_pair(other[s].data() + w)), both(limit) * scale));
      differs = hn::Or(differs, exceeds(both(0), result));
      store(result, to[s].data() + w);
    }
  }
  return any(differs);
}

void combine(const ReactionBatch& b, double weight, double share, LaneArrays& x, const LaneArrays& y) {
  for (const std::uint32_t e : b.acts.extents) {
    for (std::size_t w = 0; w < W; w += lanes()) {
      const V sum = hn::MulAdd(all(share), load(y[e].data() + w), load(x[e].data() + w));
      store(hn::Mul(all(weight), sum), x[e].data() + w);
    }
  }
}

void turnover_of(const ReactionBatch& b, const LaneArray* now, LaneArray& turnover) {
  turnover = {};
  for (std::size_t s = 0; s < b.acts.species.size(); ++s) {
    const Change change(b, s, b.rate[0].data());
    for (std::size_t w = 0; w < W; w += pair_lanes()) {
      const Pair share = change.loss(w) / larger(load_pair(now[s].data() + w), both(1e-300));
      store(larger(load_pair(turnover.data() + w), share), turnover.data() + w);
    }
  }
}

void to_middle(const ReactionBatch& b, const LaneArray* now, LaneArray* middle) {
  for (std::size_t s = 0; s < b.acts.species.size(); ++s) {
    for (std::size_t w = 0; w < W; w += pair_lanes()) {
      const Pair sum = load_pair(now[s].data() + w) + load_pair(b.better[s].data() + w);
      store(larger(both(0.5) * sum, both(0)), middle[s].data() + w);
    }
  }
}

void scale(LaneArrays& arrays, const std::vector<std::uint8_t>& wanted, std::size_t offset, double by) {
  for (std::size_t k = 0; k < arrays.size(); ++k) {
    if (wanted[offset + k] == 0) continue;
    for (std::size_t w = 0; w < W; w += lanes())
      store(hn::Mul(load(arrays[k].data() + w), all(by)), arrays[k].data() + w);
  }
}

void decay_with_source(const LoneDecay& decay, ReactionBatch& b) {
  const double lost_source = std::max(0.0, 1 - decay.kept);
  for (std::size_t w = 0; w < W; w += pair_lanes()) {
    const Pair before = load_pair(&b.c[0][w]), source = b.sourced[0] != 0 ? load_pair(&b.source[0][w]) : both(0);
    store(before * both(decay.lost) + source * both(lost_source), &b.extents[1][w]);
    store(before * both(1 - decay.lost) + source * both(decay.kept), &b.c[0][w]);
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace interstice
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace interstice {

HWY_EXPORT(evaluate);
HWY_EXPORT(euler);
HWY_EXPORT(advance);
HWY_EXPORT(combine);
HWY_EXPORT(turnover_of);
HWY_EXPORT(to_middle);
HWY_EXPORT(scale);
HWY_EXPORT(decay_with_source);

void evaluate(const Cluster& cluster, double h, const ReactionBatch& b, const LaneArray* c, LaneArray* x) {
  HWY_DYNAMIC_DISPATCH(evaluate)(cluster, h, b, c, x);
}
Pace euler(const ReactionBatch& b, double limit, const LaneArray* now, LaneArray* next) {
  return HWY_DYNAMIC_DISPATCH(euler)(b, limit, now, next);
}
bool advance(const ReactionBatch& b, const LaneArray* from, const LaneArray* x, double limit, const LaneArray* other,
             LaneArray* to) {
  return HWY_DYNAMIC_DISPATCH(advance)(b, from, x, limit, other, to);
}
void combine(const ReactionBatch& b, double weight, double share, LaneArrays& x, const LaneArrays& y) {
  HWY_DYNAMIC_DISPATCH(combine)(b, weight, share, x, y);
}
void turnover_of(const ReactionBatch& b, const LaneArray* now, LaneArray& turnover) {
  HWY_DYNAMIC_DISPATCH(turnover_of)(b, now, turnover);
}
void to_middle(const ReactionBatch& b, const LaneArray* now, LaneArray* middle) {
  HWY_DYNAMIC_DISPATCH(to_middle)(b, now, middle);
}
void scale(LaneArrays& arrays, const std::vector<std::uint8_t>& wanted, std::size_t offset, double by) {
  HWY_DYNAMIC_DISPATCH(scale)(arrays, wanted, offset, by);
}
void decay_with_source(const LoneDecay& decay, ReactionBatch& b) { HWY_DYNAMIC_DISPATCH(decay_with_source)(decay, b); }

}  // namespace interstice
#endif
