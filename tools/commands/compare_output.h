/// @file
/// The files and the table of a comparison.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "engine/results/provenance.h"
#include "tools/commands/compare_summary.h"

namespace interstice::cli {

/// summary.csv: arm, replicate, metric, unit, value, note; one row per metric of every run, and one per failed run.
std::string summary_csv(const ComparisonRuns& runs, const ComparisonSummary& summary);

/// compare.json: everything the report needs (viz/README.md describes it).
std::string compare_json(const Scenario& scenario, const ComparisonRuns& runs, const ComparisonSummary& summary,
                         const RunRecord& record);

/// The main numbers for the terminal, one row per arm.
std::string terminal_table(const ComparisonRuns& runs, const ComparisonSummary& summary);

}  // namespace interstice::cli
