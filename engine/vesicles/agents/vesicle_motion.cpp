#include "engine/vesicles/agents/vesicle_motion.h"

#include <algorithm>
#include <cassert>

#include "engine/cells/cell_motility.h"
#include "engine/vesicles/agents/vesicle_kernel.h"
#include "engine/vesicles/agents/vesicle_reservoirs.h"
#include "engine/vesicles/agents/vesicle_turnover.h"
#include "engine/vesicles/agents/vesicle_walk.h"
#include "engine/vesicles/fates.h"
#include "engine/vesicles/vesicle_properties.h"

namespace interstice {
namespace {

constexpr std::size_t kMotionGrain = 4096;  ///< vesicles per block of work

void place(Vesicles& vesicles, std::size_t v, Vec3 p) {
  vesicles.x[v] = p.x;
  vesicles.y[v] = p.y;
  vesicles.z[v] = p.z;
}

/// Is there an agent, or can one come? Those who are counted do so by themselves.
bool any_to_follow(const Vesicles& vesicles, std::span<const ReservoirState> reservoirs,
                   std::span<const VesicleClass> classes) {
  const auto holds_some = [&](const ReservoirState& reservoir) {
    for (std::size_t k = 0; k < classes.size(); ++k)
      if (!classes[k].counted && reservoir.vesicles[k] > 0) return true;
    return false;
  };
  return vesicles.size() > 0 || std::ranges::any_of(reservoirs, holds_some);
}

/// Those on or in cells ride along.
void ride(Vesicles& vesicles, std::size_t begin, std::size_t end, std::span<const Vec3> moves, const Box& box) {
  for_each_bound(vesicles, begin, end, [&](std::size_t v) {
    const Vec3 move = moves[vesicles.host[v]];
    if (move != Vec3{}) place(vesicles, v, into_box(vesicles.position(v) + move, box, 0));
  });
}

/// The vesicles of a block of the kernel, from `begin`, that may have touched a cell or a wall or have something else
/// in the way.
void walk_carefully(Vesicles& vesicles, std::size_t begin, const MotionBlock& block, const VesicleWalk& walk,
                    const Encounters& encounters, std::vector<Adsorption>& adsorptions,
                    std::vector<Departure>& departures) {
  for (std::size_t n = 0; n < block.count; ++n) {
    const std::uint32_t i = block.which[n];
    if (!encounters.touches(n) && block.stays[n] == 0 &&
        !walk.near_open_face({block.x[i], block.y[i], block.z[i]}, block.variance[i]))
      continue;
    const auto v = static_cast<std::uint32_t>(begin + i);
    const Walker walker{vesicles.id[v],
                        vesicles.klass[v],
                        block.variance[i],
                        {block.x[i], block.y[i], block.z[i]},
                        {block.dx[i], block.dy[i], block.dz[i]},
                        block.spare[i],
                        block.bin[i]};
    const WalkEnd w = encounters.touches(n) ? walk.past_cells(walker) : walk.alone(walker);
    if (w.face < 0) place(vesicles, v, w.position);
    if (w.cell >= 0) adsorptions.push_back({v, static_cast<std::uint32_t>(w.cell), w.on_surface});
    if (w.face >= 0) departures.push_back({v, static_cast<std::uint8_t>(w.face), static_cast<float>(w.left_at)});
  }
}

/// Moves the vesicles [begin, end); what needs a decision across vesicles is listed.
void move_block(Vesicles& vesicles, std::size_t begin, std::size_t end, std::span<const Vec3> moves, const Box& box,
                const MotionTables& tables, const VesicleMap& map, const VesicleWalk& walk,
                std::vector<Adsorption>& adsorptions, std::vector<Departure>& departures) {
  MotionBlock block;
  Encounters encounters(map, walk.spheres(), box);
  adsorptions.clear();
  departures.clear();
  ride(vesicles, begin, end, moves, box);
  for (; begin < end; begin += MotionBlock::kCapacity) {
    const VesicleColumns columns{vesicles.x.data() + begin,           vesicles.y.data() + begin,
                                 vesicles.z.data() + begin,           vesicles.id.data() + begin,
                                 vesicles.diffusivity.data() + begin, vesicles.state.data() + begin};
    if (!tables.open) map.fetch_ahead(vesicles.position(begin));
    move_free(columns, std::min(MotionBlock::kCapacity, end - begin), tables, block);
    if (block.count == 0) continue;
    encounters.find(block);
    walk_carefully(vesicles, begin, block, walk, encounters, adsorptions, departures);
  }
}

/// Attaches a vesicle that touched a cell, if there is room.
void settle(const Adsorption& a, Vesicles& vesicles, const VesicleAccounts& accounts,
            const VesicleEnvironment& environment) {
  const Cells& cells = *accounts.cells;
  const std::size_t k = index(vesicles.klass[a.vesicle]);
  const std::uint64_t weight = environment.classes[k].weight;
  if (static_cast<double>(cells.bound[a.cell] + weight) > site_count(cells, a.cell, environment.cell_types)) return;
  vesicles.state[a.vesicle] = VesicleState::adsorbed;
  vesicles.host[a.vesicle] = a.cell;
  place(vesicles, a.vesicle, a.on_surface);
  accounts.move(k, weight, {VesiclePlace::free}, {VesiclePlace::adsorbed, a.cell});
}

/// Where sites run out they go in order of the vesicles' ids, which are as good as random, so that neither threads nor
/// the order in memory matter.
void settle_adsorptions(Vesicles& vesicles, const VesicleAccounts& accounts, const VesicleEnvironment& environment,
                        VesicleScratch& scratch) {
  const Cells& cells = *accounts.cells;
  scratch.wanted.assign(cells.size(), 0);
  for (const auto& block : scratch.adsorptions)
    for (const Adsorption& a : block)
      scratch.wanted[a.cell] += environment.classes[index(vesicles.klass[a.vesicle])].weight;
  scratch.contested.clear();
  for (const auto& block : scratch.adsorptions)
    for (const Adsorption& a : block) {
      const double sites = site_count(cells, a.cell, environment.cell_types);
      // Where all find room they also do after some have settled and count twice: whether they do is no matter of
      // order.
      if (static_cast<double>(cells.bound[a.cell] + scratch.wanted[a.cell]) > sites)
        scratch.contested.push_back(a);
      else
        settle(a, vesicles, accounts, environment);
    }
  std::sort(scratch.contested.begin(), scratch.contested.end(),
            [&](const Adsorption& a, const Adsorption& b) { return vesicles.id[a.vesicle] < vesicles.id[b.vesicle]; });
  for (const Adsorption& a : scratch.contested) settle(a, vesicles, accounts, environment);
}

/// Where one that reached a face goes: it may not have lived so long.
Whereabouts end_of(const Departure& d, const Vesicles& vesicles, const VesicleEnvironment& environment, double dt) {
  const VesicleClass& klass = environment.classes[index(vesicles.klass[d.vesicle])];
  const std::size_t voxel = environment.grid->voxel_at(vesicles.position(d.vesicle));
  const Exits exits = exits_of_free(klass, environment.regions->regions[environment.regions->of_voxel[voxel]]);
  const bool lost = exits.rate() * static_cast<double>(d.left_at) * dt > vesicles.clearance_left[d.vesicle];
  return lost ? Whereabouts{kFates[exits.all().front().fate].to} : beyond_face(environment, d.face);
}

void settle_departures(Vesicles& vesicles, const VesicleAccounts& accounts, const VesicleEnvironment& environment,
                       double dt, VesicleScratch& scratch) {
  scratch.gone.clear();
  for (const auto& block : scratch.departures)
    for (const Departure& d : block) {
      const std::size_t k = index(vesicles.klass[d.vesicle]);
      scratch.gone.push_back(d.vesicle);
      accounts.move(k, environment.classes[k].weight, {VesiclePlace::free}, end_of(d, vesicles, environment, dt));
    }
  drop_vesicles(vesicles, scratch.gone);
}

}  // namespace

void move_vesicles(Vesicles& vesicles, Cells& cells, std::span<VesicleLedger> ledger,
                   std::span<ReservoirState> reservoirs, const VesicleEnvironment& environment, const VesicleStep& step,
                   VesicleScratch& scratch, const Threads& threads) {
  const VesicleAccounts accounts{ledger, reservoirs, &cells};
  plan_cell_moves(cells, environment.box, step.dt, scratch.cell_moves);
  const bool any = any_to_follow(vesicles, reservoirs, environment.classes);
  if (any) {
    scratch.map.update(cells, scratch.cell_moves, environment, step.dt, threads);
    scratch.dt_over_viscosity.clear();
    for (const Region& region : environment.regions->regions)
      scratch.dt_over_viscosity.push_back(static_cast<float>(step.dt / region.viscosity));
    const MotionTables tables{scratch.map.bins(),
                              scratch.map.bins_per_um(),
                              scratch.map.surroundings().data(),
                              static_cast<float>(scratch.map.margin_unit()),
                              scratch.dt_over_viscosity,
                              environment.box.size,
                              environment.box.periodic,
                              scratch.map.open(),
                              environment.noise.seed(),
                              step.step};
    const VesicleWalk walk(cells, scratch.cell_moves, scratch.map, environment, step);
    const std::size_t blocks = (vesicles.size() + kMotionGrain - 1) / kMotionGrain;
    scratch.adsorptions.resize(blocks + 1);  // the last ones are of newcomers
    scratch.departures.resize(blocks);
    threads.for_blocks(vesicles.size(), kMotionGrain, [&](std::size_t begin, std::size_t end) {
      move_block(vesicles, begin, end, scratch.cell_moves, environment.box, tables, scratch.map, walk,
                 scratch.adsorptions[begin / kMotionGrain], scratch.departures[begin / kMotionGrain]);
    });
    // Arrivals before departures: their number follows from the reservoir's density at the start of the step.
    admit_from_reservoirs(vesicles, accounts, walk, scratch.map, environment, step, scratch.adsorptions.back());
    settle_adsorptions(vesicles, accounts, environment, scratch);
  }
  carry_out_cell_moves(cells, environment.box, scratch.cell_moves, step.dt);
  if (any) settle_departures(vesicles, accounts, environment, step.dt, scratch);
}

}  // namespace interstice
