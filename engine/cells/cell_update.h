/// @file
/// The cell step: every cell senses, its columns advance, it decides on its next state, and it chooses a velocity that
/// holds until the next cell step. The first velocities are chosen at t = 0. Reads other cells' positions and types
/// only, which this stage does not change, so cells are independent of each other within it.
#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "engine/cells/cell_rules.h"
#include "engine/cells/cell_sense.h"
#include "engine/cells/cells.h"
#include "engine/core/parallel.h"
#include "engine/fields/field_set.h"

namespace interstice {

/// What is to become of a cell when the population is next updated. Same numbers as Effects::fate, which has no
/// `become`: into what is said by the state that the cell entered.
enum class CellFate : std::uint8_t { none = 0, remove = 1, divide = 2, become = 3 };

/// Newcomers beside a cell.
struct Arrival {
  std::uint32_t beside = 0;  ///< index of the cell
  CellTypeId type{};
  std::uint64_t number = 0;
  std::vector<std::pair<ColumnId, double>> bring{};  ///< columns of theirs that differ from how the type begins
};

/// Scratch of the cell stages; holds nothing between calls that the State does not hold.
struct CellScratch {
  CellSurroundings around;
  std::vector<std::uint64_t> by_voxel;         ///< voxel and cell in one number, ascending
  std::vector<std::uint32_t> first_cell;       ///< of each voxel with cells, in by_voxel; then their number
  std::vector<std::vector<Arrival>> arrivals;  ///< of the last cell step, per block of cells
};

/// `past` is the interval that the decisions look back on; the velocities hold over the `coming_dt` [s] after it.
/// `drift`: extra velocity by interaction models, three numbers per cell, or empty. `fate`: one CellFate per cell; only
/// raised here (removal beats a change of type, which beats division). Newcomers are left in `scratch` for
/// update_population. What reservoirs hold must have been seen (CellSurroundings::see_reservoirs). Throws
/// NumericalError when a formula gives something that is not a number.
void update_cells(Cells& cells, const FieldSet& fields, const CellEnvironment& environment, const CellStep& past,
                  double coming_dt, std::span<const double> drift, std::span<std::uint8_t> fate, CellScratch& scratch,
                  const Threads& threads);

/// Velocities for the `coming` interval alone, for cells that have none yet. Noise is keyed by the step with which the
/// interval begins, here as in update_cells.
void steer_cells(Cells& cells, const FieldSet& fields, const CellEnvironment& environment, const CellStep& coming,
                 CellScratch& scratch, const Threads& threads);

/// values[cell * rules.most_reporters() + r] = reporter r of the cell's type now, in its own unit.
void evaluate_reporters(const Cells& cells, const FieldSet& fields, const CellEnvironment& environment, double time,
                        std::vector<double>& values, CellScratch& scratch, const Threads& threads);

}  // namespace interstice
