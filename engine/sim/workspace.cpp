#include "engine/sim/workspace.h"

#include <limits>
#include <variant>

namespace interstice {
namespace {

/// Walls are shared by fields and agents: an axis is periodic, or a face leads to a reservoir, for all of them.
Box box_of(const Problem& problem) {
  Box box{.size = problem.grid.size()};
  for (std::size_t axis = 0; axis < 3; ++axis) box.periodic[axis] = problem.walls[2 * axis] == Wall::periodic;
  return box;
}

}  // namespace

VesicleEnvironment vesicle_environment_of(const Problem& problem) {
  VesicleEnvironment environment;
  environment.grid = &problem.grid;
  environment.regions = &problem.regions;
  environment.box = box_of(problem);
  for (std::size_t face = 0; face < 6; ++face) {
    if (problem.walls[face] == Wall::absorbing) environment.reactivity[face] = std::numeric_limits<double>::infinity();
    if (problem.walls[face] == Wall::reactive) environment.reactivity[face] = problem.reactivity_of_face[face];
    if (problem.walls[face] == Wall::reservoir)
      environment.reservoir_of_face[face] = static_cast<int>(index(problem.reservoir_of_face[face]));
  }
  environment.reservoirs = problem.reservoirs;
  environment.classes = problem.vesicle_classes;
  environment.cell_types = problem.cell_types;
  environment.noise = problem.noise;
  return environment;
}

CellEnvironment cell_environment_of(const Problem& problem, const CellRules& rules) {
  return {.grid = &problem.grid,
          .regions = &problem.regions,
          .box = box_of(problem),
          .types = problem.cell_types,
          .columns = problem.columns,
          .rules = &rules,
          .injuries = problem.injuries,
          .noise = problem.noise,
          .chemotaxis_variant = problem.chemotaxis_variant,
          .reservoirs = problem.reservoirs};
}

Workspace::Workspace(const Problem& problem)
    : vesicle_environment(vesicle_environment_of(problem)),
      cell_rules(problem.cell_types, problem.species, problem.columns, problem.chemistry, problem.reservoirs.size(),
                 problem.vesicle_classes.size(), problem.placements, problem.clearance_Km),
      cell_environment(cell_environment_of(problem, cell_rules)),
      transport(problem.grid, problem.regions, problem.species, problem.chemistry, problem.reservoirs),
      models(problem) {
  exchange.clearance_Km = problem.clearance_Km;
}

}  // namespace interstice
