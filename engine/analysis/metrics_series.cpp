/// @file
/// Metrics of one run that are declared as reductions of columns: those of the scenario, the primary field and the
/// flux.
#include <fmt/format.h>

#include <array>
#include <cmath>

#include "engine/analysis/metrics_run.h"
#include "engine/core/constants.h"

namespace interstice {
namespace {

using Reduction = SeriesMetric::Reduction;

/// Times at which the primary field is quoted [s].
constexpr std::array<double, 9> kQuotedTimes{1, 5, 10, 30, 60, 300, 600, 1800, 3600};

Absence absence_of(const SeriesMetric& metric, double duration) {
  if (metric.reduction == Reduction::time_above || metric.reduction == Reduction::time_below)
    return {Status::not_reached, fmt::format("not within {:g} s", duration)};
  if (metric.reduction == Reduction::half_life) return {Status::undefined, "it does not fall"};
  if (metric.reduction == Reduction::quantile || metric.reduction == Reduction::decay_length)
    return {Status::undefined, "none is there, or it does not fall"};
  return {Status::undefined, "no row has a value"};
}

/// The reach and, to compare it with, how far the substance gets while it lasts.
void measure_reach(const RunOutcome& run, const SeriesMetric& metric, const RunOutcome* reference,
                   std::vector<Metric>& out) {
  const std::string& species = metric.reach.species;
  const double from = metric.from, until = metric.until;
  const auto far =
      reference == nullptr ? std::nullopt : reach(run.series, reference->series, metric.reach, from, until);
  out.push_back(make_metric(
      metric.family, metric.subject, metric.label, "um",
      fmt::format("distance within which {:g} % of the {} in the patch lies that the paired run "
                  "has not, mean over time",
                  100 * kReachShare, species),
      far,
      {Status::undefined, reference == nullptr ? "others are compared with it" : "it has no more than the other"}));
  const auto rate = clearance_rate(run.series, metric.reach, from, until);
  const bool lost = rate && *rate > 0;
  const Absence lasts{Status::undefined, rate ? "nothing takes it" : "none is there"};
  out.push_back(make_metric(
      Family::reach, metric.subject + ".screening_length", metric.label + ", screening length sqrt(D/k)", "um",
      fmt::format("D {:g} um^2/s, mean over the fluid outside the region; k: the line below", metric.reach.diffusivity),
      lost ? std::optional(std::sqrt(metric.reach.diffusivity / *rate)) : std::nullopt, lasts));
  out.push_back(make_metric(Family::reach, metric.subject + ".clearance", metric.label + ", k", "1/s",
                            fmt::format("{} that cells took per molecule in the patch, and that decay and reactions "
                                        "took per molecule in patch and reservoirs",
                                        species),
                            rate, lasts));
}

/// The difference from the paired run, and that as a share of it. Before the arm's mechanism can act it says nothing.
void measure_effect(const RunOutcome& run, const SeriesMetric& metric, const RunOutcome& reference, bool observable,
                    std::vector<Metric>& out) {
  const std::string what = description_of(metric);
  const Absence none = absence_of(metric, run.series.duration());
  const auto value = reduce(run.series, metric), other = reduce(reference.series, metric);
  const bool both = value && other, ratio = both && *other != 0;
  out.push_back(make_metric(Family::effect, metric.subject, metric.label + ", difference", metric.value_unit(),
                            what + ": less that of the paired run that the arm is compared with",
                            both ? std::optional(*value - *other) : std::nullopt, none));
  out.push_back(make_metric(Family::effect_relative, metric.subject, metric.label + ", relative difference", "1",
                            what + ": difference from the paired run as a share of its value",
                            ratio ? std::optional(*value / *other - 1) : std::nullopt,
                            both ? Absence{Status::undefined, "the other is zero"} : none));
  if (observable) return;
  for (Metric* effect : {&out.back(), &out.back() - 1})
    if (effect->value) effect->status = Status::not_observable;
}

}  // namespace

std::vector<SeriesMetric> primary_metrics(const PrimaryField& primary, double end) {
  const std::string what = fmt::format("mean {} in {}", primary.field, primary.region);
  const SeriesMetric mean{.family = Family::primary, .unit = "uM", .of = {primary.series()}};
  std::vector<SeriesMetric> all;
  const auto declare = [&](Reduction reduction, std::string subject, std::string label, std::string description) {
    SeriesMetric metric = mean;
    metric.reduction = reduction;
    metric.subject = std::move(subject);
    metric.label = std::move(label);
    metric.description = std::move(description);
    return &all.emplace_back(std::move(metric));
  };
  for (const double threshold : primary.thresholds) {
    SeriesMetric* const metric = declare(Reduction::time_above, fmt::format("{:g}uM", threshold),
                                         fmt::format("{} reaches {:g} uM after", what, threshold),
                                         "first time at the threshold, straight lines between rows of the time series");
    metric->family = Family::primary_time_to;
    metric->level = threshold;
  }
  declare(Reduction::max, "peak", what + ", peak", "largest value");
  declare(Reduction::time_of_max, "time_of_peak", what + ", time of the peak", "when the peak is first reached");
  SeriesMetric* const area =
      declare(Reduction::area, "auc", what + ", area under the curve", "integral over the run (trapezoids)");
  area->scale = 1.0 / 60;
  area->scaled_unit = "uM min";
  for (const double t : kQuotedTimes)
    if (t <= end)
      declare(Reduction::at, fmt::format("at.{:g}s", t), fmt::format("{} after {:g} s", what, t),
              "value at that time, straight lines between rows")
          ->at = t;
  return all;
}

std::vector<SeriesMetric> flux_metrics(const ArmFacts& arm) {
  if (arm.chain.empty()) return {};
  std::vector<std::string> by_ev, by_host;
  for (const auto& name : arm.made_by_ev) by_ev.push_back("reaction." + name);
  for (const auto& name : arm.made_by_host) by_host.push_back("reaction." + name);
  const auto extent = [](std::string subject, std::string label, std::string description, std::vector<std::string> of) {
    return SeriesMetric{.family = Family::flux,
                        .subject = std::move(subject),
                        .label = std::move(label),
                        .description = std::move(description),
                        .unit = "molecule",
                        .of = std::move(of),
                        .scale = 1 / kMoleculesPerFmol,
                        .scaled_unit = "fmol"};
  };
  std::vector<SeriesMetric> all{extent("made_by_EVs", "made by enzymes on EVs",
                                       "extent of the EV reactions that make the primary substance", by_ev),
                                extent("made_by_host", "made by enzymes of the host",
                                       "extent of the host reactions that make the primary substance", by_host)};
  for (std::size_t r = 0; r < by_host.size(); ++r)
    all.push_back(extent("host." + arm.made_by_host[r],
                         fmt::format("of the host: {} ({})", arm.made_by_host[r], arm.host_works[r]),
                         "extent of this host reaction", {by_host[r]}));
  SeriesMetric share{.family = Family::flux,
                     .subject = "ev_share",
                     .label = "share of the EVs",
                     .description = "made by enzymes on EVs / made in all",
                     .unit = "1",
                     .of = by_ev,
                     .normalise = by_ev};
  share.normalise.insert(share.normalise.end(), by_host.begin(), by_host.end());
  if (!share.normalise.empty()) all.push_back(std::move(share));
  return all;
}

void measure_series(const RunOutcome& run, const ArmFacts& arm, std::span<const SeriesMetric> metrics,
                    const Pairing& pairing, std::vector<Metric>& out) {
  const RunOutcome* reference = pairing.vehicle == &run ? nullptr : pairing.vehicle;
  const double duration = run.series.duration();
  for (const SeriesMetric& metric : metrics) {
    if (metric.reduction == Reduction::reach) {
      measure_reach(run, metric, reference, out);
      continue;
    }
    out.push_back(make_metric(metric.family, metric.subject, metric.label, metric.value_unit(), description_of(metric),
                              reduce(run.series, metric), absence_of(metric, duration)));
    if (metric.contrast && reference != nullptr)
      measure_effect(run, metric, *reference, arm.models.empty() || duration >= arm.delay, out);
  }
}

}  // namespace interstice
