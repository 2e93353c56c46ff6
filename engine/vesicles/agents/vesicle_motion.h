/// @file
/// Brownian motion of free vesicles, their walls, and contact with cells.
///
/// x += sqrt(2 D dt) xi; where viscosity or partition changes, a move is accepted with
/// min(1, K_y q(y->x) / (K_x q(x->y))), which keeps the equilibrium density K (Metropolis-Hastings). A cell is a
/// partially absorbing sphere, see vesicle_contact.h. Cells move here too, because contact depends on the relative
/// motion; adsorbed and endosomal vesicles ride with their host.
#pragma once

#include <span>

#include "engine/cells/cells.h"
#include "engine/core/parallel.h"
#include "engine/vesicles/agents/vesicle_scratch.h"
#include "engine/vesicles/vesicle_environment.h"

namespace interstice {

/// Advances positions of vesicles and cells by step.dt; counts adsorptions, departures and arrivals (real vesicles).
void move_vesicles(Vesicles& vesicles, Cells& cells, std::span<VesicleLedger> ledger,
                   std::span<ReservoirState> reservoirs, const VesicleEnvironment& environment, const VesicleStep& step,
                   VesicleScratch& scratch, const Threads& threads);

}  // namespace interstice
