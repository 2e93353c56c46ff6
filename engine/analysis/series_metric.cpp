#include "engine/analysis/series_metric.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace interstice {
namespace {

std::vector<double> sum_of(const SeriesTable& series, const std::vector<std::string>& columns) {
  std::vector<double> sum(series.time.size(), 0.0);
  bool any = columns.empty();
  for (const std::string& name : columns) {
    const auto* column = series.find(name);
    if (column == nullptr) continue;
    any = true;
    for (std::size_t row = 0; row < sum.size(); ++row) sum[row] += (*column)[row];
  }
  if (!any) sum.clear();
  return sum;
}

/// ln 2 over minus the slope of the least-squares line through (time, ln value).
std::optional<double> half_life_of(const std::vector<double>& time, const std::vector<double>& value) {
  double n = 0, t = 0, y = 0;
  for (std::size_t i = 0; i < time.size(); ++i)
    if (value[i] > 0) n += 1, t += time[i], y += std::log(value[i]);
  if (n < 2) return std::nullopt;
  double tt = 0, ty = 0;
  for (std::size_t i = 0; i < time.size(); ++i)
    if (value[i] > 0) {
      tt += (time[i] - t / n) * (time[i] - t / n);
      ty += (time[i] - t / n) * (std::log(value[i]) - y / n);
    }
  constexpr double kRounding = 1e-9;  // what falls by less over all rows stands still
  if (!(ty / tt * (time.back() - time.front()) < -kRounding)) return std::nullopt;
  return std::numbers::ln2 * tt / -ty;
}

}  // namespace

std::vector<double> rows_of(const SeriesTable& series, const SeriesMetric& metric) {
  std::vector<double> rows = sum_of(series, metric.of);
  if (rows.empty()) return rows;
  const auto divide = [](double a, double b) { return b == 0 ? std::nan("") : a / b; };
  const double initial = rows.front();
  if (metric.rate) {
    for (std::size_t row = rows.size(); row-- > 1;)
      rows[row] = (rows[row] - rows[row - 1]) / (series.time[row] - series.time[row - 1]);
    rows.front() = std::nan("");
  }
  if (!metric.normalise.empty()) {
    const std::vector<double> below = sum_of(series, metric.normalise);
    if (below.empty()) return {};
    std::transform(rows.begin(), rows.end(), below.begin(), rows.begin(), divide);
  }
  if (metric.per_initial)
    for (double& value : rows) value = divide(value, initial);
  return rows;
}

namespace {

std::optional<double> reduce_rows(const std::vector<double>& time, std::vector<double> value,
                                  const SeriesMetric& metric) {
  switch (metric.reduction) {
    case SeriesMetric::Reduction::last:
      return value.back();
    case SeriesMetric::Reduction::mean:
      if (time.size() == 1) return value.front();
      return area_under_curve(time, value) / (time.back() - time.front());
    case SeriesMetric::Reduction::max:
      return *std::ranges::max_element(value);
    case SeriesMetric::Reduction::min:
      return *std::ranges::min_element(value);
    case SeriesMetric::Reduction::area:
      return area_under_curve(time, value);
    case SeriesMetric::Reduction::change:
      return value.back() - value.front();
    case SeriesMetric::Reduction::half_life:
      return half_life_of(time, value);
    case SeriesMetric::Reduction::fraction_of_initial:
      if (value.front() == 0) return std::nullopt;
      return value.back() / value.front();
    case SeriesMetric::Reduction::at:
      return value_at(time, value, metric.at);
    case SeriesMetric::Reduction::time_above:
      return time_to_reach(time, value, metric.level);
    case SeriesMetric::Reduction::time_below:
      for (double& number : value) number = -number;
      return time_to_reach(time, value, -metric.level);
    case SeriesMetric::Reduction::time_of_max:
      return time_of_peak(time, value);
    case SeriesMetric::Reduction::reach:
    case SeriesMetric::Reduction::quantile:
    case SeriesMetric::Reduction::decay_length:
      return std::nullopt;
  }
  return std::nullopt;
}

std::optional<double> shape_of(const SeriesTable& series, const SeriesMetric& metric) {
  const ProfileShells& profile = metric.reach.profile;
  const std::vector<double> amounts = shell_integrals(series, profile, metric.from, metric.until);
  return metric.reduction == SeriesMetric::Reduction::quantile ? distance_holding(metric.share, amounts, profile)
                                                               : decay_length(amounts, profile);
}

}  // namespace

std::optional<double> reduce(const SeriesTable& series, const SeriesMetric& metric) {
  if (metric.reduction == SeriesMetric::Reduction::quantile ||
      metric.reduction == SeriesMetric::Reduction::decay_length)
    return shape_of(series, metric);
  const std::vector<double> rows = rows_of(series, metric);
  std::vector<double> time, value;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    if (std::isnan(rows[row]) || series.time[row] < metric.from || series.time[row] > metric.until) continue;
    time.push_back(series.time[row]);
    value.push_back(rows[row]);
  }
  if (value.empty()) return std::nullopt;
  const auto number = reduce_rows(time, std::move(value), metric);
  return number ? std::optional(*number * metric.scale) : std::nullopt;
}

std::string SeriesMetric::value_unit() const {
  if (!scaled_unit.empty()) return scaled_unit;
  switch (reduction) {
    case Reduction::half_life:
    case Reduction::time_above:
    case Reduction::time_below:
    case Reduction::time_of_max:
      return "s";
    case Reduction::reach:
    case Reduction::quantile:
    case Reduction::decay_length:
      return "um";
    case Reduction::fraction_of_initial:
      return "1";
    case Reduction::area:
      return unit == "1" ? "s" : unit + " s";
    default:
      return unit;
  }
}

std::string description_of(const SeriesMetric& metric) {
  if (!metric.description.empty()) return metric.description;
  static constexpr const char* kReductions[] = {"last value",
                                                "mean",
                                                "smallest value",
                                                "largest value",
                                                "integral",
                                                "last less first value",
                                                "half-life",
                                                "last over first value",
                                                "reach",
                                                "distance that holds a share",
                                                "length of the exponential",
                                                "value",
                                                "first time at the level",
                                                "first time down at the level",
                                                "time of the largest value"};
  using Reduction = SeriesMetric::Reduction;
  std::string text =
      fmt::format("{} of {}", kReductions[static_cast<int>(metric.reduction)], fmt::join(metric.of, " + "));
  if (metric.rate) text += ", change per second";
  if (!metric.normalise.empty()) text += fmt::format(" over {}", fmt::join(metric.normalise, " + "));
  if (metric.per_initial) text += " over their sum at the start";
  if (metric.reduction == Reduction::at) text += fmt::format(", at {:g} s", metric.at);
  if (metric.reduction == Reduction::time_above || metric.reduction == Reduction::time_below)
    text += fmt::format(" {:g} {}", metric.level, metric.unit == "1" ? "" : metric.unit);
  if (metric.reduction == Reduction::quantile) text += fmt::format(", {:g}", metric.share);
  if (metric.from > 0) text += fmt::format(", from {:g} s", metric.from);
  if (std::isfinite(metric.until)) text += fmt::format(", until {:g} s", metric.until);
  return text;
}

}  // namespace interstice
