/// @file
/// The order of things by small whole numbers, in several threads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/core/parallel.h"

namespace interstice {

inline constexpr std::size_t kOrderGrain = 1U << 16;  ///< things per block of work

/// Which thing comes where if they are sorted by their keys, all below `keys_below`; those with the same key keep their
/// order. A counting sort in two rounds: into ranges of keys, then by key within each.
std::vector<std::uint32_t> key_order(std::span<const std::uint32_t> keys, std::size_t keys_below,
                                     const Threads& threads);

}  // namespace interstice
