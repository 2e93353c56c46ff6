#include "engine/statistics/least_squares.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "engine/core/error.h"
#include "engine/core/pinned_math.h"
#include "engine/statistics/box_minimum.h"
#include "engine/statistics/distributions.h"
#include "engine/statistics/sobol_sequence.h"

namespace interstice {
namespace {

double scaled_value(const FitParameter& parameter, double value) {
  return parameter.logarithmic ? pinned::log(value) : value;
}

double true_value(const FitParameter& parameter, double scaled) {
  return std::clamp(parameter.logarithmic ? pinned::exp(scaled) : scaled, parameter.low, parameter.high);
}

void check_bounds(const FitParameter& parameter) {
  const auto& [name, start, low, high, logarithmic] = parameter;
  if (!(low < high) || !(low <= start && start <= high))
    throw InputError(
        fmt::format("`{}` cannot be fitted from {} within {} .. {} (it must start between its bounds) widen them", name,
                    start, low, high));
  if (logarithmic && !(low > 0))
    throw InputError(fmt::format("`{}` has no logarithm at {} (its lower bound) give a positive one", name, low));
}

/// Sum of squares over the box of scaled parameters.
class SquaresInBox {
 public:
  SquaresInBox(const Residuals& residuals, const std::vector<FitParameter>& parameters)
      : residuals_(residuals), parameters_(parameters) {
    for (const FitParameter& parameter : parameters) {
      check_bounds(parameter);
      low.push_back(scaled_value(parameter, parameter.low));
      high.push_back(scaled_value(parameter, parameter.high));
    }
  }

  double operator()(std::span<const double> scaled) {
    std::vector<double> value(scaled.size());
    for (std::size_t i = 0; i < value.size(); ++i) value[i] = true_value(parameters_[i], scaled[i]);
    double sum = 0;
    const std::vector<double> all = residuals_(value);
    for (const double residual : all) sum += residual * residual;
    data = all.size();
    ++evaluations;
    if (std::isfinite(sum)) {
      worst_ = std::max(worst_, sum);
      return sum;
    }
    ++failed;
    return 10 * worst_ + 1;
  }

  BoxMinimum search(std::vector<double> start, const FitOptions& options, double first_step) {
    return minimise([&](std::span<const double> scaled) { return (*this)(scaled); }, std::move(start), low, high,
                    {first_step, options.tolerance, options.evaluations});
  }

  std::vector<double> low, high;  ///< scaled; equal where a parameter is held
  std::size_t data = 0, evaluations = 0, failed = 0;

 private:
  const Residuals& residuals_;
  const std::vector<FitParameter>& parameters_;
  double worst_ = 0;
};

std::vector<double> true_values(const std::vector<FitParameter>& parameters, std::span<const double> scaled) {
  std::vector<double> value(scaled.size());
  for (std::size_t i = 0; i < value.size(); ++i) value[i] = true_value(parameters[i], scaled[i]);
  return value;
}

/// The given start, then points of a Sobol' sequence; scaled.
std::vector<std::vector<double>> starts_of(const std::vector<FitParameter>& parameters, const SquaresInBox& squares,
                                           const FitOptions& options) {
  std::vector<std::vector<double>> starts(1);
  std::vector<std::string> names;
  for (const FitParameter& parameter : parameters) {
    starts[0].push_back(scaled_value(parameter, parameter.start));
    names.push_back(parameter.name);
  }
  SobolSequence sequence(names, options.seed);
  while (starts.size() < std::max<std::size_t>(options.starts, 1)) {
    starts.push_back(sequence.next());
    for (std::size_t i = 0; i < parameters.size(); ++i)
      starts.back()[i] = squares.low[i] + starts.back()[i] * (squares.high[i] - squares.low[i]);
  }
  return starts;
}

/// The profile of one parameter, from the best fit outwards.
class Profiler {
 public:
  Profiler(const Residuals& residuals, const std::vector<FitParameter>& parameters, const Fit& fit,
           std::size_t parameter, const FitOptions& options, double threshold)
      : squares_(residuals, parameters),
        held_(parameter),
        options_(options),
        threshold_(threshold),
        least_(fit.sum_of_squares) {
    for (std::size_t i = 0; i < parameters.size(); ++i)
      best_.push_back(std::clamp(scaled_value(parameters[i], fit.value[i]), squares_.low[i], squares_.high[i]));
    low_ = squares_.low[held_];
    high_ = squares_.high[held_];
    rise_[best_[held_]] = {0, best_};
  }

