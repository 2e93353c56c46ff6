/// @file
/// What a species gains and loses in planes of voxels: diffusion, walls, what reacted, sources and losses.
#pragma once

#include <cstddef>

#include "engine/fields/diffusion/diffusion_plan.h"
#include "engine/fields/diffusion/diffusion_walls.h"
#include "engine/fields/diffusion/local_terms.h"
#include "engine/fields/diffusion/mean_change.h"

namespace interstice {

/// What reacted in an interval, of which each substep takes a share.
struct LocalChange {
  const double *before = nullptr, *after = nullptr;  ///< none if nothing did
  double share = 1;
};

/// The rates of a species in flight.
class PlaneRates {
 public:
  PlaneRates(const Grid& grid, const Plan& plan, const LocalTerms& terms, const LocalChange& change,
             WallExchange& walls);

  /// plane.change or plane.to <- what a plane becomes in plane.h [s] at the mean concentration.
  Lost change(const RowsOf& mean, LocalTerms::Substep plane) const;

 private:
  void find_gain(const RowsOf& mean, double h, std::size_t first_row, std::size_t end_row, double* gain) const;
  void find_all_gain(const double* mean, double h, double* gain) const;

  std::size_t nx_, ny_, nz_;
  const Plan& plan_;
  const LocalTerms& terms_;
  LocalChange change_;
  WallExchange& walls_;
};

}  // namespace interstice
