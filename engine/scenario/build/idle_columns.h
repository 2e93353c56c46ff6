/// @file
/// Columns that a scenario can do without: those that stay 0 in every cell, because nothing in it feeds them (membrane
/// attack without complement), and those that nothing changes and only such idle parts of formulas read. Kept, they
/// would cost every cell of every type memory, time and space in the files.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "engine/cells/cell_type.h"
#include "engine/cells/cells.h"

namespace interstice {

/// Cell types and columns as one arm of a scenario has them.
struct CellTable {
  std::vector<CellType> types;
  std::vector<ColumnSpec> columns;
  std::size_t species = 0;  ///< how many: the columns stand behind them among the symbols of a formula
};

/// Names of the columns that no arm needs, so that all arms have the same. `by_models`: columns that the models of the
/// scenario write or read; they stay.
std::vector<std::string> idle_columns(std::span<const CellTable> arms, std::span<const std::string> by_models);

/// Takes these columns away, simplifies every formula, and drops transitions, secretions and recruitment whose rate is
/// always 0. Names that the table does not have are passed over.
void drop_columns(std::vector<CellType>& types, std::vector<ColumnSpec>& columns, std::size_t species,
                  std::span<const std::string> idle);

}  // namespace interstice
