/// @file
/// The sections of the report: a frame for the figure, and the same numbers as a table.
#include "viz/report/report_sections.h"

#include <fmt/format.h>

#include <algorithm>

#include "viz/report/html.h"
#include "viz/report/report_parts.h"
#include "viz/report/report_text.h"

namespace interstice::viz {
namespace {

/// A key path that may break after its dots and underscores.
std::string breakable(const std::string& path) {
  std::string out = "<code>";
  for (const char c : path) out += escape(std::string(1, c)) + (c == '.' || c == '_' ? "<wbr>" : "");
  return out + "</code>";
}

/// "chemistry/purinergic.yaml:7" for a long path, with the whole of it as a tip.
std::string short_place(const std::string& place) {
  auto cut = place.rfind('/');
  if (cut != std::string::npos && cut > 0) cut = place.rfind('/', cut - 1);
  const std::string shown = cut == std::string::npos ? place : place.substr(cut + 1);
  return fmt::format("<span title=\"{}\">{}</span>", escape(place), escape(shown));
}

/// Whether an effect on one cell could have reached others by what cells secrete.
std::string relay_sentence(const Comparison& comparison) {
  std::vector<std::string> relays;
  for (const auto& arm : comparison.document().at("arms"))
    for (const auto& species : arm.at("relays"))
      if (std::find(relays.begin(), relays.end(), escape(species.get<std::string>())) == relays.end())
        relays.push_back(escape(species.get<std::string>()));
  if (relays.empty())
    return "<b>Direct effects only:</b> in this scenario no cell secretes, at a rate that EVs could change, anything "
           "that another cell senses, so nothing is relayed from cell to cell.";
  std::string sentence = fmt::format(
      "<b>Direct and relayed effects together:</b> cells secrete {} at rates that depend on their condition, and cells "
      "sense it; what EVs did to one cell may have reached another that way, and is counted with the arm.",
      joined(relays, ", "));
  for (const auto& arm : comparison.arms())
    if (!arm.direct.empty() && !comparison.metrics({"relayed_cells", "relayed_effect", "relayed_outcome"}).empty())
      sentence += fmt::format(" For {} the tables tell apart what went through other cells: {} less {}, run by run.",
                              "<b>" + escape(arm.name) + "</b>", escape(arm.name), escape(arm.direct));
  return sentence;
}

/// How far one EV reaches through the primary field.
std::string footprint(const Comparison& comparison) {
  const auto metrics = comparison.metrics("footprint");
  if (std::none_of(metrics.begin(), metrics.end(), [&](const auto& metric) { return speaks(comparison, metric); }))
    return {};
  const auto& primary = comparison.document().at("primary");
  return details(
      "Field footprint of one EV",
      fmt::format("<p>What an EV adds to {} in the {} (area under the curve less that "
                  "without EVs, times the fluid volume, per EV given), and the volume that this amount would hold at a "
                  "threshold throughout the run. For scale: a cell of 5 µm radius fills 524 µm³.</p>\n",
                  escape(primary.at("field").get<std::string>()), escape(primary.at("region").get<std::string>())) +
          metric_table(comparison, metrics));
}

/// The apparent half-life of each class, where an arm has a value. It is the same in every arm with EVs, but for cells
/// that the arm keeps alive or kills.
std::string half_lives(const Comparison& comparison) {
  std::string text;
  for (const auto& metric : comparison.metrics("half_life")) {
    const auto arm = std::find_if(comparison.arms().begin(), comparison.arms().end(), [&](const ArmInfo& a) {
      const auto value = comparison.value(a.name, metric);
      return value && value->mean;
    });
    const std::string klass = escape(comparison.subject(metric));
    if (arm == comparison.arms().end()) {
      text += fmt::format("<p>Apparent half-life of {} outside cells: no EV was lost within the run.</p>\n", klass);
      continue;
    }
    const auto value = comparison.value(arm->name, metric);
    text += fmt::format(
        "<p><b>Apparent half-life of {} outside cells: {}</b>{}, by loss and uptake together "
        "(arm {}).</p>\n",
        klass, value_text(value, "s"),
        *value->mean > comparison.horizon() ? " – extrapolated, for the run is shorter" : "", escape(arm->name));
  }
  return text;
}

}  // namespace

std::string outcomes_section(const Comparison& comparison) {
  const auto outcomes = comparison.metrics({"outcome", "reach"});
  if (outcomes.empty()) return {};
  const char* controls = R"(<label>outcome <select id="outcome"></select></label>
<label>show <select id="outcome-kind"><option value="effect">difference from the arm compared with</option>
<option value="outcome">value</option></select></label>)";
  std::string body = figure("outcome-plot", "Mean over replicates with its 95 % bootstrap interval.", controls);
  body += details("In words", outcomes_text(comparison));
  body += details("Values", metric_table(comparison, outcomes));
  body += details("Differences from the paired run without EVs (or the arm named under Arms)",
                  folded_table(comparison, comparison.metrics({"effect", "effect_relative"})));
  body += group(comparison, "relayed_outcome", "Of these differences, through other cells");
  return section("outcomes", "Outcomes", body);
}

