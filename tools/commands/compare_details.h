/// @file
/// What a report shows beside means: effects of single replicates, and profiles at the end of the runs.
#pragma once

#include <nlohmann/json.hpp>

#include "tools/commands/compare_summary.h"

namespace interstice::cli {

/// {arm, metric, values[]} of every effect on the phenotype: a value for each replicate, null where it has none.
nlohmann::ordered_json replicates_json(const ComparisonRuns& runs, const ComparisonSummary& summary);

/// {name, unit, time [s], edges[] [um], arms: {arm: {mean, low, high}}} of every profile: what its shells hold in the
/// last row of the runs, as a mean over replicates with the range of nine in ten.
nlohmann::ordered_json profiles_json(const ComparisonRuns& runs);

}  // namespace interstice::cli
