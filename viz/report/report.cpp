/// @file
/// Puts the page of a comparison together.
#include "viz/report/report.h"

#include <vector>

#include "viz/report/assets.h"
#include "viz/report/page.h"
#include "viz/report/report_data.h"
#include "viz/report/report_front.h"
#include "viz/report/report_methods.h"
#include "viz/report/report_parts.h"
#include "viz/report/report_sections.h"
#include "viz/report/report_text.h"

namespace interstice::viz {
namespace {

struct Part {
  const char *id, *link;
  std::string html;
};

/// The parts in order, those that this comparison has.
std::vector<Part> parts(const Comparison& comparison) {
  std::vector<Part> all{{"primary", "Over time", primary_section(comparison)},
                        {"effects", "Effects", effects_section(comparison)},
                        {"outcomes", "Outcomes", outcomes_section(comparison)},
                        {"curves", "Read-outs", curves_section(comparison)},
                        {"profiles", "Profiles", profiles_section(comparison)},
                        {"influence", "Cells per EV", influence_section(comparison)},
                        {"time", "Time to effect", time_section(comparison)},
                        {"fates", "Fates", fates_section(comparison)},
                        {"budget", "Budget", budget_section(comparison)}};
  std::erase_if(all, [](const Part& part) { return part.html.empty(); });
  return all;
}

/// Folded away: what a reader looks up.
std::string record_section(const Comparison& comparison) {
  return section("record", "Record",
                 arms_section(comparison) + receptors_section(comparison) +
                     record("assumptions", "Assumptions", "and whom they favour", assumptions(comparison), true) +
                     edges_section(comparison) + parameters_section(comparison) + methods_section(comparison) +
                     equations_section(comparison) + metrics_section(comparison) + provenance_section(comparison) +
                     citation_section(comparison) + files_section());
}

}  // namespace

std::string report_html(const Comparison& comparison, const Still& still) {
  std::string body =
      std::string("<section id=\"answer\" class=\"front\">\n<div>\n") + front(comparison) + "</div>\n" +
      still_figure(still) + "</section>\n" +
      "<noscript><p class=\"warning\">Figures need JavaScript; every number is also in the tables and in "
      "summary.csv.</p></noscript>\n" +
      cards(comparison);
  std::vector<PageLink> links{{"answer", "Answer"}};
  for (const Part& part : parts(comparison)) {
    links.push_back({part.id, part.link});
    body += part.html;
  }
  links.push_back({"record", "Record"});
  return page({.title = comparison.document().at("title"),
               .links = links,
               .body = body + record_section(comparison),
               .data = figure_data(comparison),
               .script = kComparisonScript});
}

}  // namespace interstice::viz
