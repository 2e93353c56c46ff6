/// @file
/// The mean concentration of a substep: u = c + phi2(y) v, v the change that the rates at c would bring. Hops are made
/// tile by tile while their numbers are in the cache, in single precision: the change is, c is not.
#pragma once

#include <array>
#include <cstddef>
#include <functional>
#include <vector>

#include "engine/core/aligned.h"
#include "engine/core/parallel.h"
#include "engine/fields/diffusion/diffusion_walls.h"
#include "engine/fields/diffusion/hop_series.h"
#include "engine/fields/diffusion/hops.h"

namespace interstice {

/// Rows of plane k of a field, with the planes beside it, null beyond walls; or the whole of a small field. Pointers
/// are to where the first voxel of each plane would be: of this plane rows [first_row - 1, end_row] are there.
struct RowsOf {
  std::size_t k = 0, first_row = 0, end_row = 0;
  const double *here = nullptr, *below = nullptr, *above = nullptr;
  const double *y_below = nullptr, *y_above = nullptr;  ///< rows across the seam of a ring
  bool whole = false;
};

/// Rows of a plane of a whole field.
[[nodiscard]] RowsOf rows_of(const double* field, const Conductance& conductance, std::size_t k, std::size_t first_row,
                             std::size_t end_row);

class MeanChange {
 public:
  MeanChange() = default;
  explicit MeanChange(const Grid& grid);

  /// A substep h [s] from c. `uptake` by voxel [1/s], or null.
  struct Substep {
    const Plan& plan;
    WallExchange& walls;  ///< open
    const HopSeries& series;
    double h = 0;
    const double* c = nullptr;
    const float* uptake = nullptr;
    std::function<void(const RowsOf& c, float* v)> change;  ///< sets v of rows; v is of the first voxel of the plane
    std::function<void(const RowsOf& u)> finish;            ///< is given the rows of the mean, which are not kept
  };
  /// `threads`: none for a small grid, which the caller does alone. The rows of a plane are finished in their order,
  /// some at a time; how many follows from the grid and the series.
  void run(const Substep& substep, const Threads* threads);

 private:
  struct Pass;
  class Tile;
  void run_whole(const Substep& substep);
  [[nodiscard]] std::size_t tiles_together(const Pass& pass, std::size_t number, std::size_t threads) const;
  [[nodiscard]] std::size_t planes_kept(const Pass& pass, std::size_t threads) const;
  void run_part(const Pass& pass, std::size_t part_y, std::size_t part_z, const Threads& threads);
  [[nodiscard]] std::size_t number_of_passes(const Conductance& conductance, std::size_t stages) const;
  [[nodiscard]] float* of_plane(AlignedFloats& field, std::size_t k) const {
    return field.data() + margin_ + k % kept_ * stride_;
  }
  void lay_out(const Substep& substep);
  [[nodiscard]] HopPlane plane(const Substep& substep, bool open_y, std::size_t k, AlignedFloats& from,
                               AlignedFloats& to);
  /// What a hop is made of, and writes: the first starts from the change, the others write in turn.
  [[nodiscard]] static std::size_t way(std::size_t hop) { return hop == 0 ? 0 : 2 - hop % 2; }
  [[nodiscard]] Hop hop(const Substep& substep, std::size_t made) const;

  std::size_t nx_ = 1, ny_ = 1, nz_ = 1, margin_ = 0;
  std::size_t stride_ = 1;                     ///< from plane to plane; on large grids some numbers lie between
  std::size_t kept_ = 1;                       ///< planes of the next: plane k is where plane k - kept_ was
  AlignedFloats change_, one_, other_;         ///< with a margin of numbers that are read and multiplied by 0
  AlignedFloats nothing_;                      ///< a plane of zeros
  AlignedFloats lost_;                         ///< through walls and by uptake, in small grids
  std::array<std::vector<HopPlane>, 3> ways_;  ///< all planes on each way
};

}  // namespace interstice
