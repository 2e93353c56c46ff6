// The contact rule of one Brownian step beside a partially absorbing sphere, by quadrature: no noise.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "engine/vesicles/agents/vesicle_contact.h"

namespace interstice {
namespace {

constexpr double kInfinite = std::numeric_limits<double>::infinity();

/// Density of x1 for a Gaussian of variance 2 (s = 1).
double gauss(double u) { return std::exp(-u * u / 4) / (2 * std::sqrt(kPi)); }

TEST(VesicleContact, LargeSphereIsThePlane) {
  for (const double kappa : {0.01, 0.3, 3.0, 50.0})
    for (const double x0 : {0.0, 0.2, 1.5})
      for (const double x1 : {0.1, 0.9}) {
        const double z = (x0 + x1) / 2;
        const double exact = kappa * std::exp(-z * z) * pinned::erfcx(z + kappa) / (gauss(x1 - x0) + gauss(x0 + x1));
        EXPECT_NEAR(adsorption_probability(x0, x1, {1e9, 1, kappa}), exact, 1e-7);
        EXPECT_NEAR(adsorption_probability(x0, x1, {kInfinite, 1, kappa}), exact, 1e-14);
      }
}

TEST(VesicleContact, InfiniteReactivityIsTheAbsorbingLimit) {
  const double hit = std::exp(-0.5 * 0.8);
  EXPECT_NEAR(adsorption_probability(0.5, 0.8, {1e9, 1, kInfinite}), 2 * hit / (1 + hit), 1e-7);
  const double limit = adsorption_probability(0.5, 0.8, {5, 1, kInfinite});
  EXPECT_NEAR(adsorption_probability(0.5, 0.8, {5, 1, 1e7}), limit, 1e-6);
  EXPECT_DOUBLE_EQ(adsorption_probability(0.0, 0.3, {5, 1, kInfinite}), 1.0);
  EXPECT_DOUBLE_EQ(adsorption_probability(0.5, 0.8, {5, 1, 0}), 0.0);
}

TEST(VesicleContact, BoundIsAbove) {
  for (const double R : {4.0, 6.0, 1000.0, kInfinite})
    for (const double kappa : {0.001, 0.1, 2.0, kInfinite})
      for (double x0 = 0; x0 < 6; x0 += 0.37)
        for (double x1 = 0; x1 < 6; x1 += 0.41)
          EXPECT_GE(adsorption_bound(x0, x1, {R, 1, kappa}) * (1 + 1e-12),
                    adsorption_probability(x0, x1, {R, 1, kappa}));
}

/// Steady flux into a sphere of radius R (in units of sqrt(D dt)) of vesicles that are 1 far away, relative to
/// 4 pi D R kappa R / (D + kappa R): the transition of one step on a radial grid, with the far field
/// 1 - J / (4 pi D r) beyond it.
double steady_flux(double R, double kappa) {
  const double width = 0.1, far = 8;
  const int n = 160, solved = 90, sub = 4;
  const SphereStep sphere{R, 1, kappa};
  std::vector<std::vector<double>> stay(n, std::vector<double>(n, 0.0));
  std::vector<double> taken(n, 0.0), volume(n);
  for (int i = 0; i < n; ++i) {
    volume[i] = 4 * kPi * (R + (i + 0.5) * width) * (R + (i + 0.5) * width) * width;
    for (int k = 0; k < sub; ++k) {
      const double x0 = (i + (k + 0.5) / sub) * width, r0 = R + x0;
      const auto arrive = [&](double x1, double share) {
        const double p = adsorption_probability(x0, x1, sphere), at = x1 / width - 0.5;
        taken[i] += share * p;
        const int j = static_cast<int>(std::floor(at));
        const double upper = at - j;
        stay[i][std::clamp(j, 0, n - 1)] += share * (1 - p) * (1 - upper);
        stay[i][std::clamp(j + 1, 0, n - 1)] += share * (1 - p) * upper;
      };
      for (double x1 = width / 8; x1 < n * width; x1 += width / 4)
        if (std::abs(x1 - x0) < far) arrive(x1, (R + x1) / r0 * gauss(x1 - x0) * width / 4 / sub);
      for (double y = width / 16; y < R && x0 + y < far; y += width / 8)
        arrive(reflected_distance(x0, y, sphere), (R - y) / r0 * gauss(x0 + y) * width / 8 / sub);
    }
  }
  const auto uptake = [&](double flux) {
    std::vector<std::vector<double>> a(solved, std::vector<double>(solved + 1, 0.0));
    for (int j = 0; j < solved; ++j) {
      for (int i = 0; i < solved; ++i) a[j][i] = (i == j ? 1.0 : 0.0) - stay[i][j];
      for (int i = solved; i < n; ++i)
        a[j][solved] += stay[i][j] * (1 - flux / (4 * kPi * (R + (i + 0.5) * width))) * volume[i];
    }
    for (int p = 0; p < solved; ++p)
      for (int q = p + 1; q < solved; ++q) {
        const double factor = a[q][p] / a[p][p];
        for (int k = p; k <= solved; ++k) a[q][k] -= factor * a[p][k];
      }
    double sum = 0;
    std::vector<double> inside(solved);
    for (int p = solved; p-- > 0;) {
      double rest = a[p][solved];
      for (int k = p + 1; k < solved; ++k) rest -= a[p][k] * inside[k];
      inside[p] = rest / a[p][p];
      sum += inside[p] * taken[p];
    }
    return sum;
  };
  const double none = uptake(0), one = uptake(1);
  const double exact = 4 * kPi * R * (std::isinf(kappa) ? 1.0 : kappa * R / (1 + kappa * R));
  return none / (1 - (one - none)) / exact;
}

TEST(VesicleContact, SteadyFluxOfPartiallyAbsorbingSphere) {
  for (const double R : {1 / kLongestStepInRadii, 6.0, 12.0})
    for (const double kappa : {0.003, 0.1, kInfinite})
      EXPECT_NEAR(steady_flux(R, kappa), 1, 0.006) << R << ' ' << kappa;
}

TEST(VesicleContact, SteadyFluxOfTheSpheresAndStepsInUse) {  // [um], [um/s], [s]
  const double D = 5.7;
  for (const double R : {3.5, 5.0, 10.0})
    for (const double kappa : {0.01, 0.3, kInfinite})
      for (const double dt : {0.5, 0.1, 0.01}) {
        const double long_by = std::sqrt(D * dt) / (kLongestStepInRadii * R);
        const double legs = std::max(1.0, std::ceil(long_by * long_by));  // as VesicleWalk divides a step
        const double s = std::sqrt(D * dt / legs), flux = steady_flux(R / s, kappa * s / D);
        EXPECT_NEAR(flux, 1, 0.006) << "R " << R << " kappa " << kappa << " dt " << dt;
      }
}

}  // namespace
}  // namespace interstice
