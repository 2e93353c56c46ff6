#include "viz/report/report_front.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "viz/report/html.h"
#include "viz/report/report_parts.h"

namespace interstice::viz {
namespace {

using Json = nlohmann::json;

std::string text_of(const Json& value) { return escape(value.get<std::string>()); }

/// What a verdict says of a horizon, and of how much of what was drawn.
struct Clause {
  std::string lead, sentence, numbers, cells;  ///< cells: the side of uptake or contact
  std::vector<std::string> horizons;
};

/// "outside cells +0.116, uptake or contact 0.000".
std::string effects_of(const Json& verdict) {
  return fmt::format("outside cells {}, {} {}", signed_share(verdict.at("second").at("effect")),
                     text_of(verdict.at("first").at("name")), signed_share(verdict.at("first").at("effect")));
}

/// Neither side is three times the other, one of them counts at least: "equivalent" by the rule.
void tell_equivalent(const Json& verdict, Clause& clause) {
  constexpr double kCounts = 0.05;  // as the engine judges (kNegligible)
  const double first = verdict.at("first").at("effect"), second = verdict.at("second").at("effect");
  const bool first_counts = std::abs(first) >= kCounts, second_counts = std::abs(second) >= kCounts;
  if (first_counts != second_counts) {
    clause.lead =
        second_counts ? "outside the cells, but not clearly," : fmt::format("by {}, but not clearly,", clause.cells);
    clause.sentence = fmt::format("only {} reaches the 0.05 that count, and is not three times that",
                                  second_counts ? "what EVs do outside cells" : clause.cells);
  } else if (first_counts && first * second < 0) {
    clause.lead = "alike in size, opposite in sign";
    clause.sentence = "neither is three times the other, and they work against each other";
  } else {
    clause.lead = "both alike";
    clause.sentence = "neither side does three times what the other does";
  }
}

Clause clause_of(const Json& verdict) {
  const std::string preference = verdict.at("preference");
  Clause clause{{}, {}, {}, text_of(verdict.at("first").at("name")), {text_of(verdict.at("horizon_text"))}};
  const auto worse = [&](const char* side) { return verdict.at(side).at("effect") < 0 ? ", to the worse" : ""; };
  if (preference == "second") {
    clause.lead = fmt::format("outside the cells{}", worse("second"));
    clause.sentence = fmt::format("what EVs do outside cells does more than three times what {} does", clause.cells);
  } else if (preference == "first") {
    clause.lead = fmt::format("by {}{}", clause.cells, worse("first"));
    clause.sentence = fmt::format("{} does more than three times what EVs do outside cells", clause.cells);
  } else if (preference == "equivalent") {
    tell_equivalent(verdict, clause);
  } else if (preference == "neither") {
    clause.lead = "neither";
    clause.sentence = "no side moves it by the 0.05 that count";
  } else {
    clause.lead = "undetermined";
    clause.sentence = "the replicates do not decide";
  }
  clause.numbers = effects_of(verdict);
  if (preference != "undetermined")
    clause.numbers += fmt::format("; {:.0f} % of bootstrap samples over {} replicates",
                                  100 * verdict.at("share").get<double>(), verdict.at("replicates").get<int>());
  return clause;
}

/// The edges that the answer rests on: all, where the comparison ran with them.
std::string main_edges(const Comparison& comparison) {
  const auto& verdicts = comparison.document().at("verdicts");
  const bool all = std::ranges::any_of(verdicts, [](const Json& verdict) { return verdict.at("edges") == "all"; });
  return all ? "all" : "published";
}

/// The verdicts of these edges in the first contest: uptake or contact against what EVs do outside cells.
std::vector<Json> main_contest(const Comparison& comparison, std::string_view edges) {
  std::vector<Json> verdicts;
  for (const Json& verdict : comparison.document().at("verdicts"))
    if (verdict.at("edges") == edges &&
        (verdicts.empty() || verdict.at("first").at("name") == verdicts.front().at("first").at("name")))
      verdicts.push_back(verdict);
  return verdicts;
}

/// What published edges say where that is something else.
std::string published_sentence(const Comparison& comparison) {
  std::vector<std::string> as_above, other;
  const auto all = main_contest(comparison, "all"), published = main_contest(comparison, "published");
  for (const Json& verdict : published)
    for (const Json& same : all) {
      if (same.at("horizon") != verdict.at("horizon") || verdict.at("preference").is_null()) continue;
      (same.at("preference") == verdict.at("preference") ? as_above : other)
          .push_back(fmt::format("at {} {} ({})", text_of(verdict.at("horizon_text")), text_of(verdict.at("text")),
                                 effects_of(verdict)));
    }
  if (other.empty() && as_above.empty()) return {};
  return other.empty()
             ? fmt::format("With published edges alone the preference is the same: {}.", joined(as_above, "; "))
             : fmt::format("With published edges alone it is another: {}.", joined(other, "; "));
}

/// What this comparison cannot say, and what stands behind the answer.
std::string caveats(const Comparison& comparison) {
  std::vector<std::string> said;
  if (main_edges(comparison) == "published") said.emplace_back("Published edges alone were run.");
  for (const Json& verdict : main_contest(comparison, main_edges(comparison))) {
    const std::string when = text_of(verdict.at("horizon_text"));
    if (verdict.at("preference").is_null()) said.push_back(when + ": " + text_of(verdict.at("note")) + ".");
    for (const Json& remark : verdict.at("remarks")) said.push_back(when + ": " + text_of(remark) + ".");
  }
  if (const std::string published = published_sentence(comparison); !published.empty()) said.push_back(published);
  const auto& failures = comparison.document().at("failures");
  if (!failures.empty())
    said.push_back(fmt::format("<b>{} run{} failed</b> and are left out (<a href=\"#provenance\">which</a>).",
                               failures.size(), failures.size() == 1 ? "" : "s"));
  return said.empty() ? "" : "<p class=\"caveat\">" + joined(said, " ") + "</p>\n";
}

/// Percentile intervals of few replicates are too narrow: by normal noise they hold about P(|t| < 1.96 sqrt(1 - 1/n))
/// of means, Student's t of n - 1 degrees of freedom; of two, whose interval ends at both values, half.
std::string intervals(std::size_t replicates) {
  constexpr int kHeld[] = {0, 0, 50, 75, 81, 85, 87, 88};  // [%]
  const std::string few =
      replicates < std::size(kHeld) ? fmt::format("; of {} they hold some {} %", replicates, kHeld[replicates]) : "";
  return "brackets: <b>95 %</b> bootstrap intervals over replicates" + few +
         "; what is unknown of parameters is not in them";
}

std::string facts(const Comparison& comparison) {
  const Json& document = comparison.document();
  std::vector<std::string> items;
  for (const Json& vesicles : document.at("vesicles")) {
    const double weight = vesicles.at("weight");
    items.push_back(fmt::format("<b>{}</b> {}{}", number(vesicles.at("dosed")), text_of(vesicles.at("class")),
                                vesicles.at("counted").get<bool>() ? ", counted per voxel"
                                : weight == 1                      ? ", each by itself"
                                                                   : fmt::format(", {} to an agent", number(weight))));
  }
  items.push_back(fmt::format("<b>{}</b> simulated", time_text(comparison.horizon())));
  const std::size_t wanted = document.at("recommended_replicates");
  items.push_back(fmt::format("<b>{}</b> paired replicate{}{}", comparison.replicates(),
                              comparison.replicates() == 1 ? "" : "s",
                              comparison.replicates() < wanted ? fmt::format(" ({} wanted)", wanted) : ""));
  if (comparison.replicates() > 1) items.push_back(intervals(comparison.replicates()));
  std::size_t marked = 0, assumed = 0;
  for (const Json& parameter : document.at("parameters")) {
    marked += parameter.at("mark").get<std::string>().empty() ? 0 : 1;
    assumed += parameter.at("mark") == "A" ? 1 : 0;
  }
  if (marked > 0) items.push_back(fmt::format("<b>{}</b> of {} marked parameters are assumptions", assumed, marked));
  items.push_back("parameters: " + text_of(document.at("parameter_set")));
  return "<ul class=\"facts\"><li>" + joined(items, "</li><li>") + "</li></ul>\n";
}

// ---- cards

struct Support {
  const char* chip;
  std::string text;
};
Support support_of(const ArmInfo& arm, const Json& horizon, double end, const std::optional<ArmValue>& value,
                   double limit) {
  if (horizon.at("time") > end) return {"nob", "◌ beyond the end"};
  const bool early = arm.delay > horizon.at("time").get<double>();
  const Support too_early{"nob", "◌ too early: acts after " + time_text(arm.delay)};
  if (!value || !value->mean) return {"nob", "no value"};
  if (value->status == Status::not_observable) return early ? too_early : Support{"nob", "◌ not observable"};
  if (value->n < 2) return {"und", "? one replicate"};  // which decides nothing
  if (value->low > limit) return {"yes", "▲ supported"};
  if (value->high < -limit) return {"worse", "▼ to the worse"};
  if (value->low > -limit && value->high < limit) return early ? too_early : Support{"no", "= no relevant effect"};
  return {"und", "? undetermined"};
}

/// Effect and interval on an axis that all cards share.
class Bar {
 public:
  Bar(double low, double high, double limit) : low_(low), high_(high), limit_(limit) {}

