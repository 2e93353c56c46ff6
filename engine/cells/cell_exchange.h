/// @file
/// What cells give to and take from the fields: secretion, spills of dying cells, uptake, surface enzymes.
#pragma once

#include "engine/cells/cell_update.h"
#include "engine/fields/exchange.h"

namespace interstice {

/// Sets the cells' part of `exchange` for the transport step; cells of a voxel are summed in storage order. A pure
/// function of the state: secretion follows the fields and columns of the moment.
///
/// A spill of `amount` over the state's duration enters as amount * (overlap of the step with
/// [state_since, state_until]) / duration, so that consecutive steps release it exactly once whatever their length.
/// It needs the cell step to be a multiple of the transport step. A cell that leaves the state early keeps the rest.
void add_cell_exchange(const Cells& cells, const FieldSet& fields, const CellEnvironment& environment,
                       const CellStep& transport, Exchange& exchange, CellScratch& scratch, const Threads& threads);

}  // namespace interstice
