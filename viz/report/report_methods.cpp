#include "viz/report/report_methods.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <vector>

#include "viz/report/html.h"
#include "viz/report/report_parts.h"

namespace interstice::viz {
namespace {

using Json = nlohmann::json;

/// A key of the provenance as text; "" where there is none.
std::string known(const Comparison& comparison, const char* key) {
  const Json& provenance = comparison.document().at("provenance");
  const auto found = provenance.find(key);
  if (found == provenance.end()) return {};
  return escape(found->is_string() ? found->get<std::string>() : found->dump());
}

/// The first of these that the provenance has.
std::string program(const Comparison& comparison) {
  for (const char* key : {"program", "version"})
    if (std::string text = known(comparison, key); !text.empty()) return text;
  return "Interstice";
}

std::string dose(const Comparison& comparison) {
  std::vector<std::string> classes;
  for (const Json& vesicles : comparison.document().at("vesicles"))
    classes.push_back(
        fmt::format("{} {}", number(vesicles.at("dosed")), escape(vesicles.at("class").get<std::string>())));
  return classes.empty() ? "No EVs were given" : listed(classes) + " were given in all arms with EVs";
}

std::string arms(const Comparison& comparison) {
  std::vector<std::string> said, published;
  const auto reference =
      std::ranges::find_if(comparison.arms(), [](const ArmInfo& a) { return !a.vesicles && !a.sham; });
  for (const ArmInfo& arm : comparison.arms()) {
    if (comparison.is_second_run(arm)) {
      published.push_back(fmt::format("{} without {}", escape(arm.of), escape(listed(arm.edges_left_out))));
      continue;
    }
    std::string what =
        arm.models.empty() ? (arm.vesicles ? "EVs without a mechanism" : "no EVs") : escape(joined(arm.models, ", "));
    if (arm.sham) what += ", other noise of chemotaxis: chance alone";
    for (const std::string& change : arm.changes) what += "; " + escape(change);
    if (!arm.control.empty() && arm.control != reference->name) what += "; compared with " + escape(arm.control);
    said.push_back(fmt::format("{} ({})", escape(arm.name), what));
  }
  std::string text = fmt::format("{} arms shared tissue and random numbers: {}", said.size(), listed(said));
  if (!published.empty())
    text += fmt::format(". Arms with assumed effect edges ran a second time with published edges alone: {}",
                        listed(published));
  return text;
}

std::string judgement(const Comparison& comparison) {
  const Json& phenotype = comparison.document().at("phenotype");
  if (phenotype.is_null()) return {};
  std::vector<std::string> terms, horizons;
  for (const Json& term : phenotype.at("terms"))
    terms.push_back(fmt::format("{} ({} is better, range {}, weight {})", escape(term.at("label").get<std::string>()),
                                escape(term.at("good").get<std::string>()), number(term.at("range")),
                                number(term.at("weight"))));
  for (const Json& horizon : phenotype.at("horizons"))
    horizons.push_back(escape(horizon.at("text").get<std::string>()));
  return fmt::format(
      " The shared phenotype was the weighted mean of {1}, each as a share of its dynamic range, at {2}. The "
      "strongest arm stood for its side; effects below {0} counted as {0}. In at least 80 % of bootstrap samples over "
      "replicates one side was preferred where it did more than three times what the other did, neither where both "
      "were below {0}, both were equivalent where none of this held; all else is undetermined.",
      number(phenotype.at("limit")), listed(terms), listed(horizons));
}

/// The command that does it once more, from the scenario beside the report.
std::string repeat_command(const Comparison& comparison) {
  if (!known(comparison, "arm").starts_with("compare "))  // its scenario names the arm, and has the replicate's seed
    return "interstice run scenario.yaml -o again";
  std::vector<std::string> arms;
  for (const ArmInfo& arm : comparison.arms())
    if (!comparison.is_second_run(arm)) arms.push_back(escape(arm.name));
  return fmt::format("interstice compare scenario.yaml --arms {} --replicates {} -o again", joined(arms, ","),
                     comparison.replicates());
}

std::string copied(const char* id, const std::string& text, const char* tag = "p") {
  return fmt::format(
      "<{0} id=\"{1}\"{3}>{2}</{0}>\n<p class=\"tools\"><button type=\"button\" "
      "data-copy=\"{1}\">Copy</button></p>\n",
      tag, id, text, std::string_view(tag) == "pre" ? " tabindex=\"0\"" : "");
}

}  // namespace

std::string methods_section(const Comparison& comparison) {
  const std::string text = fmt::format(
      "We simulated “{}” with {} for {}. {}. {}. Every arm was run with {} replicate{}; replicate k of every arm had "
      "the random numbers of replicate k of the others. Effects are paired differences from the run without EVs of "
      "the same replicate{}{} An effect was called not "
      "observable where the run was shorter than the delay of the mechanism or of the read-out.",
      escape(comparison.document().at("title").get<std::string>()), program(comparison),
      time_text(comparison.horizon()), dose(comparison), arms(comparison), comparison.replicates(),
      comparison.replicates() == 1 ? "" : "s",
      comparison.replicates() == 1 ? "." : ": means with 95 % percentile bootstrap intervals over replicates.",
      judgement(comparison));
  return record(
      "methods", "Methods", "a paragraph to paste, and how to repeat it",
      copied("methods-text", unit_text(text)) +
          "<p>The resolved scenario lies beside this report; with the same build it gives the same bits:</p>\n" +
          copied("repeat-text", repeat_command(comparison), "pre"),
      true);
}

std::string equations_section(const Comparison& comparison) {
  const Json equations = comparison.document().value("equations", Json::array());
  std::string text;
  for (const Json& group : equations) {
    text += fmt::format("{}{}\n", text.empty() ? "" : "\n", escape(group.at("of").get<std::string>()));
    for (const Json& line : group.at("lines")) text += "  " + escape(line.get<std::string>()) + "\n";
  }
  if (text.empty()) return {};
  return record(
      "equations", "Equations", "of the models, reactions and cells in use, to paste",
      "<p>In the words of the scenario. H(x, K) = x/(K + x), with an exponent x^n/(K^n + x^n); any(a, b) = 1 − (1 − "
      "a)(1 − b); u is a random number between 0 and 1 that a cell keeps. The numbers behind the names stand under "
      "Parameters. EVs move, adsorb and are taken up as their parameters say (Brownian motion; rates per contact); "
      "fields diffuse.</p>\n" +
          copied("equations-text", text, "pre"));
}

std::string citation_section(const Comparison& comparison) {
  std::string text = fmt::format(
      "Interstice contributors. Interstice: an agent-based simulator of extracellular "
      "vesicles in injured tissue. {}, BSD-3-Clause.",
      program(comparison));
  if (const std::string sum = known(comparison, "scenario_sha256"); !sum.empty())
    text += fmt::format(" Scenario with SHA-256 {}.", sum);
  if (const std::string seed = known(comparison, "seed"); !seed.empty()) text += fmt::format(" Seed {}.", seed);
  return record("citation", "How to cite", "program and scenario", copied("citation-text", text), true);
}

std::string files_section() {
  return record("files", "Data", "every number of this report",
                "<p>Beside this report: <code>summary.csv</code> (every metric of every replicate), "
                "<code>compare.json</code> (curves, effects, intervals), <code>scenario.yaml</code> (all inputs, "
                "resolved). Each figure has its own CSV and SVG.</p>\n");
}

}  // namespace interstice::viz
