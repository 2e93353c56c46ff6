#include "engine/fields/diffusion/leaning_tiles.h"

#include <algorithm>

namespace interstice {

/// What a part makes of a stage.
Range LeaningTiles::all(std::size_t part, std::ptrdiff_t stage) const {
  if (!ring_) return {0, n_};
  return part == 0 ? Range{stage, n_ - stage} : Range{-stage, stage};
}

std::size_t LeaningTiles::number(std::size_t part, std::size_t stages) const {
  const auto last = static_cast<std::ptrdiff_t>(stages) - 1;
  const std::ptrdiff_t end = std::max(all(part, 0).end, all(part, last).end + last);  // of voxels, leant back
  return static_cast<std::size_t>((end + length_ - 1) / length_);
}

Range LeaningTiles::at(std::size_t part, std::size_t stage, std::size_t tile) const {
  const auto s = static_cast<std::ptrdiff_t>(stage), first = static_cast<std::ptrdiff_t>(tile) * length_ - s;
  const Range whole = all(part, s);
  return {std::max(first, whole.first), std::min(first + length_, whole.end)};
}

}  // namespace interstice
