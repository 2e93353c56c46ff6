/// @file
/// Diffusion of all species through regions of different diffusivity and volume fraction, with the walls of the
/// domain, together with the net local change that the reaction stage found.
#pragma once

#include <memory>
#include <span>

#include "engine/core/parallel.h"
#include "engine/fields/budget.h"
#include "engine/fields/field_set.h"
#include "engine/fields/grid.h"
#include "engine/fields/species.h"

namespace interstice {

/// alpha V dc/dt = sum over faces of G (c_neighbour - c), G = h * harmonic mean of (alpha D).
class DiffusionSolver {
 public:
  DiffusionSolver(const Grid& grid, const RegionMap& regions, std::span<const Species> species,
                  std::span<const Reservoir> reservoirs);
  ~DiffusionSolver();
  DiffusionSolver(DiffusionSolver&&) noexcept;
  DiffusionSolver& operator=(DiffusionSolver&&) noexcept;

  /// c <- c after dt [s] of diffusion and of the net local change (reacted - c); likewise the reservoirs. The net
  /// inflow through fixed and permeable faces is added to the budget.
  void diffuse(FieldSet& c, const FieldSet& reacted, std::span<ReservoirState> reservoirs,
               std::span<const ReservoirState> reacted_reservoirs, double dt, Budget& budget, const Threads& threads);
  /// The same for some species; only these need a field in `reacted`.
  void diffuse(std::span<const SpeciesId> which, FieldSet& c, const FieldSet& reacted,
               std::span<ReservoirState> reservoirs, std::span<const ReservoirState> reacted_reservoirs, double dt,
               Budget& budget, const Threads& threads);

  /// Into how many substeps an interval dt [s] of this species is cut.
  [[nodiscard]] int substeps(SpeciesId species, double dt) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace interstice
