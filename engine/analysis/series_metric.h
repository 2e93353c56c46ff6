/// @file
/// Metrics that are declared: columns of the time series, what becomes of them row by row, and how the rows become one
/// number. What a scenario names (compare.outcomes) and what is built in are declared alike.
#pragma once

#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "engine/analysis/metric.h"
#include "engine/analysis/metrics.h"
#include "engine/analysis/reach.h"

namespace interstice {

/// The sum of some columns or its rate of change, perhaps normalised, reduced to one number over an interval of time.
struct SeriesMetric {
  enum class Reduction {
    last,
    mean,
    min,
    max,
    area,
    change,
    half_life,
    fraction_of_initial,
    reach,
    quantile,
    decay_length,
    at,
    time_above,
    time_below,
    time_of_max
  };
  Family family = Family::outcome;
  std::string subject{}, label{};
  std::string description{};             ///< put together from what follows, if empty
  std::string unit{};                    ///< of the rows; an area has it times s
  std::vector<std::string> of{};         ///< columns that are added up; the sum of none is zero
  bool rate = false;                     ///< the change per second since the row before, in place of the sum
  std::vector<std::string> normalise{};  ///< columns whose sum the rows are divided by; may be empty
  bool per_initial = false;              ///< the rows are divided by the sum in the first row
  Reduction reduction = Reduction::last;
  double from = 0, until = std::numeric_limits<double>::infinity();  ///< [s]
  double at = 0;                                                     ///< for Reduction::at [s]
  double level = 0;           ///< for Reduction::time_above and time_below, in the unit of the rows
  ReachSpec reach{};          ///< for Reduction::reach; its profile alone for quantile and decay_length
  double share = 0;           ///< for Reduction::quantile
  double scale = 1;           ///< the number is multiplied by it ...
  std::string scaled_unit{};  ///< ... and then has this unit, if any is given
  bool contrast = false;      ///< the difference from the paired run is a metric too

  [[nodiscard]] std::string value_unit() const;
};

/// One number per row; NaN where it has none, such as a ratio to zero. A column that is not there, as of a model that
/// the arm does without, is left out of its sum; empty when none is there.
std::vector<double> rows_of(const SeriesTable& series, const SeriesMetric& metric);

/// The number, from the rows in [from, until] that have one; empty without any. Means and areas follow the trapezoidal
/// rule; `change` is the last number less the first; `half_life` is ln 2 over the slope at which the logarithm of the
/// numbers above zero falls, by least squares, and empty where it does not fall; `fraction_of_initial` is the
/// last number over the first. `at` and the times follow straight lines between rows; a time is empty where the level
/// is not reached. `quantile` and `decay_length` (profile_shape.h) are of the mean profile over time. A reach needs two
/// runs: see measure_series.
std::optional<double> reduce(const SeriesTable& series, const SeriesMetric& metric);

/// In words: "mean of a + b over c, from 60 s".
std::string description_of(const SeriesMetric& metric);

}  // namespace interstice
