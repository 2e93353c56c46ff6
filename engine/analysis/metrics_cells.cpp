/// @file
/// Metrics of one run: cells influenced and population means, against the paired run without vesicles.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "engine/analysis/metrics_run.h"

namespace interstice {
namespace {

constexpr double kMostSham = 0.2;  ///< share of cells that chance may influence before counts say nothing

std::string key_of(const ReporterTrace& trace) { return trace.cell_type + "." + trace.name; }

const ReporterTrace* same_reporter(const RunOutcome* run, const ReporterTrace& trace) {
  if (run == nullptr) return nullptr;
  const auto at = std::find_if(run->traces.begin(), run->traces.end(),
                               [&](const ReporterTrace& other) { return key_of(other) == key_of(trace); });
  return at == run->traces.end() ? nullptr : &*at;
}

/// Puts the metrics of one reporter together.
class ReporterMetrics {
 public:
  ReporterMetrics(const ReporterTrace& trace, bool observable, std::vector<Metric>& out)
      : key_(key_of(trace)),
        what_(fmt::format("{} {} ({})", trace.cell_type, trace.name, trace.receptor ? "receptor" : "phenotype")),
        observable_(observable),
        out_(out) {}

  void add(Family family, const std::string& label, const std::string& unit, const std::string& description,
           std::optional<double> value, Absence absence = {}) {
    if (!observable_ && absence.status == Status::not_reached) absence.status = Status::not_observable;
    Metric metric = make_metric(family, key_, label, unit, description, value, std::move(absence));
    metric.of = what_;
    if (!observable_ && value) metric.status = Status::not_observable;
    out_.push_back(std::move(metric));
  }

 private:
  std::string key_, what_;
  bool observable_;
  std::vector<Metric>& out_;
};

void count_cells(const RunOutcome& run, const ArmFacts& arm, const Influence& found, const Influence* sham,
                 ReporterMetrics& metrics) {
  metrics.add(Family::influenced, "cells influenced", "cell",
              "families whose reporter differs from the paired run without vesicles for long enough",
              static_cast<double>(found.count()));
  for (const auto& [family, percent] : {std::pair(Family::time_to_10pct, 10), std::pair(Family::time_to_50pct, 50)})
    metrics.add(family, fmt::format("{} % of cells influenced after", percent), "s",
                "onset of the lasting difference, over all families of the cell type",
                found.time_to_share(percent / 100.0), {Status::not_reached, "not within the run"});
  if (!arm.vesicles) return;
  if (sham == nullptr) {
    metrics.add(Family::influenced_minus_sham, "cells influenced, sham subtracted", "cell", "", std::nullopt,
                {Status::undefined, "no run of a sham arm"});
    return;
  }
  const double net = static_cast<double>(found.count()) - static_cast<double>(sham->count());
  metrics.add(Family::influenced_minus_sham, "cells influenced, sham subtracted", "cell",
              "count of the arm less that of the sham arm of the same replicate", net);
  const auto ratio = [&](std::optional<double> vesicles) {
    return vesicles && *vesicles > 0 ? std::optional(net / *vesicles) : std::nullopt;
  };
  metrics.add(Family::influenced_per_ev_given, "cells per EV given", "cell/EV",
              "cells influenced, sham subtracted, per real vesicle given (see ev.given)",
              ratio(vesicles_given(run, arm)), {Status::undefined, "no EV given"});
  metrics.add(Family::influenced_per_ev_engaged, "cells per EV engaged", "cell/EV",
              "cells influenced, sham subtracted, per real vesicle engaged by the end (see ev.engaged)",
              ratio(vesicles_engaged(run, arm)), engagement_absence(arm, "no EV engaged"));
}

/// Moments at which either population is extinct have no value.
void add_mean_effect(const std::vector<double>& effect, ReporterMetrics& metrics) {
  std::optional<double> at_end, largest;
  if (!std::isnan(effect.back())) at_end = effect.back();
  for (const double value : effect)
    if (!std::isnan(value) && (!largest || std::abs(value) > std::abs(*largest))) largest = value;
  metrics.add(Family::mean_effect, "mean effect at the end", "1",
              "population mean less that without vesicles, in units of the dynamic range", at_end,
              {Status::undefined, "no cell of the type left"});
  metrics.add(Family::mean_effect_largest, "largest mean effect", "1",
              "the mean effect where its size is largest over the run", largest,
              {Status::undefined, "no cell of the type lived"});
}

}  // namespace

std::set<std::string> noisy_reporters(std::span<const Pairing> pairings, const InfluenceRule& rule) {
  std::map<std::string, std::pair<double, double>> counts;  // influenced by the sham, families
  for (const Pairing& pairing : pairings) {
    if (pairing.vehicle == nullptr || pairing.sham == nullptr) continue;
    for (const ReporterTrace& trace : pairing.sham->traces)
      if (const auto* reference = same_reporter(pairing.vehicle, trace)) {
        const Influence found = influence(trace, *reference, rule);
        counts[key_of(trace)].first += static_cast<double>(found.count());
        counts[key_of(trace)].second += static_cast<double>(found.families);
      }
  }
  std::set<std::string> noisy;
  for (const auto& [key, count] : counts)
    if (count.first > kMostSham * count.second) noisy.insert(key);
  return noisy;
}

void measure_cells(const RunOutcome& run, const ArmFacts& arm, const Pairing& pairing, const InfluenceRule& rule,
                   const std::set<std::string>& noisy, std::vector<Metric>& out) {
  if (pairing.vehicle == nullptr || pairing.vehicle == &run) return;
  for (const ReporterTrace& trace : run.traces) {
    const ReporterTrace* reference = same_reporter(pairing.vehicle, trace);
    if (reference == nullptr || trace.time.empty()) continue;
    const double duration = trace.time.back() - trace.time.front();
    const bool observable = arm.models.empty() || duration >= std::max(arm.delay, trace.delay);
    ReporterMetrics metrics(trace, observable, out);
    if (noisy.contains(key_of(trace))) {
      metrics.add(Family::influenced_minus_sham, "cells influenced, sham subtracted", "cell",
                  "count of the arm less that of the sham arm of the same replicate", std::nullopt,
                  {Status::undefined, "sham above 20 % of cells: population means only"});
    } else {
      const ReporterTrace* sham = same_reporter(pairing.sham, trace);
      std::optional<Influence> by_chance;
      if (sham != nullptr) by_chance = influence(*sham, *reference, rule);
      count_cells(run, arm, influence(trace, *reference, rule), by_chance ? &*by_chance : nullptr, metrics);
    }
    add_mean_effect(mean_effect(trace, *reference), metrics);
  }
}

}  // namespace interstice
