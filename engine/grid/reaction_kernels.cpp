/// @file
/// Kernels over the voxels of a batch, compiled for several instruction sets with the same bits.
#include "engine/grid/reaction_kernels.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "engine/grid/lanes.h"
#include "engine/grid/vector_clones.h"

// Helpers that return Lanes are inlined into the clones: how a call would pass them does not matter.
#pragma GCC diagnostic ignored "-Wpsabi"

namespace interstice {
namespace {

constexpr std::size_t W = kBatch;

using Mask = decltype(Lanes{} < Lanes{});

bool any(const Mask& mask) { return (mask[0] | mask[1] | mask[2] | mask[3]) != 0; }
Lanes larger(const Lanes& a, const Lanes& b) { return a > b ? a : b; }
Lanes magnitude(const Lanes& a) { return larger(a, -a); }

void mass_action(const Channel::Kind& kind, const double* factor, const LaneArray* c, double* x) {
  const Channel::Term *first = kind.orders.data(), *last = first + kind.orders.size();  // none: a plain source
  for (std::size_t w = 0; w < W; w += kVector) {
    Lanes v = lanes(factor + w);
    for (const Channel::Term* term = first; term != last; ++term) {
      const Lanes s = lanes(c[term->species].data() + w);
      for (int k = 0; k < static_cast<int>(term->coefficient); ++k) v *= s;
    }
    lanes(x + w) = v;
  }
}

template <std::size_t kInhibitors>
void michaelis_menten(const Channel::Kind& kind, const double* factor, const LaneArray* c, double* x) {
  const double* s = c[kind.substrate].data();
  std::array<const double*, kInhibitors> inhibitor;
  std::array<double, kInhibitors> strength;
  for (std::size_t i = 0; i < kInhibitors; ++i) {
    inhibitor[i] = c[kind.inhibitors[i].species].data();
    strength[i] = kind.inhibitors[i].coefficient;
  }
  for (std::size_t w = 0; w < W; w += kVector) {
    Lanes v = kind.Km + lanes(s + w);
    for (std::size_t i = 0; i < kInhibitors; ++i) v += strength[i] * lanes(inhibitor[i] + w);
    lanes(x + w) = lanes(factor + w) * lanes(s + w) / v;
  }
}

/// Any number of inhibitors.
void michaelis_menten_inhibited(const Channel::Kind& kind, const double* factor, const LaneArray* c, double* x) {
  const double* s = c[kind.substrate].data();
  for (std::size_t w = 0; w < W; w += kVector) {
    Lanes v = kind.Km + lanes(s + w);
    for (const Channel::Term& i : kind.inhibitors) v += i.coefficient * lanes(c[i.species].data() + w);
    lanes(x + w) = lanes(factor + w) * lanes(s + w) / v;
  }
}

void hill(const Channel::Kind& kind, const double* factor, const LaneArray* c, double* x) {
  const double* s = c[kind.substrate].data();
  for (std::size_t w = 0; w < W; ++w) {
    const double p = rate_power(s[w], kind.n);
    x[w] = factor[w] * p / (kind.K_to_n + p);
  }
}

/// Sixteen voxels: each term of a sum is looked up once for all of them.
constexpr std::size_t kWide = 4;
struct WideLanes {
  Lanes v[kWide];
  Lanes& operator[](std::size_t k) { return v[k]; }
};

/// sum <- the terms [first, last).
void sum_terms(const ExtentTerm* first, const ExtentTerm* last, const LaneArray* x, std::size_t w, WideLanes& sum) {
  sum = {};
  for (; first != last; ++first) {
    const double* extent = x[first->extent].data() + w;
    for (std::size_t k = 0; k < kWide; ++k) sum[k] += first->coefficient * lanes(extent + k * kVector);
  }
}

/// What extents and source do to a species.
struct Change {
  Change(const ReactionBatch& b, std::size_t s, const LaneArray* extents) : x(extents) {
    const ActiveExtents::Range& range = b.acts.species[s];
    first = b.acts.terms.data() + range.first;
    middle = b.acts.terms.data() + range.middle;
    last = b.acts.terms.data() + range.last;
    source = b.sourced[s] != 0 ? b.source[s].data() : nullptr;
  }
  /// For the voxels from w on.
  void at(std::size_t w, WideLanes& loss, WideLanes& gain) const {
    sum_terms(first, middle, x, w, loss);
    sum_terms(middle, last, x, w, gain);
    if (source == nullptr) return;
    for (std::size_t k = 0; k < kWide; ++k) gain[k] += lanes(source + w + k * kVector);
  }

