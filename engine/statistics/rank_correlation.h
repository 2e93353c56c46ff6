/// @file
/// Monotone dependence of an output on sampled factors, by ranks.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "engine/statistics/bootstrap.h"
#include "engine/statistics/factor_space.h"

namespace interstice {

struct RankCorrelation {
  std::string factor;
  Estimate spearman;  ///< correlation of the ranks of factor and output
  Estimate partial;   ///< the same after a linear regression of both on the ranks of all other factors (PRCC)
};

struct RankCorrelations {
  std::vector<RankCorrelation> factor;  ///< in the order of the names; n counts points
  std::size_t left_out = 0;             ///< points whose run has no value (NaN)
};

/// Ranks from 1; equal values share the mean of theirs.
std::vector<double> mid_ranks(std::span<const double> values);

/// Over independent points (random, Latin, Sobol'), point[p][f] and value[p]. Intervals are of Fisher's z = atanh(r)
/// with the variance (1 + r^2 / 2) / (n - 3) of ranks (Bonett & Wright 2000), for partial ones with n less by the
/// number of other factors. NaN where a factor or the output does not vary; partial ones also where ranks of factors
/// determine each other. Throws InputError for fewer than factors + 4 points with a value.
RankCorrelations rank_correlations(const std::vector<std::string>& names, const std::vector<FactorValues>& point,
                                   std::span<const double> value);

}  // namespace interstice