  [[nodiscard]] std::string of(const ArmValue& value) const {
    return fmt::format(
        "<svg viewBox=\"0 0 120 14\" aria-hidden=\"true\"><rect x=\"{0:.1f}\" y=\"0\" width=\"{1:.1f}\" height=\"14\" "
        "class=\"none\"/><line x1=\"{2:.1f}\" x2=\"{2:.1f}\" y1=\"0\" y2=\"14\" class=\"zero\"/><line x1=\"{3:.1f}\" "
        "x2=\"{4:.1f}\" y1=\"7\" y2=\"7\" class=\"ci\"/><circle cx=\"{5:.1f}\" cy=\"7\" r=\"4\"/></svg>",
        at(-limit_), at(limit_) - at(-limit_), at(0), at(value.low) - 1, at(value.high) + 1, at(*value.mean));
  }

 private:
  [[nodiscard]] double at(double x) const { return 5 + 110 * (x - low_) / (high_ - low_); }
  double low_, high_, limit_;
};

std::vector<ArmInfo> hypotheses(const Comparison& comparison) {
  std::vector<ArmInfo> arms;
  for (const ArmInfo& arm : comparison.arms())
    if (!arm.models.empty() && arm.changes.empty() && !comparison.is_second_run(arm)) arms.push_back(arm);
  return arms;
}

std::string way(const ArmInfo& arm) {
  if (arm.side == "uptake") return "cargo released inside cells";
  if (arm.side == "contact") return "EV ligands on receptors of cells";
  if (arm.side == "extracellular") return "enzymes and binding, outside cells";
  if (arm.side == "several") return "several ways at once";
  return escape(joined(arm.models, ", "));
}

std::string metric_at(const Json& horizon) { return "phenotype_effect." + horizon.at("subject").get<std::string>(); }

/// The effect, with its interval where several replicates give one.
std::string numbers_of(const ArmValue& value, const Bar& bar) {
  const std::string mean = signed_share(*value.mean);
  if (value.n < 2) return fmt::format("<span class=\"num\">{}</span><span></span>", mean);
  return fmt::format("<span class=\"num\">{} <small>[{}, {}]</small></span>{}", mean, signed_share(value.low),
                     signed_share(value.high), bar.of(value));
}

std::string card(const Comparison& comparison, const ArmInfo& arm, const Bar& bar, double limit) {
  std::string rows;
  for (const Json& horizon : comparison.document().at("phenotype").at("horizons")) {
    const auto value = comparison.value(arm.name, metric_at(horizon));
    const Support support = support_of(arm, horizon, comparison.horizon(), value, limit);
    std::string numbers = "<span class=\"num\"></span><span></span>";
    if (value && value->mean && value->status != Status::not_observable && horizon.at("time") <= comparison.horizon())
      numbers = numbers_of(*value, bar);
    rows += fmt::format("<div class=\"at\"><span class=\"when\">{}</span><span class=\"chip {}\">{}</span>{}</div>\n",
                        text_of(horizon.at("text")), support.chip, support.text, numbers);
  }
  const auto mean_of = [&](const char* metric) {
    const auto value = comparison.value(arm.name, metric);
    return value ? value->mean : std::nullopt;
  };
  std::string engaged;
  if (const auto given = mean_of("ev.given"), acted = mean_of("ev.engaged"); given && acted && *given > 0)
    engaged = fmt::format("<dl><dt>{}</dt><dd>{} <small>({} %)</small></dd></dl>",
                          arm.side == "extracellular" ? "EVs that carry it" : "EVs that acted", number(*acted),
                          number(100 * *acted / *given));
  return fmt::format(
      "<article class=\"card {}\"><header><svg width=\"16\" height=\"16\" viewBox=\"-8 -8 16 16\" aria-hidden=\"true\">"
      "<circle r=\"6\"/></svg><div><h3>{}</h3><p>{}</p></div></header>\n{}{}</article>\n",
      arm.side.empty() ? "other" : escape(arm.side), escape(arm.name), way(arm), rows, engaged);
}

/// The span of all effects that cards show, and of the limit on both sides.
Bar bar_for(const Comparison& comparison, const std::vector<ArmInfo>& arms, double limit) {
  double low = -1.6 * limit, high = 1.6 * limit;
  for (const ArmInfo& arm : arms)
    for (const Json& horizon : comparison.document().at("phenotype").at("horizons"))
      if (const auto value = comparison.value(arm.name, metric_at(horizon)); value && value->mean) {
        low = std::min(low, value->low);
        high = std::max(high, value->high);
      }
  return {low, high, limit};
}

/// Its first sentence; what follows is folded.
std::string description(const std::string& text) {
  const std::size_t end = text.find(". ");
  const std::string first = text.substr(0, end == std::string::npos ? end : end + 1);
  std::string out = "<p class=\"description\">" + unit_text(escape(first)) + "</p>\n";
  if (end != std::string::npos)
    out += "<details class=\"description\"><summary>More of what is simulated</summary>\n<p>" +
           unit_text(escape(text.substr(end + 2))) + "</p></details>\n";
  return out;
}

}  // namespace

std::string headline(const Comparison& comparison) {
  std::vector<Clause> clauses;
  for (const Json& verdict : main_contest(comparison, main_edges(comparison))) {
    if (verdict.at("preference").is_null()) continue;
    Clause clause = clause_of(verdict);
    if (!clauses.empty() && clauses.back().lead == clause.lead) {
      clauses.back().numbers = fmt::format("at {} {}", clause.horizons.front(), clause.numbers);
      clauses.back().horizons.push_back(clause.horizons.front());
    } else {
      clauses.push_back(std::move(clause));
    }
  }
  if (clauses.empty())
    return comparison.document().at("phenotype").is_null()
               ? "No verdict: this scenario declares no phenotype to judge by (<code>compare.phenotype</code>)."
               : "No verdict: not both sides could be seen (see below).";
  std::string lead, rest;
  for (const Clause& clause : clauses) {
    lead += fmt::format("{}{} at {}", lead.empty() ? "" : "; ", clause.lead, listed(clause.horizons));
    rest += fmt::format(" At {} {} ({}).", listed(clause.horizons), clause.sentence, clause.numbers);
  }
  lead[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(lead[0])));
  return fmt::format("<b>{}.</b>{}", lead, rest);
}

