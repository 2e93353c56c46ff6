#include "engine/analysis/phenotype.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>

namespace interstice {
namespace {

SeriesMetric rows_at(const PhenotypeTerm& term, double time) {
  SeriesMetric at = term.rows;
  at.reduction = SeriesMetric::Reduction::at;
  at.at = time;
  return at;
}

/// When the first mechanism of the arm can show: its own delay after the first dose [s].
double first_effect(const ArmFacts& arm) {
  double dose = std::numeric_limits<double>::infinity();
  for (const ClassFacts& klass : arm.vesicle_classes)
    if (!klass.doses.empty()) dose = std::min(dose, klass.doses.front());
  return arm.delay + (std::isfinite(dose) ? dose : 0);
}

/// A straight line between far rows would show at a time what came long after it.
bool has_row_near(const std::vector<double>& rows, double time) {
  const auto after = std::ranges::lower_bound(rows, time);
  if (after == rows.begin() || after == rows.end() || *after == time) return true;
  return *after - *std::prev(after) <= time / 2;
}

std::optional<double> difference(std::optional<double> a, std::optional<double> b) {
  if (!a || !b) return std::nullopt;
  return *a - *b;
}

/// The metrics of one horizon of one run.
class AtHorizon {
 public:
  AtHorizon(const RunOutcome& run, const ArmFacts& arm, double horizon, std::vector<Metric>& out)
      : name_(horizon_name(horizon)), text_(horizon_text(horizon)), out_(out) {
    const double end = run.series.time.back();
    if (horizon > end)
      absence_ = {Status::not_observable,
                  fmt::format("not observable in this run, which ends at {}", horizon_text(end))};
    too_early_ = !arm.models.empty() && horizon < first_effect(arm);
  }

  void value(const std::string& label, std::optional<double> value) {
    out_.push_back(make_metric(Family::phenotype, name_, fmt::format("{} at {}", label, text_), "1",
                               "weighted mean of the terms, each a signed share of its dynamic range", value,
                               absence_));
  }
  void effect(const std::string& label, std::optional<double> difference) {
    add(Family::phenotype_effect, name_, fmt::format("effect on {} at {}", label, text_),
        "the phenotype less that of the paired run that the arm is compared with", difference);
  }
  void part(const PhenotypeTerm& term, std::optional<double> difference) {
    add(Family::phenotype_term, name_ + "." + term.rows.subject, fmt::format("of it {} at {}", term.rows.label, text_),
        "what this term adds to the effect: weight * sign * difference/range over the sum of weights", difference);
  }

 private:
  void add(Family family, std::string subject, std::string label, const char* description,
           std::optional<double> value) {
    out_.push_back(make_metric(family, std::move(subject), std::move(label), "1", description, value, absence_));
    if (value && too_early_) out_.back().status = Status::not_observable;
  }

  std::string name_, text_;
  Absence absence_{Status::undefined, "a term has no value then, or rows are far apart"};
  bool too_early_ = false;
  std::vector<Metric>& out_;
};

}  // namespace

double Phenotype::total_weight() const {
  double sum = 0;
  for (const PhenotypeTerm& term : terms) sum += term.weight;
  return sum;
}

std::optional<double> term_at(const SeriesTable& series, const PhenotypeTerm& term, double time) {
  if (!has_row_near(series.time, time)) return std::nullopt;
  const auto value = reduce(series, rows_at(term, time));
  return value ? std::optional(term.sign * *value / term.range) : std::nullopt;
}

std::optional<double> phenotype_at(const SeriesTable& series, const Phenotype& phenotype, double time) {
  double sum = 0;
  for (const PhenotypeTerm& term : phenotype.terms) {
    const auto value = term_at(series, term, time);
    if (!value) return std::nullopt;
    sum += term.weight * *value;
  }
  return sum / phenotype.total_weight();
}

std::vector<double> phenotype_rows(const SeriesTable& series, const Phenotype& phenotype) {
  std::vector<double> sum(series.time.size(), 0.0);
  for (const PhenotypeTerm& term : phenotype.terms) {
    const std::vector<double> rows = rows_of(series, term.rows);
    for (std::size_t row = 0; row < sum.size(); ++row)
      sum[row] += rows.empty() ? std::nan("") : term.weight * term.sign * rows[row] / term.range;
  }
  for (double& value : sum) value /= phenotype.total_weight();
  return sum;
}

void measure_phenotype(const RunOutcome& run, const ArmFacts& arm, const Phenotype& phenotype, const Pairing& pairing,
                       std::vector<Metric>& out) {
  const RunOutcome* reference = pairing.vehicle == &run ? nullptr : pairing.vehicle;
  for (const double horizon : phenotype.horizons) {
    AtHorizon metrics(run, arm, horizon, out);
    const auto value = phenotype_at(run.series, phenotype, horizon);
    metrics.value(phenotype.label, value);
    if (reference == nullptr) continue;
    metrics.effect(phenotype.label, difference(value, phenotype_at(reference->series, phenotype, horizon)));
    for (const PhenotypeTerm& term : phenotype.terms) {
      auto part = difference(term_at(run.series, term, horizon), term_at(reference->series, term, horizon));
      if (part) *part *= term.weight / phenotype.total_weight();
      metrics.part(term, part);
    }
  }
}

std::string horizon_name(double horizon) { return fmt::format("{:g}s", horizon); }

std::string horizon_text(double seconds) {
  constexpr double kMinute = 60, kHour = 3600, kDay = 86400;
  const auto in = [seconds](double unit, const char* name) { return fmt::format("{:.4g} {}", seconds / unit, name); };
  if (seconds < 2 * kMinute) return in(1, "s");
  if (seconds < 2 * kHour) return in(kMinute, "min");
  return seconds <= 3 * kDay ? in(kHour, "h") : in(kDay, "days");
}

}  // namespace interstice
