#include "engine/cells/cell_sense.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "engine/cells/cell_mechanics.h"
#include "engine/core/constants.h"

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
    slope[a] = faces == 0 ? 0 : (below + above) / (faces * grid.spacing[a]);
  }
  return {slope[0], slope[1], slope[2]};
}

namespace {

/// How the gradient along an axis is made at each index of a footprint: the way to the voxels above and below, 0 beyond
/// a wall, and what to multiply their difference by.
struct Differences {
  Differences(const Footprint::Axis& places, std::size_t axis, std::size_t stride, std::size_t species,
              const CellEnvironment& environment) {
    const Grid& grid = *environment.grid;
    const int sizes[] = {grid.nx, grid.ny, grid.nz};
    const auto n = static_cast<std::size_t>(sizes[axis]);
    const bool wraps = environment.box.periodic[axis];
    const auto open = environment.rules->open(species);
    for (std::size_t k = 0; k < places.count; ++k) {
      const bool first = places.voxel[k] == 0, last = places.voxel[k] + 1 == n;
      const std::size_t span = (n - 1) * stride;
      below[k] = first ? (wraps ? span : 0) : 0 - stride;  // modulo the size of addresses
      above[k] = last ? (wraps ? 0 - span : 0) : stride;
      const int faces = 2 - (first && !wraps && open[2 * axis]) - (last && !wraps && open[2 * axis + 1]);
      scale[k] = faces == 0 ? 0 : 1 / (faces * grid.spacing[axis]);
    }
  }
  std::array<std::size_t, Footprint::kMost> below, above;
  std::array<double, Footprint::kMost> scale;
};

}  // namespace

Vec3 gradient(const FieldSet& fields, SpeciesId species, const Footprint& place, const CellEnvironment& environment) {
  const std::span<const double> c = fields[species];
  const Footprint::Axis &x = place.axis(0), &y = place.axis(1), &z = place.axis(2);
  const auto along = [&](const Footprint::Axis& axis, std::size_t a) {
    return Differences(axis, a, place.stride(a), index(species), environment);
  };
  const Differences dx = along(x, 0), dy = along(y, 1), dz = along(z, 2);
  Vec3 sum;
  for (std::size_t k = 0; k < z.count; ++k)
    for (std::size_t j = 0; j < y.count; ++j)
      for (std::size_t i = 0; i < x.count; ++i) {
        const std::size_t v = x.voxel[i] + y.voxel[j] * place.stride(1) + z.voxel[k] * place.stride(2);
        const double weight = x.weight[i] * y.weight[j] * z.weight[k];
        sum += weight * Vec3{dx.scale[i] * (c[v + dx.above[i]] - c[v + dx.below[i]]),
                             dy.scale[j] * (c[v + dy.above[j]] - c[v + dy.below[j]]),
                             dz.scale[k] * (c[v + dz.above[k]] - c[v + dz.below[k]])};
      }
  return sum;
}

LeftResistance left_resistance(const Cells& cells, std::size_t c, const CellEnvironment& environment) {
  return {cells.position(c), cells.radius[c], *environment.grid, environment.box, environment.regions->of_voxel};
}

double left_for(std::size_t species, std::size_t region, const LeftResistance& resistance,
                const CellEnvironment& environment) {
  const CellRules& rules = *environment.rules;
  const auto conductivity = [&](std::size_t r) {
    return environment.regions->regions[r].volume_fraction * rules.diffusivity(species, r);
  };
  const double here = conductivity(region);
  if (here <= 0) return 0;
  return resistance.with([&](int face, int beyond) {
    if (beyond == LeftResistance::kWall) return rules.mirrored(species, face);
    if (rules.held(species, beyond)) return -1.0;
    const double there = conductivity(beyond);
    return (here - there) / (here + there);
  }) / here;
}

double at_surface(double c, double left, double secretion, double uptake, double Km) {
  const double beside = c + left * secretion;
  if (uptake == 0) return beside;
  if (Km == 0) return beside / (1 + uptake * left);
  const double most = uptake * Km, b = beside + Km + left * most;
  return beside - left * 2 * most * beside / (b + std::sqrt(b * b - 4 * left * most * beside));
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
  thread_local std::vector<double> own;  // what each gathering chooses by
  own.clear();
  for (const std::uint32_t k : needed.gathered) {
    const Gathering& gathering = *rules.offers()[first + k].gathering;
    own.push_back(gathering.own(values));
    const bool all = gathering.from == Gathering::From::all;
    values[layout.gathered(k)] = all ? around.total(first + k, own.back()) : 0;
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
    for (std::size_t i = 0; i < needed.gathered.size(); ++i) {
      const std::uint32_t k = needed.gathered[i];
      const Gathering& gathering = *rules.offers()[first + k].gathering;
      if (gathering.from == Gathering::From::touching && gathering.type == type &&
          around.chosen(first + k, other, own[i]))
        values[layout.gathered(k)] += around.offer(first + k, other);
    }
  });
}

/// Concentrations in the fluid around, as the grid has them.
void sense_fields(const Cells& cells, std::size_t c, std::size_t voxel, std::span<const std::uint32_t> species,
                  const FieldSet& fields, const CellEnvironment& environment, std::span<double> values) {
  if (species.empty()) return;
  const CellRules& rules = *environment.rules;
  if (!rules.any_spreads()) {
    for (const std::uint32_t s : species) values[s] = fields[SpeciesId{s}][voxel];
    return;
  }
  const Footprint place(cells.position(c), cells.radius[c], *environment.grid, environment.box);
  for (const std::uint32_t s : species)
    values[s] = rules.spreads(s) ? place.mean(fields[SpeciesId{s}]) : fields[SpeciesId{s}][voxel];
}

