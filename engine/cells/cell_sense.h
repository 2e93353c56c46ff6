/// @file
/// What a cell perceives: concentrations at its surface, their gradients, its own columns, whom it touches, and what
/// reservoirs hold.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <vector>

#include "engine/cells/cell_footprint.h"
#include "engine/cells/cell_list.h"
#include "engine/cells/cell_rules.h"
#include "engine/cells/cells.h"
#include "engine/core/parallel.h"
#include "engine/fields/field_set.h"

namespace interstice {

/// Gradient at the centre of a voxel [uM/um]: the mean of the two face gradients. A closed wall has none; at an open
/// one the inner face alone counts; periodic axes wrap.
Vec3 gradient(const FieldSet& fields, SpeciesId species, std::size_t voxel, const CellEnvironment& environment);
/// Mean of the same over a cell's footprint.
Vec3 gradient(const FieldSet& fields, SpeciesId species, const Footprint& place, const CellEnvironment& environment);

/// What stands around the cells at one moment: who is near whom, and what each offers to those that gather. Taken once
/// before the cells change, so that it does not matter which of them comes first.
class CellSurroundings {
 public:
  CellList list;

  /// With neighbours only; for those who push.
  void find_neighbours(const Cells& cells, const CellEnvironment& environment);
  /// Neighbours and offers.
  void look_around(const Cells& cells, const FieldSet& fields, const CellEnvironment& environment, double now,
                   const Threads& threads);
  /// What reservoirs hold from now on; for formulas that ask for it (in_reservoir).
  void see_reservoirs(std::span<const ReservoirState> reservoirs, const CellEnvironment& environment);
  /// CellSymbolLayout::held: [uM] or [EV/um^3].
  [[nodiscard]] double held(std::size_t k) const { return held_[k]; }
  [[nodiscard]] double offer(std::size_t which, std::size_t cell) const { return offers_[which][cell]; }
  /// Does the cell count for one that asks with this number (Gathering::own)?
  [[nodiscard]] bool chosen(std::size_t which, std::size_t cell, double own) const {
    return theirs_[which].empty() || theirs_[which][cell] == own;
  }
  [[nodiscard]] double total(std::size_t which, double own) const;

 private:
  std::vector<std::vector<double>> offers_;       ///< [CellRules::offers][cell]
  std::vector<std::vector<double>> theirs_;       ///< the same; empty where nobody is chosen
  std::vector<std::map<double, double>> totals_;  ///< sums of offers by `theirs`, or all at 0
  std::vector<double> held_;
};

/// Of cell c as it lies.
[[nodiscard]] LeftResistance left_resistance(const Cells& cells, std::size_t c, const CellEnvironment& environment);
/// `left` of a species in the cell's region [s/um^3]; 0 where it does not diffuse.
[[nodiscard]] double left_for(std::size_t species, std::size_t region, const LeftResistance& resistance,
                              const CellEnvironment& environment);

/// Concentration at the surface of a cell where the fluid around would have `c` without it, `left` being the resistance
/// that the grid lacks [s/um^3] (cell_footprint.h): secretion [uM um^3/s]; uptake [um^3/s], saturable if Km > 0 [uM].
[[nodiscard]] double at_surface(double c, double left, double secretion, double uptake, double Km);

/// A state other than that in which the cell now is, or another time in it.
struct StateMoment {
  std::uint8_t state = 0;
  double age = 0;  ///< [s]
};

/// Writes the needed symbols' values at time `now` [s], in the cell's present state or `as` told; leaves the others.
void sense(const Cells& cells, std::size_t c, std::size_t voxel, const NeededSymbols& needed, const FieldSet& fields,
           const CellSurroundings& around, const CellEnvironment& environment, double now, std::span<double> values,
           std::optional<StateMoment> as = {});

}  // namespace interstice
