#include "engine/cells/cell_sense.h"

#include <algorithm>

#include "engine/cells/cell_mechanics.h"

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

constexpr std::size_t kSenseGrain = 256;  ///< cells per block

/// Contacts, and sums over those who touch. Types that no formula asks for are counted into their place too: nobody
/// reads it.
void meet(const Cells& cells, std::size_t c, const NeededSymbols& needed, const CellSurroundings& around,
          const CellEnvironment& environment, std::span<double> values) {
  const CellRules& rules = *environment.rules;
  const CellSymbolLayout& layout = rules.layout();
  const std::size_t first = rules.first_offer(index(cells.type[c]));
  bool anyone = !needed.contacts.empty();
  for (const std::uint32_t type : needed.contacts) values[layout.contacts(type)] = 0;
  for (const std::uint32_t k : needed.gathered) {
    const bool all = rules.offers()[first + k].gathering->from == Gathering::From::all;
    values[layout.gathered(k)] = all ? around.total(first + k) : 0;
    anyone = anyone || !all;
  }
  if (!anyone) return;
  const Vec3 here = cells.position(c);
  around.list.visit_near(here, [&](std::uint32_t other) {
    if (other == c) return;
    const Vec3 apart = environment.box.separation(here, cells.position(other));
    const double reach = cells.radius[c] + cells.radius[other] + kContactGap;
    if (dot(apart, apart) >= reach * reach) return;
    const std::uint32_t type = static_cast<std::uint32_t>(index(cells.type[other]));
    values[layout.contacts(type)] += 1;
    for (const std::uint32_t k : needed.gathered) {
      const Gathering& gathering = *rules.offers()[first + k].gathering;
      if (gathering.from == Gathering::From::touching && gathering.type == type)
        values[layout.gathered(k)] += around.offer(first + k, other);
    }
  });
}

}  // namespace

void CellSurroundings::find_neighbours(const Cells& cells, const CellEnvironment& environment) {
  list.rebuild(cells, environment.box, 2 * std::max(environment.rules->largest_radius(), 0.5) + kContactGap);
}

void CellSurroundings::see_reservoirs(std::span<const ReservoirState> reservoirs, const CellEnvironment& environment) {
  held_.clear();
  for (std::size_t r = 0; r < reservoirs.size(); ++r) {
    held_.insert(held_.end(), reservoirs[r].concentration.begin(), reservoirs[r].concentration.end());
    for (const std::uint64_t number : reservoirs[r].vesicles)
      held_.push_back(static_cast<double>(number) / environment.reservoirs[r].share());
  }
}

void CellSurroundings::look_around(const Cells& cells, const FieldSet& fields, const CellEnvironment& environment,
                                   double now, const Threads& threads) {
  find_neighbours(cells, environment);
  const CellRules& rules = *environment.rules;
  const auto& offers = rules.offers();
  offers_.resize(offers.size());
  for (auto& offer : offers_) offer.assign(cells.size(), 0.0);
  if (offers.empty()) return;
  threads.for_blocks(cells.size(), kSenseGrain, [&](std::size_t begin, std::size_t end) {
    std::vector<double> values(rules.layout().count(), 0.0);
    for (std::size_t c = begin; c < end; ++c)
      for (std::size_t k = 0; k < offers.size(); ++k) {
        if (index(cells.type[c]) != offers[k].gathering->type) continue;
        sense(cells, c, environment.grid->voxel_at(cells.position(c)), offers[k].needed, fields, *this, environment,
              now, values);
        offers_[k][c] = offers[k].gathering->offer(values);
      }
  });
  totals_.assign(offers.size(), 0.0);
  for (std::size_t k = 0; k < offers.size(); ++k)
    if (offers[k].gathering->from == Gathering::From::all)
      for (const double offer : offers_[k]) totals_[k] += offer;
}

void sense(const Cells& cells, std::size_t c, std::size_t voxel, const NeededSymbols& needed, const FieldSet& fields,
           const CellSurroundings& around, const CellEnvironment& environment, double now, std::span<double> values) {
  const CellSymbolLayout& layout = environment.rules->layout();
  for (const std::uint32_t s : needed.species) values[s] = fields[SpeciesId{s}][voxel];
  for (const std::uint32_t column : needed.columns) values[layout.column(column)] = cells.columns[column][c];
  if (needed.ev_bound) values[layout.ev_bound()] = static_cast<double>(cells.bound[c]);
  if (needed.ev_internal) values[layout.ev_internal()] = static_cast<double>(cells.internal[c]);
  if (needed.time_and_place) {
    values[layout.time()] = now;
    values[layout.place(0)] = cells.x[c];
    values[layout.place(1)] = cells.y[c];
    values[layout.place(2)] = cells.z[c];
  }
  if (needed.age_in_state) values[layout.age_in_state()] = now - cells.state_since[c];
  values[layout.state()] = cells.state[c];
  for (const std::uint32_t k : needed.held) values[layout.held(k)] = around.held(k);
  if (!needed.contacts.empty() || !needed.gathered.empty()) meet(cells, c, needed, around, environment, values);
}

}  // namespace interstice
