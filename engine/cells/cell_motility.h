/// @file
/// Walking: a biased persistent random walk (Fuerth 1920; chemotactic bias by occupancy difference across the cell,
/// Zigmond 1977). The direction is redrawn with rate 1/P; it points along beta u_gradient + (1 - beta) u_random with
/// beta = beta_max G/(G + 1), G = gain * sum_i w_i (2R |grad C_i| Kd_i/(Kd_i + C_i)^2) / 0.01.
///
/// The times of redrawing are sampled inside the step, and the step's velocity is the mean over its segments. So the
/// positions at cell steps are those of the walk in continuous time, whatever the step: velocity autocorrelation
/// exp(-t/P), mean square displacement 2 v^2 P (t - P (1 - exp(-t/P))).
#pragma once

#include <span>
#include <vector>

#include "engine/cells/cell_list.h"
#include "engine/cells/cell_rules.h"
#include "engine/cells/cells.h"
#include "engine/fields/field_set.h"

namespace interstice {

/// Chemotactic drive: where the weighted receptor gradients point, and beta [0, 1].
struct ChemotacticBias {
  Vec3 direction;
  double beta = 0;
};

/// Bias of a cell of this type and radius [um] at a point; `gain` is the value of Motility::gain.
ChemotacticBias chemotactic_bias(const CellType& type, double radius, Vec3 position, double gain,
                                 const FieldSet& fields, const CellEnvironment& environment);

/// Mean heading of the walk over the step (|.| <= 1); `heading` becomes the direction at its end. A zero heading
/// stands for "not chosen yet".
Vec3 walk(Vec3& heading, AgentId id, double persistence, const ChemotacticBias& bias,
          const CellEnvironment& environment, const CellStep& step);

/// Displacement of every cell over dt at its velocity [um], not wrapped at periodic faces. Walls turn cells back so
/// that the whole cell stays inside (its centre at least min(radius, half the box) from a wall); one that was placed
/// across a wall may stay there.
void plan_cell_moves(const Cells& cells, const Box& box, double dt, std::vector<Vec3>& moves);

/// Carries out planned moves: wraps at periodic faces; where a wall turned a cell back, its velocity and heading turn
/// too.
void carry_out_cell_moves(Cells& cells, const Box& box, std::span<const Vec3> moves, double dt);

}  // namespace interstice
