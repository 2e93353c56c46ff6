/// @file
/// The vectorised inner loops: the free Brownian step, and which voxel a vesicle is in, several vesicles
/// at a time with Highway. Only targets with fused multiply-add are used and the order of operations is fixed, so that
/// AVX2, AVX-512, NEON and SVE give the same bits, which are also those of Noise::four_normals.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>

#include "engine/core/noise.h"
#include "engine/vesicles/agents/vesicle_map.h"

namespace interstice {

/// Name of the instruction set that the loops run with on this machine, for example "AVX3".
const char* simd_target();

/// Consecutive vesicles: where their columns start.
struct VesicleColumns {
  double *x = nullptr, *y = nullptr, *z = nullptr;  ///< [um]
  const std::uint64_t* id = nullptr;
  const float* diffusivity = nullptr;  ///< in water [um^2/s]
  const VesicleState* state = nullptr;
};

/// Vesicles that something may be in the way of, where they were, and where the noise sends them.
struct MotionBlock {
  static constexpr std::size_t kCapacity = 256;           ///< vesicles looked at in one go
  static constexpr std::size_t kPadded = kCapacity + 64;  ///< whole vectors are written

  std::size_t count = 0;
  alignas(64) std::array<std::uint32_t, kPadded> which;  ///< [0, count): position in the columns, ascending
  alignas(64) std::array<std::uint32_t, kPadded> stays;  ///< [0, count): 1 = has not been moved
  /// By position in the columns; defined for those in `which`.
  alignas(64) std::array<double, kPadded> x, y, z;     ///< before the step [um]
  alignas(64) std::array<float, kPadded> dx, dy, dz;   ///< the free displacement [um]
  alignas(64) std::array<float, kPadded> spare;        ///< a standard normal number, for the chance of sticking
  alignas(64) std::array<float, kPadded> variance;     ///< D dt [um^2]
  alignas(64) std::array<std::uint32_t, kPadded> bin;  ///< of the map
};

/// What the free step must know.
struct MotionTables {
  std::array<int, 3> bins{};
  Vec3 bins_per_um{1, 1, 1};
  const VesicleMap::Surroundings* surroundings = nullptr;  ///< per bin
  float margin_unit = 1;                                   ///< of the margins in it [um]
  std::span<const float> dt_over_viscosity;                ///< per region, viscosity relative to water [s]
  Vec3 size;                                               ///< [um]
  std::array<bool, 3> periodic{};
  bool open = false;  ///< nothing on the map, and one tissue
  std::uint64_t seed = 0, step = 0;
};

/// A path that starts this many sqrt(D dt) from a surface touches it with probability 4e-4 and is not looked at: such
/// paths bring 1e-4 of the flux. One that ends inside is pushed out in the next step.
inline constexpr float kReachInRootDt = 5.0F;

/// Moves the free vesicles among [0, count) of the columns to where the noise sends them, folded at closed walls; those
/// that something may be in the way of are listed in `careful`. Of these, the ones that only a cell or an open wall
/// could stop are moved all the same, as most of them meet none; the others stay. Bound vesicles are left alone.
void move_free(const VesicleColumns& columns, std::size_t count, const MotionTables& tables, MotionBlock& careful);

struct VoxelRange {
  std::uint32_t first = std::numeric_limits<std::uint32_t>::max(), last = 0;
};

/// out[i] = grid.voxel_at({x[i], y[i], z[i]}), many at once, for points that are not below zero. Returns the lowest and
/// the highest of them.
VoxelRange voxels_at(const Grid& grid, const double* x, const double* y, const double* z, std::span<std::uint32_t> out);

}  // namespace interstice
