/// @file
/// The order in which stages that look at their neighbours are made while their numbers are in the cache. Stage s of a
/// voxel needs stage s - 1 of the voxel and of those beside it.
#pragma once

#include <cstddef>

namespace interstice {

struct Range {
  std::ptrdiff_t first = 0, end = 0;
  [[nodiscard]] bool empty() const { return first >= end; }
};

/// An axis in tiles that lean back by a voxel from stage to stage: tile t makes voxels i with t = (i + s)/length of
/// stage s. What a stage needs is then in no later tile, along any number of axes, and whoever needs what is there
/// before stage s + 1 of a voxel is neither. So tiles may follow each other in any order that goes up along all axes,
/// and two arrays that stages write in turn are enough.
///
/// A ring is cut at its seam. Its first part leaves out, on either side, a voxel more in each stage; the second part
/// makes these, and numbers voxels before the seam below 0. Neither writes over what the other needs: where the first
/// has made stage s + 1, the second asks for no stage before s.
class LeaningTiles {
 public:
  LeaningTiles(std::size_t n, bool ring, std::size_t length)
      : n_(static_cast<std::ptrdiff_t>(n)), length_(static_cast<std::ptrdiff_t>(length)), ring_(ring) {}

  /// How many stages can follow each other.
  [[nodiscard]] std::size_t most_stages() const {
    return ring_ ? static_cast<std::size_t>(n_ / 2 + 1) : static_cast<std::size_t>(-1);
  }
  [[nodiscard]] std::size_t length() const { return static_cast<std::size_t>(length_); }
  [[nodiscard]] std::size_t parts() const { return ring_ ? 2 : 1; }
  /// Tiles of a part.
  [[nodiscard]] std::size_t number(std::size_t part, std::size_t stages) const;
  /// The voxels of a tile, perhaps none.
  [[nodiscard]] Range at(std::size_t part, std::size_t stage, std::size_t tile) const;

 private:
  [[nodiscard]] Range all(std::size_t part, std::ptrdiff_t stage) const;

  std::ptrdiff_t n_, length_;
  bool ring_;
};

}  // namespace interstice
