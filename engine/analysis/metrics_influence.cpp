/// @file
/// Paired comparison of reporters, family by family.
#include "engine/analysis/metrics_influence.h"

#include <cmath>
#include <set>
#include <stdexcept>

namespace interstice {
namespace {

/// The reporter of one family at one row; NaN when it does not live.
double at(const ReporterTrace& trace, std::size_t row, std::size_t family) {
  const auto& values = trace.mean[row];
  return family < values.size() ? static_cast<double>(values[family]) : std::nan("");
}

bool differs(double arm, double reference, double least) {
  if (std::isnan(arm) || std::isnan(reference)) return std::isnan(arm) != std::isnan(reference);
  return std::abs(arm - reference) > least;
}

/// Start of the first unbroken difference of at least `hold`; empty when there is none.
std::optional<double> onset(const ReporterTrace& arm, std::size_t in_arm, const ReporterTrace& reference,
                            std::size_t in_reference, double least, double hold) {
  std::optional<double> since;
  for (std::size_t row = 0; row < arm.time.size(); ++row) {
    if (!differs(at(arm, row, in_arm), at(reference, row, in_reference), least)) {
      since.reset();
      continue;
    }
    if (!since) since = arm.time[row];
    // Rows carry rounded clocks: a hold that ends exactly on a row must count.
    if (arm.time[row] - *since >= hold * (1 - 1e-9)) return since;
  }
  return std::nullopt;
}

}  // namespace

std::optional<double> Influence::time_to_share(double share) const {
  if (families == 0) return std::nullopt;
  const auto needed = static_cast<std::size_t>(std::ceil(share * static_cast<double>(families) - 1e-9));
  if (needed == 0 || onsets.size() < needed) return std::nullopt;
  return onsets[needed - 1];
}

Influence influence(const ReporterTrace& arm, const ReporterTrace& reference, const InfluenceRule& rule) {
  if (arm.time != reference.time) throw std::invalid_argument("paired traces were recorded at different times");
  Influence result;
  if (arm.time.empty()) return result;
  const double hold = rule.hold_in(arm.time.back() - arm.time.front());
  const double least = rule.share_of_range * arm.range;
  std::set<AgentId> founders(arm.family.begin(), arm.family.end());
  founders.insert(reference.family.begin(), reference.family.end());
  result.families = founders.size();
  for (const AgentId founder : founders) {
    const auto begun = onset(arm, arm.position_of(founder), reference, reference.position_of(founder), least, hold);
    if (begun) result.onsets.push_back(*begun);
  }
  std::sort(result.onsets.begin(), result.onsets.end());
  return result;
}

std::vector<double> mean_effect(const ReporterTrace& arm, const ReporterTrace& reference) {
  if (arm.time != reference.time) throw std::invalid_argument("paired traces were recorded at different times");
  std::vector<double> effect(arm.time.size());
  for (std::size_t row = 0; row < effect.size(); ++row)
    effect[row] = (arm.population_mean(row) - reference.population_mean(row)) / arm.range;
  return effect;
}

}  // namespace interstice
