/// @file
/// Noise for many agents at once, with Highway. Sizes of `id` and `out` must agree.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "engine/core/noise.h"

namespace interstice {

/// Whose noise, what for.
struct NoisePurpose {
  std::uint64_t seed = 0;
  Stream stream{};
  std::uint64_t step = 0;
  std::uint32_t draw = 0;
};

/// out[i] = noise.bits(stream, id[i], step, draw).
void keyed_bits(const NoisePurpose& purpose, std::span<const AgentId> id, std::span<std::array<std::uint32_t, 4>> out);
/// out[i] = noise.uniform(stream, id[i], step, draw).
void keyed_uniforms(const NoisePurpose& purpose, std::span<const AgentId> id, std::span<double> out);
/// out[i] = noise.four_normals(stream, id[i], step, draw)[0].
void keyed_normals(const NoisePurpose& purpose, std::span<const AgentId> id, std::span<float> out);

}  // namespace interstice