  struct Place {
    double rise = 0;
    std::vector<double> at;  ///< all parameters, scaled
  };

  /// Where the rise reaches the threshold on that side, scaled; empty where it does not within the bounds.
  std::optional<double> end(double bound) {
    std::vector<double> inside = best_;
    double step = (bound - best_[held_]) / 64;
    if (step == 0) return std::nullopt;
    for (bool at_bound = false; !at_bound;) {
      double next = inside[held_] + step;
      at_bound = std::abs(next - best_[held_]) >= std::abs(bound - best_[held_]) * (1 - 1e-12);
      if (at_bound) next = bound;
      std::vector<double> place = inside;
      const double rise = rise_at(next, place);
      if (rise > threshold_) return cross(inside, next);
      if (rise < 0.25 * threshold_) step *= 1.6;  // flat here: larger steps
      inside = place;
    }
    return std::nullopt;
  }

  [[nodiscard]] const std::map<double, Place>& rises() const { return rise_; }
  [[nodiscard]] const std::optional<BoxMinimum>& better() const { return better_; }
  [[nodiscard]] double low() const { return low_; }
  [[nodiscard]] double high() const { return high_; }

 private:
  /// Rise of the least sum of squares with the parameter held there; `place` is the start for the rest, and their best
  /// values afterwards.
  double rise_at(double held, std::vector<double>& place) {
    squares_.low[held_] = squares_.high[held_] = place[held_] = held;
    BoxMinimum minimum = squares_.search(place, options_, 0.05);
    const double value = minimum.value;
    if (value < least_ - 1e-3 * threshold_ && (!better_ || value < better_->value)) better_ = minimum;
    place = minimum.at;
    rise_[held] = {value - least_, place};
    return value - least_;
  }

  /// Between a place within the threshold and one beyond it. The root of the rise is nearly straight, as it is for a
  /// linear model: false position (Illinois) finds where it crosses in a few searches.
  double cross(std::vector<double> inside, double outside) {
    static constexpr double kClose = 5e-4, kFar = 4;
    const auto height = [this](double rise) {
      return std::min(std::sqrt(std::max(rise, 0.0) / threshold_) - 1, kFar);  // the model may fail there
    };
    double below = height(rise_[inside[held_]].rise), above = height(rise_[outside].rise);
    double low = inside[held_], high = outside;
    int moved = 0;  // which end the last search moved
    for (int search = 0; search < 20 && std::abs(high - low) > 1e-12 * std::abs(outside); ++search) {
      const double middle = low + (high - low) * std::clamp(below / (below - above), 0.02, 0.98);
      std::vector<double> place = inside;
      const double here = height(rise_at(middle, place));
      if (std::abs(here) < kClose) return middle;
      if (here > 0) {
        high = middle, above = here;
        if (moved == 1) below *= 0.5;
        moved = 1;
      } else {
        low = middle, below = here;
        if (moved == -1) above *= 0.5;
        moved = -1;
        inside = place;
      }
    }
    return 0.5 * (low + high);
  }

