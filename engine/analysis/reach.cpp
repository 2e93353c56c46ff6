#include "engine/analysis/reach.h"

namespace interstice {
namespace {

/// Last less first value.
double gain(const SeriesTable& series, const std::string& column, const SeriesRows& rows) {
  const auto* values = series.find(column);
  return values == nullptr || rows.begin == rows.end ? 0 : (*values)[rows.end - 1] - (*values)[rows.begin];
}

}  // namespace

std::optional<double> reach(const SeriesTable& run, const SeriesTable& reference, const ReachSpec& spec, double from,
                            double until) {
  std::vector<double> excess = shell_integrals(run, spec.profile, from, until);
  const std::vector<double> without = shell_integrals(reference, spec.profile, from, until);
  for (std::size_t k = 0; k < excess.size(); ++k) excess[k] -= without[k];
  return distance_holding(kReachShare, excess, spec.profile);
}

std::optional<double> clearance_rate(const SeriesTable& run, const ReachSpec& spec, double from, double until) {
  const SeriesRows rows(run, from, until);
  double patch = 0, others = 0, lost = gain(run, "decayed." + spec.species, rows);
  for (const std::string& shell : spec.profile.columns) patch += integral_over(run, shell, rows);
  for (const auto& [column, molecules] : spec.elsewhere) others += molecules * integral_over(run, column, rows);
  for (const auto& [column, molecules] : spec.consumed) lost += molecules * gain(run, column, rows);
  if (!(patch > 0) || rows.end - rows.begin < 2) return std::nullopt;
  return gain(run, "taken_up." + spec.species, rows) / patch + lost / (patch + others);
}

}  // namespace interstice
