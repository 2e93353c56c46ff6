/// @file
/// What a reader sees first: the question, the answer in one sentence, what it rests on and what it cannot say, and a
/// card for each hypothesis.
#pragma once

#include <string>

#include "viz/report/comparison.h"

namespace interstice::viz {

/// Question, answer, caveat, facts. HTML.
std::string front(const Comparison& comparison);

/// The answer of the verdicts with all edges in one sentence; where there is none, why.
std::string headline(const Comparison& comparison);

/// The picture, in the page itself; "" where there is none.
std::string still_figure(const Still& still);

/// A card for each arm with mechanisms that changes nothing else: its effect on the phenotype at every horizon, and
/// whether that is supported (the whole interval beyond the limit of relevance), no relevant effect (all within),
/// undetermined (across it) or not observable. "" without a phenotype.
std::string cards(const Comparison& comparison);

}  // namespace interstice::viz
