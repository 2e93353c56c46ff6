/// @file
/// Elasticities: by how many percent an effect changes when what an axis varies changes by one.
#pragma once

#include <string>
#include <vector>

#include "engine/statistics/contrast.h"
#include "tools/study/study_arms.h"

namespace interstice::cli {

/// d ln effect / d ln x.
struct StudyElasticity {
  std::size_t axis = 0;
  std::uint64_t at_point = 0;  ///< the first of the axis
  std::string arm;
  std::size_t outcome = 0;
  double at = 0;             ///< x [unit of the axis]
  bool nearest = true;       ///< that is the scenario's own, or the end of the axis that is nearest to it
  bool at_own = true;        ///< it is the scenario's own
  RatioEstimate elasticity;  ///< Fieller's interval over replicates: slope over effect
  double effect = 0;         ///< there, mean
};

/// Of the phenotype, for arms with vesicles, along every axis of two growing positive numbers or more, at each of them
/// and at the scenario's own. The slope is
/// that of the parabola through the three values about x, in ln x; of a straight line where there are two.
std::vector<StudyElasticity> elasticities_of(const StudyArms& arms);

/// A row each; "" where there is none.
std::string elasticities_csv(const StudyArms& arms, const std::vector<StudyElasticity>& elasticities);

/// At the scenario's own values.
std::string elasticities_text(const StudyArms& arms, const std::vector<StudyElasticity>& elasticities);

}  // namespace interstice::cli
