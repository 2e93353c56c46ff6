/// @file
/// How much of their surface cells hide in each other and behind walls: what is hidden meets no vesicle.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/cells/cell_rules.h"
#include "engine/cells/cells.h"

namespace interstice {

/// Of the cells of one type.
struct HiddenSurface {
  std::uint64_t cells = 0;
  std::uint64_t in_others = 0, outside = 0;       ///< cells that hide more than the share asked for
  double share_in_others = 0, share_outside = 0;  ///< means over all of them
};

/// Per cell type. Spherical caps of a cell are added up, to all of its surface at most: where they overlap, a little
/// too much. `most`: the share of a cell's surface that may be hidden.
std::vector<HiddenSurface> hidden_surface(const Cells& cells, const CellEnvironment& environment, double most);

}  // namespace interstice
