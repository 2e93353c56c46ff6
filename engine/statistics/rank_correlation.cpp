#include "engine/statistics/rank_correlation.h"

#include <fmt/format.h>

#include <Eigen/Dense>
#include <algorithm>
#include <cassert>
#include <cmath>
#include <numeric>

#include "engine/core/error.h"
#include "engine/statistics/distributions.h"

namespace interstice {
namespace {

Estimate with_interval(double r, std::size_t n, std::size_t others) {
  const double z = std::atanh(std::clamp(r, -1.0, 1.0));
  const double variance = (1 + r * r / 2) / static_cast<double>(n - others - 3);
  const double half = normal_quantile(0.975) * std::sqrt(variance);
  return {n, r, std::tanh(z - half), std::tanh(z + half)};
}

/// Columns of ranks less their mean, of length one; the last is that of the output. A constant column is NaN.
Eigen::MatrixXd standard_ranks(const std::vector<const FactorValues*>& point, const std::vector<double>& value) {
  const std::size_t n = point.size(), k = point.front()->size();
  Eigen::MatrixXd ranks(n, k + 1);
  std::vector<double> column(n);
  for (std::size_t f = 0; f <= k; ++f) {
    for (std::size_t p = 0; p < n; ++p) column[p] = f == k ? value[p] : (*point[p])[f];
    const std::vector<double> rank = mid_ranks(column);
    auto standard = ranks.col(static_cast<Eigen::Index>(f));
    standard = Eigen::Map<const Eigen::VectorXd>(rank.data(), static_cast<Eigen::Index>(n));
    standard.array() -= standard.mean();
    standard /= standard.norm();
  }
  return ranks;
}

/// Partial correlation of each column with the last, from the inverse of their correlations.
std::vector<double> partial_correlations(const Eigen::MatrixXd& correlation) {
  const Eigen::Index k = correlation.rows() - 1;
  const Eigen::FullPivLU<Eigen::MatrixXd> factored(correlation);
  if (!correlation.allFinite() || factored.rcond() < 1e-12)
    return std::vector<double>(static_cast<std::size_t>(k), std::nan(""));
  const Eigen::MatrixXd inverse = factored.inverse();
  std::vector<double> partial;
  for (Eigen::Index f = 0; f < k; ++f) partial.push_back(-inverse(f, k) / std::sqrt(inverse(f, f) * inverse(k, k)));
  return partial;
}

}  // namespace

std::vector<double> mid_ranks(std::span<const double> values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
  std::vector<double> rank(values.size());
  for (std::size_t first = 0, end = 0; first < order.size(); first = end) {
    while (end < order.size() && values[order[end]] == values[order[first]]) ++end;
    for (std::size_t i = first; i < end; ++i) rank[order[i]] = static_cast<double>(first + end + 1) / 2;
  }
  return rank;
}

RankCorrelations rank_correlations(const std::vector<std::string>& names, const std::vector<FactorValues>& point,
                                   std::span<const double> value) {
  assert(point.size() == value.size());
  std::vector<const FactorValues*> known;
  std::vector<double> output;
  for (std::size_t p = 0; p < point.size(); ++p) {
    if (std::isnan(value[p])) continue;
    known.push_back(&point[p]);
    output.push_back(value[p]);
  }
  RankCorrelations result{.factor = {}, .left_out = point.size() - known.size()};
  const std::size_t n = known.size(), k = names.size();
  if (n < k + 4)
    throw InputError(fmt::format("{} points with a value for {} factors (rank correlations need at least {}) run more",
                                 n, k, k + 4));
  const Eigen::MatrixXd ranks = standard_ranks(known, output);
  const Eigen::MatrixXd correlation = ranks.transpose() * ranks;
  const std::vector<double> partial = partial_correlations(correlation);
  for (std::size_t f = 0; f < k; ++f) {
    const double spearman = correlation(static_cast<Eigen::Index>(f), static_cast<Eigen::Index>(k));
    result.factor.push_back({names[f], with_interval(spearman, n, 0), with_interval(partial[f], n, k - 1)});
  }
  return result;
}

}  // namespace interstice
