#include "engine/agents/cell_sense.h"

#include "engine/agents/cell_mechanics.h"

namespace interstice {

Vec3 gradient(const FieldSet& fields, SpeciesId species, std::size_t voxel, const CellEnvironment& environment) {
  const Grid& grid = *environment.grid;
  const std::span<const double> c = fields[species];
  const auto plane = static_cast<std::size_t>(grid.nx) * grid.ny;
  const std::size_t at[3] = {voxel % grid.nx, voxel / grid.nx % grid.ny, voxel / plane};
  const std::size_t n[3] = {static_cast<std::size_t>(grid.nx), static_cast<std::size_t>(grid.ny),
                            static_cast<std::size_t>(grid.nz)};
  const std::size_t stride[3] = {1, static_cast<std::size_t>(grid.nx), plane};
  double slope[3];
  for (int a = 0; a < 3; ++a) {
    const std::size_t span = (n[a] - 1) * stride[a];
    const bool first = at[a] == 0, last = at[a] + 1 == n[a], wraps = environment.box.periodic[a];
    double below = 0, above = 0;
    int faces = 2;
    if (!first || wraps)
      below = c[voxel] - c[first ? voxel + span : voxel - stride[a]];
    else if (environment.rules->open(index(species), static_cast<Face>(2 * a)))
      --faces;
    if (!last || wraps)
      above = c[last ? voxel - span : voxel + stride[a]] - c[voxel];
    else if (environment.rules->open(index(species), static_cast<Face>(2 * a + 1)))
      --faces;
    slope[a] = faces == 0 ? 0 : (below + above) / (faces * grid.spacing);
  }
  return {slope[0], slope[1], slope[2]};
}

namespace {

void count_contacts(const Cells& cells, std::size_t c, const NeededSymbols& needed, const CellList& neighbours,
                    const CellEnvironment& environment, std::span<double> values) {
  const CellSymbolLayout& layout = environment.rules->layout();
  for (const std::uint32_t type : needed.contacts) values[layout.contacts(type)] = 0;
  const Vec3 here = cells.position(c);
  neighbours.visit_near(here, [&](std::uint32_t other) {
    if (other == c) return;
    const Vec3 apart = environment.box.separation(here, cells.position(other));
    const double reach = cells.radius[c] + cells.radius[other] + kContactGap;
    // types that no formula asks for are counted into their place too: nobody reads it
    if (dot(apart, apart) < reach * reach) values[layout.contacts(index(cells.type[other]))] += 1;
  });
}

}  // namespace

void sense(const Cells& cells, std::size_t c, std::size_t voxel, const NeededSymbols& needed, const FieldSet& fields,
           const CellList& neighbours, const CellEnvironment& environment, double now, std::span<double> values) {
  const CellSymbolLayout& layout = environment.rules->layout();
  for (const std::uint32_t s : needed.species) values[s] = fields[SpeciesId{s}][voxel];
  for (const std::uint32_t column : needed.columns) values[layout.column(column)] = cells.columns[column][c];
  if (needed.ev_bound) values[layout.ev_bound()] = static_cast<double>(cells.bound[c]);
  if (needed.ev_internal) values[layout.ev_internal()] = static_cast<double>(cells.internal[c]);
  if (needed.age_in_state) values[layout.age_in_state()] = now - cells.state_since[c];
  if (!needed.contacts.empty()) count_contacts(cells, c, needed, neighbours, environment, values);
}

}  // namespace interstice
