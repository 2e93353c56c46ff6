/// @file
/// What passes the walls of the domain while one species diffuses, and the reservoirs behind them.
#pragma once

#include <array>
#include <span>
#include <vector>

#include "engine/fields/diffusion/diffusion_plan.h"
#include "engine/fields/diffusion/local_terms.h"

namespace interstice {

/// Walls and reservoirs of one species in flight. A substep opens them, adds to the fluxes and closes them.
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
  /// Books what passes the walls across y and z in h [s] next to plane k at the concentration c there.
  void book(const Plan& plan, double h, std::size_t k, const double* c);
  /// Adds to `out` what passes all walls and seams of a small grid in h [s] and books it.
  void add_all(const Plan& plan, double h, const double* c, double* out);
  /// Adds to `out` what passes the walls across x, or the seam of a ring, in rows of plane k and books it. `out` is
  /// where the first of these rows goes.
  void add_across_x(const Plan& plan, double h, std::size_t k, const double* c, std::size_t first_row,
                    std::size_t end_row, double* out);
  /// Adds up what came through the walls and takes it from the reservoirs, where the species decays too.
  void close(const Plan& plan);

  /// A row or plane of the concentration beyond a face [uM].
  [[nodiscard]] const double* beyond(int face) const { return beyond_[face].data(); }
  [[nodiscard]] double outside(const Wall& wall) const {
    return wall.reservoir >= 0 ? reservoir_[wall.reservoir] : wall.outside;
  }
  [[nodiscard]] double reservoir(std::size_t r) const { return reservoir_[r]; }  ///< [uM]
  [[nodiscard]] bool any_reservoir_negative() const;
  [[nodiscard]] bool any_reservoir_changes(const Plan& plan) const;
  /// What came through walls of given concentration or permeability [molecules].
  [[nodiscard]] double inflow(const Plan& plan) const;
  /// What decayed in the reservoirs [molecules].
  [[nodiscard]] double decayed(const Plan& plan) const;

 private:
  std::size_t nx_ = 1, ny_ = 1, nz_ = 1;
  std::array<std::vector<double>, 6> beyond_, flux_;  ///< flux per line
  std::vector<double> reservoir_, share_;             ///< contents, and what each substep adds to them [uM]
  std::vector<double> decayed_, gain_;                ///< in each; of the substep that is closed [uM]
  double kept_ = 1, gain_kept_ = 1;                   ///< of what is in a reservoir, of what comes, after decay
  std::array<double, 6> inflow_{};
};

}  // namespace interstice
