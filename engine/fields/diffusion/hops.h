/// @file
/// One step of the hop series (hop_series.h) by Horner's rule, in single precision.
#pragma once

#include <cstddef>

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

/// A plane of voxels on its way: all point at its first voxel.
struct HopPlane {
  const float* from = nullptr;                         ///< nx finite numbers before and after the plane may be read
  const float *z_below = nullptr, *z_above = nullptr;  ///< planes beside it; zeros beyond walls
  const float* v = nullptr;                            ///< the change that the series is made of
  const float* uptake = nullptr;                       ///< [1/s], null where nothing is taken up
  const float *y_below = nullptr, *y_above = nullptr;  ///< rows beyond the first and the last; null: y is closed
  bool ring_x = false;                                 ///< periodic
  float dt = 0;                                        ///< of a hop: h/q [s]
  float kept = 1, scale = 1, weight = 0;
  std::size_t nx = 1, ny = 1;
};

/// out <- scale P from + weight v, P from = kept from + dt L from.
void hop_plane(const HopPlane& plane, const PlaneFaces<float>& faces, float* out);

/// u <- c + w, n numbers.
void add_hops(std::size_t n, const double* c, const float* w, double* u);

}  // namespace interstice
