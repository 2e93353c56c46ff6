/// @file
/// Weights of the series.
#include "engine/fields/diffusion/hop_series.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

#include "engine/core/pinned_math.h"

namespace interstice {
namespace {

constexpr double kStep = 0.25;        ///< q is a multiple of it
constexpr double kFewHops = 2;        ///< up to here there is more to lose by a cut
constexpr double kSlowDecay = 1;      ///< up to here decay is part of the hops
constexpr double kNegligible = 1e-8;  ///< of all weights

/// phi2(-a), the sum of all w_k.
double level_weight(double a) {
  if (a > 0.01) return (a + pinned::expm1(-a)) / (a * a);
  return 0.5 - a * (1.0 / 6 - a * (1.0 / 24 - a * (1.0 / 120 - a / 720)));
}

/// w_0, ..., w_n without any cut.
std::vector<double> whole_series(double q, double a, std::size_t n) {
  const double s = q + a;
  std::vector<double> mean(n + 2), w(n + 1);  // mean: the same integrals without (1 - t)
  double poisson = pinned::exp(-s);           // e^-s q^k/k!
  mean[0] = -pinned::expm1(-s) / s;
  for (std::size_t k = 1; k < mean.size(); ++k) {
    poisson *= q / static_cast<double>(k);
    mean[k] = std::max(0.0, (q * mean[k - 1] - poisson) / s);
  }
  for (std::size_t k = 0; k <= n; ++k) w[k] = std::max(0.0, mean[k] - static_cast<double>(k + 1) / q * mean[k + 1]);
  return w;
}

/// ((1 - d)^k - 1 + dk) 2/d^2, which is k (k - 1) if d is 0.
double pairs(double k, double d) {
  if (d > 1e-4) return (pinned::pow(1 - d, k) - 1 + d * k) * 2 / (d * d);
  return k * (k - 1) * (1 - d * (k - 2) / 3 * (1 - d * (k - 3) / 4));
}

/// Poisson numbers of mean q up to `most`, times a parabola that gives them the sum 1, the mean q and, where hops keep
/// 1 - d, what a level field keeps, e^-qd; the variance q if d is 0.
std::vector<double> short_poisson(double q, double d, std::size_t most) {
  std::vector<double> p(most + 1);
  p[0] = pinned::exp(-q);
  for (std::size_t k = 1; k <= most; ++k) p[k] = p[k - 1] * q / static_cast<double>(k);
  const auto x = [&](std::size_t k) { return (static_cast<double>(k) - q) / std::sqrt(q); };
  std::array<std::array<double, 3>, 3> m{};  // row: what is asked; column: power of x
  for (std::size_t k = 0; k <= most; ++k) {
    const std::array<double, 3> asked{1, x(k), pairs(static_cast<double>(k), d) / (q * q)};
    double power = p[k];
    for (std::size_t j = 0; j < 3; ++j, power *= x(k)) {
      for (std::size_t i = 0; i < 3; ++i) m[i][j] += asked[i] * power;
    }
  }
  const std::array<double, 3> right{1, 0, 2 * level_weight(q * d)};
  const auto det = [](const auto& n) {
    return n[0][0] * (n[1][1] * n[2][2] - n[1][2] * n[2][1]) - n[0][1] * (n[1][0] * n[2][2] - n[1][2] * n[2][0]) +
           n[0][2] * (n[1][0] * n[2][1] - n[1][1] * n[2][0]);
  };
  std::array<double, 3> a{};  // by Cramer's rule
  for (std::size_t j = 0; j < 3; ++j) {
    auto n = m;
    for (std::size_t i = 0; i < 3; ++i) n[i][j] = right[i];
    a[j] = det(n) / det(m);
  }
  for (std::size_t k = 0; k <= most; ++k) p[k] *= a[0] + x(k) * (a[1] + x(k) * a[2]);
  return p;
}

/// sum_{j > k} p_j / q for each k but the last.
std::vector<double> tails(const std::vector<double>& p, double q) {
  std::vector<double> tail(p.size() - 1);
  double sum = 0;
  for (std::size_t k = tail.size(); k-- > 0;) tail[k] = (sum += p[k + 1]) / q;
  return tail;
}

}  // namespace

HopSeries hop_series(double lost, double decayed) {
  HopSeries series;
  const bool fast = decayed > kSlowDecay;
  const double q = series.q = kStep * std::max(1.0, std::ceil((fast ? lost : lost + decayed) / kStep));
  const double a = fast ? decayed : 0, per_hop = fast ? 0 : decayed / q;
  const bool few = q <= kFewHops;
  const auto most =
      static_cast<std::size_t>(std::ceil(fast ? q + 5 * std::sqrt(q) + 5 : q + 2.1 * std::sqrt(q) + (few ? 2.2 : 2)));
  std::vector<double> w = fast ? whole_series(q, a, most - 2) : tails(tails(short_poisson(q, per_hop, most), q), q);
  double left = 0;
  while (w.size() > 2 && (left += w.back()) < kNegligible * level_weight(decayed)) w.pop_back();
  series.kept = static_cast<float>(1 - per_hop);
  series.weights.assign(w.begin(), w.end());
  return series;
}

}  // namespace interstice
