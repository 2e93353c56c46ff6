/// @file
/// Cells in order of space, so that what a cell meets lies near it in memory.
#pragma once

#include <span>

#include "engine/cells/cells.h"
#include "engine/fields/grid.h"

namespace interstice {

/// Sorts cells along a Z-order curve of their voxels, those of a voxel by id. Fewer than a few thousand stay as they
/// are: all of them fit into the cache. Whoever holds indices of cells must not have any yet. What a run comes to does
/// not depend on the order but for the last digits of sums over cells.
void sort_cells(Cells& cells, std::span<const ColumnSpec> columns, const Grid& grid);

}  // namespace interstice
