#include "engine/vesicles/vesicle_reservoirs.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "engine/core/constants.h"
#include "engine/core/name_key.h"
#include "engine/core/pinned_math.h"
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

/// Key of a way out of a reservoir for one class: the transfer, or without one clearance.
AgentId way_key(const Reservoir& reservoir, const VesicleTransfer* transfer, const VesicleClass& klass,
                const VesicleEnvironment& environment) {
  std::uint64_t to = 0;
  if (transfer != nullptr)
    to = name_key(transfer->region >= 0 ? environment.regions->regions[transfer->region].name
                                        : environment.reservoirs[transfer->reservoir].name);
  return child_id(child_id(name_key(reservoir.name), to), name_key(klass.name));
}

/// How many real vesicles of class k leave reservoir r over the step: by clearance, then by each transfer. Into the
/// patch they go in whole agents.
std::vector<std::uint64_t> departures(std::size_t r, std::size_t k, std::uint64_t there,
                                      const VesicleEnvironment& environment, const VesicleStep& step) {
  const Reservoir& reservoir = environment.reservoirs[r];
  double all = reservoir.vesicle_clearance;
  for (const VesicleTransfer& transfer : reservoir.vesicle_transfers) all += transfer.rate;
  std::vector<std::uint64_t> leaving;
  if (!(all > 0)) return leaving;
  const double any = -pinned::expm1(-all * step.dt);
  double left = 1;  // probability that none of the ways so far was taken
  const auto take = [&](double rate, std::uint64_t unit, const VesicleTransfer* transfer) {
    const double p = any * rate / all;
    const AgentId key = way_key(reservoir, transfer, environment.classes[k], environment);
    leaving.push_back(unit * environment.noise.binomial(there / unit, std::min(1.0, p / left),
                                                        Stream::vesicle_clearance, key, step.step));
    left -= p;
    there -= leaving.back();
  };
  take(reservoir.vesicle_clearance, 1, nullptr);
  for (const VesicleTransfer& transfer : reservoir.vesicle_transfers)
    take(transfer.rate, transfer.region >= 0 ? environment.classes[k].weight : 1, &transfer);
  return leaving;
}

}  // namespace

void admit_from_reservoirs(Vesicles& vesicles, std::span<VesicleLedger> ledger, std::span<ReservoirState> reservoirs,
                           const Cells& cells, const VesicleMap& map, const VesicleEnvironment& environment,
                           const VesicleStep& step) {
  const Grid& grid = *environment.grid;
  const auto region_of = [&](std::size_t voxel) -> const Region& {
    return environment.regions->regions[environment.regions->of_voxel[voxel]];
  };
  for (int face = 0; face < 6; ++face) {
    const int r = environment.reservoir_of_face[face];
    if (r < 0) continue;
    ReservoirState& reservoir = reservoirs[r];
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
          reservoir.vesicles[k] -= weight;
          ledger[k].in_reservoir -= weight;
          ledger[k].free += weight;
        }
      });
    }
  }
}

void empty_reservoirs(Vesicles& vesicles, std::span<VesicleLedger> ledger, std::span<ReservoirState> reservoirs,
                      const Cells& cells, const VesicleEnvironment& environment, const VesicleStep& step) {
  const std::size_t classes = environment.classes.size();
  std::vector<std::uint64_t> arrived(reservoirs.size() * classes,
                                     0);  // they leave again in the next step at the soonest
  for (std::size_t r = 0; r < reservoirs.size(); ++r) {
    const auto& transfers = environment.reservoirs[r].vesicle_transfers;
    for (std::size_t k = 0; k < classes; ++k) {
      std::uint64_t& here = reservoirs[r].vesicles[k];
      const auto leaving = departures(r, k, here, environment, step);
      if (leaving.empty()) continue;
      here -= leaving[0];
      ledger[k].in_reservoir -= leaving[0];
      ledger[k].lost += leaving[0];
      for (std::size_t w = 0; w < transfers.size(); ++w) {
        if (transfers[w].reservoir >= 0) {
          here -= leaving[w + 1];
          arrived[transfers[w].reservoir * classes + k] += leaving[w + 1];
          continue;
        }
        const std::uint64_t weight = environment.classes[k].weight;
        std::vector<std::uint8_t> in_region(environment.regions->regions.size(), 0);
        in_region[transfers[w].region] = 1;
        const AgentId way = way_key(environment.reservoirs[r], &transfers[w], environment.classes[k], environment);
        const AgentId source = child_id(0x7472616e73666572ULL ^ way, step.step);
        const auto placed = weight * scatter_vesicles(vesicles, cells, environment, static_cast<VesicleClassId>(k),
                                                      in_region, leaving[w + 1] / weight, source);
        here -= placed;
        ledger[k].in_reservoir -= placed;
        ledger[k].free += placed;
      }
    }
  }
  for (std::size_t r = 0; r < reservoirs.size(); ++r)
    for (std::size_t k = 0; k < classes; ++k) reservoirs[r].vesicles[k] += arrived[r * classes + k];
}

}  // namespace interstice
