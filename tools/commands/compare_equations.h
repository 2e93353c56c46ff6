/// @file
/// The equations of a scenario as text: of its models, its reactions and the columns and states of its cells.
#pragma once

#include <string>
#include <vector>

#include "engine/scenario/scenario.h"

namespace interstice::cli {

struct EquationGroup {
  std::string of;  ///< "model cd73", "reactions", "cells of macrophage"
  std::vector<std::string> lines;
};

/// In the words of the scenario and of the models, ready to paste; groups without any are left out.
std::vector<EquationGroup> equations_of(const Scenario& scenario);

}  // namespace interstice::cli
