#include "tools/study/twin_agreement.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>

#include "engine/analysis/phenotype.h"
#include "engine/study/study_outcomes.h"
#include "tools/study/study_points.h"

namespace interstice::cli {
namespace {

constexpr double kNear = 0.05, kFactor = 1.5;
constexpr double kEnough = 0.9;  ///< share of the points

std::size_t place_of(const StudyValues& values, const std::string& outcome) {
  return static_cast<std::size_t>(std::ranges::find(values.outcomes(), outcome, &StudyOutcome::name) -
                                  values.outcomes().begin());
}

/// The point of the twin's study at which each point of the check is.
std::vector<std::uint64_t> same_points(const Study& study, const Study& check) {
  std::map<std::vector<std::string>, std::uint64_t> by_sets;
  for (std::uint64_t p = 0; p < study.point_count(); ++p) by_sets.emplace(point_of(study, p).sets, p);
  std::vector<std::uint64_t> same;
  for (std::uint64_t p = 0; p < check.point_count(); ++p) same.push_back(by_sets.at(point_of(check, p).sets));
  return same;
}

}  // namespace

bool effects_agree(double twin, double original) {
  const double least = std::min(std::abs(twin), std::abs(original));
  const double most = std::max(std::abs(twin), std::abs(original));
  return std::abs(twin - original) <= kNear || (twin * original > 0 && most <= kFactor * least);
}

std::vector<Agreement> agreement_of(const Study& study, const StudyValues& values, const Study& check,
                                    const StudyValues& check_values) {
  std::vector<Agreement> all;
  if (!study.scenario.compare.phenotype) return all;
  const auto same = same_points(study, check);
  for (const double horizon : study.scenario.compare.phenotype->horizons) {
    const std::string outcome = "phenotype." + horizon_name(horizon);
    if (!is_wanted(study.outcomes, outcome)) continue;
    const std::size_t ours = place_of(values, outcome), theirs = place_of(check_values, outcome);
    for (std::size_t arm = 0; arm < study.arms.size(); ++arm) {
      if (!values.reference(arm)) continue;
      Agreement& a = all.emplace_back();
      a.arm = study.arms[arm];
      a.horizon = horizon;
      if (ours == values.outcomes().size() || theirs == check_values.outcomes().size()) continue;
      for (std::uint64_t p = 0; p < same.size(); ++p) {
        const double twin = mean_of(values.effects(same[p], arm, ours));
        const double original = mean_of(check_values.effects(p, arm, theirs));
        if (!std::isfinite(twin) || !std::isfinite(original)) continue;
        if (a.points++ == 0 || std::abs(twin - original) > std::abs(a.largest_twin - a.largest_original)) {
          a.largest_twin = twin;
          a.largest_original = original;
          a.largest_at = same[p];
        }
        a.agree += effects_agree(twin, original) ? 1 : 0;
        a.twin += twin;
        a.original += original;
      }
      if (a.points == 0) continue;
      a.twin /= static_cast<double>(a.points);
      a.original /= static_cast<double>(a.points);
    }
  }
  return all;
}

bool is_enough(const Study& check, const std::vector<Agreement>& agreement) {
  return !agreement.empty() && std::ranges::all_of(agreement, [&check](const Agreement& a) {
    return a.points == check.point_count() && static_cast<double>(a.agree) >= kEnough * static_cast<double>(a.points);
  });
}

std::string agreement_text(const Study& check, const std::vector<Agreement>& agreement) {
  std::string out = fmt::format(
      "  The twin against {} at {} points, {} replicates each; effects agree that are within {} or a factor of {}, as "
      "nine in ten of every line must\n",
      std::filesystem::path(check.scenario.path).filename().string(), check.point_count(), check.replicates, kNear,
      kFactor);
  for (const Agreement& a : agreement)
    out += a.points == 0
               ? fmt::format("  {:>7}, {:<18} no results\n", horizon_text(a.horizon), a.arm)
               : fmt::format(
                     "  {:>7}, {:<18} {:>3} of {:<3} agree; mean {:+.3f} against {:+.3f}, furthest apart {:+.3f} "
                     "and {:+.3f} (point {})\n",
                     horizon_text(a.horizon), a.arm, a.agree, a.points, a.twin, a.original, a.largest_twin,
                     a.largest_original, a.largest_at);
  return out;
}

}  // namespace interstice::cli
