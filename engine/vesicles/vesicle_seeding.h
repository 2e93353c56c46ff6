/// @file
/// Doses: vesicles placed uniformly in the fluid of named regions and counted into reservoirs.
#pragma once

#include <cstdint>
#include <span>

#include "engine/cells/cells.h"
#include "engine/core/parallel.h"
#include "engine/vesicles/vesicle_environment.h"

namespace interstice {

/// A dose of one class.
struct VesicleDose {
  VesicleClassId klass{};
  double density = 0;                       ///< real vesicles per um^3 of fluid
  std::span<const std::uint8_t> in_region;  ///< 1 per dosed region
  std::span<const ReservoirId> reservoirs;
  std::uint32_t ordinal = 0;  ///< which dose of the class this is
};

/// Adds the dose. The number of candidates is density x fluid volume / weight, rounded by a keyed draw; candidates
/// that would lie inside a cell are left out, so the density in the fluid between cells is the dose's.
void seed_dose(Vesicles& vesicles, std::span<VesicleLedger> ledger, std::span<ReservoirState> reservoirs,
               const Cells& cells, const VesicleEnvironment& environment, const VesicleDose& dose,
               const Threads& threads = Threads(1));

/// Adds up to `number` agents of a class, uniform in the fluid of the regions and outside cells; their ids are children
/// of `source`. Returns how many found room: each tries a few dozen points.
/// Classes that are counted get whole numbers in voxels instead, keyed in the same way.
std::uint64_t scatter_vesicles(Vesicles& vesicles, const Cells& cells, const VesicleEnvironment& environment,
                               VesicleClassId klass, std::span<const std::uint8_t> in_region, std::uint64_t number,
                               AgentId source);

}  // namespace interstice
