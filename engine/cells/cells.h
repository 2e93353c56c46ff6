/// @file
/// Cells: structure of arrays. What a cell does is in its CellType (cell_type.h), which comes from YAML.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <tuple>
#include <vector>

#include "engine/core/ids.h"
#include "engine/core/state_row.h"
#include "engine/core/vec3.h"

namespace interstice {

/// What is to become of a cell when the population is next updated. Same numbers as Effects::fate, which has no
/// `become`: into what is said by the state that the cell entered.
enum class CellFate : std::uint8_t { none = 0, remove = 1, divide = 2, become = 3 };

inline constexpr std::uint8_t kUndecided = 255;  ///< no state: a type has fewer

struct Cells {
  std::vector<AgentId> id;
  std::vector<AgentId> ancestor;  ///< id of the founder, shared by all descendants
  std::vector<CellTypeId> type;
  std::vector<std::uint8_t> state;                      ///< index into CellType::states
  std::vector<double> x, y, z;                          ///< [um]
  std::vector<double> vx, vy, vz;                       ///< decided at the cell step, used at every vesicle step [um/s]
  std::vector<double> heading_x, heading_y, heading_z;  ///< unit vector of the persistent walk
  std::vector<double> radius;                           ///< [um]
  std::vector<double> state_since;                      ///< [s]
  std::vector<double> state_until;                      ///< [s], infinity where the state has no duration
  std::vector<double> leaves_at;             ///< when it leaves its state, unless its duration ends before [s]
  std::vector<std::uint8_t> leaves_to;       ///< then; kUndecided: nothing is decided yet from `leaves_at` on
  std::vector<std::uint8_t> leaves_divided;  ///< 1: it divides on the way
  std::vector<std::uint32_t> births;         ///< how often it has divided
  std::vector<std::uint32_t> transitions;    ///< how often it has changed state
  std::vector<std::uint64_t> bound;          ///< real vesicles adsorbed
  std::vector<std::uint64_t> internal;       ///< real vesicles in endosomes
  std::vector<std::uint64_t> adsorptions;    ///< real adsorption events so far
  std::vector<std::uint64_t> releases;       ///< real vesicles that have released their cargo so far
  std::vector<std::vector<double>> columns;  ///< [ColumnId][cell]

  [[nodiscard]] std::size_t size() const { return id.size(); }
  [[nodiscard]] Vec3 position(std::size_t c) const { return {x[c], y[c], z[c]}; }
  [[nodiscard]] Vec3 velocity(std::size_t c) const { return {vx[c], vy[c], vz[c]}; }
};

/// A named number carried by every cell: declared by cell types and by interaction models.
struct ColumnSpec {
  std::string name;
  std::string unit;
  double initial = 0;
  std::string owner;  ///< the model that alone may write it, or "" for cell types
  AtDivision at_division = AtDivision::copy;
};

inline constexpr auto kCellRows = std::tuple(
    row({"id", "", Per::cell, Hashed::tissue, Shown::id}, &Cells::id),
    row({"ancestor", "", Per::cell, Hashed::tissue, Shown::id}, &Cells::ancestor),
    row({"type", "", Per::cell, Hashed::tissue, Shown::category}, &Cells::type),
    row({"state", "", Per::cell, Hashed::tissue, Shown::category}, &Cells::state),
    row({"position", "um", Per::cell, Hashed::tissue, Shown::position}, &Cells::x, &Cells::y, &Cells::z),
    row({"velocity", "um/s", Per::cell, Hashed::tissue, Shown::number}, &Cells::vx, &Cells::vy, &Cells::vz),
    row({"heading", "1", Per::cell, Hashed::tissue}, &Cells::heading_x, &Cells::heading_y, &Cells::heading_z),
    row({"radius", "um", Per::cell, Hashed::tissue, Shown::number}, &Cells::radius),
    row({"state_since", "s", Per::cell, Hashed::tissue}, &Cells::state_since),
    row({"state_until", "s", Per::cell, Hashed::tissue}, &Cells::state_until),
    row({"leaves_at", "s", Per::cell, Hashed::tissue}, &Cells::leaves_at),
    row({"leaves_to", "", Per::cell, Hashed::tissue}, &Cells::leaves_to),
    row({"leaves_divided", "1", Per::cell, Hashed::tissue}, &Cells::leaves_divided),
    row({"births", "1", Per::cell, Hashed::tissue, Shown::no, AtDivision::begin_anew}, &Cells::births),
    row({"transitions", "1", Per::cell, Hashed::tissue, Shown::no, AtDivision::begin_anew}, &Cells::transitions),
    row({"bound", "EV", Per::cell, Hashed::state, Shown::count, AtDivision::begin_anew}, &Cells::bound),
    row({"internal", "EV", Per::cell, Hashed::state, Shown::count, AtDivision::begin_anew}, &Cells::internal),
    row({"adsorptions", "EV", Per::cell, Hashed::state, Shown::count}, &Cells::adsorptions),
    row({"releases", "EV", Per::cell, Hashed::state, Shown::count}, &Cells::releases));
static_assert(bytes_listed(kCellRows) + bytes_of(&Cells::columns) == sizeof(Cells), "every member has a row");

/// visit(info, array) for every column that cell types and models declare: a row like any other.
template <class SomeCells, class Visit>
void for_each_declared_column(SomeCells& cells, std::span<const ColumnSpec> columns, const Visit& visit) {
  for (std::size_t k = 0; k < columns.size(); ++k)
    visit(RowInfo{columns[k].name, columns[k].unit, Per::cell, Hashed::tissue, Shown::number, columns[k].at_division},
          cells.columns[k]);
}

/// visit(info, array) for every array of the cells.
template <class SomeCells, class Visit>
void for_each_array(SomeCells& cells, std::span<const ColumnSpec> columns, const Visit& visit) {
  for_each_member(kCellRows, cells, visit);
  for_each_declared_column(cells, columns, visit);
}

}  // namespace interstice
