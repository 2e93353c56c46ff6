#include "engine/analysis/profile_shape.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace interstice {
namespace {

/// Mean number of the shell, of n, where each holds q times what the one before holds, and the last one what `last` of
/// its width would hold.
double mean_shell(double q, std::size_t n, double last) {
  double sum = 0, weighted = 0, power = 1;
  for (std::size_t k = 0; k < n; ++k, power *= q) {
    const double held = k + 1 < n || last == 1 ? power : power * (q == 1 ? last : (1 - std::pow(q, last)) / (1 - q));
    sum += held;
    weighted += static_cast<double>(k) * held;
  }
  return weighted / sum;
}

}  // namespace

SeriesRows::SeriesRows(const SeriesTable& series, double from, double until) {
  while (begin < series.time.size() && series.time[begin] < from) ++begin;
  for (end = begin; end < series.time.size() && series.time[end] <= until;) ++end;
}

double integral_over(const SeriesTable& series, const std::string& column, const SeriesRows& rows) {
  const auto* values = series.find(column);
  if (values == nullptr || rows.begin == rows.end) return 0;
  if (rows.end - rows.begin == 1) return (*values)[rows.begin];
  return area_under_curve(rows.of(series.time), rows.of(*values));
}

std::vector<double> shell_integrals(const SeriesTable& series, const ProfileShells& profile, double from,
                                    double until) {
  const SeriesRows rows(series, from, until);
  std::vector<double> amounts;
  for (std::size_t k = 0; k < profile.columns.size(); ++k)
    amounts.push_back(k < profile.skipped ? 0 : integral_over(series, profile.columns[k], rows));
  return amounts;
}

std::optional<double> distance_holding(double share, std::span<const double> amounts, const ProfileShells& profile) {
  const double total = std::accumulate(amounts.begin(), amounts.end(), 0.0);
  if (!(total > 0)) return std::nullopt;
  const double most = (1 - share) * total;
  double beyond = 0;  // from the farthest shell inwards
  for (std::size_t k = amounts.size(); k-- > (profile.depth ? 0u : 1u);) {
    const double width = profile.width * profile.share(k, amounts.size());
    if (beyond + amounts[k] > most)
      return profile.outer_edge(k) - (profile.width - width) - width * (most - beyond) / amounts[k];
    beyond += amounts[k];
  }
  return 0;
}

std::optional<double> decay_length(std::span<const double> amounts, const ProfileShells& profile) {
  amounts = amounts.subspan(std::min(amounts.size(), std::max<std::size_t>(profile.skipped, profile.depth ? 0 : 1)));
  double total = 0, weighted = 0;
  for (std::size_t k = 0; k < amounts.size(); ++k) {
    total += amounts[k];
    weighted += static_cast<double>(k) * amounts[k];
  }
  if (!(total > 0) || !(weighted > 0)) return std::nullopt;
  constexpr double kRounding = 1e-12;  // what falls by less is as dense everywhere
  if (!(weighted / total < (1 - kRounding) * mean_shell(1, amounts.size(), profile.last))) return std::nullopt;
  double low = 0, high = 1;
  constexpr int kHalvings = 60;
  for (int i = 0; i < kHalvings; ++i) {
    const double q = 0.5 * (low + high);
    (mean_shell(q, amounts.size(), profile.last) < weighted / total ? low : high) = q;
  }
  return -profile.width / std::log(0.5 * (low + high));
}

}  // namespace interstice
