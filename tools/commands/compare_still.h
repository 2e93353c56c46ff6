/// @file
/// The picture in the report of a comparison.
#pragma once

#include "tools/commands/compare_summary.h"
#include "viz/report/comparison.h"

namespace interstice::cli {

/// The tissue without EVs, and with those of the arm that does most, at the first horizon: side by side, of replicate
/// 0. Empty where no snapshots were kept, or where nothing can draw here: a report needs no picture.
viz::Still still_of(const ComparisonRuns& runs, const ComparisonSummary& summary);

}  // namespace interstice::cli
