#include "engine/analysis/reach.h"

#include <span>

namespace interstice {
namespace {

/// The rows that lie in [from, until].
struct Rows {
  std::size_t begin = 0, end = 0;
  Rows(const SeriesTable& series, double from, double until) {
    while (begin < series.time.size() && series.time[begin] < from) ++begin;
    for (end = begin; end < series.time.size() && series.time[end] <= until;) ++end;
  }
  [[nodiscard]] std::span<const double> of(const std::vector<double>& values) const {
    return std::span(values).subspan(begin, end - begin);
  }
};

/// Integral over these rows; the value itself where there is one row only, 0 for a column that is not there.
double integral(const SeriesTable& series, const std::string& column, const Rows& rows) {
  const auto* values = series.find(column);
  if (values == nullptr || rows.begin == rows.end) return 0;
  if (rows.end - rows.begin == 1) return (*values)[rows.begin];
  return area_under_curve(rows.of(series.time), rows.of(*values));
}

/// Last less first value.
double gain(const SeriesTable& series, const std::string& column, const Rows& rows) {
  const auto* values = series.find(column);
  return values == nullptr || rows.begin == rows.end ? 0 : (*values)[rows.end - 1] - (*values)[rows.begin];
}

}  // namespace

std::optional<double> reach(const SeriesTable& run, const SeriesTable& reference, const ReachSpec& spec, double from,
                            double until) {
  const Rows here(run, from, until), there(reference, from, until);
  std::vector<double> excess;
  double total = 0;
  for (const std::string& shell : spec.shells) {
    excess.push_back(integral(run, shell, here) - integral(reference, shell, there));
    total += excess.back();
  }
  if (!(total > 0)) return std::nullopt;
  double beyond = 0;  // from the farthest shell inwards
  for (std::size_t k = excess.size(); k-- > 1;) {
    const double most = (1 - kReachShare) * total;
    if (beyond + excess[k] > most) return spec.width * (static_cast<double>(k) - (most - beyond) / excess[k]);
    beyond += excess[k];
  }
  return 0;
}

std::optional<double> clearance_rate(const SeriesTable& run, const ReachSpec& spec, double from, double until) {
  const Rows rows(run, from, until);
  double patch = 0, others = 0, lost = gain(run, "decayed." + spec.species, rows);
  for (const std::string& shell : spec.shells) patch += integral(run, shell, rows);
  for (const auto& [column, molecules] : spec.elsewhere) others += molecules * integral(run, column, rows);
  for (const auto& [column, molecules] : spec.consumed) lost += molecules * gain(run, column, rows);
  if (!(patch > 0) || rows.end - rows.begin < 2) return std::nullopt;
  return gain(run, "taken_up." + spec.species, rows) / patch + lost / (patch + others);
}

}  // namespace interstice
