#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "engine/fields/diffusion/hop_series.h"

namespace interstice {
namespace {

/// (e^y - 1 - y)/y^2
double phi2(double y) {
  if (std::abs(y) > 1e-2) return (std::expm1(y) - y) / (y * y);
  return 0.5 + y * (1.0 / 6 + y * (1.0 / 24 + y / 120));
}

/// sum_k w_k P^k of a wave that P changes by x.
double sum(const HopSeries& series, double x) {
  double value = 0;
  for (std::size_t k = series.weights.size(); k-- > 0;) value = value * x + static_cast<double>(series.weights[k]);
  return value;
}

/// y of such a wave: what hops do not keep decays.
double exponent(const HopSeries& series, double x, double decayed) {
  return series.q * (x - 1) - (series.kept < 1 ? 0 : decayed);
}

// What a step does to a wave is 1 + y + y^2 phi2(y) = e^y.
TEST(HopSeries, ChangesEveryWaveAsTheExponentialDoes) {
  for (const double lost : {1e-6, 0.1, 0.5, 1.0, 1.9, 2.3, 3.0, 6.0, 12.0, 23.1, 32.0, 200.0}) {
    for (const double decayed : {0.0, 1e-6, 0.1, 1.0, 5.0, 80.0, 1e4}) {
      const HopSeries series = hop_series(lost, decayed);
      EXPECT_GE(series.q, lost);
      EXPECT_LE(series.q, lost + 1.25);
      const auto kept = static_cast<double>(series.kept);
      double worst = 0;
      for (double x = -1; x <= kept; x += 1.0 / 256) {
        const double y = exponent(series, x, decayed);
        worst = std::max(worst, std::abs(1 + y + y * y * sum(series, x) - std::exp(y)));
      }
      EXPECT_LT(worst, (lost > 2 ? 2.5e-3 : 1.8e-3) + 1e-7 * (series.q + decayed)) << lost << ' ' << decayed;
      EXPECT_NEAR(sum(series, kept) / phi2(-decayed), 1, 1e-6) << "what is level";
    }
  }
}

// The step as a series of hops is 1 + y + y^2 sum w_k P^k: no voxel takes from another.
TEST(HopSeries, LeavesNothingNegative) {
  for (double lost = 0.05; lost < 100; lost *= 1.07) {
    for (const double decayed : {0.0, 0.01, 0.3, 2.0, 20.0}) {
      const HopSeries series = hop_series(lost, decayed);
      const double q = series.q, s = -exponent(series, 0, decayed);
      std::vector<double> step(series.weights.size() + 2);
      step[0] += 1 - s, step[1] += q;
      for (std::size_t k = 0; k < series.weights.size(); ++k) {
        const auto w = static_cast<double>(series.weights[k]);
        EXPECT_GE(w, 0);
        step[k] += s * s * w, step[k + 1] -= 2 * s * q * w, step[k + 2] += q * q * w;
      }
      EXPECT_GT(*std::ranges::min_element(step), -1e-6 * (1 + s)) << lost << ' ' << decayed;
    }
  }
}

// The longer the way, the more hops, but not many more than there are on average.
TEST(HopSeries, IsShort) {
  EXPECT_LE(hop_series(3, 0).weights.size(), 8U);
  EXPECT_LE(hop_series(23.1, 0).weights.size(), 35U);
  EXPECT_LE(hop_series(23.1, 1000).weights.size(), 6U) << "what decays at once does not get far";
}

}  // namespace
}  // namespace interstice