std::string arms_section(const Comparison& comparison) {
  std::vector<std::vector<std::string>> rows;
  for (const auto& arm : comparison.arms()) {
    const std::string models = arm.models.empty() ? "none" : joined(arm.models, ", ");
    std::vector<std::string> remarks;
    if (arm.sham) remarks.push_back("other random numbers for chemotaxis: shows what chance alone does");
    if (!arm.of.empty())
      remarks.push_back(escape(arm.of) + " without its assumed edges: " + escape(joined(arm.edges_left_out, ", ")));
    for (const auto& change : arm.changes) remarks.push_back("<code>" + escape(change) + "</code>");
    if (!arm.control.empty() && arm.control != comparison.reference())
      remarks.push_back("compared with " + escape(arm.control));
    if (!arm.direct.empty()) remarks.push_back("its direct effects alone: " + escape(arm.direct));
    rows.push_back({"<b>" + escape(arm.name) + "</b>", arm.vesicles ? "yes" : "no", escape(models),
                    joined(remarks, "<br>"), arm.models.empty() ? "–" : time_text(arm.delay)});
  }
  return record("arms", "Arms", "what differs between them",
                "<p>Every arm sees the same tissue, the same dose and the same random numbers; they differ only in the "
                "mechanisms of vesicles and in what their rows list.</p>\n" +
                    table({"arm", "EVs", "mechanisms on", "what else differs", "own delay"}, rows, {4}),
                true);
}

std::string primary_section(const Comparison& comparison) {
  const auto& document = comparison.document();
  if (document.at("curves").empty()) return {};
  std::string title = "Over time";
  if (!document.at("primary").is_null())
    title = fmt::format("{} in the {}", escape(document.at("primary").at("field").get<std::string>()),
                        escape(document.at("primary").at("region").get<std::string>()));
  title[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(title[0])));
  const char* controls = R"(<label><input type="checkbox" id="log-time"> logarithmic time</label>)";
  return section(
      "primary", title,
      figure("primary-plot", "Line: mean over replicates; band: 5 to 95 % of them. Arms that coincide share a line.",
             controls) +
          crossings_text(comparison) +
          details("Times and levels", metric_table(comparison, comparison.metrics({"primary.time_to", "primary"}))));
}

std::string curves_section(const Comparison& comparison) {
  if (comparison.document().at("curves").empty()) return {};
  return section(
      "curves", "All read-outs over time",
      "<p class=\"arms\" id=\"arm-toggles\"><span>Arms drawn, here and above:</span></p>\n" +
          figure("small-plot", "Line: mean over replicates; band: 5 to 95 % of them. Each has its own scale.",
                 R"(<label>show <select id="curve-kind"></select></label>)"));
}

std::string profiles_section(const Comparison& comparison) {
  const Json profiles = comparison.document().value("profiles", Json::array());
  if (profiles.empty()) return {};
  return section(
      "profiles", "Profiles at the end",
      "<p>What lies how far from a region, or how deep below a face, in shells of equal width; where the first "
      "ends at 0, it is the region itself.</p>\n" +
          figure("profile-plot", "Mean over replicates; band: 5 to 95 % of them.",
                 R"(<label>of <select id="profile-of"></select></label>)"));
}

