/// @file
/// The chemistry of kBatch voxels at once: a cheap explicit step where it is accurate, the stiff solver elsewhere.
#pragma once

#include <array>
#include <vector>

#include "engine/grid/reaction_network.h"
#include "engine/grid/rosenbrock.h"

namespace interstice {

/// Working arrays for one cluster in kBatch voxels, [index][kBatch].
struct ReactionBatch {
  void resize(const Cluster& cluster);

  std::vector<double> c;                       ///< in: start, out: end [uM]
  std::vector<double> factor, source, uptake;  ///< see LocalConditions
  std::vector<double> inverse_uptake_Km;       ///< [1/uM], one per species
  std::vector<double> extents;                 ///< out: what happened [uM]
  std::array<std::vector<double>, 3> rate;     ///< scratch
  std::vector<double> change, now, next;       ///< scratch
  std::vector<double> lane_factor, lane_source, lane_uptake, lane_c, lane_extents;
  StiffVoxel stiff;
};

/// Advances the first `lanes` voxels of the batch by dt [s]; the rest must hold harmless numbers. Explicit third-order
/// steps on extents where they are accurate and no species turns over fast, the stiff solver in the other voxels.
void react_batch(const Cluster& cluster, double dt, const StepTolerance& tolerance, std::size_t lanes,
                 ReactionBatch& batch);

/// A species without reactions and with linear losses: c' = source - (uptake + decay) c, exactly.
void react_alone(double decay, double dt, std::size_t lanes, ReactionBatch& batch);

}  // namespace interstice
