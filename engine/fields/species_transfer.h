/// @file
/// Exchange of molecules between well-mixed places by first-order rates: reservoirs, and regions of the patch taken as
/// a whole. For compartments that no face of the domain joins, such as plasma and a tissue.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "engine/fields/field_set.h"
#include "engine/fields/grid.h"
#include "engine/fields/species.h"

namespace interstice {

/// exp(rates dt) for amounts a' = rates a, row by row: rates[to * n + from] >= 0 off the diagonal, columns that sum to
/// 0. Entries are never negative and columns sum to 1.
std::vector<double> transfer_matrix(std::span<const double> rates, std::size_t n, double dt);

/// What a place loses in the time is that share of what it holds in every voxel; what it gains is spread evenly over
/// its fluid. Exact for well-mixed places; amounts are kept (in one patch's share of a reservoir).
class SpeciesTransferSolver {
 public:
  SpeciesTransferSolver(const Grid& grid, const RegionMap& regions, std::span<const Species> species,
                        std::span<const Reservoir> reservoirs);
  void transfer(FieldSet& fields, std::span<ReservoirState> reservoirs, double dt);

 private:
  struct Network {
    SpeciesId species{};
    std::vector<std::size_t> places;  ///< reservoirs, then regions
    std::vector<double> rates;        ///< [to][from] [1/s]
    std::vector<double> matrix;       ///< over dt_
  };
  double content(const Network& network, std::size_t place, const FieldSet& fields,
                 std::span<const ReservoirState> reservoirs) const;

  std::span<const std::uint8_t> region_of_voxel_;
  std::vector<double> volume_;       ///< fluid of each place [um^3]
  std::vector<double> voxel_fluid_;  ///< per region [um^3]
  std::size_t reservoirs_ = 0;
  std::vector<Network> networks_;
  double dt_ = 0;
};

}  // namespace interstice
