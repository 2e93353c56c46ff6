/// @file
/// The tables and figure frames of the report, one function a section.
#pragma once

#include <string>

#include "viz/report/comparison.h"

namespace interstice::viz {

std::string effects_section(const Comparison& comparison);    ///< on the shared phenotype; "" where there is none
std::string receptors_section(const Comparison& comparison);  ///< shown, not judged; "" without receptors
std::string edges_section(const Comparison& comparison);      ///< "" where no edge is marked
std::string outcomes_section(const Comparison& comparison);   ///< "" when the scenario names none
std::string arms_section(const Comparison& comparison);
std::string primary_section(const Comparison& comparison);  ///< the primary field over time
std::string curves_section(const Comparison& comparison);
std::string profiles_section(const Comparison& comparison);
std::string influence_section(const Comparison& comparison);
std::string time_section(const Comparison& comparison);
std::string fates_section(const Comparison& comparison);
std::string budget_section(const Comparison& comparison);
std::string parameters_section(const Comparison& comparison);
std::string metrics_section(const Comparison& comparison);
std::string provenance_section(const Comparison& comparison);

}  // namespace interstice::viz
