/// @file
/// Keeps vesicles that are near each other in space near each other in memory, so that what they look up and what they
/// add to stays in cache. No result depends on the order: noise is keyed by id, sums over vesicles are of whole
/// numbers, and the last free site of a cell goes by id. When they are sorted follows from the clock alone.
#pragma once

#include "engine/core/parallel.h"
#include "engine/vesicles/vesicle_environment.h"

namespace interstice {

/// Time after which vesicles have strayed far enough to be sorted anew [s].
double sorting_interval(const VesicleEnvironment& environment, double dt);

/// Sorts the vesicles by voxel if that is due in this step; true if it did.
bool keep_vesicles_in_order(Vesicles& vesicles, const VesicleEnvironment& environment, const VesicleStep& step,
                            const Threads& threads);

/// Sorts the vesicles by voxel; those in one voxel keep their order.
void sort_vesicles(Vesicles& vesicles, const Grid& grid, const Threads& threads);

}  // namespace interstice
