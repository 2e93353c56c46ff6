#include "engine/sim/step.h"

#include "engine/cells/cell_exchange.h"
#include "engine/population/cell_population.h"
#include "engine/sim/dosing.h"
#include "engine/sim/workspace.h"
#include "engine/vesicles/agents/vesicle_enzymes.h"
#include "engine/vesicles/agents/vesicle_motion.h"
#include "engine/vesicles/agents/vesicle_order.h"
#include "engine/vesicles/agents/vesicle_turnover.h"
#include "engine/vesicles/counts/vesicle_counts.h"

namespace interstice {
namespace {

/// Positions -> which voxel every cell is in, and what vesicle surfaces offer to the fluid of each compartment.
void locate_agents(State& s, Workspace& w, const Tick& now, const Threads& threads) {
  w.cell_voxel.resize(s.cells.size());
  threads.for_blocks(s.cells.size(), 4096, [&](std::size_t begin, std::size_t end) {
    for (std::size_t c = begin; c < end; ++c)
      w.cell_voxel[c] = static_cast<std::uint32_t>(w.cell_environment.grid->voxel_at(s.cells.position(c)));
  });
  if (!now.transport_due || !w.vesicles_changed || !w.models.reads_proteins()) return;
  w.vesicles_changed = false;
  deposit_exposed_copies(s.vesicles, s.reservoirs, w.vesicle_environment, seconds(s.clock.last_vesicles),
                         s.exposed_copies, w.exposed_in_reservoirs, w.vesicle_scratch.deposit, threads);
  add_counted_copies(s.vesicles, s.cells, w.vesicle_environment, seconds(s.clock.last_vesicles), s.exposed_copies);
  for (std::size_t p = 0; p < s.exposed_copies.size(); ++p)
    s.exposed_copies[p].insert(s.exposed_copies[p].end(), w.exposed_in_reservoirs[p].begin(),
                               w.exposed_in_reservoirs[p].end());
}

/// Nothing is given or taken yet; how strong reactions that have a clock are until transport is next due.
void begin_exchange(const Problem& p, Workspace& w, const Tick& now) {
  w.exchange.clear();
  if (!now.transport_due) return;
  p.chemistry.mean_strengths(now.time + now.dt - now.transport_dt, now.transport_dt, w.exchange.strength);
}

/// Sense, decide, act, steer.
void update_cells(State& s, const Problem& p, Workspace& w, const CellStep& interval, const Threads& threads) {
  w.cell_scratch.around.see_reservoirs(s.reservoirs, w.cell_environment);
  update_cells(s.cells, s.fields, w.cell_environment, interval, s.clock.next_cells_dt(p.schedule), w.models.drift(),
               w.models.fates(), w.cell_scratch, threads);
}

/// Vesicles and where cells are; cells move here too, since contact depends on the relative motion.
void advance_vesicles(State& s, Workspace& w, const Tick& now, const Threads& threads) {
  const VesicleStep interval{.step = now.step, .time = now.time + now.dt - now.vesicles_dt, .dt = now.vesicles_dt};
  const VesicleEnvironment& around = w.vesicle_environment;
  move_vesicles(s.vesicles, s.cells, s.ledger, s.reservoirs, around, interval, w.vesicle_scratch, threads);
  turn_over_vesicles(s.vesicles, s.cells, s.ledger, s.reservoirs, around, interval, w.vesicle_scratch, threads);
  step_vesicle_counts(s.vesicles, s.cells, s.ledger, s.reservoirs, around, interval, w.counts_scratch, threads);
  keep_vesicles_in_order(s.vesicles, around, interval, threads);
  w.vesicles_changed = true;
}

}  // namespace

// Multi-rate Lie splitting, in this order. Every stage reads what the ones before it left; models see the state at the
// start of the step. A stage that is not due is skipped; when due, it works over all the time since it last did, which
// ends with this step (hence the starts `now.time + now.dt - ..._dt`).
void advance(State& s, const Problem& p, Workspace& w, const Threads& threads) {
  const Tick now = s.clock.tick(p.schedule);
  locate_agents(s, w, now, threads);
  begin_exchange(p, w, now);
  w.models.evaluate(p, s, now, w.cell_voxel, s.exposed_copies, w.exchange);  // how an EV acts: models/
  w.models.apply_changes(p, s);
  if (now.transport_due) {
    const double dt = now.transport_dt;
    const CellStep interval{.step = now.step, .time = now.time + now.dt - dt, .dt = dt};
    w.cell_scratch.around.see_reservoirs(s.reservoirs, w.cell_environment);
    add_cell_exchange(s.cells, s.fields, w.cell_environment, interval, w.exchange, w.cell_scratch, threads);
    for (std::size_t group = 0; group < w.reactions.groups().size(); ++group) {
      const auto& species = w.reactions.groups()[group];
      w.reacted.hold_only(species);
      w.reactions.react(group, s.fields, s.reservoirs, w.exchange, dt, w.reacted, w.reacted_reservoirs, s.budget,
                        threads, w.models.reservoir_copies());
      w.diffusion.diffuse(species, s.fields, w.reacted, s.reservoirs, w.reacted_reservoirs, dt, s.budget, threads);
    }
    w.transfers.transfer(s.fields, s.reservoirs, dt);
  }
  if (now.vesicles_due) advance_vesicles(s, w, now, threads);
  const CellStep interval{.step = now.step, .time = now.time + now.dt - now.cells_dt, .dt = now.cells_dt};
  const Nanoseconds before = s.clock.now;
  s.clock.advance(p.schedule);
  if (now.cells_due) update_cells(s, p, w, interval, threads);
  const std::span<const std::vector<Arrival>> arrivals = w.cell_scratch.arrivals;
  w.vesicles_changed |= update_population(s.cells, s.vesicles, s.ledger, w.models.fates(),
                                          arrivals.first(now.cells_due ? arrivals.size() : 0), w.cell_environment,
                                          p.vesicle_classes, interval);
  w.vesicles_changed |= apply_doses(s, p, w, before + 1, s.clock.now + 1, threads);
}

}  // namespace interstice
