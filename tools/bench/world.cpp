#include "tools/bench/world.h"

#include "engine/cells/cell_exchange.h"
#include "engine/core/pinned_math.h"
#include "engine/population/cell_population.h"
#include "engine/scenario/scenario.h"
#include "engine/sim/initial_state.h"
#include "engine/sim/step.h"
#include "engine/vesicles/agents/vesicle_enzymes.h"
#include "engine/vesicles/agents/vesicle_motion.h"
#include "engine/vesicles/agents/vesicle_turnover.h"
#include "models/builtin.h"

namespace interstice::bench {

Problem problem_of(const std::string& scenario) {
  ModelRegistry registry;
  register_builtin_models(registry);
  return build_problem(load_scenario_text(scenario, "benchmark.yaml", {}, registry));
}

World::World(const std::string& scenario, const Threads& threads)
    : problem(problem_of(scenario)),
      workspace(problem),
      state(initial_state(problem, workspace, threads)),
      reactions_(problem.grid, problem.regions, problem.species, problem.chemistry, problem.reservoirs),
      diffusion_(problem.grid, problem.regions, problem.species, problem.reservoirs) {}

void World::advance(const Threads& threads) { interstice::advance(state, problem, workspace, threads); }

void World::locate_agents() {
  workspace.cell_voxel.resize(state.cells.size());
  for (std::size_t c = 0; c < state.cells.size(); ++c)
    workspace.cell_voxel[c] = static_cast<std::uint32_t>(problem.grid.voxel_at(state.cells.position(c)));
}

void World::deposit(const Threads& threads) {
  Workspace& w = workspace;
  deposit_exposed_copies(state.vesicles, state.reservoirs, w.vesicle_environment, seconds(state.clock.now),
                         state.exposed_copies, w.exposed_in_reservoirs, threads);
  for (std::size_t p = 0; p < state.exposed_copies.size(); ++p)
    state.exposed_copies[p].insert(state.exposed_copies[p].end(), w.exposed_in_reservoirs[p].begin(),
                                   w.exposed_in_reservoirs[p].end());
}

void World::exchange(const Threads& threads) {
  Workspace& w = workspace;
  w.exchange.clear();
  w.models.evaluate(problem, state, state.clock.tick(problem.schedule), w.cell_voxel, state.exposed_copies, w.exchange);
  w.models.apply_changes(problem, state);
  const CellStep interval{.step = state.clock.step, .time = seconds(state.clock.now), .dt = seconds(phase().transport)};
  w.cell_scratch.around.see_reservoirs(state.reservoirs, w.cell_environment);
  add_cell_exchange(state.cells, state.fields, w.cell_environment, interval, w.exchange, w.cell_scratch, threads);
}

void World::react(const Threads& threads) {
  if (reacted_.voxel_count() == 0) reacted_ = state.fields;
  std::vector<ReservoirState> reacted_reservoirs = state.reservoirs;
  reactions_.react(reactions_.all(),
                   {.dt = seconds(phase().transport),
                    .exchange = workspace.exchange,
                    .vesicle_copies = workspace.models.reservoir_copies(),
                    .supply = state.supply},
                   state.fields, state.reservoirs, reacted_, reacted_reservoirs, state.budget, threads);
}

void World::diffuse(const Threads& threads) {
  std::vector<SpeciesId> all;
  for (std::uint32_t s = 0; s < problem.species.size(); ++s) all.push_back(SpeciesId{s});
  FieldSet nothing_reacts = FieldSet::empty(all.size(), problem.grid.voxel_count());
  const std::vector<ReservoirState> reservoirs = state.reservoirs;
  diffusion_.diffuse(all,
                     {.dt = seconds(phase().transport),
                      .exchange = workspace.exchange,
                      .reacted_reservoirs = reservoirs,
                      .supply = {},
                      .refuse_negative = false},
                     state.fields, nothing_reacts, state.reservoirs, state.budget, threads);
}

void World::move_vesicles(const Threads& threads) {
  const VesicleStep interval{
      .step = state.clock.step++, .time = seconds(state.clock.now), .dt = seconds(phase().vesicles)};
  interstice::move_vesicles(state.vesicles, state.cells, state.ledger, state.reservoirs, workspace.vesicle_environment,
                            interval, workspace.vesicle_scratch, threads);
}

void World::turn_over_vesicles(const Threads& threads) {
  const VesicleStep interval{
      .step = state.clock.step++, .time = seconds(state.clock.now), .dt = seconds(phase().vesicles)};
  interstice::turn_over_vesicles(state.vesicles, state.cells, state.ledger, workspace.vesicle_environment, interval,
                                 workspace.vesicle_scratch, threads);
}

void World::update_cells(const Threads& threads) {
  Workspace& w = workspace;
  const double dt = seconds(phase().cells);
  const CellStep interval{.step = state.clock.step++, .time = seconds(state.clock.now), .dt = dt};
  fates_.assign(state.cells.size(), 0);
  w.cell_scratch.around.see_reservoirs(state.reservoirs, w.cell_environment);
  interstice::update_cells(state.cells, state.fields, w.cell_environment, interval, dt, {}, fates_, w.cell_scratch,
                           threads);
  update_population(state.cells, state.vesicles, state.ledger, fates_, w.cell_scratch.arrivals, w.cell_environment,
                    problem.vesicle_classes, interval);
}

void World::roughen_fields(double lowest, double highest) {
  for (std::size_t s = 0; s < problem.species.size(); ++s) {
    const auto field = state.fields[static_cast<SpeciesId>(s)];
    for (std::size_t v = 0; v < field.size(); ++v) {
      const double share = static_cast<double>(mix64(v + s * field.size()) >> 11) * 0x1p-53;
      field[v] = lowest * pinned::exp(share * pinned::log(highest / lowest));
    }
  }
}

}  // namespace interstice::bench
