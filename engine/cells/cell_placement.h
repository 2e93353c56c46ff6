/// @file
/// Where cells stand at the start, and how they are injured: what a scenario says about both.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

#include "engine/core/ids.h"
#include "engine/core/vec3.h"

namespace interstice {

/// Cells whose places are known, as from a segmented image.
struct GivenCells {
  std::vector<Vec3> position;     ///< per cell [um]
  std::vector<double> radius;     ///< per cell [um]
  std::vector<ColumnId> columns;  ///< that begin with a number of their own
  std::vector<double> values;     ///< [cell][column]; NaN: as the type says
};

/// Cells placed at the start.
struct CellPlacement {
  CellTypeId type{};
  std::uint64_t count = 0;
  std::vector<std::uint8_t> in_region{};  ///< 1 per allowed region; empty = everywhere
  GivenCells given{};                     ///< as many as `count`, or empty: they are placed at random
};

/// Injury at the start and afterwards. Spares cells that are already in `to_state` or in a state that follows it.
struct Injury {
  CellTypeId type{};
  std::uint8_t to_state = 0;
  std::uint64_t count_at_start = 0;                        ///< the cells nearest to `near` are injured at t = 0
  std::optional<RegionId> near;                            ///< without it, cells chosen at random
  double hazard = 0;                                       ///< afterwards [1/s]
  std::vector<std::uint8_t> in_region;                     ///< where the hazard holds, 1 per region; empty = everywhere
  double until = std::numeric_limits<double>::infinity();  ///< when the hazard ends [s]
};

}  // namespace interstice
