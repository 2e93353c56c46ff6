/// @file
/// Which names the formulas of a cell type may use, and where their values stand.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "engine/cells/cells.h"
#include "engine/formula/expression.h"

namespace interstice {

/// Positions in the symbol table: species, columns, the engine's own, contacts per cell type, what reservoirs hold,
/// what the type gathers.
struct CellSymbolLayout {
  std::size_t species = 0, columns = 0, cell_types = 0;
  std::size_t gatherings = 0;  ///< of the type that has most
  std::size_t reservoirs = 0, vesicle_classes = 0;

  [[nodiscard]] std::size_t column(std::size_t c) const { return species + c; }
  [[nodiscard]] std::size_t ev_bound() const { return species + columns; }
  [[nodiscard]] std::size_t ev_internal() const { return ev_bound() + 1; }
  [[nodiscard]] std::size_t age_in_state() const { return ev_bound() + 2; }
  [[nodiscard]] std::size_t state() const { return ev_bound() + 3; }  ///< index of the state; no name means it
  [[nodiscard]] std::size_t time() const { return ev_bound() + 4; }
  [[nodiscard]] std::size_t place(std::size_t axis) const { return ev_bound() + 5 + axis; }
  [[nodiscard]] std::size_t contacts(std::size_t type) const { return ev_bound() + 8 + type; }
  /// What a reservoir holds, one after the other: its species, then its vesicles by class; then the next reservoir.
  [[nodiscard]] std::size_t held(std::size_t k) const { return contacts(cell_types) + k; }
  [[nodiscard]] std::size_t held_count() const { return reservoirs * (species + vesicle_classes); }
  [[nodiscard]] std::size_t gathered(std::size_t k) const { return held(held_count()) + k; }  ///< of the type
  [[nodiscard]] std::size_t count() const { return gathered(gatherings); }
};

/// Every species [uM], every column [its unit], ev_bound and ev_internal [EV], age_in_state [s],
/// time [s], x, y, z [um], contacts_<cell type> [1]. Append a type's named parameters behind them as Symbols with
/// `constant` set. Throws InputError when two of them share a name or a column's unit has an offset.
std::vector<Symbol> cell_symbols(std::span<const std::string> species, std::span<const ColumnSpec> columns,
                                 std::span<const std::string> cell_types);

}  // namespace interstice