std::string influence_section(const Comparison& comparison) {
  const auto& rule = comparison.document().at("influenced");
  std::string body = influence_text(comparison);
  const std::string rules = fmt::format(
      R"(<p>A cell family (a founder and its descendants) counts as influenced when its reporter differs from
the same family in the paired run without EVs by more than {} % of the dynamic range, for at least {} or {} % of the run,
whichever is shorter. What the sham arm shows by chance is subtracted. <em>Given</em>: the EVs of all doses, into patch
and reservoirs; one denominator for every arm. It measures the dose: where all cells are influenced, cells per EV is
their number over that of EVs. <em>Engaged</em>: those that acted in the way of the arm: carry the enzyme, adsorbed, or
released their cargo. Receptor read-outs have a section of their own.</p>
<p>{}</p>
)",
      number(100 * rule.at("difference").get<double>()), time_text(rule.at("hold").get<double>()),
      number(100 * rule.at("hold_share").get<double>()), relay_sentence(comparison));
  const char* controls = R"(<label>read-out <select id="influence-of"></select></label>
<label>show <select id="influence-kind">
<option value="influenced_per_ev_given">cells per EV given</option>
<option value="influenced_per_ev_engaged">cells per EV engaged</option>
<option value="influenced_minus_sham">cells</option></select></label>)";
  body += figure("influence-plot", "Cells influenced, sham subtracted, with 95 % bootstrap intervals.", controls);
  body += details("When a cell counts as influenced", rules);
  body += details("EVs given and engaged", metric_table(comparison, comparison.metrics("ev")));
  body += group(comparison, "influenced_per_ev_given", "Cells per EV given");
  body += group(comparison, "influenced_per_ev_engaged", "Cells per EV engaged");
  body += group(comparison, "influenced_minus_sham", "Cells influenced, sham subtracted");
  body += group(comparison, "relayed_cells", "Of these, through other cells");
  body += group(comparison, "relayed_effect", "Of the mean effect at the end, through other cells");
  body += footprint(comparison);
  auto counts = comparison.metrics({"influenced", "mean_effect", "mean_effect_largest"});
  std::erase_if(counts, [&](const std::string& metric) { return is_receptor(comparison, metric); });
  body += details("Counts before subtraction, population means", folded_table(comparison, counts));
  return section("influence", "Cells influenced per EV", body);
}

std::string time_section(const Comparison& comparison) {
  const auto metrics = comparison.metrics({"primary.time_to", "time_to_10pct", "time_to_50pct"});
  return section(
      "time", "Time to effect",
      "<p>When the field reaches its thresholds, and when 10 % and 50 % of the cells had been influenced (onset of a "
      "difference that lasted). A missing point means: not within the run.</p>\n" +
          figure("time-plot", "Mean time with its 95 % bootstrap interval.",
                 R"(<label>until <select id="time-of"></select></label>)") +
          details("Times of all arms", folded_table(comparison, metrics)));
}

std::string fates_section(const Comparison& comparison) {
  return section(
      "fates", "Fate of the EVs",
      "<p>Where every dosed EV is at the end. Adsorption, internalisation and loss are the same in every arm that has "
      "EVs.</p>\n" +
          half_lives(comparison) + "<div class=\"pair\">" +
          figure("fate-plot", "All of the dose, at the end of the run.") +
          figure("fate-cells-plot", "Of it, what left the fluid.") + "</div>\n" +
          details("Fates in all arms", metric_table(comparison, comparison.metrics("fate"))));
}

std::string budget_section(const Comparison& comparison) {
  std::string body =
      "<p>All molecules of the chain that ends in the primary substance, patch and reservoirs together. What was "
      "supplied is left, was taken up, decayed, or went through open boundaries.</p>\n";
  body += "<div class=\"pair\">" + figure("budget-plot", "Where the supplied molecules are at the end of the run.") +
          figure("flux-plot", "Who made the primary substance: enzymes on EVs or of the host.") + "</div>\n";
  body += details("Amounts in all arms", metric_table(comparison, comparison.metrics({"budget", "flux"})));
  return section("budget", "Purine budget and the share of the EVs", body);
}

