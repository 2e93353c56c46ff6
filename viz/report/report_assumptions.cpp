/// @file
/// The assumptions of this scenario and which hypothesis each favours. Every sentence follows from numbers of this
/// comparison; one whose number is missing is left out.
#include <fmt/format.h>

#include <algorithm>

#include "viz/report/html.h"
#include "viz/report/report_parts.h"
#include "viz/report/report_text.h"

namespace interstice::viz {
namespace {

std::string percent(double share) { return number(100 * share) + " %"; }

std::optional<double> mean_of(const Comparison& comparison, const std::string& arm, const std::string& metric) {
  const auto value = comparison.value(arm, metric);
  return value ? value->mean : std::nullopt;
}

/// What was there before the cells released anything: EVs with enzymes can use it at once.
std::string substrate(const Comparison& comparison) {
  const ArmInfo& arm = comparison.arms().front();
  const auto start = mean_of(comparison, arm.name, "budget.at_start");
  if (!start) return {};
  const double released = mean_of(comparison, arm.name, "budget.supplied").value_or(0);
  if (!(*start + released > 0)) return {};
  const double share = *start / (*start + released);
  return fmt::format(
      "<li><b>Substrate:</b> {} of the chain's molecules were there at the start, {} were released by cells during the "
      "run. {}</li>\n",
      percent(share), percent(1 - share),
      share > 0.5 ? "Enzymes on EVs found their substrate at once: this favours extracellular modulation."
                  : "Most substrate had to be released first: this disfavours enzymes on EVs.");
}

std::string enzymes(const Comparison& comparison) {
  std::string out;
  for (const auto& arm : comparison.arms()) {
    const auto share = mean_of(comparison, arm.name, "flux.ev_share");
    if (share && *share > 0)
      out += fmt::format("{}{} in <b>{}</b>", out.empty() ? "" : ", ", percent(*share), escape(arm.name));
  }
  if (out.empty()) return {};
  return fmt::format("<li><b>Enzymes of the host:</b> of all {} made, EVs made {}; the host made the rest.</li>\n",
                     escape(comparison.document().at("primary").at("field").get<std::string>()), out);
}

/// How many EVs were at cells in the end, and how many had delivered cargo: an upper bound of what uptake can do.
std::string access(const Comparison& comparison) {
  const auto arm =
      std::find_if(comparison.arms().begin(), comparison.arms().end(), [](const ArmInfo& a) { return a.vesicles; });
  if (arm == comparison.arms().end()) return {};
  std::string out;
  for (const auto& vesicles : comparison.document().at("vesicles")) {
    const std::string klass = vesicles.at("class");
    const auto share = [&](const char* place) {
      return mean_of(comparison, arm->name, fmt::format("fate.{}.{}", klass, place)).value_or(0);
    };
    const double released = share("released"),
                 met = share("adsorbed") + share("endosomal") + share("degraded") + released;
    out += fmt::format(
        "<li><b>Access of {}:</b> at the end {} of the dose was on or in cells, and {} had delivered cargo: no more "
        "than these can have acted by cargo in this run.</li>\n",
        escape(klass), percent(met), percent(released));
  }
  return out;
}

/// The parameters that weigh most, with their values in this scenario.
std::string assumed(const Comparison& comparison) {
  std::string out;
  std::size_t marked = 0, assumptions = 0;
  for (const auto& parameter : comparison.document().at("parameters")) {
    const std::string path = parameter.at("path"), mark = parameter.at("mark");
    marked += mark.empty() ? 0 : 1;
    assumptions += mark == "A" ? 1 : 0;
    if (!path.ends_with(".released_fraction")) continue;
    out += fmt::format(
        "<li><b>Cargo:</b> <code>{}</code> is {} (range {}): the effect of uptake is proportional to it.</li>\n",
        escape(path), escape(parameter.at("value").get<std::string>()),
        escape(parameter.at("range").get<std::string>()));
  }
  if (marked > 0)
    out += fmt::format("<li><b>Assumptions:</b> {} of the {} parameters with a mark are assumptions (A).</li>\n",
                       assumptions, marked);
  return out;
}

/// Whether one EV influenced a whole cell, or many EVs together did.
std::string collective(const Comparison& comparison) {
  std::string best_arm, best_metric;
  double best = 0;
  for (const auto& metric : comparison.metrics("influenced_per_ev_given"))
    for (const auto& arm : comparison.arms()) {
      if (is_receptor(comparison, metric)) break;
      const auto value = comparison.value(arm.name, metric);
      if (!value || !value->mean || value->low <= 0 || *value->mean <= best) continue;
      best = *value->mean;
      best_arm = arm.name;
      best_metric = metric;
    }
  if (best_arm.empty()) return {};
  return fmt::format(
      "<li><b>Cells per EV:</b> the most was {} cells per EV given (<b>{}</b>, {}). {}</li>\n", number(best),
      escape(best_arm), escape(comparison.subject(best_metric)),
      best < 1 ? "Below one, many EVs together influenced each cell." : "Each influenced cell needed one EV or fewer.");
}

}  // namespace

std::string assumptions(const Comparison& comparison) {
  std::string sets;
  for (const auto& name : comparison.document().at("parameter_sets"))
    sets += fmt::format("{}<code>--parameters {}</code>", sets.empty() ? "" : ", ", escape(name.get<std::string>()));
  const std::string others = sets.empty() ? "The scenario has no other sets: vary what is marked A."
                                          : "Its sets (" + sets + ") show how much the answer depends on it.";
  return "<ul>\n" + substrate(comparison) + enzymes(comparison) + access(comparison) + collective(comparison) +
         assumed(comparison) +
         fmt::format("<li>Parameter set of this comparison: <b>{}</b>. {}</li>\n</ul>\n",
                     escape(comparison.document().at("parameter_set").get<std::string>()), others);
}

}  // namespace interstice::viz
