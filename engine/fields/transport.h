/// @file
/// One transport step of all species: they react, diffuse while cells and models give and take, and pass between places
/// that no face joins.
#pragma once

#include <span>
#include <vector>

#include "engine/fields/diffusion/diffusion.h"
#include "engine/fields/held_regions.h"
#include "engine/fields/reactions/reactions.h"
#include "engine/fields/species_transfer.h"

namespace interstice {

class FieldTransport {
 public:
  /// `regions` must outlive the object.
  FieldTransport(const Grid& grid, const RegionMap& regions, std::span<const Species> species,
                 const Chemistry& chemistry, std::span<const Reservoir> reservoirs);

  /// Concentrations of voxels and reservoirs, and what the last step keeps for the next.
  struct Fields {
    FieldSet& c;
    std::vector<ReservoirState>& reservoirs;
    std::vector<std::vector<float>>& supply;  ///< see ReactionSolver; has numbers where species_with_supply()
    Budget& budget;
  };
  /// Sets the voxels of held regions to their values.
  void hold(FieldSet& c, Budget& budget) const { held_.hold(c, budget); }
  /// Advances by dt [s]. vesicle_copies: see ReactionSolver::Interval.
  void advance(const Fields& fields, const Exchange& exchange, std::span<const std::vector<double>> vesicle_copies,
               double dt, const Threads& threads);

 private:
  struct Step;
  struct Before;
  void advance_group(const Step& step, ClusterRange group);
  void advance_halves(const Step& step, ClusterRange cluster, int halvings);
  void undo(const Step& step, ClusterRange cluster, std::span<const std::uint8_t> advanced, const Before& before);
  std::vector<std::uint8_t> react_and_diffuse(const Step& step, ClusterRange clusters, bool balanced);
  std::vector<std::uint8_t> diffuse(const Step& step, std::span<const SpeciesId> species, bool refuse_negative);

  ReactionSolver reactions_;
  DiffusionSolver diffusion_;
  SpeciesTransferSolver transfers_;
  HeldRegions held_;
  std::vector<SpeciesId> alone_;  ///< those that do not react
  FieldSet reacted_;              ///< of the species in flight
  std::vector<ReservoirState> reacted_reservoirs_;
};

/// Which species need a supply: those that react and diffuse.
[[nodiscard]] std::vector<SpeciesId> species_with_supply(const Chemistry& chemistry, std::span<const Species> species);

}  // namespace interstice
