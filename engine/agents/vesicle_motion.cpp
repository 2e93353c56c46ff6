#include "engine/agents/vesicle_motion.h"

#include <algorithm>
#include <array>
#include <cassert>

#include "engine/agents/cell_motility.h"
#include "engine/agents/vesicle_kernel.h"
#include "engine/agents/vesicle_properties.h"
#include "engine/agents/vesicle_reservoirs.h"
#include "engine/agents/vesicle_walk.h"

namespace interstice {
namespace {

constexpr std::size_t kGrain = 4096;  ///< vesicles per block of work

void place(Vesicles& vesicles, std::size_t v, Vec3 p) {
  vesicles.x[v] = p.x;
  vesicles.y[v] = p.y;
  vesicles.z[v] = p.z;
}

bool holds_vesicles(const ReservoirState& reservoir) {
  return std::any_of(reservoir.vesicles.begin(), reservoir.vesicles.end(), [](std::uint64_t n) { return n > 0; });
}

/// The vesicles of a block.
struct Gathered {
  std::size_t count = 0;
  std::array<std::uint32_t, MotionBlock::kCapacity> vesicle;
};

/// Fills the block with the free vesicles of [begin, end) and returns where the next block starts; those on or in
/// cells ride along.
std::size_t gather_block(Vesicles& vesicles, std::size_t begin, std::size_t end, std::span<const Vec3> moves,
                         const Box& box, MotionBlock& block, Gathered& gathered) {
  gathered.count = 0;
  std::size_t v = begin;
  for (; v < end && gathered.count < MotionBlock::kCapacity; ++v) {
    if (vesicles.state[v] == VesicleState::free) {
      const std::size_t i = gathered.count++;
      block.x[i] = vesicles.x[v];
      block.y[i] = vesicles.y[v];
      block.z[i] = vesicles.z[v];
      block.id[i] = vesicles.id[v];
      block.diffusivity[i] = vesicles.diffusivity[v];
      gathered.vesicle[i] = static_cast<std::uint32_t>(v);
    } else if (moves[vesicles.host[v]] != Vec3{}) {
      place(vesicles, v, into_box(vesicles.position(v) + moves[vesicles.host[v]], box, 0));
    }
  }
  return v;
}

/// Moves the vesicles [begin, end); what needs a decision across vesicles is listed.
void move_block(Vesicles& vesicles, std::size_t begin, std::size_t end, std::span<const Vec3> moves, const Box& box,
                const MotionTables& tables, const VesicleWalk& walk, std::vector<Adsorption>& adsorptions,
                std::vector<Departure>& departures) {
  MotionBlock block;
  Gathered gathered;
  adsorptions.clear();
  departures.clear();
  while (begin < end) {
    begin = gather_block(vesicles, begin, end, moves, box, block, gathered);
    propose_moves(block, gathered.count, tables);
    for (std::size_t i = 0; i < gathered.count; ++i) {
      const std::uint32_t v = gathered.vesicle[i];
      const Vec3 xi{block.xi_x[i], block.xi_y[i], block.xi_z[i]}, start{block.x[i], block.y[i], block.z[i]};
      if (block.needs_care[i] == 0 || walk.nothing_near(start, block.bin[i], xi, block.variance[i])) {
        place(vesicles, v, {block.new_x[i], block.new_y[i], block.new_z[i]});
        continue;
      }
      const WalkEnd w = walk({block.id[i], vesicles.klass[v], block.variance[i], start, xi, block.spare[i],
                              static_cast<std::size_t>(block.bin[i])});
      place(vesicles, v, w.position);
      if (w.cell >= 0) adsorptions.push_back({v, static_cast<std::uint32_t>(w.cell), w.on_surface});
      if (w.face >= 0) departures.push_back({v, static_cast<std::uint8_t>(w.face)});
    }
  }
}

/// In storage order, so that the last free site goes to the same vesicle on any number of threads.
void settle_adsorptions(Vesicles& vesicles, Cells& cells, std::span<VesicleLedger> ledger,
                        const VesicleEnvironment& environment, const std::vector<std::vector<Adsorption>>& blocks) {
  for (const auto& block : blocks)
    for (const Adsorption& a : block) {
      const std::size_t k = index(vesicles.klass[a.vesicle]);
      const std::uint64_t weight = environment.classes[k].weight;
      if (static_cast<double>(cells.bound[a.cell] + weight) > site_count(cells, a.cell, environment.cell_types))
        continue;
      vesicles.state[a.vesicle] = VesicleState::adsorbed;
      vesicles.host[a.vesicle] = a.cell;
      place(vesicles, a.vesicle, a.on_surface);
      cells.bound[a.cell] += weight;
      cells.adsorptions[a.cell] += weight;
      ledger[k].free -= weight;
      ledger[k].adsorbed += weight;
    }
}

void settle_departures(Vesicles& vesicles, std::span<VesicleLedger> ledger, std::span<ReservoirState> reservoirs,
                       const VesicleEnvironment& environment, const std::vector<std::vector<Departure>>& blocks,
                       std::vector<std::uint8_t>& keep) {
  if (std::all_of(blocks.begin(), blocks.end(), [](const auto& block) { return block.empty(); })) return;
  keep.assign(vesicles.size(), 1);
  for (const auto& block : blocks)
    for (const Departure& d : block) {
      const std::size_t k = index(vesicles.klass[d.vesicle]);
      const std::uint64_t weight = environment.classes[k].weight;
      keep[d.vesicle] = 0;
      ledger[k].free -= weight;
      const int reservoir = environment.reservoir_of_face[d.face];
      if (reservoir >= 0) {
        reservoirs[reservoir].vesicles[k] += weight;
        ledger[k].in_reservoir += weight;
      } else {
        ledger[k].left += weight;
      }
    }
  keep_vesicles(vesicles, keep);
}

}  // namespace

void move_vesicles(Vesicles& vesicles, Cells& cells, std::span<VesicleLedger> ledger,
                   std::span<ReservoirState> reservoirs, const VesicleEnvironment& environment, const VesicleStep& step,
                   VesicleScratch& scratch, const Threads& threads) {
  plan_cell_moves(cells, environment.box, step.dt, scratch.cell_moves);
  const bool any = vesicles.size() > 0 || std::any_of(reservoirs.begin(), reservoirs.end(), holds_vesicles);
  if (any) {
    scratch.map.update(cells, scratch.cell_moves, environment, step.dt);
    const auto bins = scratch.map.bins();
    const MotionTables tables{bins,
                              scratch.map.bins_per_um(),
                              scratch.map.margins().data(),
                              scratch.map.bins_per_voxel(),
                              scratch.map.inverse_viscosity().data(),
                              environment.box.size,
                              environment.box.periodic,
                              step.dt,
                              environment.noise.seed(),
                              step.step};
    const VesicleWalk walk(cells, scratch.cell_moves, scratch.map, environment, step);
    const std::size_t blocks = (vesicles.size() + kGrain - 1) / kGrain;
    scratch.adsorptions.resize(blocks);
    scratch.departures.resize(blocks);
    threads.for_blocks(vesicles.size(), kGrain, [&](std::size_t begin, std::size_t end) {
      move_block(vesicles, begin, end, scratch.cell_moves, environment.box, tables, walk,
                 scratch.adsorptions[begin / kGrain], scratch.departures[begin / kGrain]);
    });
    settle_adsorptions(vesicles, cells, ledger, environment, scratch.adsorptions);
  }
  carry_out_cell_moves(cells, environment.box, scratch.cell_moves, step.dt);
  if (!any) return;
  // Arrivals first: their number follows from the reservoir's density at the start of the step.
  admit_from_reservoirs(vesicles, ledger, reservoirs, cells, scratch.map, environment, step);
  settle_departures(vesicles, ledger, reservoirs, environment, scratch.departures, scratch.keep);
}

}  // namespace interstice
