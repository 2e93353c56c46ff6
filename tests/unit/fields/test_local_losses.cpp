#include <gtest/gtest.h>

#include <cmath>
#include <numeric>
#include <random>
#include <vector>

#include "engine/fields/diffusion/local_losses.h"

namespace interstice {
namespace {

TEST(LocalLosses, WeighGainsExactly) {
  for (double x = 1e-6; x < 200; x *= 1.1) {
    const long double phi = -std::expm1(-static_cast<long double>(x)) / x;
    const auto exact = static_cast<double>(x < 1e-3 ? 0.5L + x / 12.0L - x * x * x / 720.0L : (1 / phi - 1) / x);
    EXPECT_NEAR(weight_of_gain(x), exact, 2e-13) << x;
  }
  EXPECT_EQ(weight_of_gain(0), 0.5);
}

/// What decay k and uptake u c/(1 + c/Km) take of c and what comes in a substep, by bisection for the mean.
Taken slowly(double h, double k, double out, double u, double Km, double c, double gain) {
  const double at_c = k + u / (1 + std::max(c, 0.0) / Km), theta = weight_of_gain(at_c * h);
  double low = 0, high = std::max(c + theta * gain, 0.0);
  for (int pass = 0; pass < 200; ++pass) {
    const double mean = (low + high) / 2, loss = k * mean + u * mean / (1 + mean / Km);
    (mean + theta * h * loss > c + theta * gain ? high : low) = mean;
  }
  const double mean = std::max(low, std::max(c, 0.0) / (1 + (at_c + out) * h));
  return {h * k * mean, h * u * mean / (1 + mean / Km)};
}

TEST(LocalLosses, OfUptakeThatSaturatesAreThoseOfItsMean) {
  std::mt19937 random(1);
  const auto some = [&](double from, double to) {
    return from * std::pow(to / from, std::uniform_real_distribution(0.0, 1.0)(random));
  };
  for (int trial = 0; trial < 200; ++trial) {
    constexpr std::size_t n = 7;  // four at once and three by themselves
    const double h = some(1e-3, 100), decay = trial % 3 == 0 ? 0 : some(1e-5, 1), out = some(1e-3, 1);
    std::vector<double> uptake(n), most(n), source(n), c(n), gain(n);
    for (std::size_t i = 0; i < n; ++i) {
      uptake[i] = some(1e-5, 10), most[i] = uptake[i] * some(0.01, 10), c[i] = some(1e-9, 100);
      gain[i] = (trial % 2 == 0 ? 1 : -0.5) * c[i] * some(0.01, 1), source[i] = some(1e-6, 1);
    }
    const std::size_t none = trial % n;
    most[none] = 0;  // takes nothing up: decay is left
    const PlaceLosses losses{h, decay, out};
    Taken expected;
    std::vector<double> left = gain;
    for (std::size_t i = 0; i < n; ++i) {
      const double u = i == none ? 0 : uptake[i], Km = i == none ? 1 : most[i] / uptake[i];
      const Taken here = slowly(h, decay, out, u, Km, c[i], gain[i] + h * source[i]);
      expected += here;
      left[i] += h * source[i] - here.decayed - here.taken_up;
    }
    const std::vector<double> before = gain;
    const Taken taken = losses.take_saturably(n, source.data(), uptake.data(), most.data(), c.data(), gain.data());
    EXPECT_NEAR(taken.decayed, expected.decayed, 1e-9 * expected.decayed);
    EXPECT_NEAR(taken.taken_up, expected.taken_up, 1e-9 * expected.taken_up);
    for (std::size_t i = 0; i < n; ++i)
      EXPECT_NEAR(gain[i], left[i], 1e-9 * (c[i] + std::abs(before[i]) + h * source[i])) << i;
  }
}

TEST(LocalLosses, OfLinearUptakeAreSharedWithDecay) {
  constexpr std::size_t n = 5;
  const double h = 2, decay = 0.1, out = 0.3;
  const std::vector<double> uptake{0, 0.01, 0.3, 3, 1}, source(n, 0.5), c{1, 2, 0, 0.5, 7};
  std::vector<double> gain{0.1, -0.2, 1, 0, -3};
  Taken expected;
  std::vector<double> left(n);
  for (std::size_t i = 0; i < n; ++i) {
    const double k = decay + uptake[i], theta = weight_of_gain(k * h), g = gain[i] + h * source[i];
    const double mean = std::max((c[i] + theta * g) / (1 + theta * k * h), c[i] / (1 + (k + out) * h));
    expected += {decay * h * mean, uptake[i] * h * mean};
    left[i] = g - k * h * mean;
  }
  const Taken taken = PlaceLosses{h, decay, out}.take(n, source.data(), uptake.data(), c.data(), gain.data());
  EXPECT_NEAR(taken.decayed, expected.decayed, 1e-14 * expected.decayed);
  EXPECT_NEAR(taken.taken_up, expected.taken_up, 1e-14 * expected.taken_up);
  for (std::size_t i = 0; i < n; ++i) EXPECT_NEAR(gain[i], left[i], 1e-14) << i;
}

TEST(LocalLosses, TakeAtMostWhatIsThereAndComes) {
  const std::vector<double> source(5), uptake(5, 10.0), most(5, 20.0), c{1, 2, 0, 3, 1};
  for (const bool saturates : {false, true}) {
    const PlaceLosses losses{100, 1, 0, true};
    std::vector<double> gain{-0.99, -1.99, 0, -3.5, -0.5};
    const std::vector<double> before = gain;
    const Taken taken = saturates
                            ? losses.take_saturably(5, source.data(), uptake.data(), most.data(), c.data(), gain.data())
                            : losses.take(5, source.data(), uptake.data(), c.data(), gain.data());
    EXPECT_GT(taken.taken_up, 0);
    EXPECT_NEAR(taken.decayed + taken.taken_up,
                std::accumulate(before.begin(), before.end(), 0.0) - std::accumulate(gain.begin(), gain.end(), 0.0),
                1e-14);
    for (std::size_t i = 0; i < 5; ++i) EXPECT_GE(c[i] + gain[i], std::min(0.0, c[i] + before[i]) - 1e-15) << i;
  }
}

}  // namespace
}  // namespace interstice
