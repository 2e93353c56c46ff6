/// @file
/// Texts compiled into the library (see embed.cmake), so that a report needs nothing from outside.
#pragma once

namespace interstice::viz {

extern const char* const kCharts;            ///< charts/charts.min.js: Observable Plot with D3, as `Plot`
extern const char* const kComparisonScript;  ///< page/*.js, those and in the order of embed.cmake
extern const char* const kStudyScript;       ///< the same of a study
extern const char* const kPageStyle;         ///< page/page.css

}  // namespace interstice::viz
