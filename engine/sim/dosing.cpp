#include "engine/sim/dosing.h"

#include "engine/sim/workspace.h"
#include "engine/vesicles/vesicle_seeding.h"

namespace interstice {

bool apply_doses(State& state, const Problem& problem, const Workspace& workspace, Nanoseconds from, Nanoseconds until,
                 const Threads& threads) {
  bool any = false;
  for (std::size_t d = 0; d < problem.doses.size(); ++d) {
    const Dose& dose = problem.doses[d];
    if (dose.at < from || dose.at >= until) continue;
    any = true;
    seed_dose(state.vesicles, state.ledger, state.reservoirs, state.cells, workspace.vesicle_environment,
              {.klass = dose.klass,
               .density = dose.density,
               .in_region = dose.in_region,
               .reservoirs = dose.reservoirs,
               .ordinal = static_cast<std::uint32_t>(d)},
              threads);
  }
  return any;
}

}  // namespace interstice
