/// @file
/// Means over replicates.
#include "tools/commands/compare_summary.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <set>

namespace interstice::cli {
namespace {

constexpr std::size_t kRowsToDraw = 240;

bool same(const Metric& a, const Metric& b) { return a.family == b.family && a.subject == b.subject; }

/// Every metric once. Parts of the budget that are zero everywhere are left out: they are places where nothing goes.
std::vector<Metric> list_metrics(const std::vector<std::vector<Metric>>& runs) {
  std::vector<Metric> all;
  std::set<std::pair<Family, std::string>> seen, empty;
  for (const auto& run : runs)
    for (const Metric& metric : run) {
      const std::pair key(metric.family, metric.subject);
      if (seen.insert(key).second) {
        all.push_back(metric);
        if (metric.family == Family::budget) empty.insert(key);
      }
      if (metric.value.value_or(0) != 0) empty.erase(key);
    }
  std::erase_if(all, [&](const Metric& metric) { return empty.contains({metric.family, metric.subject}); });
  return all;
}

std::optional<ArmMetric> over_replicates(const ComparisonRuns& runs, const ComparisonSummary& summary, std::size_t arm,
                                         const Metric& about, std::uint64_t seed) {
  ArmMetric result{runs.arms[arm].name, about, std::nullopt, Status::measured, ""};
  std::vector<double> values;
  std::size_t asked = 0;
  for (std::uint64_t replicate = 0; replicate < runs.replicates; ++replicate) {
    const auto& of_run = summary.runs[arm * runs.replicates + replicate];
    const auto metric = std::ranges::find_if(of_run, [&](const Metric& m) { return same(m, about); });
    if (metric == of_run.end()) continue;
    if (asked++ == 0) result.status = metric->status;
    if (metric->value) {
      if (values.empty()) result.status = metric->status;
      values.push_back(*metric->value);
    } else if (result.note.empty()) {
      result.note = metric->note;
    }
  }
  if (asked == 0) return std::nullopt;
  if (values.empty()) return result;
  result.estimate = bootstrap_mean(values, seed, result.arm + "/" + about.name());
  result.note = values.size() < asked ? fmt::format("in {} of {} replicates", values.size(), asked) : "";
  const bool shows = result.estimate->low > 0 ||
                     (result.estimate->high < 0 && about.family != Family::influenced_minus_sham);  // or by chance
  if (shows) result.status = Status::measured;
  return result;
}

/// One value per row of a run, or nullptr-like empty when the run has none.
using Rows = std::function<std::vector<double>(const RunOutcome&)>;

Curve make_curve(const ComparisonRuns& runs, Curve curve, const std::vector<std::size_t>& rows, const Rows& values_of) {
  for (std::size_t arm = 0; arm < runs.arms.size(); ++arm) {
    std::vector<std::vector<double>> of_replicate;
    for (std::uint64_t replicate = 0; replicate < runs.replicates; ++replicate)
      if (const RunOutcome* run = runs.outcome(arm, replicate))
        if (auto values = values_of(*run); !values.empty()) of_replicate.push_back(std::move(values));
    if (of_replicate.empty()) continue;
    ArmCurve band{runs.arms[arm].name, {}, {}, {}};
    for (const std::size_t row : rows) {
      std::vector<double> values;
      for (const auto& replicate : of_replicate) values.push_back(replicate[row]);
      double sum = 0;
      for (const double value : values) sum += value;
      band.mean.push_back(sum / static_cast<double>(values.size()));
      band.low.push_back(quantile(values, 0.05));
      band.high.push_back(quantile(std::move(values), 0.95));
    }
    curve.arms.push_back(std::move(band));
  }
  return curve;
}

std::vector<double> picked(const std::vector<double>& values, const std::vector<std::size_t>& rows) {
  std::vector<double> out;
  for (const std::size_t row : rows) out.push_back(values[row]);
  return out;
}

void add_phenotype_curve(const ComparisonRuns& runs, const RunOutcome& example, std::vector<Curve>& curves) {
  if (!runs.phenotype) return;
  const auto rows = rows_to_draw(example.series.time, kRowsToDraw);
  Curve curve{"phenotype", runs.phenotype->label, "1", picked(example.series.time, rows), {}};
  curves.push_back(make_curve(runs, std::move(curve), rows,
                              [&](const RunOutcome& run) { return phenotype_rows(run.series, *runs.phenotype); }));
}

void add_outcome_curves(const ComparisonRuns& runs, const RunOutcome& example, std::vector<Curve>& curves) {
  const auto rows = rows_to_draw(example.series.time, kRowsToDraw);
  for (const SeriesMetric& outcome : runs.described_by) {
    using Reduction = SeriesMetric::Reduction;
    if (outcome.reduction == Reduction::reach || outcome.reduction == Reduction::quantile ||
        outcome.reduction == Reduction::decay_length)
      continue;  // have no rows of their own
    Curve curve{"outcome." + outcome.subject, outcome.label, outcome.unit, picked(example.series.time, rows), {}};
    curves.push_back(
        make_curve(runs, std::move(curve), rows, [&](const RunOutcome& run) { return rows_of(run.series, outcome); }));
  }
}

void add_field_curves(const ComparisonRuns& runs, const RunOutcome& example, std::vector<Curve>& curves) {
  if (!runs.primary) return;
  const auto rows = rows_to_draw(example.series.time, kRowsToDraw);
  std::vector<std::string> fields{runs.primary->field};
  for (const auto& species : runs.arms.front().chain)
    if (species != runs.primary->field) fields.push_back(species);
  for (const auto& field : fields) {
    const std::string name = "mean." + runs.primary->region + "." + field;
    if (example.series.find(name) == nullptr) continue;
    Curve curve{
        name, fmt::format("{}, mean in {}", field, runs.primary->region), "uM", picked(example.series.time, rows), {}};
    curves.push_back(make_curve(runs, std::move(curve), rows, [&](const RunOutcome& run) {
      const auto* values = run.series.find(name);
      return values == nullptr ? std::vector<double>{} : *values;
    }));
  }
}

void add_reporter_curves(const ComparisonRuns& runs, const RunOutcome& example, std::vector<Curve>& curves) {
  for (std::size_t t = 0; t < example.traces.size(); ++t) {
    const ReporterTrace& trace = example.traces[t];
    const auto rows = rows_to_draw(trace.time, kRowsToDraw);
    Curve curve{fmt::format("reporter.{}.{}", trace.cell_type, trace.name),
                fmt::format("{} {}, mean of cells", trace.cell_type, trace.name),
                "1",
                picked(trace.time, rows),
                {}};
    curves.push_back(make_curve(runs, std::move(curve), rows, [&](const RunOutcome& run) {
      std::vector<double> means;
      for (std::size_t row = 0; row < run.traces[t].time.size(); ++row)
        means.push_back(run.traces[t].population_mean(row));
      return means;
    }));
  }
}

/// Splits the effects of arms that name an arm of direct effects, replicate by replicate.
void add_relays(const ComparisonRuns& runs, ComparisonSummary& summary) {
  for (std::size_t arm = 0; arm < runs.arms.size(); ++arm) {
    const auto direct = std::ranges::find(runs.arms, runs.arms[arm].direct, &ArmFacts::name);
    if (runs.arms[arm].direct.empty() || direct == runs.arms.end()) continue;
    const std::size_t other = (direct - runs.arms.begin()) * runs.replicates;
    for (std::uint64_t replicate = 0; replicate < runs.replicates; ++replicate)
      measure_relay(summary.runs[other + replicate], *direct, summary.runs[arm * runs.replicates + replicate]);
  }
}

}  // namespace

const ArmMetric* ComparisonSummary::find(std::string_view arm, const Metric& metric) const {
  const auto at = std::find_if(values.begin(), values.end(),
                               [&](const ArmMetric& v) { return v.arm == arm && same(v.about, metric); });
  return at == values.end() ? nullptr : &*at;
}

ComparisonSummary summarise(const ComparisonRuns& runs, const InfluenceRule& rule, std::uint64_t seed) {
  ComparisonSummary summary;
  const Questions questions{runs.primary ? &*runs.primary : nullptr, runs.phenotype ? &*runs.phenotype : nullptr,
                            runs.described_by, rule};
  summary.runs.resize(runs.outcomes.size());
  const RunOutcome* example = nullptr;
  std::map<std::optional<std::size_t>, std::set<std::string>> noisy;  // per arm of reference
  for (std::size_t arm = 0; arm < runs.arms.size(); ++arm) {
    std::vector<Pairing> pairings;
    for (std::uint64_t replicate = 0; replicate < runs.replicates; ++replicate)
      pairings.push_back(runs.pairing(arm, replicate));
    const auto reference = runs.reference(arm);
    if (!noisy.contains(reference)) noisy[reference] = noisy_reporters(pairings, rule);
    for (std::uint64_t replicate = 0; replicate < runs.replicates; ++replicate)
      if (const RunOutcome* run = runs.outcome(arm, replicate)) {
        example = example == nullptr ? run : example;
        summary.runs[arm * runs.replicates + replicate] =
            measure_run(*run, runs.arms[arm], questions, pairings[replicate], noisy[reference]);
      }
  }
  add_relays(runs, summary);
  summary.metrics = list_metrics(summary.runs);
  for (std::size_t arm = 0; arm < runs.arms.size(); ++arm)
    for (const Metric& metric : summary.metrics)
      if (auto value = over_replicates(runs, summary, arm, metric, seed)) summary.values.push_back(std::move(*value));
  if (example != nullptr) {
    add_phenotype_curve(runs, *example, summary.curves);
    add_outcome_curves(runs, *example, summary.curves);
    add_field_curves(runs, *example, summary.curves);
    add_reporter_curves(runs, *example, summary.curves);
  }
  return summary;
}

}  // namespace interstice::cli
