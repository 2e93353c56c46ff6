/// @file
/// The numbers that the figures of the page are drawn from.
#pragma once

#include <nlohmann/json.hpp>

#include "viz/report/comparison.h"

namespace interstice::viz {

/// What the scripts in `page/` read. Numbers have four digits, and lines that several arms share stand there once, for
/// a report is to stay small: `curves[].arms` holds indices into `lines`.
nlohmann::json figure_data(const Comparison& comparison);

}  // namespace interstice::viz
