/// @file
/// What snapshots cost a run.
#pragma once

#include "tools/bench/world.h"

namespace interstice::bench {

/// Share of the run time that one snapshot per 100 steps adds (fields, cells, a sample of 1e5 vesicles): the time that
/// the snapshot holds the run up, and by how much the steps after it take longer than those before.
double snapshot_share(World& world, const Threads& threads);

}  // namespace interstice::bench
