/// @file
/// The random numbers of a model. Part of the plug-in contract.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "engine/core/noise.h"

namespace interstice {

/// Noise keyed by the run's seed and the model's name: two models never share numbers, none shares them with the
/// engine, and which other models are on changes nothing. A model numbers its purposes itself (`stream`, from 0); the
/// same stream, id, step and draw give the same number whoever asked before.
class ModelNoise {
 public:
  ModelNoise() = default;
  ModelNoise(const Noise& run, std::string_view model);

  /// Uniform in the open interval (0, 1), 52 bits.
  [[nodiscard]] double uniform(std::uint16_t stream, AgentId id, std::uint64_t step, std::uint32_t draw = 0) const {
    return noise_.uniform(Stream{stream}, id, step, draw);
  }
  /// out[i] = uniform(stream, id[i], step), many at once. Sizes must agree.
  void uniforms(std::uint16_t stream, std::uint64_t step, std::span<const AgentId> id, std::span<double> out) const;
  /// Two independent standard normal numbers.
  [[nodiscard]] std::array<double, 2> normals(std::uint16_t stream, AgentId id, std::uint64_t step,
                                              std::uint32_t draw = 0) const {
    return noise_.normals(Stream{stream}, id, step, draw);
  }
  /// Poisson number with the given mean.
  [[nodiscard]] std::uint64_t poisson(double mean, std::uint16_t stream, AgentId id, std::uint64_t step) const {
    return noise_.poisson(mean, Stream{stream}, id, step);
  }
  /// Binomial number of successes among n with probability p.
  [[nodiscard]] std::uint64_t binomial(std::uint64_t n, double p, std::uint16_t stream, AgentId id,
                                       std::uint64_t step) const {
    return noise_.binomial(n, p, Stream{stream}, id, step);
  }

 private:
  Noise noise_;  ///< of a seed of its own, so that its streams are none of the engine's
};

}  // namespace interstice
