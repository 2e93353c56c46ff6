/// @file
/// Which factors an output depends on: shares of its variance (Sobol' indices, from a design of their own or from any
/// points), elementary effects (Morris). A row of
/// the design that holds a run without a value (NaN, it failed) is left out whole and counted.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/statistics/bootstrap.h"
#include "engine/statistics/design.h"

namespace interstice {

/// How first-order indices are estimated from f(A), f(B) and f(AB_i), A with factor i of B, over n rows.
enum class FirstOrder : std::uint8_t {
  saltelli,  ///< mean of f(B) (f(AB_i) - f(A)) / V (Saltelli et al. 2010, with f less its mean): small indices
  jansen,    ///< 1 - mean of (f(B) - f(AB_i))^2 / (2 V) (Jansen 1999): large indices
};

struct SobolIndex {
  std::string factor;
  Estimate first;  ///< share of the variance that knowing the factor would remove on average
  Estimate total;  ///< share that is left when all others are known: mean of (f(A) - f(AB_i))^2 / (2 V) (Jansen 1999)
};

struct SobolIndices {
  std::vector<SobolIndex> index;  ///< in the order of the design; n counts the rows used
  std::size_t left_out = 0;       ///< rows
  double mean = 0, variance = 0;  ///< of f(A) and f(B) together; V is this variance
};

/// `value` in the order of design.point. Intervals are of the percentile bootstrap over rows; they do not know that
/// Sobol' points are more even than random ones, so they are on the wide side. All NaN where the output does not vary.
/// Throws InputError where fewer than two rows are complete.
SobolIndices sobol_indices(const SaltelliDesign& design, std::span<const double> value, std::uint64_t seed,
                           std::string_view key, FirstOrder estimator = FirstOrder::saltelli);

/// Share of the variance that knowing one factor would remove, from points that were not made for it.
struct FirstOrderShare {
  std::string factor;
  Estimate share;  ///< n counts points
};

struct FirstOrderShares {
  std::vector<FirstOrderShare> share;  ///< in the order of the names
  std::size_t classes = 0;             ///< of equally many points each, by the values of the factor
  std::size_t left_out = 0;            ///< points whose run has no value (NaN)
};

/// Over independent points (random, Latin, Sobol'), with constraints too: 1 - variance within classes of a factor's
/// values / variance, each by its degrees of freedom (given-data estimator of Plischke et al. 2013 with the correction
/// of Kelley 1935, so that a factor that does nothing has a share of zero on average). It sees what is not monotone,
/// which ranks do not; total indices it cannot give. Where constraints tie factors together, their shares overlap.
/// 2 n^(1/3) classes; intervals by the delta method. Throws InputError for fewer than 30 points with a value.
FirstOrderShares first_order_shares(const std::vector<std::string>& names, const std::vector<FactorValues>& point,
                                    std::span<const double> value);

/// Elementary effects of a factor: change of the output over change of the factor's share of its range, one per
/// trajectory.
struct MorrisEffect {
  std::string factor;
  Estimate mu;       ///< their mean (Morris 1991)
  Estimate mu_star;  ///< mean of their sizes (Campolongo et al. 2007)
  double sigma = 0;  ///< their standard deviation: large where the effect is curved or depends on other factors
};

struct MorrisEffects {
  std::vector<MorrisEffect> effect;  ///< in the order of the design; n counts trajectories
  std::size_t left_out = 0;          ///< trajectories
};

/// `value` in the order of design.point; intervals of Student's t over trajectories. Throws InputError where no
/// trajectory is complete.
MorrisEffects morris_effects(const MorrisDesign& design, std::span<const double> value);

}  // namespace interstice
