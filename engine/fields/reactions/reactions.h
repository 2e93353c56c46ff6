/// @file
/// The local stage of the fields: what species turn into, voxel by voxel and in the reservoirs, by reaction extents
/// that create no matter.
///
/// Species that diffuse are handed on to transport (`carried`, see reaction_network.h), which takes part in their
/// equation for as long as the reactions do. Were the two done in turn, steady states would depend on the step: a zone
/// where A meets B would be 12 % too wide at k c dt = 4. So the reactions see what all else brought to each species
/// per second in the last interval, its supply T (balanced splitting, Speth et al., SIAM J. Numer. Anal. 51, 2013):
///
///   c' = S v(c) + T           where T >= 0
///   c' = S v(c) - (-T/c0) c   where T < 0, so that nothing turns negative; c0 at the start
///
/// and hand on the extents alone. Fixed points are exact whatever the step is, and what the stoichiometry conserves
/// stays conserved. Since extents may live on the supply, c + S x can be negative; where transport cannot make up for
/// it, the interval is halved, and in the end done with T = 0 (fields/transport.h).
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "engine/core/parallel.h"
#include "engine/fields/budget.h"
#include "engine/fields/chemistry.h"
#include "engine/fields/exchange.h"
#include "engine/fields/field_set.h"
#include "engine/fields/grid.h"
#include "engine/fields/species.h"

namespace interstice {

/// How hard the reaction solver tries.
struct ReactionOptions {
  /// Relative error of one internal step in a decaying species; errors of a run add up to some tens of it. Infinity
  /// forces the stiff solver to a single step per call, which is of second order.
  double tolerance = 2e-5;
};

/// Clusters of species that react with each other, [first, end).
struct ClusterRange {
  std::size_t first = 0, end = 0;
};

/// c' = S v(c) + T in uM and s. Species that do not diffuse: c' = S v(c) + secretion/(602.2 alpha V)
/// - clearance c/(1 + c/Km)/(alpha V) - decay c.
class ReactionSolver {
 public:
  /// `regions` must outlive the solver.
  ReactionSolver(const Grid& grid, const RegionMap& regions, std::span<const Species> species,
                 const Chemistry& chemistry, std::span<const Reservoir> reservoirs, ReactionOptions options = {});
  ~ReactionSolver();
  ReactionSolver(ReactionSolver&&) noexcept;
  ReactionSolver& operator=(ReactionSolver&&) noexcept;

  /// What acts in an interval.
  struct Interval {
    double dt = 0;  ///< [s]
    const Exchange& exchange;
    /// Enzyme copies on vesicles in this patch's share of each reservoir [reservoir][reaction], empty = none; those of
    /// all patches add to the reservoir's own.
    std::span<const std::vector<double>> vesicle_copies;
    std::span<const std::vector<float>> supply;  ///< T of species that are carried [species][voxel]; empty = 0
  };

  /// All clusters, and the same in groups that may react and diffuse in turn, so that only one of them needs a second
  /// set of fields: on a large grid groups are small.
  [[nodiscard]] ClusterRange all() const;
  [[nodiscard]] std::span<const ClusterRange> groups() const;
  [[nodiscard]] std::vector<SpeciesId> species(ClusterRange clusters) const;
  [[nodiscard]] std::vector<ReactionId> reactions(ClusterRange clusters) const;

  /// reacted <- concentrations after the reactions of the interval, starting from c; of the species of these clusters,
  /// which must have a field there. Likewise of reservoirs. What happened is added to the budget.
  void react(ClusterRange clusters, const Interval& interval, const FieldSet& c,
             std::span<const ReservoirState> reservoirs, FieldSet& reacted,
             std::span<ReservoirState> reacted_reservoirs, Budget& budget, const Threads& threads) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace interstice
