/// @file
/// Enzymes on the surface of vesicles act on the fluid of the voxel they are in: the Damkoehler number of one vesicle
/// is about 1e-4, so that the grid concentration is the concentration at its surface.
#pragma once

#include <span>
#include <vector>

#include "engine/core/parallel.h"
#include "engine/vesicles/agents/vesicle_scratch.h"
#include "engine/vesicles/vesicle_environment.h"

namespace interstice {

/// Active exposed copies [molecules] of every surface protein: weight x copies x 2^(-time / enzyme_half_life), summed
/// over free and adsorbed vesicles per voxel ([protein][voxel]) and over reservoirs ([protein][reservoir]).
/// Copies are summed as whole numbers, so the result does not depend on the order of vesicles or threads. Each thread
/// adds to its own range of voxels; what its vesicles expose in others is noted and added by the thread they belong to.
void deposit_exposed_copies(const Vesicles& vesicles, std::span<const ReservoirState> reservoirs,
                            const VesicleEnvironment& environment, double time,
                            std::vector<std::vector<double>>& copies,
                            std::vector<std::vector<double>>& reservoir_copies, DepositScratch& scratch,
                            const Threads& threads);

/// With working memory of its own.
void deposit_exposed_copies(const Vesicles& vesicles, std::span<const ReservoirState> reservoirs,
                            const VesicleEnvironment& environment, double time,
                            std::vector<std::vector<double>>& copies,
                            std::vector<std::vector<double>>& reservoir_copies, const Threads& threads);

}  // namespace interstice
