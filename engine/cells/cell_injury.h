/// @file
/// Injury at t = 0: the cells that stand nearest to a region, or cells at random.
#pragma once

#include <vector>

#include "engine/cells/cell_rules.h"
#include "engine/cells/cells.h"
#include "engine/core/parallel.h"

namespace interstice {

/// Puts Injury::count_at_start cells of each injury into their state at t = 0, the nearest first; equal distances are
/// decided by keyed noise. Cells injured by an earlier entry of the list are passed over.
void injure_at_start(Cells& cells, const CellEnvironment& environment, const Threads& threads);

/// Distance [um] from each point to the nearest voxel of the region; 0 inside, infinite when the region is empty.
std::vector<double> distance_to_region(std::span<const Vec3> points, RegionId region,
                                       const CellEnvironment& environment, const Threads& threads);

}  // namespace interstice
