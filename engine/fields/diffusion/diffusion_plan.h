/// @file
/// How one species diffuses: its operator, what lies beyond its walls and into how many substeps an interval is cut.
///
/// Substeps. dt D/dx^2 <= 0.5 (kSubstepRatio). Measured against the exact solution on the grid, largest error over
/// the largest value after an interval of D dt/dx^2 = 3.85 (D 770 um^2/s, dx 10 um, dt 0.5 s), for a source switched on
/// and for a spill into one voxel: ratio 1: 0.3 % and 2.1; ratio 0.5: 0.01 % and 0.7 %. With full instead of half
/// weights (backward Euler): ratio 1: 17 % and 78; 0.5: 1.7 % and 6.5; 0.25: 0.3 % and 18 %. The plain product of
/// backward-Euler sweeps has 45 % at any ratio, because the source voxel is read after it was smeared. At 0.5 an
/// isolated spill also stays positive. Where something takes up k c, substeps also keep k h <= 1, in powers of two and
/// at most 16 times as many: otherwise a strong sink beside a spill would turn negative in most intervals (91 % of
/// random ones with k dt = 10, none so). A reservoir is advanced explicitly, at most a quarter of its contents a
/// substep.
#pragma once

#include <array>
#include <span>
#include <vector>

#include "engine/fields/diffusion/diffusion_factors.h"
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
  DiffusionFactors* factors = nullptr;  ///< null when it does not diffuse
  std::array<Wall, 6> walls;
  double decay = 0;                     ///< [1/s]
  std::vector<double> reservoir_gain;   ///< per reservoir: uM lost per unit of flux into the patch
  std::vector<double> reservoir_share;  ///< per reservoir: volume of one patch's share [um^3]
  double reservoir_rate = 0;            ///< fastest relative exchange of a reservoir [1/s]
};

/// Can two species share an operator?
[[nodiscard]] bool same_operator(const Species& a, const Species& b);

[[nodiscard]] Plan make_plan(const Species& species, std::span<const Reservoir> reservoirs, DiffusionFactors* factors);

/// Substeps of an interval dt [s] by Douglas' scheme, and by forward Euler where that must stay positive. `loss`: the
/// fastest uptake of a voxel [1/s].
[[nodiscard]] int implicit_substeps(const Plan& plan, double dt, double loss);
[[nodiscard]] int positive_substeps(const Plan& plan, double dt);

}  // namespace interstice
