#include "engine/agents/vesicle_encounters.h"

#include <algorithm>
#include <cmath>

namespace interstice {

void Encounters::find(const MotionBlock& block, const VesicleColumns& columns) {
  const double longest = map_.longest_reach();
  for (std::size_t n = 0; n < block.count; ++n) {
    const double root_dt = std::sqrt(static_cast<double>(block.variance[block.which[n]]));
    reach_[n] = std::min(kReachInRootDt * root_dt, longest);
    touches_[n] = 0;
  }
  pairs_ = 0;
  for (std::size_t n = 0; n < block.count; ++n)
    for (const std::uint32_t cell : map_.cells_near(block.bin[block.which[n]])) {
      who_[pairs_] = static_cast<std::uint32_t>(n);
      cell_[pairs_] = cell;
      if (++pairs_ == kPairs) look_at_pairs(block, columns);
    }
  look_at_pairs(block, columns);
}

void Encounters::look_at_pairs(const MotionBlock& block, const VesicleColumns& columns) {
  for (std::size_t k = 0; k < pairs_; ++k) {
    const std::uint32_t n = who_[k], i = block.which[n];
    const WalkSphere& sphere = spheres_[cell_[k]];
    const Vec3 start{columns.x[i], columns.y[i], columns.z[i]};
    const Vec3 displacement{block.dx[i], block.dy[i], block.dz[i]};
    const Vec3 before = nearest_image_(start - sphere.centre);
    const double square = dot(before, before), limit = sphere.wide + reach_[n];
    const double gap = std::sqrt(square) - sphere.radius;
    const double gap_after = norm(before + displacement - sphere.move) - sphere.radius;
    // Both on the outside and the product large: the bitwise operators make one condition of it.
    const unsigned clear = unsigned(gap > 0) & unsigned(gap_after > 0) &
                           unsigned(gap * gap_after > kNoTouch * static_cast<double>(block.variance[i]));
    touches_[n] |= static_cast<std::uint8_t>(unsigned(square < limit * limit) & (clear ^ 1U));
  }
  pairs_ = 0;
}

}  // namespace interstice
