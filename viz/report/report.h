/// @file
/// report.html: one self-contained page made from compare.json. Tables work without scripts; figures are drawn by
/// the library of charts, which is inside the page.
#pragma once

#include <string>

#include "viz/report/comparison.h"

namespace interstice::viz {

/// The page.
std::string report_html(const Comparison& comparison, const Still& still = {});

}  // namespace interstice::viz
