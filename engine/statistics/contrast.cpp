#include "engine/statistics/contrast.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>
#include <numeric>

#include "engine/core/error.h"
#include "engine/statistics/distributions.h"

namespace interstice {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

struct Pairs {
  std::vector<double> first, second;
};

Pairs complete_pairs(std::span<const double> first, std::span<const double> second) {
  assert(first.size() == second.size());
  Pairs pairs;
  for (std::size_t i = 0; i < first.size(); ++i) {
    if (std::isnan(first[i]) || std::isnan(second[i])) continue;
    pairs.first.push_back(first[i]);
    pairs.second.push_back(second[i]);
  }
  return pairs;
}

double mean_of(std::span<const double> values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

/// Sample covariance.
double covariance(std::span<const double> a, std::span<const double> b) {
  const double mean_a = mean_of(a), mean_b = mean_of(b);
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += (a[i] - mean_a) * (b[i] - mean_b);
  return sum / static_cast<double>(a.size() - 1);
}

}  // namespace

Estimate student_mean(std::span<const double> values) {
  std::vector<double> known(values.begin(), values.end());
  std::erase_if(known, [](double value) { return std::isnan(value); });
  if (known.empty()) throw InputError("no value to average (all runs failed) look at why they did");
  const auto n = static_cast<double>(known.size());
  const double mean = mean_of(known);
  if (known.size() == 1) return {1, mean, -kInfinity, kInfinity};
  const double half = student_quantile(0.975, n - 1) * std::sqrt(covariance(known, known) / n);
  return {known.size(), mean, mean - half, mean + half};
}

Estimate paired_difference(std::span<const double> first, std::span<const double> second) {
  assert(first.size() == second.size());
  std::vector<double> difference(first.size());
  for (std::size_t i = 0; i < first.size(); ++i) difference[i] = second[i] - first[i];
  return student_mean(difference);
}

RatioEstimate paired_ratio(std::span<const double> numerator, std::span<const double> denominator) {
  const auto [above, below] = complete_pairs(numerator, denominator);
  if (above.empty()) throw InputError("no pair to compare (all runs failed) look at why they did");
  const auto n = static_cast<double>(above.size());
  const double a = mean_of(above), b = mean_of(below);
  RatioEstimate result{above.size(), a / b, RatioEstimate::Shape::anything, -kInfinity, kInfinity};
  if (above.size() < 2) return result;

  // All rho with (a - rho b)^2 <= t^2 var(a - rho b), that is square rho^2 - 2 mixed rho + rest <= 0.
  const double t = student_quantile(0.975, n - 1), weight = t * t / n;
  const double square = b * b - weight * covariance(below, below);
  const double mixed = a * b - weight * covariance(above, below);
  const double rest = a * a - weight * covariance(above, above);
  const double discriminant = mixed * mixed - square * rest;
  if (square == 0 || (square < 0 && discriminant < 0)) return result;
  const double root = std::sqrt(std::max(discriminant, 0.0));  // with square > 0 rounding alone makes it negative
  const double one = (mixed - root) / square, other = (mixed + root) / square;
  result.shape = square > 0 ? RatioEstimate::Shape::interval : RatioEstimate::Shape::outside;
  result.low = std::min(one, other);
  result.high = std::max(one, other);
  return result;
}

std::size_t replicates_needed(std::span<const double> pilot, double half_width) {
  std::vector<double> known(pilot.begin(), pilot.end());
  std::erase_if(known, [](double value) { return std::isnan(value); });
  if (known.size() < 2)
    throw InputError("replicates cannot be planned from fewer than two values (no scatter) run more");
  if (!(half_width > 0))
    throw InputError("a half width must be positive (no number of replicates gives zero) choose one");
  const double t = student_quantile(0.975, static_cast<double>(known.size() - 1));
  const double needed = t * t * covariance(known, known) / (half_width * half_width);
  return std::max(known.size(), static_cast<std::size_t>(std::ceil(needed)));
}

Estimate gain_of_pairing(std::span<const double> first, std::span<const double> second) {
  const Pairs pairs = complete_pairs(first, second);
  const std::size_t n = pairs.first.size();
  if (n < 3) throw InputError("the gain of pairing needs three pairs (fewer say nothing of its scatter) run more");
  std::vector<double> sum(n), difference(n);
  for (std::size_t i = 0; i < n; ++i) {
    sum[i] = pairs.first[i] + pairs.second[i];
    difference[i] = pairs.second[i] - pairs.first[i];
  }
  const double above = covariance(sum, sum), below = covariance(difference, difference);
  if (below <= 1e-14 * above) return {n, kInfinity, 0, kInfinity};

  // All ratios delta^2 at which sum + delta difference and sum - delta difference are not correlated: t^2 of n - 2.
  const auto freedom = static_cast<double>(n - 2);
  const double mixed = covariance(sum, difference), t = student_quantile(0.975, freedom);
  const double unexplained = above > 0 ? 1 - std::min(mixed * mixed / (above * below), 1.0) : 1.0;
  const double k = 2 * t * t * unexplained / freedom;
  const double factor = 1 + k + std::sqrt(k * (2 + k)), ratio = above / below;
  return {n, 0.5 * (1 + ratio), 0.5 * (1 + ratio / factor), 0.5 * (1 + ratio * factor)};
}

}  // namespace interstice
