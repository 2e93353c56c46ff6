/// @file
/// Green's function of the seven-point Laplacian on voxels whose edges differ; for cubes see lattice_green.h.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "engine/core/vec3.h"

namespace interstice {

class BoxLattice {
 public:
  explicit BoxLattice(Vec3 spacing);
  /// The one of these edges [um], made at the first request and kept; from any thread.
  static const BoxLattice& of(Vec3 spacing);

  /// G(a, b, c), a to c in voxels: the steady concentration at that offset from a voxel which gives 1 per second, is
  /// G/(D coarsest edge) in unbounded fluid. Exact to rounding up to six of the coarsest edges along each axis (at most
  /// kMostNear voxels), beyond that 1/(4 pi r) with the lattice's next term, right within 1e-3 where edges differ up to
  /// ten times.
  [[nodiscard]] double green(std::int32_t a, std::int32_t b, std::int32_t c) const;

  static constexpr std::size_t kMostNear = 64;

 private:
  std::array<double, 3> edge_;        ///< over the coarsest
  std::array<std::size_t, 3> count_;  ///< offsets along each axis that near_ holds, with 0
  std::vector<double> near_;          ///< a fastest
};

}  // namespace interstice
