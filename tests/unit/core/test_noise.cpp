/// @file
/// Noise and pinned functions against independent references: Random123's known answers, the C library, exact moments.
#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "engine/core/noise.h"
#include "engine/core/pinned_math.h"

namespace interstice {
namespace {

TEST(Noise, KnownAnswerOfPhilox4x32) {
  // kat_vectors of Random123: counter 0, key 0.
  const auto b = Noise(0).bits(static_cast<Stream>(0), 0, 0, 0);
  EXPECT_EQ(b, (std::array<std::uint32_t, 4>{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
}

TEST(Noise, EveryKeyMatters) {
  const auto base = Noise(7).bits(Stream::cell_motility, 11, 13, 1);
  EXPECT_NE(base, Noise(8).bits(Stream::cell_motility, 11, 13, 1));
  EXPECT_NE(base, Noise(7).bits(Stream::cell_division, 11, 13, 1));
  EXPECT_NE(base, Noise(7).bits(Stream::cell_motility, 12, 13, 1));
  EXPECT_NE(base, Noise(7).bits(Stream::cell_motility, 11, 14, 1));
  EXPECT_NE(base, Noise(7).bits(Stream::cell_motility, 11, 13, 2));
}

TEST(Noise, NormalsHaveTheirMoments) {
  const Noise noise(3);
  constexpr int n = 200000;
  double m1 = 0, m2 = 0, m4 = 0, cross = 0;
  for (int i = 0; i < n; ++i) {
    const auto [a, b] = noise.normals(Stream::vesicle_motion, i, 0);
    m1 += a + b;
    m2 += a * a + b * b;
    m4 += a * a * a * a + b * b * b * b;
    cross += a * b;
  }
  EXPECT_NEAR(m1 / (2 * n), 0, 4 / std::sqrt(2.0 * n));
  EXPECT_NEAR(m2 / (2 * n), 1, 4 * std::sqrt(2 / (2.0 * n)));
  EXPECT_NEAR(m4 / (2 * n), 3, 4 * std::sqrt(96 / (2.0 * n)));
  EXPECT_NEAR(cross / n, 0, 4 / std::sqrt(1.0 * n));
}

void check_counts(const std::function<std::uint64_t(AgentId)>& draw, double mean, double variance) {
  constexpr int n = 100000;
  double sum = 0, squares = 0;
  for (int i = 0; i < n; ++i) {
    const double k = static_cast<double>(draw(i));
    sum += k;
    squares += (k - mean) * (k - mean);
  }
  EXPECT_NEAR(sum / n, mean, 4.5 * std::sqrt(variance / n));
  EXPECT_NEAR(squares / n / variance, 1, 4.5 * std::sqrt((2 + 1 / variance) / n));
}

TEST(Noise, PoissonAndBinomialHaveTheirMoments) {
  const Noise noise(5);
  for (const double mean : {0.3, 7.0, 29.0, 31.0, 400.0, 1e6})
    check_counts([&](AgentId id) { return noise.poisson(mean, Stream::vesicle_reservoir, id, 2); }, mean, mean);
  for (const auto& [n, p] : {std::pair{10.0, 0.2}, {1000.0, 0.001}, {1000.0, 0.4}, {50.0, 0.9}, {1e7, 0.03}})
    check_counts([&](AgentId id) { return noise.binomial(n, p, Stream::vesicle_reservoir, id, 3); }, n * p,
                 n * p * (1 - p));
}

TEST(PinnedMath, AgreesWithTheCLibrary) {
  for (double x = -700; x < 700; x += 0.37) EXPECT_NEAR(pinned::exp(x) / std::exp(x), 1, 4e-16) << x;
  for (double x = -0.6; x < 0.6; x += 0.00137)
    EXPECT_NEAR(pinned::expm1(x), std::expm1(x), 6e-16 * std::abs(x) + 2e-16);
  for (double x = 1e-300; x < 1e300; x *= 3.7) EXPECT_NEAR(pinned::log(x) / std::log(x), 1, 4e-16) << x;
  for (double x = 0.9; x < 1.1; x += 1e-4) EXPECT_NEAR(pinned::log(x), std::log(x), 3e-17 + 4e-16 * std::abs(x - 1));
  for (double x = -5; x < 26; x += 0.0137) EXPECT_NEAR(pinned::erfc(x) / std::erfc(x), 1, 4e-15) << x;
  for (double x = 0; x < 20; x += 0.0137) {
    const double reference =
        x < 20 ? static_cast<double>(std::exp(static_cast<long double>(x) * x) * std::erfc(static_cast<long double>(x)))
               : 0;
    EXPECT_NEAR(pinned::erfcx(x) / reference, 1, 2e-15) << x;
  }
  for (double u = 0; u < 1; u += 1e-4) {
    double s = 0, c = 0;
    pinned::sincos_2pi(u, s, c);
    const long double angle = 2 * std::acos(-1.0L) * u;
    EXPECT_NEAR(s, static_cast<double>(std::sin(angle)), 2.3e-16);
    EXPECT_NEAR(c, static_cast<double>(std::cos(angle)), 2.3e-16);
  }
  EXPECT_NEAR(pinned::pow(2.5, 3.7) / std::pow(2.5, 3.7), 1, 1e-15);
}

TEST(PinnedMath, EdgesAreTheExpectedOnes) {
  EXPECT_EQ(pinned::exp(-1000), 0);
  EXPECT_TRUE(std::isinf(pinned::exp(1000)));
  EXPECT_EQ(pinned::exp(0), 1);
  EXPECT_EQ(pinned::erfcx(0), 1);
  EXPECT_EQ(pinned::pow(0, 2.5), 0);
  EXPECT_EQ(pinned::pow(0, 0), 1);
}

}  // namespace
}  // namespace interstice
