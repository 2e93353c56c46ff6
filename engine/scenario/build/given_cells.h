/// @file
/// Cells that a table gives, such as those of a segmented image: one row each.
#pragma once

#include <string>
#include <vector>

#include "engine/scenario/build/build_problem.h"

namespace interstice {

/// `cells.table`: one placement per cell type that occurs. Where rows stand in the file means nothing. Every mistake of
/// the table is reported with its row.
std::vector<CellPlacement> given_cells(const BuildContext& context, const Value& table, const Problem& problem);

/// Columns of cell types that the table of these cells sets; none where it cannot be read.
std::vector<std::string> columns_of_table(const Value& cells);

}  // namespace interstice
