/// @file
/// One step of the hop series (hop_series.h) by Horner's rule, in single precision.
#pragma once

#include <cstddef>
#include <span>

#include "engine/fields/diffusion/diffusion_operator.h"

namespace interstice {

/// Processors take a hundred times as long for numbers below 1e-38: in the life of this they are 0, in this thread.
class NoSubnormals {
 public:
  NoSubnormals();
  ~NoSubnormals();
  NoSubnormals(const NoSubnormals&) = delete;
  NoSubnormals& operator=(const NoSubnormals&) = delete;

 private:
  unsigned long before_;
};

/// What all planes of a hop share.
struct Hop {
  std::size_t nx = 1, ny = 1;
  std::size_t first = 0, end = 1;  ///< rows that are made
  bool ring_x = false;             ///< periodic
  float dt = 0;                    ///< of a hop: h/q [s]
  float kept = 1, scale = 1, weight = 0;
};

/// A plane of voxels on its way: all point at its first voxel.
struct HopPlane {
  const float* from = nullptr;                         ///< nx finite numbers before and after the rows may be read
  const float *z_below = nullptr, *z_above = nullptr;  ///< planes beside it; zeros beyond walls
  const float *y_below = nullptr, *y_above = nullptr;  ///< rows beyond the first and the last; null: any will do
  const float* v = nullptr;                            ///< the change that the series is made of
  const float* uptake = nullptr;                       ///< [1/s], null where nothing is taken up
  PlaneFaces<float> faces;
  float* out = nullptr;
};

/// out <- scale P from + weight v, P from = kept from + dt L from, in rows of planes that lie one on the other.
void hop_planes(const Hop& hop, std::span<const HopPlane> planes);

/// The same of one or two planes whose faces are level, as if walls across x and y were closed.
void hop_level_planes(const Hop& hop, std::span<const HopPlane> planes);

/// u <- c + w, numbers [first, end).
void add_hops(std::size_t first, std::size_t end, const double* c, const float* w, double* u);

}  // namespace interstice
