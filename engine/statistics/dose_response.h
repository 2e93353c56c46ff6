/// @file
/// Dose-response curves: the four-parameter logistic over log dose, its dose at half effect and its effect with
/// intervals over replicates, and whether the response follows such a curve at all.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "engine/statistics/bootstrap.h"
#include "engine/statistics/censored.h"

namespace interstice {

/// bottom + (top - bottom) / (1 + (half_dose / dose)^hill) (Hill 1910); the bottom is the response to no dose, the top
/// that to endless ones, above or below it.
struct Logistic {
  double bottom = 0, top = 0;
  double half_dose = 0;  ///< EC50 [unit of the doses]
  double hill = 1;       ///< positive
  [[nodiscard]] double at(double dose) const;
};

inline constexpr double kLeastHill = 0.25, kMostHill = 8;

/// The nearest logistic by least squares of weight (mean - logistic)^2. Bottom and top follow linearly from half dose
/// and hill, which are searched in their logarithms from the best point of a grid (box_minimum.h), the half dose within
/// a hundredfold of the doses. Needs four doses, of which the first may be 0.
Logistic nearest_logistic(std::span<const double> dose, std::span<const double> mean, std::span<const double> weight);

enum class ResponseShape : std::uint8_t {
  flat,       ///< no response: a constant explains the scatter (p_flat >= 0.05, and the ends do not differ)
  sigmoid,    ///< a curve that rises or falls throughout explains it
  peak,       ///< none does (p_monotone < 0.01), and a dose inside lies above both ends
  trough,     ///< or below both ends
  irregular,  ///< none does, without one peak or trough
};
std::string_view name_of(ResponseShape shape);

struct DoseResponse {
  ResponseShape shape = ResponseShape::flat;
  double p_flat = 1, p_monotone = 1;  ///< isotonic.h
  Logistic curve;                     ///< of the doses fitted: all, or those up to the peak or trough
  std::size_t fitted = 0;             ///< number of those doses

  /// EC50 with its interval; `below` or `above` the doses fitted where half of the effect is not reached within them.
  /// Empty for a flat or irregular response, and where fewer than four doses lie up to the peak.
  std::optional<CensoredEstimate> half_dose;
  Estimate effect;  ///< top - bottom (Emax). Beyond the doses an extrapolation: mind half_dose
  Estimate hill;
  Estimate largest_effect;  ///< response at the last dose less that at the first, as measured

  double extreme_dose = 0;                             ///< of peak or trough, with
  double extreme_dose_low = 0, extreme_dose_high = 0;  ///< the interval of its draws, at doses that were given
  Estimate excess;                                     ///< by how much its mean lies above (below) the nearer end
};

/// response[r][d] of replicate r at dose[d], NaN where a run failed; replicates may share their random numbers over all
/// doses. Intervals are quantiles over draws of the mean curve (MeanDraws), each fitted anew. Throws InputError for
/// fewer than four doses, doses that do not grow, and doses with fewer than two values.
DoseResponse dose_response(std::span<const double> dose, const std::vector<std::vector<double>>& response,
                           std::uint64_t seed, std::string_view key, std::size_t resamples = kResamples);

}  // namespace interstice