std::string front(const Comparison& comparison) {
  const Json& document = comparison.document();
  std::string out = fmt::format("<p class=\"kicker\">Question</p>\n<h1>{}</h1>\n{}",
                                unit_text(text_of(document.at("title"))), description(document.at("description")));
  const std::string what =
      document.at("phenotype").is_null()
          ? ""
          : fmt::format(": what explains the effect on “{}”?", text_of(document.at("phenotype").at("label")));
  return out +
         fmt::format("<p class=\"kicker\">Answer{}</p>\n<p class=\"answer\">{}</p>\n", what, headline(comparison)) +
         caveats(comparison) + facts(comparison);
}

std::string still_figure(const Still& still) {
  if (still.jpeg.empty()) return {};
  const std::string caption = escape(still.caption);
  return fmt::format(
      "<figure class=\"still\"><img alt=\"The tissue: {0}\" src=\"data:image/jpeg;base64,{1}\"><figcaption>{0}. Cells "
      "are spheres of their true size, dots are EVs; replicate 0, the same tissue and random "
      "numbers.</figcaption></figure>"
      "\n",
      caption, base64(still.jpeg));
}

std::string cards(const Comparison& comparison) {
  const Json& phenotype = comparison.document().at("phenotype");
  const auto arms = hypotheses(comparison);
  if (phenotype.is_null() || arms.empty()) return {};
  const double limit = phenotype.at("limit");
  const Bar bar = bar_for(comparison, arms, limit);
  std::string out = "<section id=\"hypotheses\" aria-label=\"The hypotheses\">\n<div class=\"cards\">\n";
  for (const ArmInfo& arm : arms) out += card(comparison, arm, bar, limit);
  return out +
         fmt::format(
             "</div>\n<p class=\"legend\">Effect on “{}” less that of the paired run without EVs, as a share of its "
             "dynamic range. Grey: within ±{}, which counts as none. <span class=\"chip yes\">▲ supported</span> the "
             "whole interval lies above it, <span class=\"chip worse\">▼ to the worse</span> below it, <span "
             "class=\"chip no\">= no relevant effect</span> within it, <span "
             "class=\"chip und\">? undetermined</span> across it; <span class=\"chip nob\">◌ not observable</span> the "
             "run is too short, <span class=\"chip nob\">◌ too early</span> the arm acts later than "
             "that.</p>\n</section>\n",
             text_of(phenotype.at("label")), number(limit));
}

}  // namespace interstice::viz
