#include "engine/analysis/outcomes.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace interstice {
namespace {

std::vector<double> sum_of(const SeriesTable& series, const std::vector<std::string>& columns) {
  std::vector<double> sum(series.time.size(), 0.0);
  bool any = false;
  for (const std::string& name : columns) {
    const auto* column = series.find(name);
    if (column == nullptr) continue;
    any = true;
    for (std::size_t row = 0; row < sum.size(); ++row) sum[row] += (*column)[row];
  }
  if (!any) sum.clear();
  return sum;
}

std::string description_of(const OutcomeSpec& outcome) {
  static constexpr const char* kReductions[] = {"last value",     "mean",
                                                "smallest value", "largest value",
                                                "integral",       "last less first value",
                                                "half-life",      "last over first value",
                                                "reach"};
  const char* reduction = kReductions[static_cast<int>(outcome.reduction)];
  std::string text = fmt::format("{} of {}", reduction, fmt::join(outcome.of, " + "));
  if (outcome.rate) text += ", change per second";
  if (!outcome.normalise.empty()) text += fmt::format(" over {}", fmt::join(outcome.normalise, " + "));
  if (outcome.per_initial) text += " over their sum at the start";
  if (outcome.from > 0) text += fmt::format(", from {:g} s", outcome.from);
  if (std::isfinite(outcome.until)) text += fmt::format(", until {:g} s", outcome.until);
  return text;
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

std::vector<double> outcome_rows(const SeriesTable& series, const OutcomeSpec& outcome) {
  std::vector<double> rows = sum_of(series, outcome.of);
  if (rows.empty()) return rows;
  const auto divide = [](double a, double b) { return b == 0 ? std::nan("") : a / b; };
  const double initial = rows.front();
  if (outcome.rate) {
    for (std::size_t row = rows.size(); row-- > 1;)
      rows[row] = (rows[row] - rows[row - 1]) / (series.time[row] - series.time[row - 1]);
    rows.front() = std::nan("");
  }
  if (!outcome.normalise.empty()) {
    const std::vector<double> below = sum_of(series, outcome.normalise);
    if (below.empty()) return {};
    std::transform(rows.begin(), rows.end(), below.begin(), rows.begin(), divide);
  }
  if (outcome.per_initial)
    for (double& value : rows) value = divide(value, initial);
  return rows;
}

std::optional<double> reduce(const SeriesTable& series, const OutcomeSpec& outcome) {
  const std::vector<double> rows = outcome_rows(series, outcome);
  std::vector<double> time, value;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    if (std::isnan(rows[row]) || series.time[row] < outcome.from || series.time[row] > outcome.until) continue;
    time.push_back(series.time[row]);
    value.push_back(rows[row]);
  }
  if (value.empty()) return std::nullopt;
  switch (outcome.reduction) {
    case OutcomeSpec::Reduction::last:
      return value.back();
    case OutcomeSpec::Reduction::mean:
      if (time.size() == 1) return value.front();
      return area_under_curve(time, value) / (time.back() - time.front());
    case OutcomeSpec::Reduction::max:
      return *std::ranges::max_element(value);
    case OutcomeSpec::Reduction::min:
      return *std::ranges::min_element(value);
    case OutcomeSpec::Reduction::area:
      return area_under_curve(time, value);
    case OutcomeSpec::Reduction::change:
      return value.back() - value.front();
    case OutcomeSpec::Reduction::half_life:
      return half_life_of(time, value);
    case OutcomeSpec::Reduction::fraction_of_initial:
      if (value.front() == 0) return std::nullopt;
      return value.back() / value.front();
    case OutcomeSpec::Reduction::reach:
      return std::nullopt;
  }
  return std::nullopt;
}

namespace {

/// The reach and, to compare it with, how far the substance gets while it lasts.
void measure_reach(const RunOutcome& run, const OutcomeSpec& outcome, const RunOutcome* reference,
                   std::vector<Metric>& out) {
  const std::string name = "outcome." + outcome.name, &species = outcome.reach.species;
  const double from = outcome.from, until = outcome.until;
  const auto far =
      reference == nullptr ? std::nullopt : reach(run.series, reference->series, outcome.reach, from, until);
  out.push_back({name, outcome.label, "um",
                 fmt::format("distance within which {:g} % of the {} in the patch lies that the paired run has not, "
                             "mean over time",
                             100 * kReachShare, species),
                 far,
                 far                    ? ""
                 : reference == nullptr ? "others are compared with it"
                                        : "it has no more than the other"});
  const auto rate = clearance_rate(run.series, outcome.reach, from, until);
  const bool lost = rate && *rate > 0;
  const std::string lasts = rate ? "nothing takes it" : "none is there";
  out.push_back({name + ".screening_length", outcome.label + ", screening length sqrt(D/k)", "um",
                 fmt::format("D {:g} um^2/s, mean over the fluid outside the region; k: the line below",
                             outcome.reach.diffusivity),
                 lost ? std::optional(std::sqrt(outcome.reach.diffusivity / *rate)) : std::nullopt, lost ? "" : lasts});
  out.push_back({name + ".clearance", outcome.label + ", k", "1/s",
                 fmt::format("{} that cells took per molecule in the patch, and that decay and reactions took per "
                             "molecule in patch and reservoirs",
                             species),
                 rate, rate ? "" : lasts});
}

}  // namespace

void measure_outcomes(const RunOutcome& run, std::span<const OutcomeSpec> outcomes, const Pairing& pairing,
                      std::vector<Metric>& out) {
  for (const OutcomeSpec& outcome : outcomes) {
    if (outcome.reduction == OutcomeSpec::Reduction::reach) {
      measure_reach(run, outcome, pairing.vehicle == &run ? nullptr : pairing.vehicle, out);
      continue;
    }
    const std::string what = description_of(outcome), none = outcome.reduction == OutcomeSpec::Reduction::half_life
                                                                 ? "it does not fall"
                                                                 : "no row has a value";
    const auto value = reduce(run.series, outcome);
    out.push_back({"outcome." + outcome.name, outcome.label, outcome.value_unit(), what, value, value ? "" : none});
    if (pairing.vehicle == nullptr || pairing.vehicle == &run) continue;
    const auto reference = reduce(pairing.vehicle->series, outcome);
    const bool both = value && reference;
    out.push_back({"effect." + outcome.name, outcome.label + ", difference", outcome.value_unit(),
                   what + ": less that of the paired run that the arm is compared with",
                   both ? std::optional(*value - *reference) : std::nullopt, both ? "" : none});
    const bool ratio = both && *reference != 0;
    out.push_back({"effect_relative." + outcome.name, outcome.label + ", relative difference", "1",
                   what + ": difference from the paired run as a share of its value",
                   ratio ? std::optional(*value / *reference - 1) : std::nullopt,
                   ratio ? "" : (both ? "the other is zero" : none)});
  }
}

}  // namespace interstice
