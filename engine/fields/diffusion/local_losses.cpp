/// @file
/// Losses, four voxels at a time.
#include "engine/fields/diffusion/local_losses.h"

#include <cmath>

#include "engine/fields/lanes.h"
#include "engine/fields/vector_clones.h"

// What takes or returns four doubles is inlined into functions for one instruction set: there is no call to disagree
// on.
#pragma GCC diagnostic ignored "-Wpsabi"

namespace interstice {
namespace {

using Four = double __attribute__((vector_size(kVector * sizeof(double))));  // Lanes as a value

// V is a double or Four.
template <class V>
V larger(V a, V b) {
  return a > b ? a : b;
}
template <class V>
V smaller(V a, V b) {
  return a < b ? a : b;
}
double root_of(double x) { return std::sqrt(x); }
Four root_of(Four x) {
  for (std::size_t i = 0; i < kVector; ++i) x[i] = std::sqrt(x[i]);
  return x;
}

template <class V>
V load(const double* p);
template <>
double load<double>(const double* p) {
  return *p;
}
template <>
Four load<Four>(const double* p) {
  return lanes(p);
}
void store(double* p, double value) { *p = value; }
void store(double* p, Four value) { lanes(p) = value; }
void store(float* p, double value) { *p = static_cast<float>(value); }
void store(float* p, Four value) {
  for (std::size_t i = 0; i < kVector; ++i) p[i] = static_cast<float>(value[i]);
}
bool any_negative(Four x) {
  const auto below = x < 0;
  return (below[0] | below[1] | below[2] | below[3]) != 0;
}
double sum_of(Four x) { return (x[0] + x[1]) + (x[2] + x[3]); }

constexpr std::size_t kAhead = 128;   ///< numbers; the processor's own prefetching ends at every page
constexpr double kVanished = 1e-100;  ///< [uM]: less is nothing; subnormal numbers would cost a hundredfold

/// Uptake of a place: uptake c, or most c/(Km + c) with Km = most/uptake.
template <class V>
struct Uptake {
  V linear{}, most{}, Km = 1 + V{};
};

template <class V, bool Saturable>
Uptake<V> uptake_at(const LossRun& run, std::size_t i) {
  Uptake<V> uptake;
  const V low = load<V>(run.uptake + i);
  if constexpr (!Saturable) {
    uptake.linear = low;
  } else {
    const V most = load<V>(run.most + i), both = smaller(low, most);  // where one is 0, nothing is taken up
    uptake.most = both > 0 ? most : V{};
    uptake.Km = both > 0 ? most / low : 1 + V{};
  }
  return uptake;
}

/// The level at which losses at that level leave it of `all`: a level^2 + b level = all Km.
template <class V, bool Saturable>
V level_left(double h, double decay, const Uptake<V>& uptake, V all) {
  if constexpr (!Saturable) return all / (1 + h * (decay + uptake.linear));
  const double a = 1 + h * decay;
  const V b = a * uptake.Km + h * uptake.most - all, root = root_of(b * b + 4 * a * all * uptake.Km);
  const V sum = (b > 0 ? b : -b) + root;  // of what does not cancel
  return (b > 0 ? 2 * all * uptake.Km : sum) / (b > 0 ? sum : 2 * a + V{});
}

/// Ways in which a place loses.
enum class Loss : std::uint8_t { none, decay, linear, saturable };

template <class V>
struct Kept {
  V decayed{}, taken_up{}, left{};
};

template <class V, Loss loss, LossRule rule>
Kept<V> take_at(double h, double decay, const LossRun& run, std::size_t i) {
  constexpr bool saturable = loss == Loss::saturable, places = saturable || loss == Loss::linear;
  const V c = load<V>(run.c + i);
  V gain = load<V>(run.gain + i);
  Kept<V> kept;
  if constexpr (places) gain += h * load<V>(run.source + i);
  if constexpr (loss != Loss::none) {
    Uptake<V> uptake;
    if constexpr (places) uptake = uptake_at<V, saturable>(run, i);
    const V there = larger(c + gain, V{});
    V level;
    if constexpr (rule == LossRule::implicit) {
      level = level_left<V, saturable>(h, decay, uptake, there);
    } else {
      level = larger(load<V>(run.mean + i), V{});
    }
    kept.decayed = h * decay * level;
    if constexpr (places)
      kept.taken_up = saturable ? h * uptake.most * level / (uptake.Km + level) : h * uptake.linear * level;
    if constexpr (rule != LossRule::rate) {  // by rounding too nothing is taken that is not there
      kept.decayed = smaller(kept.decayed, there);
      if constexpr (places) kept.taken_up = smaller(kept.taken_up, there - kept.decayed);
    }
  }
  if constexpr (rule == LossRule::rate) {
    store(run.change + i, gain - kept.decayed - kept.taken_up);
  } else {
    const V sum = c + gain - kept.decayed - kept.taken_up;
    kept.left = larger(sum, -sum) < kVanished ? V{} : sum;
    store(run.to + i, kept.left);
  }
  return kept;
}

template <Loss loss, LossRule rule>
INTERSTICE_VECTOR_CLONES Lost take_run(double h, double decay, const LossRun& all) {
  const LossRun run = all;  // by value: what is stored is no part of it
  Kept<Four> sum;
  Four least{};
  std::size_t i = 0;
  for (; i + kVector <= run.n; i += kVector) {
    __builtin_prefetch(run.c + i + kAhead);
    if constexpr (rule != LossRule::rate) __builtin_prefetch(run.to + i + kAhead, 1);
    const Kept<Four> here = take_at<Four, loss, rule>(h, decay, run, i);
    sum.decayed += here.decayed;
    sum.taken_up += here.taken_up;
    least = smaller(here.left, least);
  }
  Lost lost{{sum_of(sum.decayed), sum_of(sum.taken_up)}, any_negative(least)};
  for (; i < run.n; ++i) {
    const Kept<double> here = take_at<double, loss, rule>(h, decay, run, i);
    lost.taken += {here.decayed, here.taken_up};
    lost.negative |= here.left < 0;
  }
  return lost;
}

template <Loss loss>
Lost take_by(LossRule rule, double h, double decay, const LossRun& run) {
  switch (rule) {
    case LossRule::rate:
      return take_run<loss, LossRule::rate>(h, decay, run);
    case LossRule::bounded:
      return take_run<loss, LossRule::bounded>(h, decay, run);
    case LossRule::implicit:
      return take_run<loss, LossRule::implicit>(h, decay, run);
  }
  return {};
}

}  // namespace

Lost take_losses(LossRule rule, double h, double decay, const LossRun& run) {
  if (run.most != nullptr) return take_by<Loss::saturable>(rule, h, decay, run);
  if (run.uptake != nullptr) return take_by<Loss::linear>(rule, h, decay, run);
  return decay > 0 ? take_by<Loss::decay>(rule, h, decay, run) : take_by<Loss::none>(rule, h, decay, run);
}

}  // namespace interstice
