/// @file
/// What cells give to and take from the fields: secretion, spills of dying cells, uptake, surface enzymes.
#pragma once

#include "engine/cells/cell_update.h"
#include "engine/fields/exchange.h"

namespace interstice {

/// Sets the cells' part of `exchange` for the transport step; cells of a voxel are summed in storage order. A pure
/// function of the state: secretion follows the fields and columns of the moment. Species that diffuse are exchanged
/// with the voxels of a cell's footprint, the others with that of its centre.
///
/// A cell that changed its state within the step (follow_cells) gives what each state secretes for as long as it was in
/// it. A spill of `amount` enters as the share of the state's duration that the step covers, so that consecutive steps
/// release it exactly once whatever their length; what is left when the cell leaves early enters at once, or is lost.
void add_cell_exchange(const Cells& cells, const FieldSet& fields, const CellEnvironment& environment,
                       const CellStep& transport, Exchange& exchange, CellScratch& scratch, const Threads& threads);

/// Appends to `scratch.late` what cells released in these stretches, which lie before the step that is about to begin.
/// Rates are those of the end of `step`.
void release_late(const Cells& cells, std::span<const Stretch> stretches, const FieldSet& fields,
                  const CellEnvironment& environment, const CellStep& step, CellScratch& scratch);

}  // namespace interstice
