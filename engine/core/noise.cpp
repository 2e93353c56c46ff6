#include "engine/core/noise.h"

#include <Random123/philox.h>

#include <algorithm>
#include <cmath>

#include "engine/core/pinned_math.h"

namespace interstice {
namespace {

/// ln(k!) - [(k + 1/2) ln(k + 1) - (k + 1) + ln(2 pi)/2], the tail of Stirling's series.
double stirling_tail(double k) {
  constexpr std::array kSmall{0.0810614667953272,  0.0413406959554092, 0.0276779256849983, 0.0207906721037651,
                              0.0166446911898211,  0.0138761288230707, 0.0118967099458917, 0.0104112652619720,
                              0.00925546218271273, 0.00833056343336287};
  if (k < 10) return kSmall[static_cast<std::size_t>(k)];
  const double square = (k + 1) * (k + 1);
  return (1.0 / 12 - (1.0 / 360 - 1.0 / 1260 / square) / square) / (k + 1);
}

double log_factorial(double k) {
  return (k + 0.5) * pinned::log(k + 1) - (k + 1) + 0.91893853320467274178 + stirling_tail(k);
}

}  // namespace

std::array<std::uint32_t, 4> Noise::bits(Stream stream, AgentId id, std::uint64_t step, std::uint32_t draw) const {
  const r123::Philox4x32::key_type key{{static_cast<std::uint32_t>(seed_), static_cast<std::uint32_t>(seed_ >> 32)}};
  const r123::Philox4x32::ctr_type counter{{static_cast<std::uint32_t>(id), static_cast<std::uint32_t>(id >> 32),
                                            static_cast<std::uint32_t>(step),
                                            (static_cast<std::uint32_t>(stream) << 16) | (draw & 0xffffU)}};
  const auto out = r123::Philox4x32{}(counter, key);
  return {out[0], out[1], out[2], out[3]};
}

double Noise::uniform(Stream stream, AgentId id, std::uint64_t step, std::uint32_t draw) const {
  const auto b = bits(stream, id, step, draw);
  return open_unit(b[0], b[1]);
}

std::array<double, 2> Noise::normals(Stream stream, AgentId id, std::uint64_t step, std::uint32_t draw) const {
  const auto b = bits(stream, id, step, draw);
  const double radius = std::sqrt(-2.0 * pinned::log(open_unit(b[0], b[1])));
  double s = 0, c = 0;
  pinned::sincos_2pi(open_unit(b[2], b[3]), s, c);
  return {radius * c, radius * s};
}

std::array<float, 4> Noise::four_normals(Stream stream, AgentId id, std::uint64_t step, std::uint32_t draw) const {
  const auto b = bits(stream, id, step, draw);
  std::array<float, 4> normals{};
  pinned::box_muller(b[0], b[1], normals[0], normals[1]);
  pinned::box_muller(b[2], b[3], normals[2], normals[3]);
  return normals;
}

std::uint64_t poisson_quantile(double mean, double none, double u) {
  double term = none, sum = none;
  std::uint64_t k = 0;
  while (u > sum && k < 1000) sum += term *= mean / static_cast<double>(++k);
  return k;
}

std::uint64_t Noise::poisson(double mean, Stream stream, AgentId id, std::uint64_t step) const {
  if (!(mean > 0)) return 0;
  if (mean < kPoissonByInversion) return poisson_quantile(mean, pinned::exp(-mean), uniform(stream, id, step));
  // PTRS: Hoermann, Insurance: Mathematics and Economics 12 (1993) 39.
  const double b = 0.931 + 2.53 * std::sqrt(mean), a = -0.059 + 0.02483 * b;
  const double inverse_alpha = 1.1239 + 1.1328 / (b - 3.4), v_limit = 0.9277 - 3.6224 / (b - 2);
  for (std::uint32_t draw = 0;; ++draw) {
    const auto bit = bits(stream, id, step, draw);
    const double u = open_unit(bit[0], bit[1]) - 0.5, v = open_unit(bit[2], bit[3]);
    const double us = 0.5 - std::abs(u), k = std::floor((2 * a / us + b) * u + mean + 0.43);
    if (us >= 0.07 && v <= v_limit) return static_cast<std::uint64_t>(k);
    if (k < 0 || (us < 0.013 && v > us)) continue;
    if (pinned::log(v * inverse_alpha / (a / (us * us) + b)) <= k * pinned::log(mean) - mean - log_factorial(k))
      return static_cast<std::uint64_t>(k);
  }
}

std::uint64_t Noise::binomial(std::uint64_t n, double p, Stream stream, AgentId id, std::uint64_t step) const {
  if (n == 0 || !(p > 0)) return 0;
  if (p >= 1) return n;
  if (p > 0.5) return n - binomial(n, 1 - p, stream, id, step);
  const double count = static_cast<double>(n), ratio = p / (1 - p);
  if (count * p < 30) {
    const double u = uniform(stream, id, step);
    double term = pinned::exp(count * pinned::log(1 - p)), sum = term;
    std::uint64_t k = 0;
    while (u > sum && k < n) {
      term *= ratio * static_cast<double>(n - k) / static_cast<double>(k + 1);
      sum += term;
      ++k;
    }
    return k;
  }
  // BTRS: Hoermann, J. Stat. Comput. Simul. 46 (1993) 101.
  const double sd = std::sqrt(count * p * (1 - p)), b = 1.15 + 2.53 * sd, a = -0.0873 + 0.0248 * b + 0.01 * p;
  const double alpha = (2.83 + 5.1 / b) * sd, v_limit = 0.92 - 4.2 / b, m = std::floor((count + 1) * p);
  for (std::uint32_t draw = 0;; ++draw) {
    const auto bit = bits(stream, id, step, draw);
    const double u = open_unit(bit[0], bit[1]) - 0.5, v = open_unit(bit[2], bit[3]);
    const double us = 0.5 - std::abs(u), k = std::floor((2 * a / us + b) * u + count * p + 0.5);
    if (k < 0 || k > count) continue;
    if (us >= 0.07 && v <= v_limit) return static_cast<std::uint64_t>(k);
    const double bound = (m + 0.5) * pinned::log((m + 1) / (ratio * (count - m + 1))) +
                         (count + 1) * pinned::log((count - m + 1) / (count - k + 1)) +
                         (k + 0.5) * pinned::log(ratio * (count - k + 1) / (k + 1)) + stirling_tail(m) +
                         stirling_tail(count - m) - stirling_tail(k) - stirling_tail(count - k);
    if (pinned::log(v * alpha / (a / (us * us) + b)) <= bound) return static_cast<std::uint64_t>(k);
  }
}

}  // namespace interstice
