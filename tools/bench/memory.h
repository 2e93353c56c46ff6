/// @file
/// Memory per element, measured: what the C library has handed out for a small world and for a larger one.
#pragma once

#include <cstdint>

#include "tools/bench/texts.h"

namespace interstice::bench {

/// Memory that the C library has handed out so far [B].
double allocated();

/// Of a run without agents that has made one step [B per voxel].
double memory_per_voxel(int species, Tissue tissue, std::uint64_t voxels);

struct VesicleMemory {
  double state = 0;    ///< when seeded [B per EV]
  double scratch = 0;  ///< besides, after the first step [B per EV]
};
/// Without protein copies (2 B each).
VesicleMemory memory_per_vesicle(std::uint64_t vesicles);

/// Of a run of neutrophils and macrophages with all their columns, after one step [B per cell].
double memory_per_cell(std::uint64_t cells);

}  // namespace interstice::bench
