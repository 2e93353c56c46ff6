/// @file
/// A small tissue for tests of the cell stages: fill in types, species and columns, then build().
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/cells/cell_events.h"
#include "engine/cells/cell_motility.h"
#include "engine/cells/cell_rules.h"
#include "engine/cells/cell_seeding.h"
#include "engine/cells/cell_symbols.h"
#include "engine/cells/cell_update.h"

namespace interstice::testing {

struct CellWorld {
  Grid grid{10, 10, 10, 10};
  std::array<bool, 3> periodic{true, true, true};
  RegionMap regions;
  std::vector<Species> species;
  std::vector<ColumnSpec> columns;
  Chemistry chemistry;
  std::vector<CellType> types;
  std::vector<Injury> injuries;
  Noise noise{7};
  std::uint64_t variant = 0;

  FieldSet fields;
  std::optional<CellRules> rules;
  Cells cells;
  CellScratch scratch;
  std::vector<std::uint8_t> fate;
  std::vector<Vec3> moves;
  Threads threads{1};

  SpeciesId add_species(const std::string& name) {
    Species s;
    s.name = name;
    species.push_back(s);
    return SpeciesId{static_cast<std::uint32_t>(species.size() - 1)};
  }
  ColumnId add_column(const std::string& name, const std::string& unit = "1", double initial = 0) {
    columns.push_back({name, unit, initial, ""});
    return ColumnId{static_cast<std::uint32_t>(columns.size() - 1)};
  }
  /// Formula over the names declared so far; `type_names` are those of all types, present and to come.
  [[nodiscard]] Expression formula(std::string_view text, std::string_view unit,
                                   const std::vector<std::string>& type_names = {"cell"}) const {
    std::vector<std::string> names;
    for (const Species& s : species) names.push_back(s.name);
    return {text, cell_symbols(names, columns, type_names), unit};
  }
  /// A type with one state that lasts forever.
  CellType& add_type(const std::string& name = "cell") {
    CellType type;
    type.name = name;
    CellState alive;
    alive.name = "alive";
    type.states.push_back(alive);
    types.push_back(type);
    return types.back();
  }
  void build() {
    if (regions.regions.empty()) regions.regions.push_back({.name = "tissue"});
    regions.of_voxel.resize(grid.voxel_count(), 0);
    fields = FieldSet(species.size(), grid.voxel_count());
    rules.emplace(types, species, columns, chemistry);
  }
  [[nodiscard]] CellEnvironment environment() const {
    return {&grid, &regions, {grid.size(), periodic}, types, columns, &*rules, injuries, noise, variant};
  }
  void seed(std::uint64_t count, CellTypeId type = CellTypeId{0}) {
    const std::vector<CellPlacement> placements{{type, count, {}}};
    seed_cells(cells, placements, columns, environment(), threads);
    fate.assign(cells.size(), 0);
  }
  /// Cells of type 0 at the given points; each is its own founder with id = its index.
  void put(const std::vector<Vec3>& points) {
    seed(points.size());
    for (std::size_t c = 0; c < points.size(); ++c) {
      cells.id[c] = cells.ancestor[c] = c;
      cells.x[c] = points[c].x;
      cells.y[c] = points[c].y;
      cells.z[c] = points[c].z;
    }
  }
  /// Positions advance at the velocities of the last update.
  void advance(double dt) {
    const Box box = environment().box;
    plan_cell_moves(cells, box, dt, moves);
    carry_out_cell_moves(cells, box, moves, dt);
  }
  void update(std::uint64_t step, double dt) { update_from(step, static_cast<double>(step) * dt, dt); }
  void update_from(std::uint64_t step, double time, double dt) {
    follow({step, time, dt});
    update_only({step, time, dt});
  }
  /// What happens to cells in a transport step.
  void follow(const CellStep& step) { follow_cells(cells, fields, environment(), step, fate, scratch, threads); }
  /// The cell step alone.
  void update_only(const CellStep& step) {
    update_cells(cells, fields, environment(), step, step.dt, {}, fate, scratch, threads);
  }
};

}  // namespace interstice::testing
