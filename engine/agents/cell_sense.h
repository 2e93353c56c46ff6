/// @file
/// What a cell perceives: concentrations of its voxel, their gradients, its own columns, and whom it touches.
#pragma once

#include <cstdint>
#include <span>

#include "engine/agents/cell_list.h"
#include "engine/agents/cell_rules.h"
#include "engine/agents/cells.h"
#include "engine/grid/field_set.h"

namespace interstice {

/// Gradient at the centre of a voxel [uM/um]: the mean of the two face gradients. A closed wall has none; at an open
/// one the inner face alone counts; periodic axes wrap.
Vec3 gradient(const FieldSet& fields, SpeciesId species, std::size_t voxel, const CellEnvironment& environment);

/// Writes the needed symbols' values at time `now` [s]; leaves the others.
void sense(const Cells& cells, std::size_t c, std::size_t voxel, const NeededSymbols& needed, const FieldSet& fields,
           const CellList& neighbours, const CellEnvironment& environment, double now, std::span<double> values);

}  // namespace interstice
