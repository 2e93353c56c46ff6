/// @file
/// What decides, and what is shown beside it: the verdicts, effects on the shared phenotype, receptor read-outs, edges.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "viz/report/html.h"
#include "viz/report/report_parts.h"
#include "viz/report/report_sections.h"
#include "viz/report/report_text.h"

namespace interstice::viz {
namespace {

using Json = nlohmann::json;

/// "extracellular over uptake", and below it how sure that is and what the effects are.
std::string verdict_cell(const Json& verdict) {
  if (verdict.at("preference").is_null())
    return fmt::format("<i>not judged</i> <span class=\"note\">{}</span>",
                       escape(verdict.at("note").get<std::string>()));
  return fmt::format("<b>{}</b><br><span class=\"note\">{:.0f} % of samples; effects {} and {}</span>",
                     escape(verdict.at("text").get<std::string>()), 100 * verdict.at("share").get<double>(),
                     signed_number(verdict.at("first").at("effect")), signed_number(verdict.at("second").at("effect")));
}

/// A row for every horizon and pair of sides, a column for each set of edges.
std::string verdict_rows(const Json& verdicts) {
  std::vector<std::string> edges;
  for (const Json& verdict : verdicts)
    if (std::ranges::find(edges, verdict.at("edges").get<std::string>()) == edges.end())
      edges.push_back(verdict.at("edges"));
  std::vector<std::string> head{"at", "compared"};
  for (const std::string& which : edges) head.push_back(which + " edges");
  std::vector<std::vector<std::string>> rows;
  for (const Json& verdict : verdicts) {
    if (verdict.at("edges") != edges.front()) continue;
    rows.push_back({"<b>" + escape(verdict.at("horizon_text").get<std::string>()) + "</b>",
                    escape(verdict.at("first").at("name").get<std::string>()) + " against " +
                        escape(verdict.at("second").at("name").get<std::string>())});
    for (const std::string& which : edges)
      for (const Json& other : verdicts)
        if (other.at("edges") == which && other.at("horizon") == verdict.at("horizon") &&
            other.at("first").at("name") == verdict.at("first").at("name"))
          rows.back().push_back(verdict_cell(other));
  }
  return table(head, rows, {}, "verdict-table");
}

/// What is to be known of some verdicts, each once.
std::string remarks_on(const Json& verdicts) {
  std::vector<std::string> said;
  for (const Json& verdict : verdicts)
    for (const Json& remark : verdict.at("remarks")) {
      const std::string text = escape(verdict.at("horizon_text").get<std::string>() + ": " + remark.get<std::string>());
      if (std::ranges::find(said, text) == said.end()) said.push_back(text);
    }
  std::string items;
  for (const std::string& text : said) items += "<li>" + text + "</li>\n";
  return items.empty() ? "" : "<ul class=\"note\">\n" + items + "</ul>\n";
}

std::string rules() {
  return "<p class=\"note\">Sides are arms that differ by their mechanisms alone; the stronger arm stands for its "
         "side. "
         "In at least 80 % of the bootstrap samples: <em>neither</em>, both effects below 0.05; <em>X over Y</em>, "
         "more "
         "than three times as large (0.05 at least); <em>equivalent</em>, neither of these. Otherwise "
         "<em>undetermined</em>. Published edges: what EVs do to cells by cargo or contact acts only where it is "
         "published. Receptor read-outs decide nothing.</p>\n";
}

/// What the phenotype is made of, term by term.
std::string terms_table(const Json& phenotype) {
  std::vector<std::vector<std::string>> rows;
  for (const Json& term : phenotype.at("terms")) {
    const std::string unit = term.at("unit");
    rows.push_back({fmt::format("<span title=\"{}\">{}</span>", escape(term.at("what").get<std::string>()),
                                escape(term.at("label").get<std::string>())),
                    escape(term.at("good").get<std::string>()),
                    number(term.at("range")) + (unit == "1" ? "" : " " + escape(unit_text(unit))),
                    number(term.at("weight"))});
  }
  return table({"term", "better is", "dynamic range", "share of the weight"}, rows, {2, 3});
}

/// One row per arm that is compared with another, one column per horizon.
std::string effects_table(const Comparison& comparison, const Json& horizons) {
  std::vector<std::string> head{"effect on the phenotype"};
  std::vector<std::size_t> numeric;
  for (const Json& horizon : horizons) {
    numeric.push_back(head.size());
    head.push_back(escape(horizon.at("text").get<std::string>()));
  }
  std::vector<std::vector<std::string>> rows;
  for (const auto& arm : comparison.arms()) {
    std::vector<std::string> row{"<b>" + escape(arm.name) + "</b>"};
    bool any = false;
    for (const Json& horizon : horizons) {
      const auto value = comparison.value(arm.name, "phenotype_effect." + horizon.at("subject").get<std::string>());
      any = any || value;
      row.push_back(horizon.at("time") > comparison.horizon()
                        ? "<i>not observable: the run ends at " + time_text(comparison.horizon()) + "</i>"
                        : value_text(value, "1"));
    }
    if (any) rows.push_back(std::move(row));
  }
  return table(head, rows, numeric, "effects-table");
}

/// What chance alone does, and EVs without a mechanism: for scale, and never drawn beside what is measured.
std::string chance_sentence(const Comparison& comparison) {
  std::vector<std::string> said;
  for (const ArmInfo& arm : comparison.arms()) {
    if (!arm.models.empty() || !arm.changes.empty() || (!arm.sham && !arm.vesicles)) continue;
    double most = 0;
    bool any = false;
    for (const Json& horizon : comparison.document().at("phenotype").at("horizons"))
      if (const auto value = comparison.value(arm.name, "phenotype_effect." + horizon.at("subject").get<std::string>());
          value && value->mean) {
        any = true;
        most = std::max(most, std::abs(*value->mean));
      }
    if (any)
      said.push_back(fmt::format("<b>{}</b> ({}) by at most {}", escape(arm.name),
                                 arm.sham ? "chance alone" : "EVs without a mechanism", number(most)));
  }
  if (said.empty()) return {};
  return "<p class=\"noise\"><b>Controls, for scale only:</b> they differ from the paired run without EVs: " +
         listed(said) + ". They are no results and are not drawn.</p>\n";
}

}  // namespace

std::string verdict_table(const Comparison& comparison) {
  const auto& document = comparison.document();
  const auto& verdicts = document.at("verdicts");
  if (verdicts.empty()) return {};
  return "<h3>Verdicts</h3>\n" + verdict_rows(verdicts) + remarks_on(verdicts) + rules();
}

std::string effects_section(const Comparison& comparison) {
  const auto& phenotype = comparison.document().at("phenotype");
  if (phenotype.is_null()) return {};
  std::string body =
      "<p>The phenotype is the weighted mean of its terms, each as a signed share of its dynamic range. An effect is "
      "the "
      "difference from the paired run without EVs: mean over replicates with its 95 % bootstrap interval. Above zero "
      "is "
      "better.</p>\n";
  body +=
      figure("effects-plot", "Effect on the shared phenotype with its 95 % bootstrap interval; grey counts as none.");
  body += chance_sentence(comparison) + verdict_table(comparison);
  if (comparison.replicates() > 1)
    body += details("Single replicates",
                    figure("replicate-plot", "A point for each replicate, a line at their mean; grey counts as none.",
                           R"(<label>after <select id="replicate-time"></select></label>)"));
  body += details("Effects of all arms", effects_table(comparison, phenotype.at("horizons")));
  body += details("What the phenotype is made of", terms_table(phenotype));
  body += details("What each term adds", folded_table(comparison, comparison.metrics("phenotype_term")));
  body += details("The phenotype itself", metric_table(comparison, comparison.metrics("phenotype")));
  return section("effects", "Effects on the shared phenotype", body);
}

std::string receptors_section(const Comparison& comparison) {
  const std::string counts = receptor_counts(comparison);
  if (counts.empty()) return {};
  return record(
      "receptors", "Receptor read-outs", "shown, not judged",
      "<p>Whether adenosine, touch or cargo reached a receptor or the cytosol. Each mechanism has its own, so "
      "that they cannot be compared with each other: they say that a mechanism is at work, not what it is "
      "worth.</p>\n" +
          counts + group(comparison, "influenced_per_ev_given", "Cells per EV given", Kind::receptor) +
          group(comparison, "influenced_per_ev_engaged", "Cells per EV engaged", Kind::receptor) +
          group(comparison, "mean_effect", "Mean effect at the end", Kind::receptor));
}

std::string edges_section(const Comparison& comparison) {
  const auto& edges = comparison.document().at("edges");
  if (edges.empty()) return {};
  std::vector<std::vector<std::string>> rows;
  for (const Json& edge : edges) {
    const std::string mark = edge.at("mark");
    rows.push_back({escape(edge.at("cell_type").get<std::string>()), escape(edge.at("mechanism").get<std::string>()),
                    fmt::format("<code>{}</code> {}", escape(edge.at("parameter").get<std::string>()),
                                escape(unit_text(edge.at("value").get<std::string>()))),
                    fmt::format("<span class=\"mark {0}\">{0}</span>", escape(mark)),
                    edge.at("left_out_of_published").get<bool>() ? "off" : "on",
                    escape(edge.at("source").get<std::string>())});
  }
  return record(
      "edges", "Effect edges", "by which mechanism EVs act on which cells, and on what evidence",
      "<p>By which mechanism EVs act on which cells. The mark says how well it is known that there is such an effect, "
      "not "
      "how large it is: V verified, L literature, A assumption. With published edges alone the assumed effects of "
      "cargo "
      "and contact are off. Those of enzymes and of what binds go through substances that the host has too; they stay "
      "on, assumed or not, which favours what EVs do outside cells.</p>\n" +
          table({"cells", "mechanism", "strength", "mark", "published", "evidence"}, rows, {}, "edge-table"));
}

}  // namespace interstice::viz
