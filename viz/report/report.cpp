/// @file
/// Puts the page together.
#include "viz/report/report.h"

#include <fmt/format.h>

#include <cerrno>
#include <fstream>
#include <system_error>

#include "viz/report/assets.h"
#include "viz/report/html.h"
#include "viz/report/report_sections.h"
#include "viz/report/report_text.h"

namespace interstice::viz {
namespace {

/// JSON that can stand inside a <script> element, which `</script` ends and `<!--` changes: without any `<`.
std::string script_safe(const nlohmann::json& document) {
  std::string safe;
  for (const char c : document.dump()) c == '<' ? safe += "\\u003c" : safe += c;
  return safe;
}

/// What the figures need; the parameter table and the provenance are in the page already.
nlohmann::json figure_data(const Comparison& comparison) {
  nlohmann::json data;
  for (const char* key :
       {"arms", "phenotype", "primary", "curves", "metrics", "values", "horizon", "vesicles", "reporters"})
    data[key] = comparison.document().at(key);
  return data;
}

std::string contents(const Comparison& comparison) {
  const bool outcomes = !comparison.metrics("outcome").empty();
  const bool judged = !comparison.document().at("phenotype").is_null();
  return std::string("<nav>") + (judged ? R"(<a href="#effects">Effects</a> )" : "") +
         (receptors_section(comparison).empty() ? "" : R"(<a href="#receptors">Receptors</a> )") +
         (outcomes ? R"(<a href="#outcomes">Outcomes</a> )" : "") +
         R"(<a href="#curves">Over time</a> <a href="#influence">Cells per EV</a> <a href="#time">Time to effect</a>
<a href="#fates">Fates</a> <a href="#budget">Budget</a> <a href="#assumptions">Assumptions</a> )" +
         (edges_section(comparison).empty() ? "" : R"(<a href="#edges">Edges</a> )") +
         R"(<a href="#parameters">Parameters</a>
<a href="#provenance">Provenance</a></nav>
)";
}

}  // namespace

std::string report_html(const Comparison& comparison) {
  const std::string title = unit_text(escape(comparison.document().at("title").get<std::string>()));
  std::string page = fmt::format(
      "<!DOCTYPE html>\n<!-- interstice report -->\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{} – "
      "Interstice</title>\n<style>\n",
      title);
  page += kReportCss;
  page += fmt::format("</style>\n</head>\n<body>\n<header><h1>{}</h1>\n<p class=\"description\">{}</p>\n", title,
                      unit_text(escape(comparison.document().at("description").get<std::string>())));
  page += contents(comparison);
  page += "</header>\n<main>\n<section id=\"answer\">\n<h2>Answer</h2>\n" + answer(comparison) + "</section>\n";
  page +=
      "<noscript><p class=\"warning\">Figures need JavaScript; every number is also in the tables.</p></noscript>\n";
  page += effects_section(comparison) + receptors_section(comparison) + outcomes_section(comparison) +
          arms_section(comparison) + curves_section(comparison) + influence_section(comparison);
  page += time_section(comparison) + fates_section(comparison) + budget_section(comparison);
  page += "<section id=\"assumptions\">\n<h2>Assumptions and whom they favour</h2>\n" + assumptions(comparison) +
          "</section>\n";
  page += edges_section(comparison) + parameters_section(comparison) + metrics_section(comparison) +
          provenance_section(comparison);
  page +=
      "</main>\n<footer>Made by Interstice. Figures: Chart.js 3.9.1, © 2022 Chart.js Contributors, MIT "
      "licence.</footer>\n";
  page +=
      "<script type=\"application/json\" id=\"data\">" + script_safe(figure_data(comparison)) + "</script>\n<script>";
  page += kChartJs;
  page += "</script>\n<script>\n";
  page += kReportJs;
  return page + "</script>\n</body>\n</html>\n";
}

}  // namespace interstice::viz
