#include "engine/sim/initial_state.h"

#include "engine/cells/cell_seeding.h"
#include "engine/sim/dosing.h"
#include "engine/sim/workspace.h"
#include "engine/vesicles/agents/vesicle_turnover.h"

namespace interstice {
namespace {

void fill_fields(const Problem& problem, State& state) {
  const std::size_t voxels = problem.grid.voxel_count();
  state.fields = FieldSet(problem.species.size(), voxels);
  for (std::size_t s = 0; s < problem.species.size(); ++s) {
    const std::span<double> field = state.fields[SpeciesId{static_cast<std::uint32_t>(s)}];
    for (std::size_t v = 0; v < voxels; ++v) field[v] = problem.species[s].initial[problem.regions.of_voxel[v]];
  }
}

void fill_reservoirs(const Problem& problem, State& state) {
  state.reservoirs.resize(problem.reservoirs.size());
  for (std::size_t r = 0; r < state.reservoirs.size(); ++r) {
    for (const Species& species : problem.species)
      state.reservoirs[r].concentration.push_back(species.reservoir_initial[r]);
    state.reservoirs[r].vesicles.assign(problem.vesicle_classes.size(), 0);
  }
}

}  // namespace

State initial_state(const Problem& problem, const Workspace& workspace, const Threads& threads) {
  State state;
  fill_fields(problem, state);
  fill_reservoirs(problem, state);
  state.budget.resize(problem.species.size(), problem.chemistry.reactions.size());
  seed_cells(state.cells, problem.placements, problem.columns, workspace.cell_environment, threads);
  state.ledger.resize(problem.vesicle_classes.size());
  state.vesicles.proteins.resize(problem.proteins.size());
  state.vesicles.columns.resize(problem.vesicle_columns.size());
  begin_vesicle_counts(state.vesicles, problem.vesicle_classes, problem.grid.voxel_count());
  state.tallies.assign(problem.tallies.size(), 0.0);
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
