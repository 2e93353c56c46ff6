/// @file
/// A Brownian path beside a partially absorbing plane D dc/dx = kappa c, between known ends: whether the plane took it,
/// and when. Exact for steps of any length, as long as nothing else is in the way.
///
/// The reflected path takes down its local time at the plane; the wall takes it when that exceeds an exponential number
/// of mean l = D/kappa, at once if it is a perfect sink (Ito and McKean 1963; Grebenkov 2006). By Levy's theorem a path
/// from x0 has spent l there when a free path first comes to x0 + l, so that with s^2 = D dt and g a Gaussian of
/// variance 2 s^2
///   P(local time > l | ends) = 2 g(x0 + x1 + l) / (g(x1 - x0) + g(x1 + x0)),
/// and t/(dt - t), t being the time when it is spent, is inverse Gaussian with mean (x0 + l)/x1 and shape
/// (x0 + l)^2 / 2 s^2.
#pragma once

#include <cmath>

#include "engine/core/pinned_math.h"

namespace interstice {

/// One plane and one step.
struct WallPassage {
  double before = 0, after = 0;  ///< distances of the ends of the reflected path [um]
  double root_dt = 0;            ///< s = sqrt(D dt) [um]
  double patience = 0;           ///< l, the local time that the wall lets pass [um]

  /// That more than this local time was spent at the plane.
  [[nodiscard]] double probability() const {
    const double s = root_dt, meet = pinned::exp(-before * after / (s * s));
    const double waits = patience * (2 * (before + after) + patience) / (4 * s * s);
    return 2 * meet * pinned::exp(-waits) / (1 + meet);
  }
  /// When it was, in parts of the step, given that it was: from a standard normal number and a uniform one (Michael,
  /// Schucany and Haas 1976).
  [[nodiscard]] double time(double normal, double uniform) const {
    const double way = before + patience, shape = way * way / (2 * root_dt * root_dt), y = normal * normal;
    if (!(way > 0)) return 0;
    if (!(after > 0)) return shape / (shape + y);
    const double mean = way / after, spread = mean * y / (2 * shape);
    const double low = mean / (1 + spread + std::sqrt(spread * (2 + spread)));
    const double odds = uniform * (mean + low) <= mean ? low : mean * mean / low;
    return odds / (1 + odds);
  }
};

}  // namespace interstice
