/// @file
/// Noise is a pure function of (seed, stream, agent id, step, draw): Philox4x32-10 (Salmon et al. 2011, Random123).
/// It does not matter who asked before, in which order, or on which thread; so paired runs share what they can.
#pragma once

#include <array>
#include <cstdint>

#include "engine/core/ids.h"

namespace interstice {

/// Every purpose of the engine that draws noise; models have noise of their own (ModelNoise). Values are part of the
/// results: append, never renumber.
enum class Stream : std::uint16_t {
  vesicle_motion = 1,
  vesicle_acceptance = 2,
  vesicle_adsorption = 3,
  vesicle_desorption = 4,
  vesicle_internalisation = 5,  ///< no longer drawn: all exits share one number, vesicle_desorption
  vesicle_endosome = 6,
  vesicle_clearance = 7,
  vesicle_seeding = 8,
  vesicle_diameter = 9,
  vesicle_protein = 10,
  vesicle_division = 11,
  vesicle_reservoir = 12,
  vesicle_counts = 13,
  cell_seeding = 32,
  cell_column = 33,
  cell_transition = 34,
  cell_duration = 35,
  cell_motility = 36,
  cell_division = 37,
  cell_injury = 38,
  cell_recruitment = 39,
  bootstrap = 64,  ///< analysis after the runs: never reaches a state
  design = 65,     ///< which parameters the runs of a study have
};

/// Uniform in (0, 1) from 64 random bits: 52 of them, centred in their interval.
constexpr double open_unit(std::uint32_t low, std::uint32_t high) {
  const std::uint64_t bits = (static_cast<std::uint64_t>(high) << 32) | low;
  return (static_cast<double>(bits >> 12) + 0.5) * 0x1p-52;
}

/// The Poisson number below which lies a share u of the distribution; `none` is the chance of none, exp(-mean).
std::uint64_t poisson_quantile(double mean, double none, double u);
/// Up to this mean, Noise::poisson is the quantile of Noise::uniform.
inline constexpr double kPoissonByInversion = 30;

/// Keyed noise of one run.
class Noise {
 public:
  explicit constexpr Noise(std::uint64_t seed = 1) : seed_(seed) {}
  [[nodiscard]] constexpr std::uint64_t seed() const { return seed_; }

  /// 128 random bits.
  [[nodiscard]] std::array<std::uint32_t, 4> bits(Stream stream, AgentId id, std::uint64_t step,
                                                  std::uint32_t draw = 0) const;
  /// Uniform in the open interval (0, 1), 52 bits.
  [[nodiscard]] double uniform(Stream stream, AgentId id, std::uint64_t step, std::uint32_t draw = 0) const;
  /// Two independent standard normal numbers (Box-Muller with pinned log and sin/cos).
  [[nodiscard]] std::array<double, 2> normals(Stream stream, AgentId id, std::uint64_t step,
                                              std::uint32_t draw = 0) const;
  /// Four independent standard normal numbers in single precision, of one call of the generator: for displacements.
  [[nodiscard]] std::array<float, 4> four_normals(Stream stream, AgentId id, std::uint64_t step,
                                                  std::uint32_t draw = 0) const;
  /// Poisson number with the given mean (inversion for small means, transformed rejection above).
  [[nodiscard]] std::uint64_t poisson(double mean, Stream stream, AgentId id, std::uint64_t step) const;
  /// Binomial number of successes among n with probability p.
  [[nodiscard]] std::uint64_t binomial(std::uint64_t n, double p, Stream stream, AgentId id, std::uint64_t step) const;

 private:
  std::uint64_t seed_;
};

}  // namespace interstice
