#include "engine/analysis/metric.h"

#include <array>
#include <cmath>
#include <utility>

namespace interstice {
namespace {

constexpr std::array<std::string_view, 26> kFamilies{"phenotype",
                                                     "phenotype_effect",
                                                     "phenotype_term",
                                                     "primary.time_to",
                                                     "primary",
                                                     "outcome",
                                                     "effect",
                                                     "effect_relative",
                                                     "reach",
                                                     "influenced",
                                                     "time_to_10pct",
                                                     "time_to_50pct",
                                                     "influenced_minus_sham",
                                                     "influenced_per_ev_given",
                                                     "influenced_per_ev_engaged",
                                                     "mean_effect",
                                                     "mean_effect_largest",
                                                     "relayed_cells",
                                                     "relayed_effect",
                                                     "relayed_outcome",
                                                     "ev",
                                                     "half_life",
                                                     "fate",
                                                     "footprint",
                                                     "budget",
                                                     "flux"};
static_assert(kFamilies.size() == static_cast<std::size_t>(Family::flux) + 1);

constexpr std::array<std::string_view, 5> kStatuses{"measured", "not_reached", "not_observable", "no_mechanism",
                                                    "undefined"};

}  // namespace

std::string_view name_of(Family family) { return kFamilies.at(static_cast<std::size_t>(family)); }

std::string_view name_of(Status status) { return kStatuses.at(static_cast<std::size_t>(status)); }

Metric make_metric(Family family, std::string subject, std::string label, std::string unit, std::string description,
                   std::optional<double> value, Absence absence) {
  Metric metric{family, std::move(subject), std::move(label), std::move(unit), std::move(description), value, {}, {},
                {}};
  if (value && std::isfinite(*value)) return metric;
  metric.value.reset();
  metric.status = absence.status;
  metric.note = std::move(absence.note);
  return metric;
}

}  // namespace interstice
