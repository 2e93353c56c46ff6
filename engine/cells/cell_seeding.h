/// @file
/// The cells of t = 0: where they stand, in which state, with which columns, and which of them are injured.
#pragma once

#include <span>

#include "engine/cells/cell_rules.h"
#include "engine/cells/cells.h"
#include "engine/core/parallel.h"

namespace interstice {

/// Replaces `cells` by the placed ones. Each cell tries up to 256 keyed points, uniform over its regions and, where
/// these are a sixty-fourth of the domain or more, the same whatever the voxels are; it takes the first where it
/// overlaps neither an earlier cell nor a wall; failing that the one whose deepest overlap is least; cells whose places
/// are given stand there. Columns, headings and durations are keyed by the cell's id, which depends only on its type
/// and ordinal.
void seed_cells(Cells& cells, std::span<const CellPlacement> placements, std::span<const ColumnSpec> columns,
                const CellEnvironment& environment, const Threads& threads);

/// Appends a cell in its initial state since `now` [s], with everything that follows from its id.
void append_cell(Cells& cells, CellTypeId type, AgentId id, Vec3 position, double now,
                 std::span<const ColumnSpec> columns, const CellEnvironment& environment);

}  // namespace interstice
