/// @file
/// The sentences of the report.
#include "viz/report/report_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "viz/report/html.h"
#include "viz/report/report_parts.h"

namespace interstice::viz {
namespace {

std::string bold(const std::string& arm) { return "<b>" + escape(arm) + "</b>"; }

/// Arms that cross at about the same time (2 %) are told together.
struct Crossing {
  double time = 0, low = 0, high = 0;
  std::vector<std::string> arms;
};

std::string metric_of(const Comparison& comparison, double threshold) {
  return fmt::format("primary.time_to.{:g}{}", threshold,
                     comparison.document().at("primary").at("unit").get<std::string>());
}

std::string crossing_sentence(const Comparison& comparison, double threshold) {
  const auto& primary = comparison.document().at("primary");
  std::vector<Crossing> crossings;
  std::vector<std::string> never;
  for (const auto& arm : comparison.arms()) {
    if (comparison.is_second_run(arm)) continue;
    const auto value = comparison.value(arm.name, metric_of(comparison, threshold));
    if (!value || !value->mean) {
      if (value && value->status == Status::not_reached) never.push_back(bold(arm.name));
      continue;
    }
    const auto same = std::find_if(crossings.begin(), crossings.end(),
                                   [&](const Crossing& c) { return std::abs(c.time - *value->mean) <= 0.02 * c.time; });
    if (same != crossings.end())
      same->arms.push_back(bold(arm.name));
    else
      crossings.push_back({*value->mean, value->low, value->high, {bold(arm.name)}});
  }
  std::sort(crossings.begin(), crossings.end(), [](const auto& a, const auto& b) { return a.time < b.time; });
  const std::string level = fmt::format("{} {}", number(threshold), unit_text(primary.at("unit").get<std::string>()));
  if (crossings.empty() && never.empty()) return {};
  if (crossings.empty()) return fmt::format("No arm reaches {} within {}. ", level, time_text(comparison.horizon()));
  std::vector<std::string> parts;
  for (const auto& crossing : crossings) {
    const TimeUnit unit = time_unit(crossing.time);
    std::string interval;
    if (crossing.low < crossing.high)
      interval = fmt::format(" (95 % CI {}–{} {})", number(crossing.low / unit.seconds),
                             number(crossing.high / unit.seconds), unit.name);
    parts.push_back(fmt::format("{} after {}{}", listed(crossing.arms), time_text(crossing.time), interval));
  }
  std::string sentence = fmt::format("Mean {} in the {} reaches {}: {}", escape(primary.at("field").get<std::string>()),
                                     escape(primary.at("region").get<std::string>()), level, joined(parts, "; "));
  if (!never.empty()) sentence += fmt::format("; not within {}: {}", time_text(comparison.horizon()), listed(never));
  return sentence + ". ";
}

std::string key_of(const nlohmann::json& reporter) {
  return reporter.at("cell_type").get<std::string>() + "." + reporter.at("name").get<std::string>();
}

std::string name_of(const nlohmann::json& reporter) {
  return escape(reporter.at("cell_type").get<std::string>() + " " + reporter.at("name").get<std::string>());
}

/// What the count of an arm in a reporter says.
enum class Verdict { differs, no_difference, not_observable, not_counted };

struct Count {
  Verdict verdict = Verdict::not_counted;
  std::string shown;   ///< HTML for the table
  std::string reason;  ///< why it was not counted
};

constexpr const char* kNotCounted = "<i>not counted: ";

std::string count_metric(const nlohmann::json& reporter) { return "influenced_minus_sham." + key_of(reporter); }

/// Without a reference nothing was compared, without a sham nothing subtracted: neither is a null result.
std::string reason_not_counted(const Comparison& comparison, const std::optional<ArmValue>& value) {
  const bool has_sham = std::any_of(comparison.arms().begin(), comparison.arms().end(),
                                    [](const ArmInfo& arm) { return !arm.vesicles && arm.sham; });
  if (comparison.reference().empty() && !has_sham) return "needs the arms vehicle and sham";
  if (comparison.reference().empty()) return "needs an arm vehicle";
  if (!has_sham) return "needs an arm sham";
  return value && !value->note.empty() ? escape(value->note) : "no run has a value";
}

Count count_of(const Comparison& comparison, const ArmInfo& arm, const nlohmann::json& reporter) {
  const auto value = comparison.value(arm.name, count_metric(reporter));
  if (!value || !value->mean) {
    const std::string reason = reason_not_counted(comparison, value);
    return {Verdict::not_counted, std::string(kNotCounted) + reason + "</i>", reason};
  }
  if (value->status == Status::not_observable) return {Verdict::not_observable, "<i>not observable</i>", {}};
  const std::string shown = value_text(value, "cell");
  if (value->low > 0) return {Verdict::differs, "<b>" + shown + "</b>", {}};
  return {Verdict::no_difference, shown, {}};
}

std::vector<ArmInfo> acting_arms(const Comparison& comparison) {
  std::vector<ArmInfo> acting;
  for (const auto& arm : comparison.arms())
    if (!arm.models.empty() && !comparison.is_second_run(arm)) acting.push_back(arm);
  return acting;
}

/// The counts of all acting arms, sorted into what can be said.
struct Influenced {
  std::vector<std::vector<std::string>> rows;                   ///< of the table: reporters in which an arm differs
  std::map<std::string, std::vector<std::string>> found;        ///< by arm: reporters in which it differs
  std::map<std::string, std::size_t> unobservable;              ///< by arm: reporters that the horizon cannot show
  std::vector<std::string> silent, too_slow;                    ///< reporters
  std::size_t reporters = 0;                                    ///< of the kind that is counted
  std::map<std::string, std::vector<std::string>> not_counted;  ///< by reason: reporters
};

void sort_in(const Comparison& comparison, const nlohmann::json& reporter, const std::vector<ArmInfo>& acting,
             Influenced& all) {
  const std::string name = name_of(reporter);
  std::vector<std::string> row{name};
  bool differs = false, judged = false;
  std::string reason;
  for (const auto& arm : acting) {
    const Count count = count_of(comparison, arm, reporter);
    row.push_back(count.shown);
    if (count.verdict == Verdict::differs) all.found[arm.name].push_back(name);
    if (count.verdict == Verdict::not_observable) ++all.unobservable[arm.name];
    differs = differs || count.verdict == Verdict::differs;
    judged = judged || count.verdict == Verdict::no_difference;
    if (reason.empty()) reason = count.reason;
  }
  if (differs)
    all.rows.push_back(std::move(row));
  else if (judged)
    all.silent.push_back(name);
  else if (!reason.empty())
    all.not_counted[reason].push_back(name);
  else
    all.too_slow.push_back(name);
}

Influenced sort_counts(const Comparison& comparison, const std::vector<ArmInfo>& acting, Kind kind) {
  Influenced all;
  for (const auto& reporter : comparison.document().at("reporters")) {
    if (reporter.at("receptor").get<bool>() != (kind == Kind::receptor)) continue;
    ++all.reporters;
    sort_in(comparison, reporter, acting, all);
  }
  return all;
}

std::string reporter_count(std::size_t count) { return fmt::format("{} reporter{}", count, count == 1 ? "" : "s"); }

std::string influence_headline(const std::vector<ArmInfo>& acting, const Influenced& all) {
  std::vector<std::string> parts;
  for (const auto& arm : acting)
    if (const auto found = all.found.find(arm.name); found != all.found.end())
      parts.push_back(fmt::format("{} in {}", bold(arm.name), found->second.size()));
  if (parts.empty()) return {};
  return fmt::format("More cells than by chance (sham) were influenced by {} of {}; see the table. ", listed(parts),
                     reporter_count(all.reporters) + " of what cells do");
}

/// The counts: a table of what was found, and a line for each kind of silence.
std::string influence_table(const Comparison& comparison, const std::vector<ArmInfo>& acting, const Influenced& all,
                            std::string_view id) {
  std::string out;
  if (!all.rows.empty()) {
    std::vector<std::string> head{"cells influenced beyond the sham"}, uncounted;
    std::vector<std::vector<std::string>> rows;
    for (const auto& row : all.rows) rows.push_back({row.front()});
    std::vector<std::size_t> numeric;
    for (std::size_t a = 0; a < acting.size(); ++a) {
      if (std::ranges::all_of(all.rows, [a](const auto& row) { return row[a + 1].starts_with(kNotCounted); })) {
        uncounted.push_back(bold(acting[a].name));
        continue;
      }
      numeric.push_back(head.size());
      head.push_back(escape(acting[a].name));
      for (std::size_t r = 0; r < rows.size(); ++r) rows[r].push_back(all.rows[r][a + 1]);
    }
    out += table(head, rows, numeric, id);
    if (!uncounted.empty())
      out += fmt::format("<p class=\"note\">Not counted for want of a sham of their own: {}.</p>\n", listed(uncounted));
    out +=
        "<p class=\"note\">Mean and 95 % interval over replicates; bold where the interval lies above zero. \"Not "
        "observable\": the "
        "run is shorter than the delay of the mechanism or of the reporter.</p>\n";
  }
  std::string items;
  if (!all.silent.empty())
    items += fmt::format("<li>No arm that can be judged differed detectably from the sham within {}: {}.</li>\n",
                         time_text(comparison.horizon()), joined(all.silent, ", "));
  for (const auto& [reason, names] : all.not_counted)
    items += fmt::format("<li>Not counted ({}): {}.</li>\n", reason, joined(names, ", "));
  if (!all.too_slow.empty())
    items += fmt::format("<li>Not observable in this horizon, for the effect takes longer than {}: {}.</li>\n",
                         time_text(comparison.horizon()), joined(all.too_slow, ", "));
  if (!items.empty()) out += "<ul class=\"note\">\n" + items + "</ul>\n";
  return out;
}

/// Arms whose own delay is longer than the run: what of them was seen all the same, and what cannot be.
std::string unobservable_sentence(const Comparison& comparison, const std::vector<ArmInfo>& acting,
                                  const Influenced& all) {
  std::vector<std::string> unseen, partly;
  for (const auto& arm : acting) {
    if (arm.delay <= comparison.horizon()) continue;
    const std::string name = fmt::format("{} (own delay {})", bold(arm.name), time_text(arm.delay));
    const auto found = all.found.find(arm.name);
    if (found == all.found.end()) {
      unseen.push_back(name);
    } else if (const auto hidden = all.unobservable.find(arm.name); hidden != all.unobservable.end()) {
      constexpr std::size_t kFewEnoughToName = 3;
      const std::string where =
          found->second.size() <= kFewEnoughToName ? listed(found->second) : reporter_count(found->second.size());
      partly.push_back(fmt::format("{} shows in {}; its {} cannot be judged", name, where,
                                   "other " + reporter_count(hidden->second)));
    }
  }
  std::string sentence;
  if (!unseen.empty())
    sentence = fmt::format(
        "<b>Not observable in this horizon</b> of {}: effects of {} – the run ends before the mechanism's own delay, "
        "so nothing can be said about them. ",
        time_text(comparison.horizon()), listed(unseen));
  if (!partly.empty())
    sentence +=
        fmt::format("Only partly observable in {}: {}. ", time_text(comparison.horizon()), joined(partly, "; "));
  return sentence;
}

/// Of the mean of the runs that an arm is compared with; "" where that is none. Shares of single replicates would say
/// more of those in which hardly anything is there to begin with.
std::string share_of_reference(const Comparison& comparison, const ArmInfo& arm, const std::string& name,
                               double effect) {
  const auto reference =
      std::ranges::find_if(comparison.arms(), [](const ArmInfo& a) { return !a.vesicles && !a.sham; });
  const std::string control = !arm.control.empty()                   ? arm.control
                              : reference != comparison.arms().end() ? reference->name
                                                                     : "";
  const auto with = comparison.value(control, "outcome." + name);
  if (!with || !with->mean || *with->mean == 0) return {};
  return fmt::format(" ({:+.3g} %)", 100 * effect / std::abs(*with->mean));
}

/// "NETs: emcev -40 cell [-42, -38] (-80 %); no difference detected: uptake, contact."
std::string outcome_sentence(const Comparison& comparison, const std::string& name) {
  std::vector<std::string> differ, same;
  const std::string of = comparison.unit("effect." + name), unit = of.empty() || of == "1" ? "" : " " + unit_text(of);
  for (const auto& arm : comparison.arms()) {
    const auto effect = comparison.value(arm.name, "effect." + name);
    if (!effect || !effect->mean || comparison.is_second_run(arm) || (arm.models.empty() && arm.changes.empty()))
      continue;
    if (effect->status == Status::not_observable) continue;  // said below
    if (effect->n < 2)
      differ.push_back(fmt::format("{} {}{} (one replicate)", bold(arm.name), signed_number(*effect->mean), unit));
    else if (effect->low <= 0 && effect->high >= 0)
      same.push_back(escape(arm.name));
    else
      differ.push_back(fmt::format("{} {}{} <span class=\"ci\">[{}, {}]</span>{}", bold(arm.name),
                                   signed_number(*effect->mean), unit, signed_number(effect->low),
                                   signed_number(effect->high),
                                   share_of_reference(comparison, arm, name, *effect->mean)));
  }
  if (differ.empty() && same.empty()) return {};
  std::string sentence = escape(comparison.label("outcome." + name)) + ", less the paired run: " + joined(differ, ", ");
  if (!same.empty())
    sentence += (differ.empty() ? "" : "; ") + std::string("no difference detected: ") + joined(same, ", ");
  return sentence + ". ";
}

}  // namespace

std::string value_text(const std::optional<ArmValue>& value, const std::string& unit) {
  if (!value) return "–";
  if (value->status == Status::not_observable) return "<i>not observable in this horizon</i>";
  if (!value->mean) return value->note.empty() ? "–" : "<i>" + escape(value->note) + "</i>";
  const TimeUnit scale = unit == "s" ? time_unit(*value->mean) : TimeUnit{1, ""};
  const auto show = [&](double v) { return number(v / scale.seconds); };
  std::string text = show(*value->mean) + (scale.name.empty() ? "" : " " + scale.name);
  if (show(value->low) != show(*value->mean) || show(value->high) != show(*value->mean))
    text += fmt::format(" <span class=\"ci\">[{}, {}]</span>", show(value->low), show(value->high));
  if (!value->note.empty()) text += fmt::format(" <span class=\"note\">{}</span>", escape(value->note));
  return text;
}

std::string receptor_counts(const Comparison& comparison) {
  const auto acting = acting_arms(comparison);
  return acting.empty()
             ? ""
             : influence_table(comparison, acting, sort_counts(comparison, acting, Kind::receptor), "receptor-table");
}

std::string crossings_text(const Comparison& comparison) {
  std::string text;
  const auto& primary = comparison.document().at("primary");
  if (!primary.is_null())
    for (const double threshold : primary.at("thresholds")) text += crossing_sentence(comparison, threshold);
  return text.empty() ? "" : "<p>" + text + "</p>\n";
}

std::string outcomes_text(const Comparison& comparison) {
  std::string items;
  for (const auto& metric : comparison.metrics("outcome"))
    if (const std::string sentence = outcome_sentence(comparison, comparison.subject(metric)); !sentence.empty())
      items += "<li>" + sentence + "</li>\n";
  return items.empty() ? "" : "<ul>\n" + items + "</ul>\n";
}

std::string influence_text(const Comparison& comparison) {
  const auto acting = acting_arms(comparison);
  if (acting.empty()) return {};
  const Influenced all = sort_counts(comparison, acting, Kind::phenotype);
  return "<p>" + influence_headline(acting, all) + unobservable_sentence(comparison, acting, all) + "</p>\n" +
         influence_table(comparison, acting, all, "influenced-table");
}

}  // namespace interstice::viz
