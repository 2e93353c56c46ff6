/// @file
/// The vectorised inner loops: keyed noise (Philox4x32-10, Salmon et al. 2011) and the free Brownian step, several
/// vesicles at a time with Highway. Only targets with fused multiply-add are used and the order of operations is
/// fixed, so that AVX2, AVX-512, NEON and SVE give the same bits, which are also those of pinned_math.h.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "engine/agents/vesicle_map.h"
#include "engine/core/noise.h"

namespace interstice {

/// Throws InputError on a processor without fused multiply-add, where results would differ.
void require_fused_multiply_add();

/// Name of the instruction set that the loops run with on this machine, for example "AVX3".
const char* simd_target();

/// Some free vesicles side by side. The step reads and writes whole vectors, so the arrays are padded.
struct MotionBlock {
  static constexpr std::size_t kCapacity = 256;
  static constexpr std::size_t kPadded = kCapacity + 64;

  alignas(64) std::array<double, kPadded> x, y, z;      ///< start [um]
  alignas(64) std::array<double, kPadded> diffusivity;  ///< in water [um^2/s]
  alignas(64) std::array<std::uint64_t, kPadded> id;
  alignas(64) std::array<double, kPadded> xi_x, xi_y, xi_z;     ///< out: standard normal numbers
  alignas(64) std::array<double, kPadded> spare;                ///< out: one more, for the chance of sticking
  alignas(64) std::array<double, kPadded> new_x, new_y, new_z;  ///< out: end, folded at reflecting walls [um]
  alignas(64) std::array<double, kPadded> variance;             ///< out: D dt [um^2]
  alignas(64) std::array<std::uint64_t, kPadded> bin;           ///< out: where it is on the map
  alignas(64) std::array<std::uint64_t, kPadded> needs_care;    ///< out: not 0 where something may be in the way
};

/// What the free step must know.
struct MotionTables {
  std::array<int, 3> bins{};
  double bins_per_um = 1;
  const VesicleMap::Margin* margin = nullptr;
  int bins_per_voxel = 1;                     ///< along an axis, a power of two
  const double* inverse_viscosity = nullptr;  ///< per voxel, relative to water
  Vec3 size;                                  ///< [um]
  std::array<bool, 3> periodic{};
  double dt = 0;  ///< [s]
  std::uint64_t seed = 0, step = 0;
};

/// A path that starts this many sqrt(D dt) from a surface touches it with probability 4e-4 and is not looked at: such
/// paths bring 1e-4 of the flux. One that ends inside is pushed out in the next step.
inline constexpr double kReachInRootDt = 5.0;

/// Proposes the step of block[0, count). Where needs_care is 0 the proposal stands.
void propose_moves(MotionBlock& block, std::size_t count, const MotionTables& tables);

/// out[i] = noise.uniform(stream, id[i], step), many at once. Sizes must agree.
void keyed_uniforms(const Noise& noise, Stream stream, std::uint64_t step, std::span<const AgentId> id,
                    std::span<double> out);

}  // namespace interstice
