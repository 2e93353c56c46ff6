/// @file
/// Draws of replicates, and what follows from them: quantiles, means with bootstrap intervals, draws of mean curves.
/// All draws are pure functions of (seed, key, resample, replicate): a further replicate leaves the numbers drawn for
/// the others as they are, and the same values always give the same interval.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "engine/core/noise.h"

namespace interstice {

/// A number with its 95 % interval; low = high = mean where nothing is known of its scatter.
struct Estimate {
  std::size_t n = 0;  ///< values that it stands on
  double mean = 0, low = 0, high = 0;
};

inline constexpr std::size_t kResamples = 2000;  ///< behind every bootstrap interval unless said otherwise

/// Quantile p in [0, 1] with linear interpolation between order statistics (Hyndman & Fan 1996, type 7). NaN (no value
/// in that replicate) is left out; NaN when nothing is left.
double quantile(std::vector<double> values, double p);

/// Rows drawn with replacement (Efron 1979).
class Resampling {
 public:
  Resampling(std::uint64_t seed, std::string_view key);
  /// As many of the rows 0 .. row.size() - 1 as there are, some of them several times.
  void draw(std::size_t resample, std::span<std::size_t> row) const;

 private:
  Noise noise_;
  AgentId id_;
};

/// Percentile bootstrap of the mean. Needs at least one value. Too narrow for few values: intervals of 20 normal
/// numbers hold the mean in 93 %, of 5 in 84 %. Where an interval decides, see contrast.h.
Estimate bootstrap_mean(std::span<const double> values, std::uint64_t seed, std::string_view key);

/// Draws of the mean of replicates that are curves: y[r][k], replicate r at place k, NaN where a run failed.
///
///   mean*[k] = mean[k] + t sum_r w_r (y[r][k] - mean[k]) / sqrt(n_k (n_k - 1)),  t^2 = df / chi2(df)
///
/// with standard normal w_r: a multiplier bootstrap (Mammen 1993). It keeps what replicates have in common along the
/// curve, draws the covariance of the mean without the bias (n - 1) / n of drawn rows, and its t, df = least n_k less
/// one, makes every linear combination of places Student-t, as it is for normal replicates. So intervals hold for few
/// replicates, which need not be independent along the curve.
class MeanDraws {
 public:
  /// Throws InputError where a place has fewer than two values.
  MeanDraws(std::vector<std::vector<double>> replicates, std::uint64_t seed, std::string_view key);
  [[nodiscard]] const std::vector<double>& mean() const { return mean_; }
  [[nodiscard]] const std::vector<std::size_t>& count() const { return count_; }  ///< values behind each mean
  /// Draw b of the mean curve.
  [[nodiscard]] std::vector<double> draw(std::size_t b) const;
  /// What draw b adds to the mean.
  [[nodiscard]] std::vector<double> deviation(std::size_t b) const;
  /// The same for sums of squares over all places: its t has df (tr S)^2 / tr S^2 degrees of freedom, S being the
  /// covariance of what replicates do along the curve but for their level (Box 1954). A sum over many places knows its
  /// scatter better than one place does.
  [[nodiscard]] std::vector<double> broad_deviation(std::size_t b) const;

 private:
  [[nodiscard]] std::vector<double> scaled_deviation(std::size_t b, std::size_t freedom) const;

  Noise noise_;
  AgentId id_;
  std::vector<double> mean_;
  std::vector<std::size_t> count_;
  std::size_t freedom_ = 0, broad_freedom_ = 0;
  std::vector<std::vector<double>> scatter_;  ///< (y[r][k] - mean[k]) / sqrt(n_k (n_k - 1)), 0 where missing
};

}  // namespace interstice
