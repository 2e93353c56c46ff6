/// @file
/// Where a curve that was sampled at growing values of a parameter first reaches zero: the factor at which one effect
/// equals another, the share at which an advantage is lost.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "engine/statistics/censored.h"

namespace interstice {

/// The least x at which the difference is zero or more, straight lines over log x between samples; `below` the first x
/// where it already is there, `above` the last where it never is. x is positive and grows.
Censored first_crossing(std::span<const double> x, std::span<const double> difference);

/// Of the mean of replicates difference[r][k] at x[k] (NaN: failed), by a natural cubic spline over log x. Its 95 %
/// interval begins where Student's interval of the mean there first reaches zero, and ends where all of it first is
/// above: what a test at each place does not exclude. All of the range for a single replicate. Between places it is as
/// good as the spline: effects that rise within threefold of x want four places or more per decade. The shares beyond
/// the range are of draws of the mean curve (MeanDraws). Throws InputError where a place has no two values and there
/// are several replicates.
CensoredEstimate mean_crossing(std::span<const double> x, const std::vector<std::vector<double>>& difference,
                               std::uint64_t seed, std::string_view key);

}  // namespace interstice
