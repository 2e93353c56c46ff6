/// @file
/// What a study answers: over all points of its samples, do vesicles work by being taken up or touched, or by what they
/// do outside cells?
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/analysis/verdict.h"
#include "engine/statistics/rank_correlation.h"
#include "tools/commands/compare_verdict.h"
#include "tools/study/study_arms.h"

namespace interstice::cli {

/// A contest at a horizon, over points that differ by what was sampled, or by all axes where nothing was.
struct StudyVerdict {
  double horizon = 0;  ///< [s]
  bool published = false;
  Side first, second;
  std::uint64_t begin = 0;  ///< the first of the points
  std::string where;        ///< values of the axes beside the samples, "" = all points
  Preference preference = Preference::undetermined;
  std::size_t points = 0;                      ///< with a value of every arm
  std::optional<Judgement> judged;             ///< of a single point: by draws of its replicates, which then decide
  std::vector<double> share;                   ///< of the points, by Preference
  double first_median = 0, second_median = 0;  ///< effect of the strongest arm, signed
  double ratio_low = 0, ratio = 0, ratio_high = 0;  ///< of their sizes, first over second: 5 %, median, 95 % of points
  /// What moves the ratio: partial rank correlations with its logarithm, the largest first; empty where too few points.
  std::vector<RankCorrelation> deciders;

  /// "extracellular over uptake or contact".
  [[nodiscard]] std::string text() const;
};

/// The rule: an answer needs 80 % of the points, or of the draws of the replicates of a single one; order of asking as
/// in engine/analysis/verdict.h. Empty where the scenario has no phenotype or no arms that can be held against each
/// other.
std::vector<StudyVerdict> verdicts_of(const StudyArms& arms);

/// The contest that an answer is headed by: uptake or contact against the rest, at the last horizon with values, all
/// edges before published ones, at the place on the axes nearest to the scenario itself; null where there is none.
const StudyVerdict* headline(const Study& study, const std::vector<StudyVerdict>& verdicts);

/// What a contest says, in one sentence.
std::string sentence_of(const Study& study, const StudyVerdict& verdict);

/// Two lines for each contest at the place of `main`.
std::string verdict_lines(const std::vector<StudyVerdict>& verdicts, const StudyVerdict& main);

/// A row per contest.
std::string verdict_csv(const std::vector<StudyVerdict>& verdicts);

}  // namespace interstice::cli
