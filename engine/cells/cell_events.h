/// @file
/// What happens to cells between two moments: durations end, hazards and injuries strike, each at its own time and as
/// often as there is time for. The stretches that a cell spends in its states go to the exchange with the fluid, so
/// that what it secretes and spills does not depend on steps.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/cells/cell_update.h"

namespace interstice {

/// Follows every cell over the transport step (or from when it came within that), up to the first event that the
/// population must know of (removal, division, another type): from there on its future is left undecided. Leaves the
/// stretches of cells that changed in `scratch`. `fate`: one CellFate per cell, only raised here. Throws NumericalError
/// where a cell changes its state without end.
void follow_cells(Cells& cells, const FieldSet& fields, const CellEnvironment& environment, const CellStep& transport,
                  std::span<std::uint8_t> fate, CellScratch& scratch, const Threads& threads);

/// The same, to the end of the step, for cells whose future is undecided since before that, as after a division. What
/// they released meanwhile is appended to `scratch.late`. Returns whether the population must change again.
bool follow_newcomers(Cells& cells, const FieldSet& fields, const CellEnvironment& environment, const CellStep& step,
                      std::span<std::uint8_t> fate, CellScratch& scratch, const Threads& threads);

}  // namespace interstice
