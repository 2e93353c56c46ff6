/// @file
/// Arms for all subsets of some mechanisms, for shares of an effect.
#pragma once

#include <string>
#include <vector>

#include "engine/scenario/spec/spec.h"
#include "engine/study/study.h"

namespace interstice {

/// An arm without vesicles, then one for every subset: of the first mechanism, the second, both, the third ... The
/// empty one, `none`, has vesicles without a mechanism.
struct SubsetArms {
  std::vector<std::string> arms;
  std::string set;  ///< "compare.arms={...}", which makes them the arms of the scenario
};

/// `mechanisms`: names of arms of the scenario, which stand for their models, or of models. Mistakes go to
/// `diagnostics`.
SubsetArms subset_arms(const Value& mechanisms, const Scenario& scenario, Diagnostics& diagnostics);

}  // namespace interstice
