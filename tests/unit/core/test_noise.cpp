/// @file
/// Noise and pinned functions against independent references: Random123's known answers, the C library, exact moments.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <vector>

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

TEST(Noise, ShortNormalsHaveTheirMomentsAndAreIndependent) {
  const Noise noise(3);
  constexpr int n = 500000;
  std::array<std::array<double, 4>, 4> product{};
  std::array<double, 4> m1{}, m3{}, m4{}, m6{};
  for (int i = 0; i < n; ++i) {
    const auto x = noise.four_normals(Stream::vesicle_motion, child_id(2, i), 5);
    for (int a = 0; a < 4; ++a) {
      const double square = static_cast<double>(x[a]) * x[a];
      m1[a] += x[a] / double(n);
      m3[a] += square * x[a] / n;
      m4[a] += square * square / n;
      m6[a] += square * square * square / n;
      for (int b = 0; b <= a; ++b) product[a][b] += static_cast<double>(x[a]) * x[b] / n;
    }
  }
  for (int a = 0; a < 4; ++a) {
    EXPECT_NEAR(m1[a], 0, 4 / std::sqrt(n));
    EXPECT_NEAR(product[a][a], 1, 4 * std::sqrt(2.0 / n));
    EXPECT_NEAR(m3[a], 0, 4 * std::sqrt(15.0 / n));
    EXPECT_NEAR(m4[a], 3, 4 * std::sqrt(96.0 / n));
    EXPECT_NEAR(m6[a], 15, 4 * std::sqrt(10170.0 / n));
    for (int b = 0; b < a; ++b) EXPECT_NEAR(product[a][b], 0, 4 / std::sqrt(n)) << a << b;
  }
}

TEST(Noise, ShortNormalsFollowTheNormalDistribution) {
  const Noise noise(11);
  constexpr int n = 400000;
  std::vector<float> all;
  int beyond_3 = 0, beyond_4 = 0;
  for (int i = 0; i < n; ++i)
    for (const float x : noise.four_normals(Stream::vesicle_motion, child_id(4, i), 9)) {
      all.push_back(x);
      beyond_3 += std::abs(x) > 3 ? 1 : 0;
      beyond_4 += std::abs(x) > 4 ? 1 : 0;
    }
  std::sort(all.begin(), all.end());
  const double count = static_cast<double>(all.size());
  double distance = 0;  // Kolmogorov-Smirnov
  for (std::size_t i = 0; i < all.size(); ++i) {
    const double cumulated = 0.5 * std::erfc(-all[i] / std::sqrt(2.0));
    distance = std::max({distance, (static_cast<double>(i) + 1) / count - cumulated, cumulated - i / count});
  }
  EXPECT_LT(distance * std::sqrt(count), 1.63);  // exceeded once in 100
  const double tail_3 = count * std::erfc(3 / std::sqrt(2.0)), tail_4 = count * std::erfc(4 / std::sqrt(2.0));
  EXPECT_NEAR(beyond_3, tail_3, 4 * std::sqrt(tail_3));
  EXPECT_NEAR(beyond_4, tail_4, 4 * std::sqrt(tail_4));
}

TEST(PinnedMath, BoxMullerIsWhatItsBitsSay) {
  const auto check = [](std::uint32_t radius, std::uint32_t angle) {
    float a = 0, b = 0;
    pinned::box_muller(radius, angle, a, b);
    const double r = std::sqrt(-2 * std::log((static_cast<double>(radius >> 1) + 0.5) * 0x1p-31));
    const double eighth = std::acos(-1.0) / 4 * (angle & 0x1fffffffU) * 0x1p-29;
    const bool swap = (angle & 0x20000000U) != 0;
    const double c = swap ? std::sin(eighth) : std::cos(eighth), s = swap ? std::cos(eighth) : std::sin(eighth);
    // Near u = 1 the radius has the resolution of u, 6e-8; elsewhere its relative error is of the order of 1e-7.
    const double tolerance = std::min(3.5e-4, 3e-7 * r + 6e-8 / r);
    EXPECT_NEAR(a, (angle & 0x80000000U) != 0 ? -r * c : r * c, tolerance) << radius << ' ' << angle;
    EXPECT_NEAR(b, (angle & 0x40000000U) != 0 ? -r * s : r * s, tolerance) << radius << ' ' << angle;
  };
  const Noise noise(2);
  for (int i = 0; i < 20000; ++i) {
    const auto bits = noise.bits(Stream::vesicle_motion, i, 0);
    check(bits[0], bits[1]);
    check(bits[0] >> (i % 32), bits[1]);     // small u: the tail
    check(~(bits[0] >> (i % 32)), bits[1]);  // u near 1: the centre
  }
  for (const std::uint32_t radius : {0U, 1U, 2U, 0xffffffffU, 0x7fffffffU, 0xb504f333U})
    for (const std::uint32_t angle : {0U, 0x1fffffffU, 0x20000000U, 0xffffffffU}) check(radius, angle);
  float a = 0, b = 0;
  pinned::box_muller(0, 0, a, b);
  EXPECT_NEAR(a, 6.66, 0.01);  // the largest there is
  EXPECT_EQ(b, 0);
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
