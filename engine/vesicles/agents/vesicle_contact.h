/// @file
/// A Brownian path beside a partially absorbing sphere (radiation boundary D dc/dr = kappa c at r = R).
///
/// With u = r c the radial problem becomes that of a plane with h = kappa/D + 1/R (Carslaw and Jaeger 1959, 14.7):
///   density at r1 = (r1/r0) [g(x1-x0) + g(x1+x0) - h W_h(x0+x1)],  W_h(v) = exp(h v + h^2 s^2) erfc(v/2s + h s),
/// x the distances to the surface, s^2 = D dt, g a Gaussian of variance 2 s^2. kappa = 0 is the reflecting sphere,
/// h0 = 1/R. Dividing gives the probability that a path of the reflecting sphere with these ends was absorbed: it
/// holds crossings between the ends, the curvature, and kappa up to infinity; R -> infinity is Erban-Chapman's plane.
#pragma once

#include <cmath>
#include <limits>

#include "engine/core/constants.h"
#include "engine/core/pinned_math.h"

namespace interstice {

/// One sphere and one step.
struct SphereStep {
  double radius = 1;      ///< R [um]
  double root_dt = 0;     ///< s = sqrt(D dt) [um]
  double reactivity = 0;  ///< kappa s / D, may be infinite
};

namespace contact {

inline const double kTwoRootPi = 2 * std::sqrt(kPi);

/// 2 s sqrt(pi) h erfcx(z + h s) for a scaled h s.
inline double scaled_exit(double z, double h) {
  if (std::isinf(h)) return 2.0;
  return kTwoRootPi * h * pinned::erfcx(z + h);
}

}  // namespace contact

/// Probability that the path from distance x0 to x1 of the surface [um] was absorbed.
inline double adsorption_probability(double x0, double x1, const SphereStep& step) {
  const double s = step.root_dt, curvature = s / step.radius;
  const double meet = pinned::exp(-x0 * x1 / (s * s)), z = (x0 + x1) / (2 * s);
  const double reflected = contact::scaled_exit(z, curvature);
  const double exits = contact::scaled_exit(z, step.reactivity + curvature);
  return meet * (exits - reflected) / (1 + meet * (1 - reflected));
}

/// Cheap upper bound of adsorption_probability, so that most paths need no exponential: erfcx <= 1 and falling, and
/// exp(-a) <= 1 / (Taylor polynomial of exp(a)).
inline double adsorption_bound(double x0, double x1, const SphereStep& step) {
  const double s = step.root_dt, a = x0 * x1 / (s * s);
  const double meet = 1 / (1 + a * (1 + a * (0.5 + a * (1.0 / 6 + a * (1.0 / 24 + a / 120)))));
  const double curvature = contact::kTwoRootPi * s / step.radius;
  const double exits = std::fmin(2.0, contact::kTwoRootPi * step.reactivity);
  return meet * exits / (1 + meet * std::fmin(0.0, 1 - curvature));
}

namespace contact {

/// Share of the Gaussian from x0 that ends deeper than y inside the sphere.
inline double deeper(double x0, double y, const SphereStep& step) {
  const double s = step.root_dt, z = (x0 + y) / (2 * s);
  return pinned::exp(-z * z) * (0.5 * pinned::erfcx(z) - 2 * s / (kTwoRootPi * (step.radius + x0)));
}

}  // namespace contact

/// Where a path that ended at depth y inside a reflecting sphere is put: its distance outside [um]. Plain radial
/// reflection (y) would gather vesicles at a curved surface. What must lie beyond x, less what the Gaussian has
/// deeper than x, is x W(x0+x)/r0; two Newton steps find the x that as much lies beyond as was deeper than y.
/// Steps up to s = R/4 then give the flux into the sphere within 0.4 % at any reactivity.
inline double reflected_distance(double x0, double y, const SphereStep& step) {
  const double s = step.root_dt, R = step.radius, curvature = s / R;
  const double first = contact::scaled_exit((x0 + y) / (2 * s), curvature);
  const double x = y * (1 + R * first / ((R + y) * (1 - first)));

  const double z = (x0 + x) / (2 * s), gauss = pinned::exp(-z * z), exit = contact::scaled_exit(z, curvature);
  const double beyond = x * gauss * exit / (contact::kTwoRootPi * curvature * (R + x0));
  const double excess = contact::deeper(x0, x, step) + beyond - contact::deeper(x0, y, step);
  const double density = (R + x) / (R + x0) * gauss * (1 - exit) / (s * contact::kTwoRootPi);
  return std::fmax(0.0, x + excess / density);
}

/// Longest s = sqrt(D dt) for which the above is accurate, in radii.
inline constexpr double kLongestStepInRadii = 0.25;

}  // namespace interstice
