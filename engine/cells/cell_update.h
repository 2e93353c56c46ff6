/// @file
/// The cell step: every cell senses, its columns advance, conditions on its state are looked at, it decides when it
/// will leave that state, and it chooses a velocity that holds until the next cell step. The first velocities are
/// chosen at t = 0. Reads other cells' positions and types only, which this stage does not change, so cells are
/// independent of each other within it.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "engine/cells/cell_rules.h"
#include "engine/cells/cell_sense.h"
#include "engine/cells/cell_spread.h"
#include "engine/cells/cells.h"
#include "engine/core/parallel.h"
#include "engine/fields/field_set.h"

namespace interstice {

constexpr std::size_t kCellGrain = 128;  ///< cells per block

/// Newcomers beside a cell.
struct Arrival {
  std::uint32_t beside = 0;  ///< index of the cell
  CellTypeId type{};
  std::uint64_t number = 0;
  std::vector<std::pair<ColumnId, double>> bring{};  ///< columns of theirs that differ from how the type begins
};

/// What a cell did from `from` to `to` [s].
struct Stretch {
  std::uint32_t cell = 0;
  std::uint8_t state = 0;
  double from = 0, to = 0;  ///< [s]
  double since = 0;         ///< when the state began [s]
  double spilt = 0;         ///< share of what the state spills
};

/// Stretches of the cells that changed their state in a transport step, in order; of the others nothing is kept.
class Stretches {
 public:
  void clear(std::size_t cells) {
    cells_ = cells;
    any_ = false;
  }
  void open() {
    any_ = true;
    blocks_.resize((cells_ + kCellGrain - 1) / kCellGrain);
    for (auto& block : blocks_) block.clear();
  }
  [[nodiscard]] bool any() const { return any_; }
  [[nodiscard]] std::vector<Stretch>& of_block(std::size_t first_cell) { return blocks_[first_cell / kCellGrain]; }
  /// Empty for a cell that stayed in its state.
  [[nodiscard]] std::span<const Stretch> of(std::size_t cell) const {
    if (!any_) return {};
    const auto& block = blocks_[cell / kCellGrain];
    const auto [first, last] = std::ranges::equal_range(block, static_cast<std::uint32_t>(cell), {}, &Stretch::cell);
    return {first, last};
  }

 private:
  std::size_t cells_ = 0;
  bool any_ = false;
  std::vector<std::vector<Stretch>> blocks_;
};

/// Molecules that a cell released before the step that is about to begin.
struct LateRelease {
  std::uint32_t voxel = 0;
  SpeciesId species{};
  double molecules = 0;
};

/// Scratch of the cell stages; holds nothing between calls that the State does not hold.
struct CellScratch {
  CellSurroundings around;
  CellSpread spread;
  std::vector<double> given;                    ///< [cell][quantity of the exchange]
  std::vector<std::uint8_t> any_given;          ///< per quantity: is one of them not 0?
  std::vector<std::vector<Arrival>> arrivals;   ///< of the last cell step, per block of cells
  Stretches stretches;                          ///< of the last transport step
  std::vector<std::vector<Stretch>> cut_short;  ///< states that a condition ended, per block of cells
  std::vector<LateRelease> late;                ///< to be put into the fields before the next step
};

/// `past` is the interval over which columns advance; the velocities hold over the `coming_dt` [s] after it.
/// `drift`: extra velocity by interaction models, three numbers per cell, or empty. `fate`: one CellFate per cell; only
/// raised here (removal beats a change of type, which beats division). Newcomers are left in `scratch` for
/// update_population, and what cells still held that a condition took out of a spilling state. What reservoirs hold
/// must have been seen (CellSurroundings::see_reservoirs). Throws NumericalError when a formula gives something that is
/// not a number.
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
