#include "engine/sim/dosing.h"

#include "engine/sim/workspace.h"
#include "engine/vesicles/vesicle_seeding.h"

namespace interstice {

bool apply_doses(State& state, const Problem& problem, const Workspace& workspace, Nanoseconds from, Nanoseconds until,
                 const Threads& threads) {
  bool any = false;
  for (const Dose& dose : problem.doses) {
    if (dose.at < from || dose.at >= until) continue;
    any = true;
    seed_dose(state.vesicles, state.ledger, state.reservoirs, state.cells, workspace.vesicle_environment,
              {.klass = dose.klass,
               .density = dose.density,
               .in_region = dose.in_region,
               .reservoirs = dose.reservoirs,
               .ordinal = dose.ordinal},
              threads);
  }
  return any;
}

}  // namespace interstice
