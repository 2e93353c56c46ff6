/// @file
/// The files and the table of a comparison.
#pragma once

#include <array>
#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "engine/results/provenance.h"
#include "tools/commands/compare_summary.h"
#include "tools/commands/compare_verdict.h"

namespace interstice::cli {

/// summary.csv: arm, replicate, metric, unit, value, status, note; the verdicts first (of no arm), then one row per
/// metric of every run, and one per failed run.
std::string summary_csv(const ComparisonRuns& runs, const ComparisonSummary& summary,
                        const std::vector<Verdict>& verdicts);

/// compare.json: everything the report needs (viz/README.md describes it). `provenance`: a text of provenance_json().
std::string compare_json(const Scenario& scenario, const ComparisonRuns& runs, const ComparisonSummary& summary,
                         const std::vector<Verdict>& verdicts, const std::string& provenance);

/// The main numbers for the terminal, one row per arm.
std::string terminal_table(const ComparisonRuns& runs, const ComparisonSummary& summary);

inline constexpr std::array<const char*, 3> kComparisonFiles{"report.html", "summary.csv", "compare.json"};

/// Makes the three files in `directory` from the runs, and prints the table unless quiet.
void write_comparison(const Scenario& scenario, const ComparisonRuns& runs, const std::filesystem::path& directory,
                      const std::string& provenance, bool quiet);

}  // namespace interstice::cli
