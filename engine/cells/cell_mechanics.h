/// @file
/// Soft volume exclusion: overlapping cells get a velocity that takes them apart, half of the overlap within a
/// relaxation time of 60 s. Two mobile cells share the way; an immobile one pushes and stays. Each cell gathers over
/// its neighbours in the order of the cell list.
#pragma once

#include "engine/cells/cell_list.h"
#include "engine/cells/cell_rules.h"
#include "engine/cells/cells.h"

namespace interstice {

inline constexpr double kOverlapHalfTime = 60;  ///< [s]
inline constexpr double kContactGap = 1;        ///< cells closer than this touch [um]

/// Separating velocity of cell `c` [um/s], held for `dt`. Of an overlap at most half is undone per step: in a close
/// packing with twelve neighbours more would overshoot.
Vec3 separating_velocity(const Cells& cells, std::size_t c, const CellList& neighbours,
                         const CellEnvironment& environment, double dt);

}  // namespace interstice