  const LaneArray* x;
  const ExtentTerm *first, *middle, *last;
  const double* source;
};

}  // namespace

INTERSTICE_VECTOR_CLONES void evaluate(const Cluster& cluster, double h, const ReactionBatch& b, const LaneArray* c,
                                       LaneArray* x) {
  const std::size_t channels = cluster.channels.size(), n = cluster.size();
  for (const std::uint32_t r : b.acts.channels) {
    const Channel::Kind& kind = cluster.channels[r].kind;
    const double* factor = b.factor[r].data();
    double* out = x[r].data();
    if (kind.law == Reaction::Law::mass_action) {
      mass_action(kind, factor, c, out);
    } else if (kind.law == Reaction::Law::hill) {
      hill(kind, factor, c, out);
    } else if (kind.inhibitors.empty()) {
      michaelis_menten<0>(kind, factor, c, out);
    } else if (kind.inhibitors.size() == 1) {
      michaelis_menten<1>(kind, factor, c, out);
    } else if (kind.inhibitors.size() == 2) {
      michaelis_menten<2>(kind, factor, c, out);
    } else {
      michaelis_menten_inhibited(kind, factor, c, out);
    }
  }
  for (const std::uint32_t s : b.acts.uptakes) {
    const double inverse_Km = b.inverse_uptake_Km[s];
    for (std::size_t w = 0; w < W; w += kVector) {
      const Lanes taken = lanes(b.uptake[s].data() + w) * lanes(c[s].data() + w);
      Lanes& out = lanes(x[channels + s].data() + w);
      out = inverse_Km == 0 ? taken : taken / (1 + inverse_Km * lanes(c[s].data() + w));
    }
  }
  for (const std::uint32_t s : b.acts.decays) {
    const double share = cluster.decay[s] * h;
    for (std::size_t w = 0; w < W; w += kVector) {
      lanes(x[channels + n + s].data() + w) = share * lanes(c[s].data() + w);
    }
  }
}

INTERSTICE_VECTOR_CLONES Pace euler(const ReactionBatch& b, double limit, const LaneArray* now, LaneArray* next) {
  Mask moved{}, fast{};
  for (std::size_t s = 0; s < b.acts.species.size(); ++s) {
    const Change change(b, s, b.rate[0].data());
    WideLanes loss, gain;
    for (std::size_t w = 0; w < W; w += kWide * kVector) {
      change.at(w, loss, gain);
      for (std::size_t k = 0; k < kWide; ++k) {
        const Lanes c = lanes(now[s].data() + w + k * kVector);
        moved |= loss[k] + gain[k] > limit * larger(c, kConcentrationFloor - Lanes{});
        fast |= loss[k] > kUsualTurnover * c;
        lanes(next[s].data() + w + k * kVector) = larger(c + (gain[k] - loss[k]), Lanes{});
      }
    }
  }
  return {any(moved), any(fast)};
}

INTERSTICE_VECTOR_CLONES bool advance(const ReactionBatch& b, const LaneArray* from, const LaneArray* x, double limit,
                                      const LaneArray* other, LaneArray* to) {
  Mask differs{};
  for (std::size_t s = 0; s < b.acts.species.size(); ++s) {
    const Change change(b, s, x);
    WideLanes loss, gain;
    for (std::size_t w = 0; w < W; w += kWide * kVector) {
      change.at(w, loss, gain);
      for (std::size_t k = 0; k < kWide; ++k) {
        const std::size_t at = w + k * kVector;
        const Lanes c = lanes(from[s].data() + at), result = c + (gain[k] - loss[k]);
        const Lanes scale = larger(larger(c, result), kConcentrationFloor - Lanes{});
        differs |= (magnitude(result - lanes(other[s].data() + at)) > limit * scale) | (result < Lanes{});
        lanes(to[s].data() + at) = result;
      }
    }
  }
  return any(differs);
}

INTERSTICE_VECTOR_CLONES void combine(const ReactionBatch& b, double weight, double share, LaneArrays& x,
                                      const LaneArrays& y) {
  for (const std::uint32_t e : b.acts.extents) {
    for (std::size_t w = 0; w < W; w += kVector) {
      lanes(x[e].data() + w) = weight * (lanes(x[e].data() + w) + share * lanes(y[e].data() + w));
    }
  }
}

INTERSTICE_VECTOR_CLONES void turnover_of(const ReactionBatch& b, const LaneArray* now,
                                          std::array<double, W>& turnover) {
  turnover.fill(0.0);
  for (std::size_t s = 0; s < b.acts.species.size(); ++s) {
    const Change change(b, s, b.rate[0].data());
    WideLanes loss, gain;
    for (std::size_t w = 0; w < W; w += kWide * kVector) {
      change.at(w, loss, gain);
      for (std::size_t k = 0; k < kWide; ++k) {
        Lanes& most = lanes(turnover.data() + w + k * kVector);
        most = larger(most, loss[k] / larger(lanes(now[s].data() + w + k * kVector), 1e-300 - Lanes{}));
      }
    }
  }
}

INTERSTICE_VECTOR_CLONES void to_middle(const ReactionBatch& b, const LaneArray* now, LaneArray* middle) {
  for (std::size_t s = 0; s < b.acts.species.size(); ++s) {
    for (std::size_t w = 0; w < W; w += kVector) {
      Lanes& m = lanes(middle[s].data() + w);
      m = larger(0.5 * (lanes(now[s].data() + w) + lanes(b.better[s].data() + w)), Lanes{});
    }
  }
}

INTERSTICE_VECTOR_CLONES void scale(LaneArrays& arrays, const std::vector<std::uint8_t>& wanted, std::size_t offset,
                                    double by) {
  for (std::size_t k = 0; k < arrays.size(); ++k) {
    if (wanted[offset + k] == 0) continue;
    for (std::size_t w = 0; w < W; w += kVector) lanes(arrays[k].data() + w) *= by;
  }
}

INTERSTICE_VECTOR_CLONES void decay_with_source(const LoneDecay& decay, ReactionBatch& b) {
  const double lost_source = std::max(0.0, 1 - decay.kept);
  for (std::size_t w = 0; w < W; w += kVector) {
    const Lanes before = lanes(&b.c[0][w]);
    const Lanes source = b.sourced[0] != 0 ? lanes(&b.source[0][w]) : Lanes{};
    lanes(&b.extents[1][w]) = before * decay.lost + source * lost_source;
    lanes(&b.c[0][w]) = before * (1 - decay.lost) + source * decay.kept;
  }
}

}  // namespace interstice
