#include "engine/statistics/sensitivity.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numeric>

#include "engine/core/error.h"
#include "engine/statistics/contrast.h"
#include "engine/statistics/distributions.h"
#include "engine/statistics/rank_correlation.h"

namespace interstice {
namespace {

/// Outputs of one row of a Saltelli design: A, B, AB_0, AB_1, ...
using OutputRow = std::span<const double>;

struct IndexSums {
  double mean = 0, variance = 0;
  std::vector<double> first, total;
};

/// The estimators over the drawn rows.
IndexSums estimate_indices(const std::vector<OutputRow>& rows, std::span<const std::size_t> drawn,
                           FirstOrder estimator) {
  const std::size_t k = rows.front().size() - 2;
  const auto n = static_cast<double>(drawn.size());
  IndexSums sums{0, 0, std::vector<double>(k, 0.0), std::vector<double>(k, 0.0)};
  double centre = 0;  // the mean of all outputs: without it, f(B) (f(AB_i) - f(A)) would scatter with its square
  for (const std::size_t row : drawn) {
    sums.mean += rows[row][0] + rows[row][1];
    centre += std::accumulate(rows[row].begin(), rows[row].end(), 0.0);
  }
  sums.mean /= 2 * n;
  centre /= n * static_cast<double>(k + 2);
  for (const std::size_t row : drawn) {
    const double a = rows[row][0], b = rows[row][1];
    sums.variance += (a - sums.mean) * (a - sums.mean) + (b - sums.mean) * (b - sums.mean);
    for (std::size_t i = 0; i < k; ++i) {
      const double ab = rows[row][2 + i];
      sums.total[i] += 0.5 * (a - ab) * (a - ab);
      sums.first[i] += estimator == FirstOrder::saltelli ? (b - centre) * (ab - a) : -0.5 * (b - ab) * (b - ab);
    }
  }
  sums.variance /= 2 * n - 1;
  for (std::size_t i = 0; i < k; ++i) {
    sums.total[i] /= n * sums.variance;
    sums.first[i] /= n * sums.variance;
    if (estimator == FirstOrder::jansen) sums.first[i] += 1;
  }
  return sums;
}

std::vector<OutputRow> complete_rows(std::span<const double> value, std::size_t length) {
  std::vector<OutputRow> rows;
  for (std::size_t at = 0; at + length <= value.size(); at += length) {
    const OutputRow row = value.subspan(at, length);
    if (std::none_of(row.begin(), row.end(), [](double y) { return std::isnan(y); })) rows.push_back(row);
  }
  return rows;
}

/// Share of the variance of y that lies between classes, with its interval.
Estimate between_classes(std::span<const double> y, std::span<const std::size_t> class_of, std::size_t classes) {
  const auto n = static_cast<double>(y.size());
  std::vector<double> sum(classes, 0.0), count(classes, 0.0);
  const double mean = std::accumulate(y.begin(), y.end(), 0.0) / n;
  for (std::size_t p = 0; p < y.size(); ++p) {
    sum[class_of[p]] += y[p];
    count[class_of[p]] += 1;
  }
  const auto empty =
      std::count(count.begin(), count.end(), 0.0);  // a list may have fewer values than there are classes
  const double degrees = static_cast<double>(classes) - static_cast<double>(empty) - 1;
  double whole = 0, within = 0;
  const auto off_class = [&](std::size_t p) { return y[p] - sum[class_of[p]] / count[class_of[p]]; };
  for (std::size_t p = 0; p < y.size(); ++p) {
    whole += (y[p] - mean) * (y[p] - mean);
    within += off_class(p) * off_class(p);
  }
  const double share = 1 - within / (n - degrees - 1) / (whole / (n - 1));
  double variance = 0;
  for (std::size_t p = 0; p < y.size(); ++p) {
    const double influence = within / whole * (y[p] - mean) * (y[p] - mean) - off_class(p) * off_class(p);
    variance += influence * influence / (whole * whole);
  }
  // Means of classes scatter by themselves, which counts double in the sum above.
  const double of_means = 2 * degrees * std::pow(within / whole / n, 2);
  variance = std::max(variance - of_means, of_means);
  const double half = normal_quantile(0.975) * std::sqrt(variance);
  return {y.size(), share, share - half, share + half};
}

}  // namespace

SobolIndices sobol_indices(const SaltelliDesign& design, std::span<const double> value, std::uint64_t seed,
                           std::string_view key, FirstOrder estimator) {
  assert(value.size() == design.point.size());
  const std::size_t k = design.factor.size();
  const std::vector<OutputRow> rows = complete_rows(value, k + 2);
  const std::size_t n = rows.size();
  if (n < 2)
    throw InputError(
        fmt::format("{} of {} rows of the design are complete (runs failed) Sobol' indices need two", n, design.rows));
  std::vector<std::size_t> drawn(n);
  std::iota(drawn.begin(), drawn.end(), std::size_t{0});
  const IndexSums all = estimate_indices(rows, drawn, estimator);

  std::vector<std::vector<double>> first(k), total(k);
  const Resampling resampling(seed, key);
  for (std::size_t resample = 0; resample < kResamples; ++resample) {
    resampling.draw(resample, drawn);
    const IndexSums some = estimate_indices(rows, drawn, estimator);
    for (std::size_t i = 0; i < k; ++i) {
      first[i].push_back(some.first[i]);
      total[i].push_back(some.total[i]);
    }
  }
  SobolIndices result{.index = {}, .left_out = design.rows - n, .mean = all.mean, .variance = all.variance};
  for (std::size_t i = 0; i < k; ++i)
    result.index.push_back({design.factor[i],
                            {n, all.first[i], quantile(first[i], 0.025), quantile(first[i], 0.975)},
                            {n, all.total[i], quantile(total[i], 0.025), quantile(total[i], 0.975)}});
  return result;
}

FirstOrderShares first_order_shares(const std::vector<std::string>& names, const std::vector<FactorValues>& point,
                                    std::span<const double> value) {
  assert(point.size() == value.size());
  constexpr std::size_t kFewest = 30;
  std::vector<double> output;
  for (const double y : value)
    if (!std::isnan(y)) output.push_back(y);
  const std::size_t n = output.size();
  if (n < kFewest)
    throw InputError(
        fmt::format("{} points with a value (shares of the variance need at least {}) run more", n, kFewest));
  FirstOrderShares result{.share = {}, .classes = 0, .left_out = value.size() - n};
  result.classes = static_cast<std::size_t>(std::lround(2 * std::cbrt(static_cast<double>(n))));
  for (std::size_t f = 0; f < names.size(); ++f) {
    std::vector<double> factor;
    for (std::size_t p = 0; p < point.size(); ++p)
      if (!std::isnan(value[p])) factor.push_back(point[p][f]);
    std::vector<std::size_t> class_of;
    for (const double rank : mid_ranks(factor))
      class_of.push_back(
          static_cast<std::size_t>((rank - 0.5) / static_cast<double>(n) * static_cast<double>(result.classes)));
    result.share.push_back({names[f], between_classes(output, class_of, result.classes)});
  }
  return result;
}

MorrisEffects morris_effects(const MorrisDesign& design, std::span<const double> value) {
  assert(value.size() == design.point.size());
  const std::size_t k = design.factor.size();
  MorrisEffects result;
  std::vector<std::vector<double>> effect(k), size(k);
  for (std::size_t t = 0; t < design.trajectories; ++t) {
    const auto y = value.subspan(t * (k + 1), k + 1);
    if (std::any_of(y.begin(), y.end(), [](double output) { return std::isnan(output); })) {
      ++result.left_out;
      continue;
    }
    for (std::size_t m = 0; m < k; ++m) {
      const MorrisDesign::Move& move = design.move[t * k + m];
      effect[move.factor].push_back((y[m + 1] - y[m]) / move.step);
      size[move.factor].push_back(std::abs(effect[move.factor].back()));
    }
  }
  if (result.left_out == design.trajectories)
    throw InputError("no trajectory of the Morris design is complete (runs failed) look at why they did");
  for (std::size_t i = 0; i < k; ++i) {
    const Estimate mu = student_mean(effect[i]);
    double squares = 0;
    for (const double one : effect[i]) squares += (one - mu.mean) * (one - mu.mean);
    const double sigma = mu.n > 1 ? std::sqrt(squares / static_cast<double>(mu.n - 1)) : std::nan("");
    result.effect.push_back({design.factor[i], mu, student_mean(size[i]), sigma});
  }
  return result;
}

}  // namespace interstice
