/// @file
/// The mean concentration of a substep: u = c + phi2(y) v, v the change that the rates at c would bring. Hops are made
/// several at a time while planes are in the cache, in single precision: the change is, c is not.
#pragma once

#include <cstddef>
#include <functional>

#include "engine/core/aligned.h"
#include "engine/core/parallel.h"
#include "engine/fields/diffusion/diffusion_operator.h"
#include "engine/fields/diffusion/hop_series.h"
#include "engine/fields/diffusion/hops.h"

namespace interstice {

/// Plane k of a field with those beside it, null beyond walls; or the whole of a small field.
struct PlaneOf {
  std::size_t k = 0;
  const double *here = nullptr, *below = nullptr, *above = nullptr;
  bool whole = false;
};

class MeanChange {
 public:
  MeanChange() = default;
  explicit MeanChange(const Grid& grid);

  /// A substep h [s] from c. `uptake` by voxel [1/s], or null.
  struct Substep {
    const DiffusionOperator& diffusion;
    const HopSeries& series;
    double h = 0;
    const double* c = nullptr;
    const float* uptake = nullptr;
    std::function<void(const PlaneOf& c, float* v)> change;  ///< sets v of a plane
    std::function<void(const PlaneOf& u)> finish;            ///< is given the planes of the mean, which are not kept
  };
  /// `threads` null: in the caller.
  void run(const Substep& substep, const Threads* threads);

 private:
  struct Pass;
  class Planes;
  void run_whole(const Substep& substep);
  [[nodiscard]] float* first_voxel(AlignedFloats& field) const;
  [[nodiscard]] Hop hop(const Substep& substep, std::size_t made) const;

  std::size_t nx_ = 1, ny_ = 1, nz_ = 1, margin_ = 0;
  std::size_t stride_ = 1;              ///< from plane to plane
  AlignedFloats change_, one_, other_;  ///< with a margin of numbers that are read and multiplied by 0
  AlignedFloats nothing_;               ///< a plane of zeros
  AlignedFloats lost_;                  ///< through walls and by uptake, in small grids
};

}  // namespace interstice
