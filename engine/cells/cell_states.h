/// @file
/// The statechart: how long a state lasts, entering a state, and when a cell leaves it. Whatever comes first wins:
/// durations, hazards and injuries are rivals in time, and a cell may pass through several states within a step
/// (cell_events.h). Conditions (`when`) have no time of their own: they are looked at at the end of each cell step.
#pragma once

#include <cstdint>
#include <span>

#include "engine/cells/cell_rules.h"
#include "engine/cells/cells.h"

namespace interstice {

/// A number from the distribution, keyed by (stream, id, key).
double draw(const Distribution& distribution, const Noise& noise, Stream stream, AgentId id, std::uint64_t key);

/// Draws the first value of a column of cell c, keyed by the cell's id and the column's name.
void draw_column(Cells& cells, std::size_t c, const ColumnDynamics& column, const CellEnvironment& environment);

/// Leaves open when the cell leaves its state by a hazard or an injury, from `from` [s] on.
void leave_undecided(Cells& cells, std::size_t c, double from);

/// Puts the cell into `target` from time `since` [s]; counts the transition and draws the duration, keyed by the cell's
/// id and its number of transitions. Everything else is undecided from then on.
void enter_state(Cells& cells, std::size_t c, std::uint8_t target, double since, const CellEnvironment& environment);

/// Draws anew how long the present state lasts, from its beginning.
void draw_duration(Cells& cells, std::size_t c, const CellEnvironment& environment);

/// The first transition whose condition holds; null without.
const Transition* due_transition(const Cells& cells, std::size_t c, std::span<const double> values,
                                 const CellEnvironment& environment);

/// Decides when the cell leaves its state by a hazard or an injury, from `from` [s] on, with hazards as `values` have
/// them: the earliest of exponential times. Hazards have no memory, so a cell whose time is beyond the cell step is
/// asked again with new ones, keyed by (id, step, number of transitions). Throws NumericalError.
void decide_leaving(Cells& cells, std::size_t c, std::span<const double> values, std::size_t voxel,
                    const CellEnvironment& environment, double from, std::uint64_t step);

/// enter_state(), and raises the fate (one CellFate) that this brings: removal beats a change of type, which beats
/// division.
void change_state(Cells& cells, std::size_t c, std::uint8_t target, bool divides, double since,
                  const CellEnvironment& environment, std::uint8_t& fate);

}  // namespace interstice
