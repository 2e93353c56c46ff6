/// @file
/// Fit of parameters to data by least squares, and what the data say about each: profile likelihood (Venzon &
/// Moolgavkar 1988; Raue et al. 2009).
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/statistics/censored.h"

namespace interstice {

/// A parameter that the fit may change between two bounds.
struct FitParameter {
  std::string name;
  double start = 0, low = 0, high = 0;
  bool logarithmic = false;  ///< searched in its logarithm; low must be positive
};

/// (model - data) / standard error for each datum, as many at every call; NaN or infinite where the model failed.
using Residuals = std::function<std::vector<double>(std::span<const double> value)>;

struct FitOptions {
  std::size_t starts = 8;          ///< the given start and points of a Sobol' sequence over the box
  std::size_t evaluations = 2000;  ///< at most, per search
  double tolerance = 1e-8;         ///< of the place, in widths of the box
  std::uint64_t seed = 1;          ///< of the starts
  /// Whether the standard errors behind the residuals are known. If not, they are taken to have the right proportions
  /// and a common factor, estimated by sum of squares / (data - parameters).
  bool known_errors = true;
};

struct Fit {
  std::vector<double> value;  ///< in the order of the parameters
  double sum_of_squares = 0;  ///< of the residuals
  std::size_t data = 0;       ///< number of residuals
  std::size_t agreeing = 0;   ///< starts that led here: within 1 % of the sum of squares; 0.01 where errors are known
  std::size_t evaluations = 0;
  std::size_t failed = 0;  ///< evaluations without finite residuals
  bool converged = false;  ///< to the tolerance; otherwise the last search used up its evaluations
};

/// The least sum of squares over all starts (box_minimum.h). A set of values at which the model fails counts as worse
/// than all seen so far. Throws InputError for bounds that hold no start, more parameters than data, and a model that
/// fails at every start.
Fit fit_least_squares(const Residuals& residuals, const std::vector<FitParameter>& parameters,
                      const FitOptions& options = {});

/// How the least sum of squares rises when one parameter is held away from its best value, and the rest fitted anew.
struct ParameterProfile {
  enum class Verdict : std::uint8_t {
    identifiable,      ///< both ends of the interval lie within the bounds
    bounded_above,     ///< only the upper end: anything down to the lower bound fits
    bounded_below,     ///< only the lower end
    not_identifiable,  ///< neither: everything within the bounds fits
  };
  std::string name;
  double best = 0;
  Censored low, high;  ///< 95 % interval; beyond the bound where the profile does not rise enough
  Verdict verdict = Verdict::not_identifiable;
  double threshold = 0;                    ///< rise of the sum of squares that the interval allows
  std::vector<double> at, rise;            ///< the profile: values of the parameter, in order
  std::vector<std::vector<double>> place;  ///< all parameters there, the others fitted anew
  std::optional<Fit> better;               ///< a better fit found on the way: start anew from it
};
std::string_view name_of(ParameterProfile::Verdict verdict);

/// By so much less a sum of squares is no better fit: 0.01, or a hundredth of the estimated variance where errors are
/// not known.
double negligible_rise(const Fit& fit, const FitOptions& options);

/// The profile of one parameter from its best value to both bounds or until the rise exceeds the threshold: the 95 %
/// quantile of chi2(1), or of F(1, data - parameters) times the estimated variance where errors are not known.
ParameterProfile profile_likelihood(const Residuals& residuals, const std::vector<FitParameter>& parameters,
                                    const Fit& fit, std::size_t parameter, const FitOptions& options = {});

}  // namespace interstice
