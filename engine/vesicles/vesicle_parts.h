/// @file
/// Steps of vesicles that are longer than the way. Between two walls a path may meet both in one step, and a small
/// reservoir may run dry or full: then the stages that move and turn over agents are done in several equal parts.
/// Everywhere else a step of any length is exact by itself or divided where it must be (agents/vesicle_walk.h,
/// counts/vesicle_counts.h).
#pragma once

#include "engine/vesicles/vesicle_environment.h"

namespace interstice {

/// Into how many parts a step of `dt` is divided: 1 but for thin boxes with open faces and small reservoirs.
int parts_of_step(const VesicleEnvironment& environment, double dt);

/// One of the equal parts of a step, with a number of its own for noise.
VesicleStep part_of(const VesicleStep& step, int part, int parts);

}  // namespace interstice
