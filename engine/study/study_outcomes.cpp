#include "engine/study/study_outcomes.h"

#include <algorithm>
#include <array>

#include "engine/analysis/phenotype.h"

namespace interstice {
namespace {

constexpr std::array kOfOneRun{Family::phenotype, Family::primary, Family::primary_time_to, Family::outcome,
                               Family::ev,        Family::fate,    Family::half_life,       Family::flux};

/// EVs given per cell that was there at the start; without EVs or cells it has no value.
Metric given_per_cell(const std::vector<Metric>& metrics, const SeriesTable& series) {
  double cells = 0;
  for (std::size_t c = 0; c < series.name.size(); ++c)
    if (series.name[c].starts_with("cells.") && !series.value[c].empty()) cells += series.value[c].front();
  const auto given = std::ranges::find_if(metrics, [](const Metric& m) { return m.name() == "ev.given"; });
  const bool known = given != metrics.end() && given->value && cells > 0;
  return make_metric(Family::ev, "given_per_cell", "EVs given per cell", "EV/cell", "over all cells of the start",
                     known ? std::optional(*given->value / cells) : std::nullopt);
}

}  // namespace

ArmFacts facts_of(const Scenario& scenario, const std::string& arm, const Problem& problem) {
  ArmFacts facts = describe_arm(problem, arm.empty() ? "all models" : arm,
                                scenario.compare.primary ? &*scenario.compare.primary : nullptr);
  if (const Arm* known = find_arm(scenario, arm)) {
    facts.control = known->control;
    facts.direct = known->direct;
    facts.changes = known->changes;
    facts.of = known->of;
    facts.edges_left_out = known->edges_left_out;
  }
  return facts;
}

std::vector<Metric> outcomes_of(const Scenario& scenario, const ArmFacts& arm, const RunOutcome& run) {
  const Questions questions{.primary = scenario.compare.primary ? &*scenario.compare.primary : nullptr,
                            .phenotype = scenario.compare.phenotype ? &*scenario.compare.phenotype : nullptr,
                            .outcomes = scenario.compare.outcomes,
                            .influenced = scenario.compare.influenced};
  std::vector<Metric> metrics = measure_run(run, arm, questions, Pairing{}, {});
  std::erase_if(metrics,
                [](const Metric& metric) { return std::ranges::find(kOfOneRun, metric.family) == kOfOneRun.end(); });
  metrics.push_back(given_per_cell(metrics, run.series));
  return metrics;
}

std::vector<std::string> outcome_names(const Scenario& scenario) {
  std::vector<std::string> names;
  for (const Family family : kOfOneRun) names.emplace_back(name_of(family));
  if (scenario.compare.phenotype)
    for (const double horizon : scenario.compare.phenotype->horizons)
      names.push_back("phenotype." + horizon_name(horizon));
  for (const SeriesMetric& outcome : scenario.compare.outcomes) names.push_back("outcome." + outcome.subject);
  return names;
}

bool is_wanted(const std::vector<std::string>& wanted, std::string_view name) {
  return wanted.empty() || std::ranges::any_of(wanted, [name](const std::string& one) {
           return name == one || (name.starts_with(one) && name[one.size()] == '.');
         });
}

std::optional<std::size_t> reference_of(const Study& study, std::size_t arm) {
  if (study.arms[arm].empty()) return std::nullopt;
  const Arm* own = find_arm(study.scenario, study.arms[arm]);
  const auto serves = [&](const std::string& name) {
    if (own != nullptr && !own->control.empty()) return name == own->control;
    const Arm* other = find_arm(study.scenario, name);
    return other != nullptr && !other->vesicles && !other->sham;
  };
  const auto found = std::ranges::find_if(study.arms, serves);
  const auto index = static_cast<std::size_t>(found - study.arms.begin());
  return found == study.arms.end() || index == arm ? std::nullopt : std::optional(index);
}

}  // namespace interstice
