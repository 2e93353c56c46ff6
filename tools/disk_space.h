/// @file
/// What a run will write.
#pragma once

#include "engine/scenario/scenario.h"
#include "engine/sim/problem.h"
#include "tools/run_output.h"

namespace interstice::cli {

/// Snapshots and time series of one run at most, before compression [bytes].
double disk_space(const Scenario& scenario, const Problem& problem, Extent extent = Extent::all);

/// What the checkpoints of a run take while it works; they are removed at its end [bytes].
double checkpoint_space(const Problem& problem);

}  // namespace interstice::cli