  SquaresInBox squares_;
  std::size_t held_;
  FitOptions options_;
  double threshold_, least_, low_ = 0, high_ = 0;
  std::vector<double> best_;
  std::map<double, Place> rise_;
  std::optional<BoxMinimum> better_;
};

/// Rise of the sum of squares that leaves 95 % of the truth inside.
double rise_allowed(const Fit& fit, std::size_t parameters, bool known_errors) {
  if (known_errors) return chi_squared_quantile(0.95, 1);
  const auto freedom = static_cast<double>(fit.data - parameters);
  return fit.sum_of_squares / freedom * fisher_quantile(0.95, 1, freedom);
}

constexpr std::array<std::string_view, 4> kVerdicts{"identifiable", "bounded above", "bounded below",
                                                    "not identifiable"};

}  // namespace

std::string_view name_of(ParameterProfile::Verdict verdict) { return kVerdicts.at(static_cast<std::size_t>(verdict)); }

Fit fit_least_squares(const Residuals& residuals, const std::vector<FitParameter>& parameters,
                      const FitOptions& options) {
  SquaresInBox squares(residuals, parameters);
  std::vector<BoxMinimum> minima;
  for (const auto& start : starts_of(parameters, squares, options)) {
    const std::size_t before = squares.evaluations - squares.failed;
    minima.push_back(squares.search(start, options, 0.1));
    if (squares.data <= parameters.size())
      throw InputError(fmt::format("{} data do not determine {} parameters (there must be more data) fit fewer",
                                   squares.data, parameters.size()));
    if (squares.evaluations - squares.failed == before) minima.pop_back();
  }
  if (minima.empty())
    throw InputError("the model fails wherever the fit starts (no finite residuals) look at its bounds");
  const auto by_value = [](const BoxMinimum& a, const BoxMinimum& b) { return a.value < b.value; };
  BoxMinimum best = *std::min_element(minima.begin(), minima.end(), by_value);
  const double worst_agreeing =
      best.value + (options.known_errors ? std::max(0.01, 0.01 * best.value) : 0.01 * best.value);
  const auto agreeing =
      std::count_if(minima.begin(), minima.end(), [&](const BoxMinimum& m) { return m.value <= worst_agreeing; });
  const BoxMinimum polished = squares.search(best.at, options, 1e-3);
  if (polished.value < best.value) best = polished;
  best.converged = polished.converged;
  return {true_values(parameters, best.at),
          best.value,
          squares.data,
          static_cast<std::size_t>(agreeing),
          squares.evaluations,
          squares.failed,
          best.converged};
}

double negligible_rise(const Fit& fit, const FitOptions& options) {
  const auto freedom = static_cast<double>(fit.data) - static_cast<double>(fit.value.size());
  return options.known_errors ? 0.01 : 0.01 * fit.sum_of_squares / std::max(1.0, freedom);
}

ParameterProfile profile_likelihood(const Residuals& residuals, const std::vector<FitParameter>& parameters,
                                    const Fit& fit, std::size_t parameter, const FitOptions& options) {
  const FitParameter& held = parameters.at(parameter);
  ParameterProfile profile;
  profile.name = held.name;
  profile.best = fit.value[parameter];
  profile.threshold = rise_allowed(fit, parameters.size(), options.known_errors);
  Profiler profiler(residuals, parameters, fit, parameter, options, profile.threshold);
  const std::optional<double> low = profiler.end(profiler.low()), high = profiler.end(profiler.high());
  profile.low = low ? Censored::within(true_value(held, *low)) : Censored::below(held.low);
  profile.high = high ? Censored::within(true_value(held, *high)) : Censored::above(held.high);
  using Verdict = ParameterProfile::Verdict;
  if (low) profile.verdict = high ? Verdict::identifiable : Verdict::bounded_below;
  if (!low && high) profile.verdict = Verdict::bounded_above;
  for (const auto& [at, place] : profiler.rises()) {
    profile.at.push_back(true_value(held, at));
    profile.rise.push_back(place.rise);
    profile.place.push_back(true_values(parameters, place.at));
  }
  if (const auto& better = profiler.better())
    profile.better = Fit{true_values(parameters, better->at), better->value, fit.data, 0, 0, 0, better->converged};
  return profile;
}

}  // namespace interstice
