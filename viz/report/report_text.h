/// @file
/// What the report says in sentences. HTML, one paragraph or list each.
#pragma once

#include <string>

#include "viz/report/comparison.h"

namespace interstice::viz {

/// Which arms cross the thresholds of the primary field, and when.
std::string crossings_text(const Comparison& comparison);

/// The outcomes in which arms differ from the paired run.
std::string outcomes_text(const Comparison& comparison);

/// In how many reporters arms influenced cells, and what this horizon cannot show; a table of the cells influenced; a
/// list of what was not seen, not counted or too slow.
std::string influence_text(const Comparison& comparison);

/// Uptake and contact against what EVs do outside cells, horizon by horizon, with all and with published edges.
std::string verdict_table(const Comparison& comparison);

/// The counts of receptor read-outs: a table of what was found, and a line for each kind of silence.
std::string receptor_counts(const Comparison& comparison);

/// The assumptions of the scenario and which hypothesis each favours.
std::string assumptions(const Comparison& comparison);

/// "0.98 s [0.95, 1.02]", or why there is no value.
std::string value_text(const std::optional<ArmValue>& value, const std::string& unit);

}  // namespace interstice::viz
