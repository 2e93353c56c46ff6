/// @file
/// report.html of a study, from the files in its directory: study.json, answer.txt and its tables.
#pragma once

#include <filesystem>
#include <string>

namespace interstice::viz {

/// The page. A table that is not there has no section. Throws std::runtime_error where a file cannot be read.
std::string study_report_html(const std::filesystem::path& directory);

}  // namespace interstice::viz
