/// @file
/// A few well-stirred voxels for the tests of the reaction solver, and the purine network.
#pragma once

#include <string>
#include <vector>

#include "engine/core/parallel.h"
#include "engine/fields/reactions/reactions.h"

namespace interstice::testing {

enum Purine : std::uint32_t { ATP, ADP, AMP, ADO };

inline Reaction mass_action(std::vector<Stoichiometry> reactants, std::vector<Stoichiometry> products, double k) {
  Reaction r;
  r.reactants = std::move(reactants), r.products = std::move(products);
  r.mass_action.k = k;
  return r;
}

inline Reaction michaelis_menten(SpeciesId from, SpeciesId to, double vmax, double Km,
                                 std::vector<Inhibitor> inhibitors = {}) {
  Reaction r;
  r.law = Reaction::Law::michaelis_menten;
  r.reactants = {{from, 1}}, r.products = {{to, 1}};
  r.michaelis_menten = {.substrate = from, .vmax = vmax, .kcat = 0, .Km = Km, .inhibitors = std::move(inhibitors)};
  return r;
}

/// Voxels of 10 um without diffusion.
struct Beaker {
  Grid grid;
  RegionMap regions;
  std::vector<Species> species;
  Chemistry chemistry;
  std::vector<Reservoir> reservoirs;
  FieldSet c, reacted;
  std::vector<ReservoirState> state, reacted_state;
  FieldSet secretion, clearance, copies;  ///< given to all voxels; copies by reaction
  std::vector<double> clearance_Km;
  Budget budget;
  ReactionOptions options;

  explicit Beaker(std::size_t species_count, int voxels = 1) : grid{voxels, 1, 1, 10} {
    regions.regions.push_back({.name = "fluid"});
    regions.of_voxel.assign(grid.voxel_count(), 0);
    for (std::size_t s = 0; s < species_count; ++s) {
      Species one;
      one.name = "s" + std::to_string(s);
      species.push_back(one);
    }
  }
  void allocate() {
    c = reacted = FieldSet(species.size(), grid.voxel_count());
    secretion = clearance = c;
    copies = FieldSet(chemistry.reactions.size(), grid.voxel_count());
    clearance_Km.assign(species.size(), 0.0);
    state.assign(reservoirs.size(), {});
    for (auto& r : state) r.concentration.assign(species.size(), 0.0), r.supply = r.concentration;
    budget.resize(species.size(), chemistry.reactions.size());
  }
  [[nodiscard]] ReactionSolver solver() const { return {grid, regions, species, chemistry, reservoirs, options}; }
  [[nodiscard]] Exchange exchange() const {
    Exchange all;
    all.clearance_Km = clearance_Km;
    for (std::uint32_t s = 0; s < species.size(); ++s) {
      all.arrays.push_back({{Exchange::Kind::secretion, s}, secretion[SpeciesId{s}]});
      all.arrays.push_back({{Exchange::Kind::clearance, s}, clearance[SpeciesId{s}]});
    }
    for (std::uint32_t r = 0; r < chemistry.reactions.size(); ++r) {
      all.arrays.push_back({{Exchange::Kind::copies, r}, copies[SpeciesId{r}]});
    }
    return all;
  }
  void react(const ReactionSolver& solver, double dt, const Threads& threads = Threads(1),
             std::span<const std::vector<double>> vesicle_copies = {}) {
    reacted_state = state;
    solver.react(solver.all(), {.dt = dt, .exchange = exchange(), .vesicle_copies = vesicle_copies, .supply = {}}, c,
                 state, reacted, reacted_state, budget, threads);
  }
  void step(const ReactionSolver& solver, double dt, const Threads& threads = Threads(1)) {
    react(solver, dt, threads);
    std::swap(c, reacted);
    std::swap(state, reacted_state);
  }
  [[nodiscard]] double& at(std::uint32_t s, std::size_t voxel = 0) { return c[SpeciesId{s}][voxel]; }
};

/// Rates of the purine cascade: first-order or Michaelis-Menten CD39, CD73 inhibited by what precedes it.
struct PurineRates {
  double k_ATP = 0.01, k_ADP = 0.02, cd39 = 0, cd73 = 0.033, k_ado = 0.01;
};

inline Chemistry purine_chemistry(const PurineRates& p) {
  Chemistry chemistry;
  chemistry.reactions.push_back(mass_action({{SpeciesId{ATP}, 1}}, {{SpeciesId{ADP}, 1}}, p.k_ATP));
  chemistry.reactions.push_back(mass_action({{SpeciesId{ADP}, 1}}, {{SpeciesId{AMP}, 1}}, p.k_ADP));
  chemistry.reactions.push_back(
      michaelis_menten(SpeciesId{AMP}, SpeciesId{ADO}, p.cd73, 15, {{SpeciesId{ADP}, 0.5}, {SpeciesId{ATP}, 5}}));
  if (p.cd39 > 0) {
    chemistry.reactions.push_back(michaelis_menten(SpeciesId{ATP}, SpeciesId{ADP}, p.cd39, 15));
    chemistry.reactions.push_back(michaelis_menten(SpeciesId{ADP}, SpeciesId{AMP}, p.cd39, 10, {{SpeciesId{ATP}, 15}}));
  }
  return chemistry;
}

inline Beaker purine_beaker(const PurineRates& p, int voxels = 1) {
  Beaker b(4, voxels);
  b.species[ADO].decay = p.k_ado;
  b.chemistry = purine_chemistry(p);
  b.allocate();
  return b;
}

}  // namespace interstice::testing
