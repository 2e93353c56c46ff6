/// @file
/// Reductions of time series to single numbers. Nothing here knows a scenario: metrics_run.h puts the reductions
/// together for one run of a comparison.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace interstice {

/// The rows of timeseries.csv in memory: named columns over time.
struct SeriesTable {
  std::vector<std::string> name, unit;     ///< per column; the time column is apart
  std::vector<double> time;                ///< [s], increasing
  std::vector<std::vector<double>> value;  ///< [column][row]

  /// The column of that name, or nullptr.
  [[nodiscard]] const std::vector<double>* find(std::string_view column) const;
  /// Its value in the first and in the last row; 0 for a column that is not there.
  [[nodiscard]] double first(std::string_view column) const;
  [[nodiscard]] double last(std::string_view column) const;
  [[nodiscard]] double duration() const { return time.empty() ? 0.0 : time.back() - time.front(); }  ///< [s]
};

/// Largest value; empty series have none.
std::optional<double> peak(std::span<const double> value);

/// Time at which the largest value is first reached [s].
std::optional<double> time_of_peak(std::span<const double> time, std::span<const double> value);

/// Integral over time by the trapezoidal rule [unit of value * s].
double area_under_curve(std::span<const double> time, std::span<const double> value);

/// When the series first reaches `threshold` from below, straight lines between rows [s]; empty if it never does.
std::optional<double> time_to_reach(std::span<const double> time, std::span<const double> value, double threshold);

/// Value at time t, straight lines between rows; empty outside the series.
std::optional<double> value_at(std::span<const double> time, std::span<const double> value, double t);

/// Rows that draw a curve well on linear and on logarithmic time: at most `limit` row numbers, the first and the last
/// included.
std::vector<std::size_t> rows_to_draw(std::span<const double> time, std::size_t limit);

}  // namespace interstice
