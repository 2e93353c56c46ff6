/// @file
/// A finished run as its directory holds it: all that metrics are made of.
#pragma once

#include <filesystem>

#include "engine/analysis/metrics_run.h"

namespace interstice {

/// Reads timeseries.csv and observations.hdf; arm, replicate and seed are left to the caller. Throws DiskError.
RunOutcome read_outcome(const std::filesystem::path& directory);

/// Only the time series, of a run that may be under way. Throws DiskError.
RunOutcome read_series(const std::filesystem::path& directory);

}  // namespace interstice
