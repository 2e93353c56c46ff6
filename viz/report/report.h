/// @file
/// report.html: one self-contained page made from compare.json. Tables work without scripts; figures are drawn by
/// Chart.js, which is inside the page.
#pragma once

#include <filesystem>
#include <string>

#include "viz/report/comparison.h"

namespace interstice::viz {

/// The page.
std::string report_html(const Comparison& comparison);

/// Reads compare.json and writes the page through a temporary file. Throws std::filesystem::filesystem_error.
void write_report(const std::filesystem::path& compare_json, const std::filesystem::path& html);

}  // namespace interstice::viz
