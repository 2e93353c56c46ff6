/// @file
/// Vesicles that diffuse in from a well-mixed reservoir. Beyond an open face the reservoir's density continues
/// uniformly, so that at equal density as many enter as leave and the patch stays uniform up to the face.
#pragma once

#include <span>

#include "engine/agents/vesicle_environment.h"
#include "engine/agents/vesicle_map.h"

namespace interstice {

/// Adds the newcomers of one step: per face voxel a keyed Poisson number with mean A n K <sqrt(D)> sqrt(dt / pi), at
/// depths with density ~ erfc(x / 2s). `map` says which cells are near: nobody enters into a cell.
void admit_from_reservoirs(Vesicles& vesicles, std::span<VesicleLedger> ledger, std::span<ReservoirState> reservoirs,
                           const Cells& cells, const VesicleMap& map, const VesicleEnvironment& environment,
                           const VesicleStep& step);

/// Clears vesicles in reservoirs: a keyed binomial number of each class.
void clear_reservoirs(std::span<VesicleLedger> ledger, std::span<ReservoirState> reservoirs,
                      const VesicleEnvironment& environment, const VesicleStep& step);

}  // namespace interstice
