/// @file
/// Columns that a scenario can do without: those that stay 0 in every cell, because nothing in it feeds them (membrane
/// attack without complement), and those that nothing changes and only such idle parts of formulas read. Kept, they
/// would cost every cell of every type memory, time and space in the files.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/cells/cell_type.h"
#include "engine/cells/cells.h"
#include "engine/model/registry.h"
#include "engine/scenario/spec/spec.h"
#include "engine/sim/problem.h"

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

/// The last pass of set-up: found once per scenario, left out of every problem that is built from it. Nobody else knows
/// that there were such columns.
class IdleColumns {
 public:
  /// What an arm's cells depend on.
  struct Arm {
    const Value& values;
    std::vector<std::string> models;  ///< sorted
  };
  /// The first arm is the scenario as it stands, with every model that it lists. Mistakes are told elsewhere.
  IdleColumns(std::span<const Arm> arms, const ModelRegistry& registry);

  void leave_out(Problem& problem) const;
  /// Why the time series lacks this column; empty where the reason is another.
  [[nodiscard]] std::string why_missing(std::string_view time_series_column) const;
  /// For the user: which columns of cell types were left out. Those of models that are not listed go without saying.
  [[nodiscard]] std::vector<std::string> notes() const;

 private:
  std::vector<std::string> names_;
  std::vector<std::string> of_cell_types_;  ///< of these, those that cell types declare
};

}  // namespace interstice
