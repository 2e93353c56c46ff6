/// @file
/// All that a study answers, as tables and as a page.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "tools/study/study_arms.h"
#include "tools/study/study_break_even.h"
#include "tools/study/study_crossings.h"
#include "tools/study/study_curves.h"
#include "tools/study/study_elasticity.h"
#include "tools/study/study_radius.h"
#include "tools/study/study_regimes.h"
#include "tools/study/study_shares.h"
#include "tools/study/study_verdict.h"

namespace interstice::cli {

struct StudyAnswer {
  std::vector<StudyVerdict> verdicts;
  std::vector<ArmEffect> effects;
  std::vector<StudyCurve> curves;
  std::vector<StudyCrossing> crossings;
  std::vector<BreakEven> break_evens;
  std::vector<VerdictRadius> radii;
  std::vector<StudyShares> shares;
  std::vector<StudyElasticity> elasticities;
  std::vector<Regime> regimes;

  /// Names and texts of its tables; an empty text: there is nothing to say.
  [[nodiscard]] std::vector<std::pair<const char*, std::string>> tables(const StudyArms& arms) const;
};

/// What the page says; `curves_too`: also dose-response curves of what is not the phenotype, for the table.
StudyAnswer study_answer(const StudyArms& arms, bool curves_too);

/// For the terminal: one sentence first, then what it stands on.
std::string answer_page(const StudyArms& arms, const StudyAnswer& answer);

}  // namespace interstice::cli
