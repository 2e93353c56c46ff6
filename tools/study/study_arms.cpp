#include "tools/study/study_arms.h"

#include <algorithm>
#include <set>

#include "engine/analysis/phenotype.h"
#include "engine/statistics/contrast.h"
#include "engine/study/study_outcomes.h"
#include "tools/study/study_points.h"

namespace interstice::cli {

StudyArms::StudyArms(const Study& study, const StudyValues& values) : study_(study), values_(values) {
  for (const std::string& arm : study.arms)
    if (!arm.empty()) facts_.push_back(facts_of(study.scenario, arm, build_problem(study.scenario, {arm, 0})));
  if (!study.scenario.compare.phenotype) return;
  for (const double horizon : study.scenario.compare.phenotype->horizons) {
    const auto o = phenotype_at(horizon);
    bool known = false;
    for (std::uint64_t p = 0; o && !known && p < study.point_count(); ++p)
      for (std::size_t arm = 0; arm < study.arms.size(); ++arm)
        known = known || count_of(values.values(p, arm, *o)) > 0;
    if (known) horizons_.push_back(horizon);
  }
}

const ArmFacts& StudyArms::facts(const std::string& arm) const {
  return *std::ranges::find(facts_, arm, &ArmFacts::name);
}

std::size_t StudyArms::index(const std::string& arm) const {
  return static_cast<std::size_t>(std::ranges::find(study_.arms, arm) - study_.arms.begin());
}

std::vector<std::string> StudyArms::published_not_run() const {
  std::set<std::string> judged;
  for (const auto& [first, second] : cli::contests(facts_, false)) {
    judged.insert(first.arms.begin(), first.arms.end());
    judged.insert(second.arms.begin(), second.arms.end());
  }
  std::vector<std::string> missing;
  for (const Arm& arm : study_.scenario.compare.published)
    if (judged.contains(arm.of) && std::ranges::find(facts_, arm.name, &ArmFacts::name) == facts_.end())
      missing.push_back(arm.name);
  return missing;
}

std::vector<std::pair<Side, Side>> StudyArms::contests(bool published) const {
  auto all = cli::contests(facts_, published);
  if (!published) return all;
  const std::vector<std::string> missing = published_not_run();
  const auto is_missing = [&missing](const std::string& arm) {
    return std::ranges::find(missing, arm + std::string(kPublished)) != missing.end();
  };
  std::erase_if(all, [&](const auto& sides) {
    return std::ranges::any_of(sides.first.arms, is_missing) || std::ranges::any_of(sides.second.arms, is_missing);
  });
  return all;
}

std::optional<std::size_t> StudyArms::outcome(const std::string& name) const {
  const auto found = std::ranges::find(values_.outcomes(), name, &StudyOutcome::name);
  if (found == values_.outcomes().end()) return std::nullopt;
  return static_cast<std::size_t>(found - values_.outcomes().begin());
}

std::optional<std::size_t> StudyArms::phenotype_at(double horizon) const {
  return outcome("phenotype." + horizon_name(horizon));
}

double StudyArms::effect(std::uint64_t point, const std::string& arm, std::size_t outcome) const {
  return mean_of(values_.effects(point, index(arm), outcome));
}

std::optional<StudyArms::Strongest> StudyArms::strongest(const Side& side, std::uint64_t point,
                                                         std::size_t outcome) const {
  Strongest most;
  for (const std::string& arm : side.arms) {
    const double mean = effect(point, arm, outcome);
    if (!std::isfinite(mean)) return std::nullopt;
    if (most.arm.empty() || std::abs(mean) > std::abs(most.effect)) most = {arm, mean};
  }
  return most;
}

std::optional<Judgement> StudyArms::judge_replicates(const Side& first, const Side& second, std::uint64_t point,
                                                     std::size_t outcome, std::string_view key) const {
  const auto effects = [&](const Side& side) {
    std::vector<ArmEffects> all;
    for (const std::string& arm : side.arms) all.push_back(values_.effects(point, index(arm), outcome));
    return all;
  };
  std::vector<ArmEffects> of_first = effects(first), of_second = effects(second);
  for (std::uint64_t r = study_.replicates; r-- > 0;) {
    const auto known = [r](const ArmEffects& arm) { return std::isfinite(arm[r]); };
    if (std::ranges::all_of(of_first, known) && std::ranges::all_of(of_second, known)) continue;
    for (auto* side : {&of_first, &of_second})
      for (ArmEffects& arm : *side) arm.erase(arm.begin() + static_cast<std::ptrdiff_t>(r));
  }
  if (of_first.empty() || of_second.empty() || of_first.front().empty()) return std::nullopt;
  return judge(of_first, of_second, study_.seed, key);
}

std::string acts_by(const ArmFacts& arm) {
  const Engagement& by = arm.engagement;
  const bool outside = by.enzymes || by.binding;
  if (outside && (by.cargo || by.contact)) return "several";
  if (outside) return "outside cells";
  if (by.cargo && by.contact) return "uptake and contact";
  if (by.cargo) return "uptake";
  return by.contact ? "contact" : "nothing";
}

std::vector<ArmEffect> effects_of(const StudyArms& arms) {
  const Study& study = arms.study();
  std::vector<ArmEffect> all;
  const std::uint64_t begin = point_nearest_to_own(study);
  for (const ArmFacts& arm : arms.facts()) {
    if (!arm.vesicles) continue;
    for (const double horizon : arms.horizons()) {
      const std::size_t o = *arms.phenotype_at(horizon);
      ArmEffect row{.arm = arm.name, .by = acts_by(arm), .horizon = horizon, .effect = {}};
      if (study.samples) {
        std::vector<double> means;
        for (std::uint64_t p = begin; p < begin + samples_per_place(study); ++p)
          means.push_back(arms.effect(p, arm.name, o));
        row.effect = {.n = count_of(means),
                      .mean = quantile(means, 0.5),
                      .low = quantile(means, 0.05),
                      .high = quantile(means, 0.95)};
      } else if (const auto values = arms.values().effects(begin, arms.index(arm.name), o); count_of(values) > 0) {
        row.effect = student_mean(values);
      }
      if (row.effect.n > 0) all.push_back(std::move(row));
    }
  }
  return all;
}

}  // namespace interstice::cli
