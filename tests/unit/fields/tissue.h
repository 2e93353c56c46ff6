/// @file
/// Small tissues for the tests of the field solvers.
#pragma once

#include <cmath>
#include <numeric>
#include <vector>

#include "engine/core/parallel.h"
#include "engine/fields/diffusion/diffusion.h"
#include "engine/fields/regions.h"

namespace interstice::testing {

/// One box of tissue with everything that the diffusion solver wants.
struct Tissue {
  Grid grid;
  RegionMap regions;
  std::vector<Species> species;
  std::vector<Reservoir> reservoirs;
  FieldSet c, reacted;
  std::vector<ReservoirState> state, reacted_state;
  Budget budget;

  Tissue(int nx, int ny, int nz, Spacing spacing) : grid{nx, ny, nz, spacing} {
    regions.regions.push_back({.name = "fluid"});
    regions.of_voxel.assign(grid.voxel_count(), 0);
  }
  Species& add(double diffusivity) {
    Species s;
    s.name = "s" + std::to_string(species.size());
    s.diffusivity.assign(8, diffusivity);
    species.push_back(s);
    return species.back();
  }
  /// To be called when species and reservoirs are complete.
  void allocate() {
    c = reacted = FieldSet(species.size(), grid.voxel_count());
    state.assign(reservoirs.size(), {});
    for (auto& r : state) r.concentration.assign(species.size(), 0.0), r.supply = r.concentration;
    reacted_state = state;
    budget.resize(species.size(), 0);
  }
  [[nodiscard]] DiffusionSolver solver() const { return {grid, regions, species, reservoirs}; }
  /// One interval with nothing but diffusion and a constant source [uM/s] in one voxel.
  void step(DiffusionSolver& solver, double dt, const Threads& threads = Threads(1), double source = 0,
            std::size_t voxel = 0) {
    reacted = c;
    reacted_state = state;
    for (std::size_t s = 0; s < species.size(); ++s) reacted[SpeciesId(s)][voxel] += source * dt;
    diffuse(solver, dt, threads);
  }
  /// All species, with what reacted.
  void diffuse(DiffusionSolver& solver, double dt, const Threads& threads = Threads(1), const Exchange& exchange = {}) {
    std::vector<SpeciesId> all;
    for (std::uint32_t s = 0; s < species.size(); ++s) all.push_back(SpeciesId{s});
    solver.diffuse(all, {.dt = dt, .exchange = exchange, .reacted_reservoirs = reacted_state, .supply = {}}, c, reacted,
                   state, budget, threads);
  }
  [[nodiscard]] double alpha(std::size_t voxel) const {
    return regions.regions[regions.of_voxel[voxel]].volume_fraction;
  }
  /// alpha V c summed over the patch [uM um^3].
  [[nodiscard]] double content(std::size_t s = 0) const {
    long double total = 0;
    for (std::size_t i = 0; i < grid.voxel_count(); ++i) total += alpha(i) * c[SpeciesId(s)][i];
    return static_cast<double>(total * grid.voxel_volume());
  }
  [[nodiscard]] std::span<double> field(std::size_t s = 0) { return c[SpeciesId(s)]; }
};

}  // namespace interstice::testing
