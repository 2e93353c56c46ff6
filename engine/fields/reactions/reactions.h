/// @file
/// The local stage of the fields: enzymes, secretion, uptake by agents and decay, voxel by voxel and in the
/// reservoirs, by reaction extents that neither create matter nor take more than there is.
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

/// c' = S v(c) + secretion/(602.2 alpha V) - clearance c/(1 + c/Km)/(alpha V) - decay c, in uM and s.
class ReactionSolver {
 public:
  /// `regions` must outlive the solver.
  ReactionSolver(const Grid& grid, const RegionMap& regions, std::span<const Species> species,
                 const Chemistry& chemistry, std::span<const Reservoir> reservoirs, ReactionOptions options = {});
  ~ReactionSolver();
  ReactionSolver(ReactionSolver&&) noexcept;
  ReactionSolver& operator=(ReactionSolver&&) noexcept;

  /// reacted <- concentrations after dt [s] of local kinetics, starting from c. What happened is added to the budget.
  /// vesicle_copies: enzyme copies on vesicles in this patch's share of each reservoir [reservoir][reaction] (empty =
  /// none); those of all patches add to the reservoir's own.
  void react(const FieldSet& c, std::span<const ReservoirState> reservoirs, const Exchange& exchange, double dt,
             FieldSet& reacted, std::vector<ReservoirState>& reacted_reservoirs, Budget& budget, const Threads& threads,
             std::span<const std::vector<double>> vesicle_copies = {}) const;

  /// Species fall into groups that do not react with each other. On a large grid these are small, so that one group may
  /// react and diffuse before the next, and only one of them needs a second set of fields.
  [[nodiscard]] std::span<const std::vector<SpeciesId>> groups() const;
  /// The same for one group; only its species need a field in `reacted`, and only their reservoirs' values are set.
  void react(std::size_t group, const FieldSet& c, std::span<const ReservoirState> reservoirs, const Exchange& exchange,
             double dt, FieldSet& reacted, std::vector<ReservoirState>& reacted_reservoirs, Budget& budget,
             const Threads& threads, std::span<const std::vector<double>> vesicle_copies = {}) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace interstice
