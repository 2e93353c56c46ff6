/// @file
/// What the report says in sentences. HTML, one paragraph or list each.
#pragma once

#include <string>

#include "viz/report/comparison.h"

namespace interstice::viz {

/// The answer: which arms cross the thresholds and when, what this horizon cannot show, and how much the numbers rest
/// on, in one paragraph; then a table of the cells influenced and a list of what was not seen, not counted or too slow.
std::string answer(const Comparison& comparison);

/// Uptake and contact against what EVs do outside cells, horizon by horizon, with all and with published edges.
std::string verdict_table(const Comparison& comparison);

/// The counts of receptor read-outs: a table of what was found, and a line for each kind of silence.
std::string receptor_counts(const Comparison& comparison);

/// The assumptions of the scenario and which hypothesis each favours.
std::string assumptions(const Comparison& comparison);

/// "0.98 s [0.95, 1.02]", or why there is no value.
std::string value_text(const std::optional<ArmValue>& value, const std::string& unit);

}  // namespace interstice::viz