std::string parameters_section(const Comparison& comparison) {
  std::vector<std::vector<std::string>> rows;
  for (const auto& parameter : comparison.document().at("parameters")) {
    const std::string mark = parameter.at("mark");
    rows.push_back({breakable(parameter.at("path").get<std::string>()),
                    escape(unit_text(parameter.at("value").get<std::string>())),
                    escape(unit_text(parameter.at("range").get<std::string>())) +
                        (parameter.at("outside").get<bool>() ? " <b>value outside</b>" : ""),
                    mark.empty() ? "" : fmt::format("<span class=\"mark {}\">{}</span>", escape(mark), escape(mark)),
                    escape(parameter.at("source").get<std::string>()),
                    short_place(parameter.at("where").get<std::string>())});
  }
  return record(
      "parameters", "Parameters", fmt::format("{} values, to search", rows.size()),
      "<p>V: verified in a paper that was read; L: literature value, not checked; A: assumption; calc: follows from "
      "others.</p>\n<div class=\"controls\"><label>filter <input type=\"search\" id=\"parameter-filter\" "
      "placeholder=\"CD73, A, dose …\"></label><label><input type=\"checkbox\" id=\"parameter-marked\" checked> only "
      "those with a mark</label><span id=\"parameter-count\"></span></div>\n" +
          table({"parameter", "value", "range", "mark", "source", "set in"}, rows, {1}, "parameter-table"));
}

std::string metrics_section(const Comparison& comparison) {
  std::vector<std::vector<std::string>> rows;
  for (const auto& metric : comparison.document().at("metrics"))
    rows.push_back({"<code>" + escape(metric.at("name").get<std::string>()) + "</code>",
                    escape(unit_text(metric.at("unit").get<std::string>())),
                    escape(metric.at("description").get<std::string>())});
  return record("metrics", "What the quantities mean", "definitions and units",
                table({"metric", "unit", "definition"}, rows, {}));
}

/// A value of the provenance without the marks of JSON; entries of a list on lines of their own.
std::string plain_text(const nlohmann::json& value) {
  if (value.is_string()) return escape(value.get<std::string>());
  std::string text;
  if (value.is_object())
    for (const auto& [key, part] : value.items()) {
      const std::string shown = plain_text(part);
      if (!shown.empty()) text += (text.empty() ? "" : ", ") + escape(key) + ": " + shown;
    }
  else if (value.is_array())
    for (const auto& part : value) text += (text.empty() ? "" : "<br>") + plain_text(part);
  else
    text = escape(value.dump());
  return text;
}

std::string provenance_section(const Comparison& comparison) {
  std::string body;
  const auto& document = comparison.document();
  if (!document.at("failures").empty()) {
    std::vector<std::vector<std::string>> rows;
    for (const auto& failure : document.at("failures"))
      rows.push_back({escape(failure.at("arm").get<std::string>()), std::to_string(failure.at("replicate").get<int>()),
                      escape(failure.at("message").get<std::string>())});
    body += "<h3>Failed runs</h3>\n" + table({"arm", "replicate", "message"}, rows, {1});
  }
  if (!document.at("warnings").empty()) {
    body += "<h3>Warnings</h3>\n<ul>";
    for (const auto& warning : document.at("warnings")) body += "<li>" + escape(warning.get<std::string>()) + "</li>";
    body += "</ul>\n";
  }
  std::vector<std::vector<std::string>> rows;
  for (const auto& [key, value] : document.at("provenance").items()) {
    if (key == "scenario") continue;  // scenario.yaml beside the report
    rows.push_back({escape(key), plain_text(value)});
  }
  body += table({"what", ""}, rows, {});
  return record("provenance", "Provenance", "program, seed, checksums, warnings", body, true);
}

}  // namespace interstice::viz
