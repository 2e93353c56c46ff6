/// @file
/// The statechart: how long a state lasts, entering a state, and which transition a cell takes in a step.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "engine/cells/cell_rules.h"
#include "engine/cells/cells.h"

namespace interstice {

/// A number from the distribution, keyed by (stream, id, key).
double draw(const Distribution& distribution, const Noise& noise, Stream stream, AgentId id, std::uint64_t key);

/// Draws the first value of a column of cell c, keyed by the cell's id and the column's name.
void draw_column(Cells& cells, std::size_t c, const ColumnDynamics& column, const CellEnvironment& environment);

/// Puts the cell into `target` from time `since` [s]; counts the transition and draws the duration, keyed by the cell's
/// id and its number of transitions.
void enter_state(Cells& cells, std::size_t c, std::uint8_t target, double since, const CellEnvironment& environment);

/// Draws anew how long the present state lasts, from its beginning.
void draw_duration(Cells& cells, std::size_t c, const CellEnvironment& environment);

/// A transition that fires in this step.
struct Decision {
  std::uint8_t target = 0;
  double since = 0;  ///< when the new state begins [s]
  bool divides = false;
};

/// At most one transition per step, in this order: the state's duration is over, a `when` holds, an injury, one of the
/// hazards (any of them with 1 - exp(-sum h dt), then in proportion to h). A state that follows an ended duration
/// begins when that ended, unless it spills: then at the end of the step, since the past is already in the fields.
std::optional<Decision> decide(const Cells& cells, std::size_t c, std::span<const double> values, std::size_t voxel,
                               const CellEnvironment& environment, const CellStep& step);

}  // namespace interstice
