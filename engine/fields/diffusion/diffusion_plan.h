/// @file
/// How one species diffuses: its operator, what lies beyond its walls and into how many substeps an interval is cut.
///
/// Substeps. The hop series (hop_series.h) has no limit of its own, but sums in single precision: a substep has at most
/// 32 hops on average, D dt/dx^2 = 5 in uniform tissue, which keeps rounding below 0.1 % of what is left of a spill.
/// Uptake counts as hops. Where it saturates it is taken as linear in a substep, k h <= 1 of low concentrations, at
/// most 16 times as many substeps. Reservoirs hop as voxels do in small grids (diffusion_walls.h); in others they are
/// advanced explicitly, at most a quarter of their contents a substep.
#pragma once

#include <array>
#include <span>
#include <vector>

#include "engine/fields/diffusion/diffusion_operator.h"
#include "engine/fields/species.h"

namespace interstice {

/// What lies beyond one face of the domain.
struct Wall {
  bool open = false;
  int reservoir = -1;  ///< index, -1 for a wall of fixed concentration
  double outside = 0;  ///< [uM]
};

/// How one species diffuses.
struct Plan {
  const DiffusionOperator* diffusion = nullptr;  ///< null when it does not diffuse
  std::array<Wall, 6> walls;
  double decay = 0;                     ///< [1/s]
  std::vector<double> reservoir_gain;   ///< per reservoir: uM lost per unit of flux into the patch
  std::vector<double> reservoir_share;  ///< per reservoir: volume of one patch's share [um^3]
  double reservoir_rate = 0;            ///< fastest relative exchange of a reservoir [1/s]
};

/// Can two species share an operator?
[[nodiscard]] bool same_operator(const Species& a, const Species& b);

[[nodiscard]] Plan make_plan(const Species& species, std::span<const Reservoir> reservoirs,
                             const DiffusionOperator* diffusion);

/// How fast what loses fastest does so [1/s]: a voxel, by hops to others and by uptake, or a reservoir that hops.
[[nodiscard]] double fastest_hops(const Plan& plan, double uptake);
/// Substeps of an interval dt [s] by the hop series, in which the fastest uptake of a voxel is `uptake` [1/s]; and by
/// forward Euler where that must stay positive.
[[nodiscard]] int series_substeps(const Plan& plan, double dt, double uptake, bool saturates);
[[nodiscard]] int positive_substeps(const Plan& plan, double dt);
/// Is uptake so fast that forward Euler, with its implicit losses, is the better way?
[[nodiscard]] bool too_fast_for_series(double dt, double uptake);

}  // namespace interstice
