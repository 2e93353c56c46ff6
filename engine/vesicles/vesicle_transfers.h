/// @file
/// Vesicles that leave reservoirs by rates: to other reservoirs, evenly into regions of the patch, or for good.
#pragma once

#include <span>

#include "engine/cells/cells.h"
#include "engine/vesicles/vesicle_environment.h"

namespace interstice {

/// Over step.dt each vesicle of a reservoir goes as many ways one after the other as it has time for; in regions it is
/// cleared as others are there. Where it ends has the probabilities of the exact solution, whatever the step: keyed
/// binomial numbers of each class. Into the patch they go in whole agents; those that find no room there stay.
void transfer_vesicles(Vesicles& vesicles, std::span<VesicleLedger> ledger, std::span<ReservoirState> reservoirs,
                       const Cells& cells, const VesicleEnvironment& environment, const VesicleStep& step);

}  // namespace interstice
