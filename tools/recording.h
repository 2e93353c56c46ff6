/// @file
/// What is recorded of a run, as the scenario asks for it.
#pragma once

#include <filesystem>
#include <functional>

#include "engine/analysis/metrics.h"
#include "engine/results/provenance.h"
#include "engine/scenario/scenario.h"
#include "tools/failure.h"

namespace interstice::cli {

/// Does `work` and ends the record of the run, "failed" or "finished"; then throws the failure if there is one:
/// whatever else goes wrong here, the user hears the first reason. A plug-in that ends the program ends the record too.
void record_run(const std::filesystem::path& directory, RunRecord& record, const std::function<void()>& work);

/// The files that the scenario is read from, includes too.
std::vector<std::filesystem::path> input_files(const Scenario& scenario);

/// A written timeseries.csv as a table of the metrics.
SeriesTable read_series(const std::filesystem::path& path);

}  // namespace interstice::cli
