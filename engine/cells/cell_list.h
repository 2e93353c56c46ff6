/// @file
/// Which cells are near a point: cells sorted into cubic bins, in index order within a bin, so that whoever gathers
/// over neighbours meets them in the same order on any number of threads.
#pragma once

#include <array>
#include <cmath>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "engine/cells/cells.h"
#include "engine/core/box.h"
#include "engine/core/vec3.h"

namespace interstice {

class CellList {
 public:
  /// Bins are at least `reach` wide, so that 27 bins hold every cell whose centre is within `reach`.
  void rebuild(const Cells& cells, const Box& box, double reach);

  /// Calls visit(cell) for the cells of the 27 bins around p (a superset of those within reach), without repetition.
  template <class Visit>
  void visit_near(Vec3 p, Visit visit) const {
    const auto home = bin_coordinates(p);
    for (int dz = low_[2]; dz <= high_[2]; ++dz)
      for (int dy = low_[1]; dy <= high_[1]; ++dy) {
        const int y = wrapped(home[1] + dy, 1), z = wrapped(home[2] + dz, 2);
        if (y < 0 || z < 0) continue;
        const int first = home[0] + low_[0], last = home[0] + high_[0];
        if (first >= 0 && last < bins_[0]) {  // bins of a row lie one behind the other
          for (const std::uint32_t cell : in_row(first, last, y, z)) visit(cell);
          continue;
        }
        for (int x = first; x <= last; ++x)
          if (const int inside = wrapped(x, 0); inside >= 0)
            for (const std::uint32_t cell : in_row(inside, inside, y, z)) visit(cell);
      }
  }

 private:
  void choose_bins(const Cells& cells, double reach);
  /// Where bins begin and how far they go, per axis: the box, or, behind walls, where the cells are if they keep to
  /// less than half of it (a layer at the bottom of a well). A point beyond falls into the last bin, which holds all of
  /// its neighbours, as bins are wider than the reach.
  [[nodiscard]] std::array<std::pair<double, double>, 3> extent_of(const Cells& cells, double reach) const;
  [[nodiscard]] std::array<int, 3> bin_coordinates(Vec3 p) const;
  /// Bin coordinate inside the box, or -1 beyond a wall.
  [[nodiscard]] int wrapped(int b, int axis) const {
    if (b >= 0 && b < bins_[axis]) return b;
    if (!box_.periodic[axis]) return -1;
    return b < 0 ? b + bins_[axis] : b - bins_[axis];
  }
  [[nodiscard]] std::span<const std::uint32_t> in_row(int first, int last, int y, int z) const {
    const std::size_t row = static_cast<std::size_t>(bins_[0]) * (y + static_cast<std::size_t>(bins_[1]) * z);
    return {cells_.data() + start_[row + first], start_[row + last + 1] - start_[row + first]};
  }

  Box box_;
  std::array<int, 3> bins_{1, 1, 1};
  std::array<double, 3> from_{}, bins_per_um_{};
  std::array<int, 3> low_{}, high_{};  ///< offsets visited per axis; fewer where an axis has fewer than three bins
  std::vector<std::uint32_t> start_, cells_;
  std::vector<std::uint32_t> bin_;  ///< of each cell
};

}  // namespace interstice
