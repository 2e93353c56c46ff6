/// @file
/// Of the checks before step 0, those of vesicles.
#pragma once

#include <string>
#include <vector>

#include "engine/sim/problem.h"

namespace interstice {

/// Steps in which vesicles blur interfaces, and steps that are divided because they are longer than the way.
void check_vesicle_step(const Problem& problem, const Phase& phase, std::vector<std::string>& findings);

/// Counted vesicles that must first reach the cells over voxels that are wide for it.
void check_counted_vesicles(const Problem& problem, std::vector<std::string>& findings);

/// Can cells of this radius [um] take vesicles that are counted on this grid?
bool counted_vesicles_reach(double radius, const Grid& grid);

}  // namespace interstice