/// What a cell does to a species, made ready.
struct OwnFieldHere {
  double around = 0;    ///< concentration without the cell's own field [uM]
  double left = 0;      ///< [s/um^3]
  double secreted = 0;  ///< [uM um^3/s]
};

/// Turns concentrations around a cell into those at its surface. Secretion may follow what it changes: both are found
/// in turn, by half steps, so that a strong brake does not swing.
void add_own_fields(const Cells& cells, std::size_t c, std::size_t voxel, std::span<const OwnField> own,
                    const CellEnvironment& environment, std::span<double> values) {
  constexpr int kMostPasses = 12;
  constexpr double kSettled = 1e-4;  // relative
  const CellRules& rules = *environment.rules;
  const std::size_t region = environment.regions->of_voxel[voxel];
  const LeftResistance resistance = left_resistance(cells, c, environment);
  thread_local std::vector<OwnFieldHere> here;
  here.clear();
  for (const OwnField& field : own) {
    const double left = left_for(field.species, region, resistance, environment);
    const double share = 1 / (1 + field.enzymes * left);  // enzymes beside it take their part
    here.push_back({values[field.species] * share, left * share, 0});
  }
  double change = 1;
  for (int pass = 0; pass < kMostPasses && change > kSettled; ++pass) {
    for (std::size_t k = 0; k < own.size(); ++k) {
      here[k].secreted = 0;
      for (const Expression* rate : own[k].secretions)
        here[k].secreted += std::max(0.0, (*rate)(values)) / kMoleculesPerUmCubedPerMicromolar;
    }
    change = 0;
    for (std::size_t k = 0; k < own.size(); ++k) {
      double& value = values[own[k].species];
      const double next =
          at_surface(here[k].around, here[k].left, here[k].secreted, own[k].uptake, rules.clearance_Km(own[k].species));
      const double moved = pass == 0 ? next : (value + next) / 2;
      if (!own[k].secretions.empty()) change = std::max(change, std::abs(moved - value) / (moved + 1e-12));
      value = moved;
    }
  }
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
  theirs_.resize(offers.size());
  for (std::size_t k = 0; k < offers.size(); ++k) {
    offers_[k].assign(cells.size(), 0.0);
    theirs_[k].assign(offers[k].gathering->chooses() ? cells.size() : 0, 0.0);
  }
  if (offers.empty()) return;
  threads.for_blocks(cells.size(), kSenseGrain, [&](std::size_t begin, std::size_t end) {
    std::vector<double> values(rules.layout().count(), 0.0);
    for (std::size_t c = begin; c < end; ++c)
      for (std::size_t k = 0; k < offers.size(); ++k) {
        if (index(cells.type[c]) != offers[k].gathering->type) continue;
        sense(cells, c, environment.grid->voxel_at(cells.position(c)), offers[k].needed, fields, *this, environment,
              now, values);
        offers_[k][c] = offers[k].gathering->offer(values);
        if (offers[k].gathering->chooses()) theirs_[k][c] = offers[k].gathering->theirs(values);
      }
  });
  totals_.assign(offers.size(), {});
  for (std::size_t k = 0; k < offers.size(); ++k)
    for (std::size_t c = 0; c < cells.size() && offers[k].gathering->from == Gathering::From::all; ++c)
      if (index(cells.type[c]) == offers[k].gathering->type && !(!theirs_[k].empty() && std::isnan(theirs_[k][c])))
        totals_[k][theirs_[k].empty() ? 0 : theirs_[k][c]] += offers_[k][c];
}

double CellSurroundings::total(std::size_t which, double own) const {
  if (std::isnan(own)) return 0;  // equals none, and has no place in the order of a map
  const auto found = totals_[which].find(own);
  return found == totals_[which].end() ? 0 : found->second;
}

void sense(const Cells& cells, std::size_t c, std::size_t voxel, const NeededSymbols& needed, const FieldSet& fields,
           const CellSurroundings& around, const CellEnvironment& environment, double now, std::span<double> values,
           std::optional<StateMoment> as) {
  const CellSymbolLayout& layout = environment.rules->layout();
  sense_fields(cells, c, voxel, needed.species, fields, environment, values);
  for (const std::uint32_t column : needed.columns) values[layout.column(column)] = cells.columns[column][c];
  if (needed.ev_bound) values[layout.ev_bound()] = static_cast<double>(cells.bound[c]);
  if (needed.ev_internal) values[layout.ev_internal()] = static_cast<double>(cells.internal[c]);
  if (needed.time_and_place) {
    values[layout.time()] = now;
    values[layout.place(0)] = cells.x[c];
    values[layout.place(1)] = cells.y[c];
    values[layout.place(2)] = cells.z[c];
  }
  const StateMoment moment = as.value_or(StateMoment{cells.state[c], now - cells.state_since[c]});
  if (needed.age_in_state) values[layout.age_in_state()] = moment.age;
  values[layout.state()] = moment.state;
  for (const std::uint32_t k : needed.held) values[layout.held(k)] = around.held(k);
  if (!needed.contacts.empty() || !needed.gathered.empty()) meet(cells, c, needed, around, environment, values);
  if (!needed.own.empty()) add_own_fields(cells, c, voxel, needed.own, environment, values);
}

}  // namespace interstice
