#include "engine/sim/initial_state.h"

#include "engine/cells/cell_order.h"
#include "engine/cells/cell_seeding.h"
#include "engine/sim/dosing.h"
#include "engine/sim/workspace.h"
#include "engine/vesicles/agents/vesicle_turnover.h"

namespace interstice {
namespace {

void fill_fields(const Problem& problem, State& state) {
  for (std::size_t s = 0; s < problem.species.size(); ++s) {
    const std::span<double> field = state.fields[SpeciesId{static_cast<std::uint32_t>(s)}];
    const Species& species = problem.species[s];
    for (std::size_t v = 0; v < field.size(); ++v)
      field[v] =
          species.initial_field.empty() ? species.initial[problem.regions.of_voxel[v]] : species.initial_field[v];
  }
}

void fill_reservoirs(const Problem& problem, State& state) {
  for (std::size_t r = 0; r < state.reservoirs.size(); ++r) {
    for (const Species& species : problem.species)
      state.reservoirs[r].concentration.push_back(species.reservoir_initial[r]);
    state.reservoirs[r].supply.assign(problem.species.size(), 0.0);
    state.reservoirs[r].vesicles.assign(problem.vesicle_classes.size(), 0);
  }
}

}  // namespace

State empty_state(const Problem& problem) {
  const std::size_t voxels = problem.grid.voxel_count();
  State state;
  state.fields = FieldSet(problem.species.size(), voxels);
  state.supply.resize(problem.species.size());
  for (const SpeciesId s : species_with_supply(problem.chemistry, problem.species))
    state.supply[index(s)].assign(voxels, 0.0F);
  state.reservoirs.resize(problem.reservoirs.size());
  state.budget.resize(problem.species.size(), problem.chemistry.reactions.size());
  state.cells.columns.resize(problem.columns.size());
  state.ledger.resize(problem.vesicle_classes.size());
  state.vesicles.proteins.resize(problem.proteins.size());
  state.vesicles.columns.resize(problem.vesicle_columns.size());
  begin_vesicle_counts(state.vesicles, problem.vesicle_classes, voxels);
  state.tallies.assign(problem.tallies.size(), 0.0);
  state.exposed_copies.assign(problem.proteins.size(), std::vector<double>(voxels + problem.reservoirs.size()));
  state.labels.resize(problem.labels.size());
  return state;
}

State initial_state(const Problem& problem, const Workspace& workspace, const Threads& threads) {
  State state = empty_state(problem);
  fill_fields(problem, state);
  fill_reservoirs(problem, state);
  seed_cells(state.cells, problem.placements, problem.columns, workspace.cell_environment, threads);
  sort_cells(state.cells, problem.columns, problem.grid);
  give_at_once(state, problem, 0, 1);
  apply_doses(state, problem, workspace, 0, 1, threads);
  count_vesicles(state.vesicles, problem.vesicle_classes, state.ledger);
  begin_labels(state, problem);
  CellScratch scratch;
  scratch.around.see_reservoirs(state.reservoirs, workspace.cell_environment);
  const CellStep first{.step = 0, .time = 0, .dt = state.clock.next_cells_dt(problem.schedule)};
  steer_cells(state.cells, state.fields, workspace.cell_environment, first, scratch, threads);
  return state;
}

}  // namespace interstice
