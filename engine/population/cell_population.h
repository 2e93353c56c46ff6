/// @file
/// The only place where the number of cells changes: division, arrival and removal, with the vesicles that cells carry.
/// Every real vesicle stays accounted for.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/cells/cell_rules.h"
#include "engine/cells/cell_update.h"
#include "engine/cells/cells.h"
#include "engine/vesicles/vesicles.h"

namespace interstice {

/// Carries out `fate` (one CellFate per cell) and `arrivals` at time step.time + step.dt; true when cells came or went.
///
/// Division: the parent keeps its id and its place in the arrays; the daughter (id from parent and ordinal of the
/// birth) is appended, in the order of the parents. Both keep the radius and stand half a radius from the old centre
/// along a keyed direction. Columns and the cumulated counters (adsorptions, releases) are copied: they are the cell's
/// history. The daughter draws its own duration of the state. Adsorbed vesicles go to the nearer daughter, endosomal
/// ones to either by a fair keyed draw. A cell that is spilling its contents does not divide.
///
/// Arrival: each newcomer stands against the cell that drew it in, in a keyed direction, in its type's initial state,
/// with the columns that it brings along.
///
/// Removal: adsorbed vesicles come free just outside the surface, endosomal ones count as degraded. The remaining cells
/// keep their order; hosts are renumbered, `bound` and `internal` recounted.
bool update_population(Cells& cells, Vesicles& vesicles, std::span<VesicleLedger> ledger,
                       std::span<const std::uint8_t> fate, std::span<const std::vector<Arrival>> arrivals,
                       const CellEnvironment& environment, std::span<const VesicleClass> classes, const CellStep& step);

}  // namespace interstice
