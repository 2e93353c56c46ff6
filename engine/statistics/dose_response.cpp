#include "engine/statistics/dose_response.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>

#include "engine/core/error.h"
#include "engine/core/pinned_math.h"
#include "engine/statistics/box_minimum.h"
#include "engine/statistics/contrast.h"
#include "engine/statistics/isotonic.h"

namespace interstice {
namespace {

constexpr double kFlatLevel = 0.05;      ///< at which a constant is given up
constexpr double kMonotoneLevel = 0.01;  ///< at which the logistic is: it must not be lost to every twentieth set
constexpr double kBeyond = 4.6052;       ///< ln 100
constexpr std::size_t kFewestDoses = 4;

/// Bottom and top by weighted linear regression, given the share of the effect at each dose.
class LogisticSquares {
 public:
  LogisticSquares(std::span<const double> dose, std::span<const double> mean, std::span<const double> weight)
      : mean_(mean), weight_(weight), share_(dose.size()) {
    for (const double d : dose) log_dose_.push_back(d > 0 ? pinned::log(d) : -1e3);
  }

  /// Sum of squares at the best bottom and top; fills `curve` with them.
  double fit(double log_half, double log_hill, Logistic& curve) {
    const double hill = pinned::exp(log_hill);
    double sum = 0, share_sum = 0, mean_sum = 0;
    for (std::size_t d = 0; d < share_.size(); ++d) {
      share_[d] = 1 / (1 + pinned::exp(std::min(hill * (log_half - log_dose_[d]), 700.0)));
      sum += weight_[d];
      share_sum += weight_[d] * share_[d];
      mean_sum += weight_[d] * mean_[d];
    }
    double square = 0, mixed = 0, whole = 0;
    for (std::size_t d = 0; d < share_.size(); ++d) {
      const double x = share_[d] - share_sum / sum, y = mean_[d] - mean_sum / sum;
      square += weight_[d] * x * x;
      mixed += weight_[d] * x * y;
      whole += weight_[d] * y * y;
    }
    const double effect = square > 1e-12 * sum ? mixed / square : 0;
    const double bottom = (mean_sum - effect * share_sum) / sum;
    curve = {bottom, bottom + effect, pinned::exp(log_half), hill};
    return whole - effect * mixed;
  }

  [[nodiscard]] const std::vector<double>& log_dose() const { return log_dose_; }

