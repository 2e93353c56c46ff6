#include "engine/fields/diffusion/local_losses.h"

#include <algorithm>
#include <cmath>

#include "engine/core/pinned_math.h"
#include "engine/fields/lanes.h"
#include "engine/fields/vector_clones.h"

// What takes or returns four doubles is inlined into functions for one instruction set: there is no call to disagree
// on.
#pragma GCC diagnostic ignored "-Wpsabi"

namespace interstice {
namespace {

using Four = double __attribute__((vector_size(kVector * sizeof(double))));  // Lanes as a value

constexpr double kSmall = 0.1;     ///< below this the series of mean_of_decay is exact to 1e-13
constexpr double kFraction = 2.0;  ///< below this the fraction of weight_of_gain is exact to 1e-14
constexpr int kDepth = 8;          ///< of that

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

/// theta = (1 + coth(x/2) - 2/x)/2 for x up to kFraction, with coth y - 1/y = y/(3 + y^2/(5 + y^2/(7 + ...))) as the
/// quotient of two polynomials.
template <class V>
V weight_by_fraction(V x) {
  const V y = 0.5 * x, square = y * y;
  V below = 1 + 0 * x, here = below * (2 * kDepth + 1);
  for (int k = kDepth - 1; k > 0; --k) {
    const V above = (2 * k + 1) * here + square * below;
    below = here;
    here = above;
  }
  return 0.5 + 0.5 * y * below / here;
}

double weight_for(double x) { return weight_of_gain(x); }
Four weight_for(Four x) {
  bool low = true;
  for (std::size_t i = 0; i < kVector; ++i) low = low && x[i] < kFraction;
  if (low) return weight_by_fraction(x);
  for (std::size_t i = 0; i < kVector; ++i) x[i] = weight_of_gain(x[i]);
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

template <class V>
struct Amounts {
  V decayed{}, taken_up{};
};

/// gain <- gain - what a loss takes; returns that.
template <class V>
V take_at(V of_now, V of_gain, V of_kept, bool no_more, V c, V& gain) {
  V taken = larger(larger(of_now * c + of_gain * gain, of_kept * c), V{});
  if (no_more) taken = smaller(taken, larger(c + gain, V{}));
  gain = gain - taken;
  return taken;
}

/// The same of decay and uptake most_h c/(Km + c). The level at which losses at that level leave it:
/// a level^2 + b level = all Km.
template <class V>
Amounts<V> take_saturably(double decay_h, double out_h, V most_h, V Km, bool no_more, V c, V& gain) {
  const V there = larger(c, V{}), x = decay_h + most_h / (Km + there), theta = weight_for(x);
  const V all = c + theta * gain, a = 1 + theta * decay_h, b = a * Km + theta * most_h - all;
  const V some = larger(all, V{}), root = root_of(b * b + 4 * a * some * Km);
  const V sum = (b > 0 ? b : -b) + root;  // of what does not cancel
  const V mean = (b > 0 ? 2 * some * Km : sum) / (b > 0 ? sum : 2 * a);
  const V level = larger(all > 0 ? mean : V{}, there / (1 + x + out_h));
  Amounts<V> taken{decay_h * level, most_h * level / (Km + level)};
  if (no_more) {
    const V both = taken.decayed + taken.taken_up, most = larger(c + gain, V{});
    const V share = both > most ? most / both : 1 + V{};
    taken.decayed *= share;
    taken.taken_up = smaller(taken.taken_up, most - taken.decayed);
  }
  gain -= taken.decayed + taken.taken_up;
  return taken;
}

double sum_of(Four x) { return (x[0] + x[1]) + (x[2] + x[3]); }

INTERSTICE_VECTOR_CLONES double take_alike(const FirstOrderLoss& loss, bool no_more, const double* c, std::size_t n,
                                           double* gain) {
  const Four of_now = loss.of_now + Four{}, of_gain = loss.of_gain + Four{}, of_kept = loss.of_kept + Four{};
  Four sum{};
  std::size_t i = 0;
  for (; i + kVector <= n; i += kVector) {
    Four g = lanes(gain + i);
    sum += take_at<Four>(of_now, of_gain, of_kept, no_more, lanes(c + i), g);
    lanes(gain + i) = g;
  }
  double total = sum_of(sum);
  for (; i < n; ++i) total += take_at(loss.of_now, loss.of_gain, loss.of_kept, no_more, c[i], gain[i]);
  return total;
}

/// Calls step(i, V) for four voxels at a time and then one at a time, and adds up what it returns.
template <class Step>
Taken over_all(std::size_t n, const Step& step) {
  Amounts<Four> sum;
  std::size_t i = 0;
  for (; i + kVector <= n; i += kVector) {
    const Amounts<Four> here = step(i, Four{});
    sum.decayed += here.decayed;
    sum.taken_up += here.taken_up;
  }
  Taken taken{sum_of(sum.decayed), sum_of(sum.taken_up)};
  for (; i < n; ++i) {
    const Amounts<double> here = step(i, double{});
    taken += {here.decayed, here.taken_up};
  }
  return taken;
}

/// Where the voxels of a run are told about.
struct Run {
  const double *source, *uptake, *most, *c;
  double* gain;
};

INTERSTICE_VECTOR_CLONES Taken take_linear(const PlaceLosses& losses, std::size_t n, const Run& run) {
  return over_all(n, [&]<class V>(std::size_t i, V) {
    const V rate = losses.decay + load<V>(run.uptake + i), k_h = rate * losses.h, theta = weight_for(k_h);
    const V of_now = k_h / (1 + theta * k_h), of_kept = k_h / (1 + k_h + losses.out * losses.h);
    V gain = load<V>(run.gain + i) + losses.h * load<V>(run.source + i);
    const V taken = take_at<V>(of_now, theta * of_now, of_kept, losses.no_more, load<V>(run.c + i), gain);
    store(run.gain + i, gain);
    const V decayed = taken * (losses.decay / (rate > 0 ? rate : 1 + V{}));
    return Amounts<V>{decayed, taken - decayed};
  });
}

INTERSTICE_VECTOR_CLONES Taken take_saturable(const PlaceLosses& losses, std::size_t n, const Run& run) {
  return over_all(n, [&]<class V>(std::size_t i, V) {
    const V uptake = load<V>(run.uptake + i), most = load<V>(run.most + i);
    const V both = smaller(uptake, most);  // where one is 0, decay alone is left
    const V most_h = losses.h * (both > 0 ? most : V{}), Km = both > 0 ? most / uptake : 1 + V{};
    V gain = load<V>(run.gain + i) + losses.h * load<V>(run.source + i);
    const Amounts<V> taken = take_saturably<V>(losses.decay * losses.h, losses.out * losses.h, most_h, Km,
                                               losses.no_more, load<V>(run.c + i), gain);
    store(run.gain + i, gain);
    return taken;
  });
}

}  // namespace

double mean_of_decay(double x) {
  if (x >= kSmall) return -pinned::expm1(-x) / x;
  return 1 - x / 2 * (1 - x / 3 * (1 - x / 4 * (1 - x / 5 * (1 - x / 6 * (1 - x / 7 * (1 - x / 8))))));
}

[[gnu::noinline]] double weight_of_gain(double x) {
  return x < kFraction ? weight_by_fraction(x) : (1 / mean_of_decay(x) - 1) / x;
}

FirstOrderLoss::FirstOrderLoss(double k_h, double out_h)
    : of_now(k_h / (1 + weight_of_gain(k_h) * k_h)),
      of_gain(weight_of_gain(k_h) * of_now),
      of_kept(k_h * mean_of_decay(k_h + out_h)) {}

double FirstOrderLoss::taken(double c, double gain) const {
  return std::max(std::max(of_now * c + of_gain * gain, of_kept * c), 0.0);
}

double FirstOrderLoss::take(bool no_more, const double* c, std::size_t n, double* gain) const {
  return take_alike(*this, no_more, c, n, gain);
}

Taken PlaceLosses::take(std::size_t n, const double* source, const double* uptake, const double* c,
                        double* gain) const {
  return take_linear(*this, n, {source, uptake, nullptr, c, gain});
}

Taken PlaceLosses::take_saturably(std::size_t n, const double* source, const double* uptake, const double* most,
                                  const double* c, double* gain) const {
  return take_saturable(*this, n, {source, uptake, most, c, gain});
}

}  // namespace interstice
