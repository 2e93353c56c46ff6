/// @file
/// What a run will write.
#pragma once

#include "engine/scenario/scenario.h"
#include "engine/sim/problem.h"
#include "tools/run_output.h"

namespace interstice::cli {

/// Snapshots, time series and checkpoints of one run at most, before compression [bytes].
double disk_space(const Scenario& scenario, const Problem& problem, Extent extent = Extent::all);

}  // namespace interstice::cli
