#include "engine/vesicles/agents/vesicle_encounters.h"

#include <algorithm>
#include <cmath>

namespace interstice {

void Encounters::find(const MotionBlock& block) {
  const double longest = map_.longest_reach();
  for (std::size_t n = 0; n < block.count; ++n) {
    const std::uint32_t i = block.which[n];
    near_[n] = map_.cells_near(block.bin[i]);  // all looked up at once: most are not in the cache
    reach_[n] = std::min(kReachInRootDt * std::sqrt(static_cast<double>(block.variance[i])), longest);
    touches_[n] = 0;
  }
  pairs_ = 0;
  for (std::size_t n = 0; n < block.count; ++n)
    for (const std::uint32_t cell : near_[n]) {
      __builtin_prefetch(&spheres_[cell]);
      pair_[pairs_] = {static_cast<std::uint32_t>(n), cell};
      if (++pairs_ == kPairs) look_at_pairs(block);
    }
  look_at_pairs(block);
}

void Encounters::look_at_pairs(const MotionBlock& block) {
  const auto before = [&](const Pair& pair) {
    const std::uint32_t i = block.which[pair.who];
    return nearest_image_(Vec3{block.x[i], block.y[i], block.z[i]} - spheres_[pair.cell].centre);
  };
  std::size_t close = 0;
  for (std::size_t k = 0; k < pairs_; ++k) {
    const Pair pair = pair_[k];
    const Vec3 d = before(pair);
    const double limit = spheres_[pair.cell].wide + reach_[pair.who];
    pair_[close] = pair;
    close += dot(d, d) < limit * limit ? 1 : 0;
  }
  for (std::size_t k = 0; k < close; ++k) {
    const Pair pair = pair_[k];
    const std::uint32_t i = block.which[pair.who];
    const WalkSphere& sphere = spheres_[pair.cell];
    const Vec3 start = before(pair), displacement{block.dx[i], block.dy[i], block.dz[i]};
    const double gap = norm(start) - sphere.radius;
    const double gap_after = norm(start + displacement - sphere.move) - sphere.radius;
    const bool clear = gap > 0 && gap_after > 0 && gap * gap_after > kNoTouch * static_cast<double>(block.variance[i]);
    if (!clear) touches_[pair.who] = 1;
  }
  pairs_ = 0;
}

}  // namespace interstice
