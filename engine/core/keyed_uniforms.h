/// @file
/// Noise::uniform for many agents at once, with Highway.
#pragma once

#include <cstdint>
#include <span>

#include "engine/core/noise.h"

namespace interstice {

/// out[i] = noise.uniform(stream, id[i], step), many at once. Sizes must agree.
void keyed_uniforms(const Noise& noise, Stream stream, std::uint64_t step, std::span<const AgentId> id,
                    std::span<double> out);

}  // namespace interstice
