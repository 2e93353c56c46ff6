/// @file
/// Of the checks before step 0, those of what cells are to the grid of the fields.
#pragma once

#include <string>
#include <vector>

#include "engine/sim/problem.h"

namespace interstice {

/// Voxels that are wide for what happens in them: wider than a species reaches, or with several cells that take up
/// much.
void check_voxels(const Problem& problem, std::vector<std::string>& findings);

}  // namespace interstice
