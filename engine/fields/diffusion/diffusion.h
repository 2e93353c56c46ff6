/// @file
/// Diffusion of all species through regions of different diffusivity and volume fraction, with the walls of the
/// domain, together with what cells, models and decay give and take meanwhile and what the reaction stage found.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "engine/core/parallel.h"
#include "engine/fields/budget.h"
#include "engine/fields/exchange.h"
#include "engine/fields/field_set.h"
#include "engine/fields/grid.h"
#include "engine/fields/species.h"

namespace interstice {

/// alpha V dc/dt = sum over faces of G (c_neighbour - c), G = area/edge * harmonic mean of (alpha D).
class DiffusionSolver {
 public:
  /// `regions` must outlive the solver.
  DiffusionSolver(const Grid& grid, const RegionMap& regions, std::span<const Species> species,
                  std::span<const Reservoir> reservoirs);
  ~DiffusionSolver();
  DiffusionSolver(DiffusionSolver&&) noexcept;
  DiffusionSolver& operator=(DiffusionSolver&&) noexcept;

  /// What happens in an interval besides diffusion.
  struct Interval {
    double dt = 0;                                       ///< [s]
    const Exchange& exchange;                            ///< secretion and clearance by cells and models
    std::span<const ReservoirState> reacted_reservoirs;  ///< after the reactions of the interval
    std::span<std::vector<float>> supply;                ///< per species, set where it has numbers (see diffuse)
    bool refuse_negative = false;  ///< leave a species as it is where a number would turn negative
  };
  /// c <- c after an interval of diffusion, of the reactions (reacted - c), of secretion, clearance and decay; likewise
  /// the reservoirs. Species without a field in `reacted` do not react; the others find what c was in it afterwards.
  /// What passed the walls, was given, taken or decayed is added to the budget. The supply of a species that reacts is
  /// set to what all this brought per second [uM/s]. Returns for each of `which` whether it was advanced.
  std::vector<std::uint8_t> diffuse(std::span<const SpeciesId> which, const Interval& interval, FieldSet& c,
                                    FieldSet& reacted, std::span<ReservoirState> reservoirs, Budget& budget,
                                    const Threads& threads);

  /// Into how many substeps an interval dt [s] of this species is cut where nothing is taken up.
  [[nodiscard]] int substeps(SpeciesId species, double dt) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace interstice
