/// @file
/// What a paper needs: a paragraph of methods, the commands that repeat the comparison, how to cite it.
#pragma once

#include <string>

#include "viz/report/comparison.h"

namespace interstice::viz {

std::string methods_section(const Comparison& comparison);
/// Of the models, reactions and cells in use; "" where the file has none.
std::string equations_section(const Comparison& comparison);
std::string citation_section(const Comparison& comparison);
/// What lies beside the report.
std::string files_section();

}  // namespace interstice::viz
