/// @file
/// Vesicles that come into the patch from the well-mixed reservoirs behind its faces. A face holds the density of its
/// reservoir: vesicles that touch it have left (vesicle_walk.h), and those are let in that in the meantime have come
/// from there and are still inside. Without obstacles both are exact for steps of any length.
///
/// In a patch of the reservoir's density n, vesicles touch a face of area A for the first time in a step at the times
/// u^2 dt, 2 n A sqrt(D dt / pi) of them, and then go on as if the face reflected them. That many come in, at these
/// times and with these paths: by their own contact with cells they stand for all who came in, those among them that a
/// cell took or that left again. The step is divided where cells are near, as it is for vesicles near cells.
#pragma once

#include <vector>

#include "engine/vesicles/agents/vesicle_map.h"
#include "engine/vesicles/agents/vesicle_scratch.h"
#include "engine/vesicles/agents/vesicle_walk.h"
#include "engine/vesicles/fates.h"
#include "engine/vesicles/vesicle_environment.h"

namespace interstice {

/// Adds the newcomers of one step: keyed Poisson numbers per face voxel. Those that touched a cell are listed.
void admit_from_reservoirs(Vesicles& vesicles, const VesicleAccounts& accounts, const VesicleWalk& walk,
                           const VesicleMap& map, const VesicleEnvironment& environment, const VesicleStep& step,
                           std::vector<Adsorption>& adsorptions);

}  // namespace interstice
