/// @file
/// Fixed parts of the grid over which sums are made, to be added in their order. They follow from the grid alone, so
/// that the bits of a sum depend neither on threads nor on who holds which planes.
#pragma once

#include <algorithm>
#include <cstddef>

#include "engine/fields/grid.h"

namespace interstice {

/// Some whole z-planes each, or some whole rows of one plane where planes are large.
class Granules {
 public:
  explicit Granules(const Grid& grid)
      : row_(static_cast<std::size_t>(grid.nx)),
        rows_(static_cast<std::size_t>(grid.ny)),
        planes_(static_cast<std::size_t>(grid.nz)) {
    constexpr std::size_t kLeast = 1024, kMost = 32768, kNumber = 256;  // voxels of one; how many at most, about
    const std::size_t plane = row_ * rows_, voxels = plane * planes_;
    planes_each_ = std::max<std::size_t>(1, std::max(kLeast, voxels / kNumber) / plane);
    const std::size_t parts = planes_each_ > 1 ? 1 : (plane + kMost - 1) / kMost;
    rows_each_ = (rows_ + parts - 1) / parts;
    parts_ = (rows_ + rows_each_ - 1) / rows_each_;
    size_ = (planes_ + planes_each_ - 1) / planes_each_ * parts_;
  }

  [[nodiscard]] std::size_t size() const { return size_; }
  /// The first voxel of a granule; the number of voxels for that past the last.
  [[nodiscard]] std::size_t first(std::size_t granule) const {
    const std::size_t plane = std::min(planes_, granule / parts_ * planes_each_);
    return row_ * (plane * rows_ + granule % parts_ * rows_each_);
  }

 private:
  std::size_t row_, rows_, planes_;
  std::size_t planes_each_ = 1, rows_each_ = 1, parts_ = 1, size_ = 1;
};

}  // namespace interstice
