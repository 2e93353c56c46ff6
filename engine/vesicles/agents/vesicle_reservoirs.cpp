#include "engine/vesicles/agents/vesicle_reservoirs.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "engine/core/constants.h"
#include "engine/core/name_key.h"
#include "engine/core/pinned_math.h"
#include "engine/vesicles/fates.h"
#include "engine/vesicles/vesicle_properties.h"
#include "engine/vesicles/vesicle_seeding.h"

namespace interstice {
namespace {

/// One voxel of an open face.
struct Opening {
  std::size_t voxel = 0;
  int axis = 0;
  bool upper = false;
  Vec3 corner;  ///< lower corner of the voxel [um]
};

template <class Visit>
void visit_openings(int face, const Grid& grid, Visit visit) {
  const int axis = face / 2, a = (axis + 1) % 3, b = (axis + 2) % 3;
  const std::array<int, 3> n{grid.nx, grid.ny, grid.nz};
  std::array<int, 3> at{};
  at[axis] = face % 2 == 0 ? 0 : n[axis] - 1;
  for (at[b] = 0; at[b] < n[b]; ++at[b])
    for (at[a] = 0; at[a] < n[a]; ++at[a])
      visit(Opening{grid.index(at[0], at[1], at[2]),
                    axis,
                    face % 2 != 0,
                    {at[0] * grid.spacing, at[1] * grid.spacing, at[2] * grid.spacing}});
}

/// Where a newcomer ends. The depth of a Gaussian step from a uniform half-space has density ~ erfc(x / 2s): it is a
/// uniform part of a Rayleigh-distributed length.
Vec3 entry_point(const Opening& opening, double sigma, const VesicleEnvironment& environment, AgentId id,
                 std::uint64_t step) {
  const auto u = [&](std::uint32_t draw) {
    return environment.noise.uniform(Stream::vesicle_reservoir, id, step, draw);
  };
  const double spacing = environment.grid->spacing;
  std::array<double, 3> p{opening.corner.x + spacing * u(1), opening.corner.y + spacing * u(2),
                          opening.corner.z + spacing * u(3)};
  const std::array<double, 3> size{environment.box.size.x, environment.box.size.y, environment.box.size.z};
  const double depth = std::min(sigma * std::sqrt(-2 * pinned::log(u(4))) * u(5), size[opening.axis]);
  p[opening.axis] = opening.upper ? size[opening.axis] - depth : depth;
  return {p[0], p[1], p[2]};
}

bool inside_cell(Vec3 p, const Cells& cells, const VesicleMap& map, const Box& box) {
  for (const std::uint32_t c : map.cells_near(map.bin_at(p))) {
    const Vec3 d = box.separation(p, cells.position(c));
    if (dot(d, d) < cells.radius[c] * cells.radius[c]) return true;
  }
  return false;
}

/// Where a transfer leads, as a key.
std::uint64_t aim_key(const VesicleTransfer& transfer, const VesicleEnvironment& environment) {
  return name_key(transfer.region >= 0 ? environment.regions->regions[transfer.region].name
                                       : environment.reservoirs[transfer.reservoir].name);
}

/// Key of a way out of a reservoir for one class: where it leads, or the fate.
AgentId way_key(const Reservoir& reservoir, std::uint64_t way, const VesicleClass& klass) {
  return child_id(child_id(name_key(reservoir.name), way), name_key(klass.name));
}

/// How many real vesicles of a class leave a reservoir over a step.
struct Leaving {
  std::vector<std::uint64_t> by_fate;      ///< in the order of Exits::all
  std::vector<std::uint64_t> by_transfer;  ///< in the order of Reservoir::vesicle_transfers
};

/// Exits and transfers compete. Into the patch vesicles go in whole agents.
Leaving departures(const Reservoir& reservoir, const VesicleClass& klass, std::uint64_t there, const Exits& exits,
                   const VesicleEnvironment& environment, const VesicleStep& step) {
  double all = exits.rate();
  for (const VesicleTransfer& transfer : reservoir.vesicle_transfers) all += transfer.rate;
  Leaving leaving;
  if (!(all > 0)) return leaving;
  const double any = -pinned::expm1(-all * step.dt);
  double left = 1;  // probability that none of the ways so far was taken
  const auto take = [&](double rate, std::uint64_t unit, std::uint64_t way) {
    const double p = any * rate / all;
    const std::uint64_t some =
        unit * environment.noise.binomial(there / unit, std::min(1.0, p / left), Stream::vesicle_clearance,
                                          way_key(reservoir, way, klass), step.step);
    left -= p;
    there -= some;
    return some;
  };
  for (const Exits::Exit& exit : exits.all())
    leaving.by_fate.push_back(take(exit.rate, 1, name_key(kFates[exit.fate].name)));
  for (const VesicleTransfer& transfer : reservoir.vesicle_transfers)
    leaving.by_transfer.push_back(
        take(transfer.rate, transfer.region >= 0 ? klass.weight : 1, aim_key(transfer, environment)));
  return leaving;
}

}  // namespace

void admit_from_reservoirs(Vesicles& vesicles, std::span<VesicleLedger> ledger, std::span<ReservoirState> reservoirs,
                           const Cells& cells, const VesicleMap& map, const VesicleEnvironment& environment,
                           const VesicleStep& step) {
  const VesicleAccounts accounts{ledger, reservoirs};
  const Grid& grid = *environment.grid;
  const auto region_of = [&](std::size_t voxel) -> const Region& {
    return environment.regions->regions[environment.regions->of_voxel[voxel]];
  };
  for (int face = 0; face < 6; ++face) {
    const int r = environment.reservoir_of_face[face];
    if (r < 0) continue;
    const ReservoirState& reservoir = reservoirs[r];
    for (std::size_t k = 0; k < environment.classes.size(); ++k) {
      const VesicleClass& klass = environment.classes[k];
      if (klass.counted) continue;  // hop_counts lets them in
      const std::uint64_t weight = klass.weight;
      const double density = static_cast<double>(reservoir.vesicles[k]) / environment.reservoirs[r].share();
      const double per_voxel = grid.spacing * grid.spacing * density / static_cast<double>(weight) *
                               mean_root_diffusivity(klass) * std::sqrt(step.dt / kPi);
      const AgentId gate = child_id(0x7265736572766f69ULL + static_cast<std::uint64_t>(face), name_key(klass.name));
      visit_openings(face, grid, [&](const Opening& opening) {
        const Region& region = region_of(opening.voxel);
        const double mean = per_voxel * vesicle_capacity(region) / std::sqrt(region.viscosity);
        const AgentId here = child_id(gate, opening.voxel);
        const auto candidates = environment.noise.poisson(mean, Stream::vesicle_reservoir, here, step.step);
        for (std::uint64_t i = 0; i < candidates; ++i) {
          if (reservoir.vesicles[k] < weight) return;
          const AgentId id = child_id(child_id(here, step.step), i);
          const double diameter = draw_diameter(klass, environment.noise, id, kArrivalSizeBias);
          const double D = stokes_einstein(diameter, klass.temperature, klass.water_viscosity) / region.viscosity;
          const Vec3 p = entry_point(opening, std::sqrt(2 * D * step.dt), environment, id, step.step);
          // An interface or a cell just behind the face turns the newcomer away, as it would a vesicle inside.
          if (&region_of(grid.voxel_at(p)) != &region || inside_cell(p, cells, map, environment.box)) continue;
          append_vesicle(vesicles, VesicleClassId{static_cast<std::uint8_t>(k)}, klass, environment.noise, id, p,
                         kArrivalSizeBias);
          accounts.move(k, weight, {VesiclePlace::in_reservoir, static_cast<std::size_t>(r)}, {VesiclePlace::free});
        }
      });
    }
  }
}

void empty_reservoirs(Vesicles& vesicles, std::span<VesicleLedger> ledger, std::span<ReservoirState> reservoirs,
                      const Cells& cells, const VesicleEnvironment& environment, const VesicleStep& step) {
  struct Arrival {
    std::size_t klass;
    std::uint64_t number;
    std::size_t from, to;
  };
  const VesicleAccounts accounts{ledger, reservoirs};
  std::vector<Arrival> arrivals;  // these leave again in the next step at the soonest
  for (std::size_t r = 0; r < reservoirs.size(); ++r) {
    const Reservoir& reservoir = environment.reservoirs[r];
    for (std::size_t k = 0; k < environment.classes.size(); ++k) {
      const VesicleClass& klass = environment.classes[k];
      const Exits exits(klass, VesiclePlace::in_reservoir, true, {.clearance = reservoir.vesicle_clearance});
      const Leaving leaving = departures(reservoir, klass, reservoirs[r].vesicles[k], exits, environment, step);
      for (std::size_t f = 0; f < leaving.by_fate.size(); ++f)
        accounts.move(k, leaving.by_fate[f], {VesiclePlace::in_reservoir, r}, {kFates[exits.all()[f].fate].to});
      for (std::size_t w = 0; w < leaving.by_transfer.size(); ++w) {
        const VesicleTransfer& transfer = reservoir.vesicle_transfers[w];
        if (transfer.reservoir >= 0) {
          arrivals.push_back({k, leaving.by_transfer[w], r, static_cast<std::size_t>(transfer.reservoir)});
          continue;
        }
        std::vector<std::uint8_t> in_region(environment.regions->regions.size(), 0);
        in_region[transfer.region] = 1;
        const AgentId way = way_key(reservoir, aim_key(transfer, environment), klass);
        const auto placed =
            klass.weight * scatter_vesicles(vesicles, cells, environment, static_cast<VesicleClassId>(k), in_region,
                                            leaving.by_transfer[w] / klass.weight,
                                            child_id(0x7472616e73666572ULL ^ way, step.step));
        accounts.move(k, placed, {VesiclePlace::in_reservoir, r}, {VesiclePlace::free});
      }
    }
  }
  for (const Arrival& a : arrivals)
    accounts.move(a.klass, a.number, {VesiclePlace::in_reservoir, a.from}, {VesiclePlace::in_reservoir, a.to});
}

}  // namespace interstice
