/// @file
/// Vesicles of well-mixed reservoirs: those that diffuse into the patch, and those that leave by rates. Beyond an open
/// face the reservoir's density continues uniformly, so that at equal density as many enter as leave and the patch
/// stays uniform up to the face.
#pragma once

#include <span>

#include "engine/vesicles/agents/vesicle_map.h"
#include "engine/vesicles/vesicle_environment.h"

namespace interstice {

/// Adds the newcomers of one step: per face voxel a keyed Poisson number with mean A n K <sqrt(D)> sqrt(dt / pi), at
/// depths with density ~ erfc(x / 2s). `map` says which cells are near: nobody enters into a cell.
void admit_from_reservoirs(Vesicles& vesicles, std::span<VesicleLedger> ledger, std::span<ReservoirState> reservoirs,
                           const Cells& cells, const VesicleMap& map, const VesicleEnvironment& environment,
                           const VesicleStep& step);

/// Clears vesicles in reservoirs and transfers them to others or evenly into regions of the patch: keyed binomial
/// numbers of each class. Those that find no room in the patch stay.
void empty_reservoirs(Vesicles& vesicles, std::span<VesicleLedger> ledger, std::span<ReservoirState> reservoirs,
                      const Cells& cells, const VesicleEnvironment& environment, const VesicleStep& step);

}  // namespace interstice
