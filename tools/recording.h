/// @file
/// What is recorded of a run, as the scenario asks for it.
#pragma once

#include "engine/io/scenario.h"
#include "engine/io/snapshot.h"
#include "engine/sim/metrics.h"

namespace interstice::cli {

/// The `output` section of the scenario.
SnapshotSelection snapshot_selection(const Scenario& scenario, const Problem& problem);

/// A written timeseries.csv as a table of the metrics.
SeriesTable read_series(const std::filesystem::path& path);

}  // namespace interstice::cli
