/// @file
/// Shares of mechanisms in an effect, where the arms of a study are all subsets of them: Shapley values, and whether
/// mechanisms can stand in for each other.
#pragma once

#include <string>
#include <vector>

#include "engine/statistics/shapley.h"
#include "tools/study/study_arms.h"

namespace interstice::cli {

/// Mechanisms that are on or off, and the arm of each subset, bit i for mechanism i. The empty subset may have no arm
/// (""): EVs without a mechanism do nothing.
struct SwitchArms {
  std::vector<std::string> names;
  std::vector<std::string> arm;
};

/// What arms that differ by their models alone have in common: models that always go together are one mechanism. Empty
/// where the arms are not all subsets of two mechanisms or more. `published`: of arms with published edges alone.
SwitchArms switch_arms(const std::vector<ArmFacts>& arms, bool published);

/// At a horizon, over the replicates of all samples, at one place on the other axes.
struct StudyShares {
  double horizon = 0;  ///< [s]
  bool published = false;
  std::string where;
  SwitchShares shares;
};

std::vector<StudyShares> shares_of(const StudyArms& arms);

/// A row per mechanism; "" where there is none.
std::string shares_csv(const std::vector<StudyShares>& shares);

std::string shares_text(const std::vector<StudyShares>& shares);

}  // namespace interstice::cli
