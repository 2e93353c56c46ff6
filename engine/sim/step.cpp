#include "engine/sim/step.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/cells/cell_events.h"
#include "engine/cells/cell_exchange.h"
#include "engine/core/constants.h"
#include "engine/core/error.h"
#include "engine/population/cell_population.h"
#include "engine/sim/dosing.h"
#include "engine/sim/workspace.h"
#include "engine/vesicles/agents/vesicle_enzymes.h"
#include "engine/vesicles/agents/vesicle_motion.h"
#include "engine/vesicles/agents/vesicle_order.h"
#include "engine/vesicles/agents/vesicle_turnover.h"
#include "engine/vesicles/counts/vesicle_counts.h"
#include "engine/vesicles/vesicle_parts.h"
#include "engine/vesicles/vesicle_transfers.h"

namespace interstice {
namespace {

constexpr std::size_t kMostGrowth = 1u << 12;  ///< of the number of cells in a step
constexpr std::size_t kMostArrivals = 1u << 20;

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

/// What happens to cells over the transport step, and what they give and take meanwhile.
void exchange_with_cells(State& s, Workspace& w, const CellStep& interval, const Threads& threads) {
  w.cell_scratch.around.see_reservoirs(s.reservoirs, w.cell_environment);
  follow_cells(s.cells, s.fields, w.cell_environment, interval, w.models.fates(), w.cell_scratch, threads);
  add_cell_exchange(s.cells, s.fields, w.cell_environment, interval, w.exchange, w.cell_scratch, threads);
}

/// What is infused meanwhile is given half before and half after it.
void transport_species(State& s, const Problem& p, Workspace& w, double dt, Nanoseconds until, const Threads& threads) {
  infuse(s, p, s.clock.last_transport, until, 0.5);
  w.transport.advance({s.fields, s.reservoirs, s.supply, s.budget}, w.exchange, w.models.reservoir_copies(), dt,
                      threads);
  infuse(s, p, s.clock.last_transport, until, 0.5);
  w.transport.hold(s.fields, s.budget);
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
  const int parts = parts_of_step(around, interval.dt);
  for (int number = 0; number < parts; ++number) {
    const VesicleStep part = part_of(interval, number, parts);
    move_vesicles(s.vesicles, s.cells, s.ledger, s.reservoirs, around, part, w.vesicle_scratch, threads);
    turn_over_vesicles(s.vesicles, s.cells, s.ledger, around, part, w.vesicle_scratch, threads);
  }
  step_vesicle_counts(s.vesicles, s.cells, s.ledger, s.reservoirs, around, interval, w.counts_scratch, threads);
  transfer_vesicles(s.vesicles, s.ledger, s.reservoirs, s.cells, around, interval);
  keep_vesicles_in_order(s.vesicles, around, interval, threads);
  w.vesicles_changed = true;
}

/// Into the fields between two transport steps.
void book_late_releases(State& s, const Problem& p, std::vector<LateRelease>& late) {
  for (const LateRelease& release : late) {
    const Region& region = p.regions.regions[p.regions.of_voxel[release.voxel]];
    const double per_uM = region.volume_fraction * p.grid.voxel_volume() * kMoleculesPerUmCubedPerMicromolar;
    s.fields[release.species][release.voxel] += release.molecules / per_uM;
    s.budget.secreted[index(release.species)] += release.molecules;
  }
  late.clear();
}

/// Cells come, go, divide and become others. What those have done since then may call for more of it.
void change_population(State& s, const Problem& p, Workspace& w, const CellStep& interval, bool transport_due,
                       const Threads& threads) {
  CellScratch& scratch = w.cell_scratch;
  const CellStep end{interval.step, interval.time + interval.dt, 0};
  const std::size_t most = std::max<std::size_t>(1, s.cells.size()) * kMostGrowth + kMostArrivals;
  std::span<std::uint8_t> fates = w.models.fates();
  do {
    w.vesicles_changed |= update_population(s.cells, s.vesicles, s.ledger, fates, scratch.arrivals, w.cell_environment,
                                            p.vesicle_classes, interval);
    scratch.arrivals.clear();
    w.fates.assign(s.cells.size(), 0);
    fates = w.fates;
    if (s.cells.size() > most)
      throw NumericalError(
          fmt::format("cells divide until there are more than {} times as many within a step; look at "
                      "their hazards and durations, or take shorter steps",
                      kMostGrowth));
  } while (transport_due && follow_newcomers(s.cells, s.fields, w.cell_environment, end, fates, scratch, threads));
  book_late_releases(s, p, scratch.late);
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
    exchange_with_cells(s, w, interval, threads);
    transport_species(s, p, w, dt, s.clock.end_of_step(p.schedule), threads);
  }
  if (now.vesicles_due) advance_vesicles(s, w, now, threads);
  const CellStep interval{.step = now.step, .time = now.time + now.dt - now.cells_dt, .dt = now.cells_dt};
  const Nanoseconds before = s.clock.now;
  s.clock.advance(p.schedule);
  if (now.cells_due) update_cells(s, p, w, interval, threads);
  change_population(s, p, w, interval, now.transport_due, threads);
  give_at_once(s, p, before + 1, s.clock.now + 1);
  w.vesicles_changed |= apply_doses(s, p, w, before + 1, s.clock.now + 1, threads);
}

}  // namespace interstice
