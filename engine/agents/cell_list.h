/// @file
/// Which cells are near a point: cells sorted into cubic bins, in index order within a bin, so that whoever gathers
/// over neighbours meets them in the same order on any number of threads.
#pragma once

#include <array>
#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/agents/cells.h"
#include "engine/core/vec3.h"

namespace interstice {

/// A box with optionally periodic axes, shared by everything that moves. Lower corner at the origin [um].
struct Box {
  Vec3 size;
  std::array<bool, 3> periodic{};

  /// Shortest vector from a to b.
  [[nodiscard]] Vec3 separation(Vec3 a, Vec3 b) const {
    Vec3 d = b - a;
    if (periodic[0]) d.x -= size.x * std::round(d.x / size.x);
    if (periodic[1]) d.y -= size.y * std::round(d.y / size.y);
    if (periodic[2]) d.z -= size.z * std::round(d.z / size.z);
    return d;
  }
};

class CellList {
 public:
  /// Bins are at least `reach` wide, so that 27 bins hold every cell whose centre is within `reach`.
  void rebuild(const Cells& cells, const Box& box, double reach);

  /// Calls visit(cell) for the cells of the 27 bins around p (a superset of those within reach), without repetition.
  template <class Visit>
  void visit_near(Vec3 p, Visit visit) const {
    const auto home = bin_coordinates(p);
    for (int dz = low_[2]; dz <= high_[2]; ++dz)
      for (int dy = low_[1]; dy <= high_[1]; ++dy)
        for (int dx = low_[0]; dx <= high_[0]; ++dx)
          for (const std::uint32_t cell : in_bin({home[0] + dx, home[1] + dy, home[2] + dz})) visit(cell);
  }

 private:
  [[nodiscard]] std::array<int, 3> bin_coordinates(Vec3 p) const;
  [[nodiscard]] std::span<const std::uint32_t> in_bin(std::array<int, 3> b) const;

  Box box_;
  std::array<int, 3> bins_{1, 1, 1};
  std::array<int, 3> low_{}, high_{};  ///< offsets visited per axis; fewer where an axis has fewer than three bins
  std::vector<std::uint32_t> start_, cells_;
};

}  // namespace interstice
