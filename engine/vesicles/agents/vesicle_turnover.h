/// @file
/// What happens to vesicles while they are somewhere: those bound come off or are internalised; those in endosomes
/// release their cargo, come back outside, or are degraded; free ones are lost.
#pragma once

#include <span>

#include "engine/cells/cells.h"
#include "engine/core/parallel.h"
#include "engine/vesicles/agents/vesicle_scratch.h"
#include "engine/vesicles/fates.h"
#include "engine/vesicles/vesicle_environment.h"

namespace interstice {

inline Exits exits_of_free(const VesicleClass& klass, const Region& region) {
  return {klass, VesiclePlace::free, true, {.clearance = region.vesicle_clearance}};
}

/// First-order events over step.dt, each with probability 1 - exp(-rate dt). Vesicles that ended leave the arrays.
void turn_over_vesicles(Vesicles& vesicles, Cells& cells, std::span<VesicleLedger> ledger,
                        const VesicleEnvironment& environment, const VesicleStep& step, VesicleScratch& scratch,
                        const Threads& threads);

/// Refreshes free, adsorbed and endosomal of the ledger from the arrays.
void count_vesicles(const Vesicles& vesicles, std::span<const VesicleClass> classes, std::span<VesicleLedger> ledger);

}  // namespace interstice
