/// @file
/// What passes the walls of the domain while one species diffuses, and the reservoirs behind them.
#pragma once

#include <array>
#include <span>
#include <vector>

#include "engine/fields/diffusion/diffusion_plan.h"
#include "engine/fields/diffusion/hops.h"
#include "engine/fields/diffusion/local_terms.h"

namespace interstice {

/// Walls and reservoirs of one species in flight. A substep opens them, adds to the fluxes and closes them. In a small
/// grid reservoirs take part in the hops (hop_series.h) as voxels do, so that they too are exact in time; else they
/// stand still within a substep.
class WallExchange {
 public:
  WallExchange() = default;
  WallExchange(const Grid& grid, std::size_t reservoir_count);

  /// Sets the reservoirs to their contents `before`; the net change to `reacted` is shared among substeps of h [s].
  void load(const Plan& plan, std::size_t species, std::span<const ReservoirState> before,
            std::span<const ReservoirState> reacted, int substeps, double h);
  /// The same, but losses are taken at once and gains only are shared.
  void load_gains(const Plan& plan, std::size_t species, std::span<const ReservoirState> before,
                  std::span<const ReservoirState> reacted, int substeps, double h);

  /// Sets what lies beyond the walls.
  void open(const Plan& plan);
  /// Books what passes the walls across y and z in h [s] next to rows of plane k at the concentration c there; c of the
  /// first voxel of the plane, were it there.
  void book(const Plan& plan, double h, std::size_t k, const double* c, std::size_t first_row, std::size_t end_row);
  /// Adds to `out` what passes all walls and seams of a small grid in h [s] and books it.
  void add_all(const Plan& plan, double h, const double* c, double* out);
  /// Adds to `out` what passes the walls across x, or the seam of a ring, in rows of plane k and books it. `out` is
  /// where the first of these rows goes.
  void add_across_x(const Plan& plan, double h, std::size_t k, const double* c, std::size_t first_row,
                    std::size_t end_row, double* out);
  /// The series of the reservoirs: begins with the change at the fluxes that were booked last; a hop of voxels `from`
  /// to `to` takes with it what comes from the reservoirs; the end sets what is beyond the walls in the mean.
  void begin_hops(const Plan& plan, double h);
  void add_hop(const Plan& plan, const Hop& hop, const float* from, float* to);
  void end_hops();
  /// Adds up what came through the walls and takes it from the reservoirs, where the species decays too.
  void close(const Plan& plan);

  /// A row or plane of the concentration beyond a face [uM].
  [[nodiscard]] const double* beyond(int face) const { return beyond_[face].data(); }
  /// In the substep, as far as it is known [uM].
  [[nodiscard]] double outside(const Wall& wall) const {
    return wall.reservoir >= 0 ? mean_[wall.reservoir] : wall.outside;
  }
  [[nodiscard]] double reservoir(std::size_t r) const { return reservoir_[r]; }  ///< [uM]
  [[nodiscard]] bool any_reservoir_negative() const;
  [[nodiscard]] bool any_reservoir_changes(const Plan& plan) const;
  /// What came through walls of given concentration or permeability [molecules].
  [[nodiscard]] double inflow(const Plan& plan) const;
  /// What decayed in the reservoirs [molecules].
  [[nodiscard]] double decayed(const Plan& plan) const;

 private:
  void find_gains(const Plan& plan);

  std::size_t nx_ = 1, ny_ = 1, nz_ = 1;
  std::array<std::vector<double>, 6> beyond_, flux_;  ///< flux per line
  std::vector<double> reservoir_, share_;             ///< contents, and what each substep adds to them [uM]
  std::vector<double> mean_;                          ///< in a substep [uM]
  std::vector<double> decayed_, gain_;                ///< in each; of the substep that is closed [uM]
  std::vector<float> change_, hops_, next_hops_;      ///< the series of each reservoir [uM]
  double decay_ = 0;                                  ///< of what is in the mean, in a substep whose reservoirs hop
  bool hop_ = false;                                  ///< do they, in this substep?
  double kept_ = 1, gain_kept_ = 1;                   ///< of what is in a reservoir, of what comes, after decay
  std::array<double, 6> inflow_{}, through_{};        ///< in all; in the substep
};

}  // namespace interstice
