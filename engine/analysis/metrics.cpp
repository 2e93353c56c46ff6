/// @file
/// Reductions of time series.
#include "engine/analysis/metrics.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

namespace interstice {

const std::vector<double>* SeriesTable::find(std::string_view column) const {
  const auto at = std::find(name.begin(), name.end(), column);
  return at == name.end() ? nullptr : &value[static_cast<std::size_t>(at - name.begin())];
}

double SeriesTable::first(std::string_view column) const {
  const auto* values = find(column);
  return values == nullptr || values->empty() ? 0.0 : values->front();
}

double SeriesTable::last(std::string_view column) const {
  const auto* values = find(column);
  return values == nullptr || values->empty() ? 0.0 : values->back();
}

std::optional<double> peak(std::span<const double> value) {
  if (value.empty()) return std::nullopt;
  return *std::max_element(value.begin(), value.end());
}

std::optional<double> time_of_peak(std::span<const double> time, std::span<const double> value) {
  if (value.empty()) return std::nullopt;
  return time[static_cast<std::size_t>(std::max_element(value.begin(), value.end()) - value.begin())];
}

double area_under_curve(std::span<const double> time, std::span<const double> value) {
  double area = 0;
  for (std::size_t row = 1; row < time.size(); ++row)
    area += 0.5 * (value[row] + value[row - 1]) * (time[row] - time[row - 1]);
  return area;
}

std::optional<double> time_to_reach(std::span<const double> time, std::span<const double> value, double threshold) {
  for (std::size_t row = 0; row < value.size(); ++row) {
    if (value[row] < threshold) continue;
    if (row == 0) return time[0];
    const double share = (threshold - value[row - 1]) / (value[row] - value[row - 1]);
    return time[row - 1] + share * (time[row] - time[row - 1]);
  }
  return std::nullopt;
}

std::optional<double> value_at(std::span<const double> time, std::span<const double> value, double t) {
  if (time.empty() || t < time.front() || t > time.back()) return std::nullopt;
  const auto next = static_cast<std::size_t>(std::lower_bound(time.begin(), time.end(), t) - time.begin());
  if (time[next] == t) return value[next];
  const double share = (t - time[next - 1]) / (time[next] - time[next - 1]);
  return value[next - 1] + share * (value[next] - value[next - 1]);
}

std::vector<std::size_t> rows_to_draw(std::span<const double> time, std::size_t limit) {
  std::vector<std::size_t> rows;
  const std::size_t n = time.size();
  if (n <= limit) {
    rows.resize(n);
    std::iota(rows.begin(), rows.end(), std::size_t{0});
    return rows;
  }
  std::set<std::size_t> chosen{0, n - 1};
  const auto row_at = [&](double t) {
    const auto at = std::lower_bound(time.begin(), time.end(), t) - time.begin();
    return std::min(static_cast<std::size_t>(at), n - 1);
  };
  const double first = time.front(), span = time.back() - first;
  const double shortest = time[1] - first;
  const std::size_t half = (limit - 2) / 2;
  for (std::size_t k = 1; k <= half; ++k) {
    const double share = static_cast<double>(k) / static_cast<double>(half + 1);
    chosen.insert(row_at(first + share * span));
    chosen.insert(row_at(first + shortest * std::pow(span / shortest, share)));
  }
  rows.assign(chosen.begin(), chosen.end());
  return rows;
}

}  // namespace interstice
