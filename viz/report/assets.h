/// @file
/// Texts compiled into the library (see embed.cmake), so that a report needs nothing from outside.
#pragma once

namespace interstice::viz {

extern const char* const kChartJs;    ///< Chart.js 3.9.1, MIT licence, from Debian's libjs-chart.js
extern const char* const kReportJs;   ///< viz/report/assets/report.js
extern const char* const kReportCss;  ///< viz/report/assets/report.css

}  // namespace interstice::viz
