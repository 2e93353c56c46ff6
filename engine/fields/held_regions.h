/// @file
/// Substances that are held at a concentration in a region, as blood holds glucose: whatever is taken there is given
/// again, and the other way round.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/fields/budget.h"
#include "engine/fields/field_set.h"
#include "engine/fields/grid.h"
#include "engine/fields/species.h"

namespace interstice {

/// While a species diffuses, its held voxels have so large a capacity (Conductance) that they do not change: the flux
/// to their neighbours is that of a wall of fixed concentration, whatever the step is. What comes and goes is booked as
/// inflow, from the balance of all there is.
class HeldRegions {
 public:
  HeldRegions(const Grid& grid, const RegionMap& regions, std::span<const Species> species,
              std::span<const Reservoir> reservoirs);

  /// Sets the held voxels to their values and books the difference.
  void hold(FieldSet& fields, Budget& budget) const;
  /// Around the diffusion of some species: what reactions have changed in held voxels is undone before it. Species
  /// without a field in `reacted` begin with `fields`.
  void begin(std::span<const SpeciesId> species, const FieldSet& fields, FieldSet& reacted,
             std::span<const ReservoirState> reacted_reservoirs, const Budget& budget);
  /// `supply`: of species that react (see ReactionSolver), what held them in an interval of dt [s] included.
  void end(std::span<const SpeciesId> species, FieldSet& fields, std::span<const ReservoirState> reservoirs,
           std::span<std::vector<float>> supply, double dt, Budget& budget) const;

 private:
  struct Held {
    SpeciesId species{};
    std::vector<std::uint32_t> voxels;
    std::vector<double> value;    ///< per voxel of these [uM]
    std::vector<double> reacted;  ///< what reactions made of it in this interval; empty if it does not react
    double before = 0;            ///< all there is, less what came and went so far [molecules]
  };
  [[nodiscard]] double molecules(SpeciesId species, std::span<const double> field,
                                 std::span<const ReservoirState> reservoirs) const;

  std::span<const std::uint8_t> region_of_voxel_;
  std::vector<double> voxel_;      ///< per region: molecules per uM in a voxel
  std::vector<double> reservoir_;  ///< molecules per uM in one patch's share
  std::vector<Held> held_;
};

}  // namespace interstice
