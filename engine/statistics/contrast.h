/// @file
/// Two arms with paired replicates: their difference, their ratio, what the pairing gained, and how many replicates a
/// wanted precision takes. A pair of which one value is NaN (a run that failed) is left out whole.
#pragma once

#include <span>

#include "engine/statistics/bootstrap.h"

namespace interstice {

/// Mean with Student's 95 % interval, mean +- t s / sqrt(n): exact for normal values whatever n is. NaN is left out.
/// A single value has low = -infinity, high = +infinity: nothing is known of its scatter. Needs a value.
Estimate student_mean(std::span<const double> values);

/// student_mean of second - first over the pairs; n counts the pairs.
Estimate paired_difference(std::span<const double> first, std::span<const double> second);

/// Where the ratio of two means lies.
struct RatioEstimate {
  enum class Shape {
    interval,  ///< low .. high
    outside,   ///< below low or above high: the denominator may be zero, but a ratio near its sign change is excluded
    anything,  ///< no ratio is excluded
  };
  std::size_t n = 0;
  double ratio = 0;
  Shape shape = Shape::anything;
  double low = 0, high = 0;
};

/// mean(numerator) / mean(denominator) over the pairs, with all ratios rho at which mean(numerator - rho denominator)
/// does not differ from zero (Fieller 1954, 95 %, Student's t).
RatioEstimate paired_ratio(std::span<const double> numerator, std::span<const double> denominator);

/// Replicates after which Student's 95 % interval of a mean has at most this half width, from a pilot of n0 values:
/// max(n0, (t(n0 - 1) s / half_width)^2) (Stein 1945), which holds whatever the true scatter is; a short pilot pays
/// for what it does not know. Throws InputError for less than two values or a half width that is not positive.
std::size_t replicates_needed(std::span<const double> pilot, double half_width);

/// (var(first) + var(second)) / var(second - first) over the pairs: how many times fewer replicates the difference
/// takes than it would with independent arms; below 1 where pairing harms. It is (1 + var(sum) / var(difference)) / 2,
/// and the ratio of variances of correlated numbers has an exact interval for normal ones (Pitman 1939, Morgan 1939).
/// Infinite where all pairs differ by the same. Throws InputError for less than three pairs.
Estimate gain_of_pairing(std::span<const double> first, std::span<const double> second);

}  // namespace interstice