 private:
  std::span<const double> mean_, weight_;
  std::vector<double> share_, log_dose_;
};

void check_doses(std::span<const double> dose) {
  if (dose.size() < kFewestDoses)
    throw InputError(std::to_string(dose.size()) +
                     " doses do not determine a dose-response curve (it has four "
                     "parameters) give at least four");
  if (!(dose.front() >= 0) || std::adjacent_find(dose.begin(), dose.end(), std::greater_equal<>()) != dose.end())
    throw InputError("the doses of a dose-response curve must grow from 0 or more (over their logarithm) sort them");
}

Censored within_doses(double half_dose, std::span<const double> dose) {
  const double smallest = dose.front() > 0 ? dose.front() : dose[1];
  if (half_dose < smallest) return Censored::below(smallest);
  return half_dose > dose.back() ? Censored::above(dose.back()) : Censored::within(half_dose);
}

/// By how much the extreme inside lies beyond the nearer end; sign 1 for a peak, -1 for a trough.
double excess_of(std::span<const double> curve, std::size_t inside, double sign) {
  return sign * curve[inside] - std::max(sign * curve.front(), sign * curve.back());
}

std::size_t extreme_inside(std::span<const double> curve, double sign) {
  std::size_t at = 1;
  for (std::size_t d = 2; d + 1 < curve.size(); ++d)
    if (sign * curve[d] > sign * curve[at]) at = d;
  return at;
}

Estimate over_draws(std::size_t n, double value, const std::vector<double>& draws) {
  return {n, value, quantile(draws, 0.025), quantile(draws, 0.975)};
}

/// Decides between peak, trough and neither, and describes it.
void describe_extreme(const MeanDraws& draws, std::span<const double> dose, std::size_t resamples,
                      DoseResponse& result) {
  const std::vector<double>& mean = draws.mean();
  const double above = excess_of(mean, extreme_inside(mean, 1), 1),
               below = excess_of(mean, extreme_inside(mean, -1), -1);
  const double sign = above >= below ? 1 : -1;
  const std::size_t at = extreme_inside(mean, sign);
  std::vector<double> excess, place;
  for (std::size_t b = 0; b < resamples; ++b) {
    const std::vector<double> curve = draws.draw(b);
    excess.push_back(excess_of(curve, at, sign));
    place.push_back(static_cast<double>(extreme_inside(curve, sign)));
  }
  result.excess = over_draws(draws.count()[at], std::max(above, below), excess);
  result.extreme_dose = dose[at];
  result.extreme_dose_low = dose[static_cast<std::size_t>(std::floor(quantile(place, 0.025)))];
  result.extreme_dose_high = dose[static_cast<std::size_t>(std::ceil(quantile(place, 0.975)))];
  result.shape = ResponseShape::irregular;
  if (result.excess.low > 0) result.shape = sign > 0 ? ResponseShape::peak : ResponseShape::trough;
  result.fitted = result.shape == ResponseShape::irregular ? dose.size() : at + 1;
}

/// Fits the first doses of the mean and of each draw.
void fit_draws(const MeanDraws& draws, std::span<const double> dose, std::size_t resamples, DoseResponse& result) {
  const std::span<const double> fitted = dose.first(result.fitted);
  const std::vector<double> weight(draws.count().begin(), draws.count().end());
  const auto fit = [&](const std::vector<double>& curve) {
    return nearest_logistic(fitted, std::span(curve).first(fitted.size()), std::span(weight).first(fitted.size()));
  };
  result.curve = fit(draws.mean());
  std::vector<Censored> half_dose;
  std::vector<double> effect, hill;
  for (std::size_t b = 0; b < resamples; ++b) {
    const Logistic curve = fit(draws.draw(b));
    half_dose.push_back(within_doses(curve.half_dose, fitted));
    effect.push_back(curve.top - curve.bottom);
    hill.push_back(curve.hill);
  }
  const std::size_t n = *std::min_element(draws.count().begin(), draws.count().end());
  result.effect = over_draws(n, result.curve.top - result.curve.bottom, effect);
  result.hill = over_draws(n, result.curve.hill, hill);
  const bool follows = result.shape != ResponseShape::flat && result.shape != ResponseShape::irregular;
  if (follows) result.half_dose = censored_interval(within_doses(result.curve.half_dose, fitted), half_dose);
}

constexpr std::array<std::string_view, 5> kShapes{"flat", "sigmoid", "peak", "trough", "irregular"};

}  // namespace

std::string_view name_of(ResponseShape shape) { return kShapes.at(static_cast<std::size_t>(shape)); }

double Logistic::at(double dose) const {
  if (!(dose > 0)) return bottom;
  return bottom + (top - bottom) / (1 + pinned::exp(std::min(hill * pinned::log(half_dose / dose), 700.0)));
}

Logistic nearest_logistic(std::span<const double> dose, std::span<const double> mean, std::span<const double> weight) {
  assert(dose.size() >= kFewestDoses && dose.size() == mean.size() && dose.size() == weight.size());
  LogisticSquares squares(dose, mean, weight);
  const std::vector<double>& log_dose = squares.log_dose();
  const double first = dose.front() > 0 ? log_dose[0] : log_dose[1], last = log_dose.back();
  const std::vector<double> low{first - kBeyond, pinned::log(kLeastHill)}, high{last + kBeyond, pinned::log(kMostHill)};

  Logistic curve;
  std::vector<double> start(2);
  double least = -1;
  constexpr int kHalves = 24, kHills = 4;
  for (int half = 0; half < kHalves; ++half)
    for (int hill = 0; hill < kHills; ++hill) {
      const double log_half = low[0] + (half + 0.5) / kHalves * (high[0] - low[0]);
      const double log_hill = low[1] + (hill + 0.5) / kHills * (high[1] - low[1]);
      const double value = squares.fit(log_half, log_hill, curve);
      if (least >= 0 && value >= least) continue;
      least = value;
      start = {log_half, log_hill};
    }
  const auto function = [&](std::span<const double> at) { return squares.fit(at[0], at[1], curve); };
  const BoxMinimum best =
      minimise(function, start, low, high, {.first_step = 0.03, .tolerance = 1e-6, .evaluations = 300});
  squares.fit(best.at[0], best.at[1], curve);
  return curve;
}

DoseResponse dose_response(std::span<const double> dose, const std::vector<std::vector<double>>& response,
                           std::uint64_t seed, std::string_view key, std::size_t resamples) {
  check_doses(dose);
  const MeanDraws draws(response, seed, key);
  DoseResponse result;
  const ShapeTest test = test_shape(draws);
  result.p_flat = test.p_flat;
  result.p_monotone = test.p_monotone;
  result.fitted = dose.size();
  std::vector<double> first, last;
  for (const auto& replicate : response) {
    first.push_back(replicate.front());
    last.push_back(replicate.back());
  }
  result.largest_effect = paired_difference(first, last);
  const bool ends_differ = result.largest_effect.low > 0 || result.largest_effect.high < 0;
  if (test.p_monotone < kMonotoneLevel)
    describe_extreme(draws, dose, resamples, result);
  else if (test.p_flat < kFlatLevel || ends_differ)
    result.shape = ResponseShape::sigmoid;
  if (result.fitted >= kFewestDoses) fit_draws(draws, dose, resamples, result);
  return result;
}

}  // namespace interstice
