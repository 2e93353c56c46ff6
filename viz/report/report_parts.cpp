#include "viz/report/report_parts.h"

#include <fmt/format.h>

#include <algorithm>

#include "viz/report/html.h"
#include "viz/report/report_text.h"

namespace interstice::viz {

std::string section(std::string_view id, std::string_view title, const std::string& body) {
  return fmt::format("<section id=\"{}\">\n<h2>{}</h2>\n{}</section>\n", id, title, body);
}

std::string figure(std::string_view id, std::string_view caption, std::string_view controls) {
  return fmt::format(
      "<figure><div class=\"tools\">{}</div><div class=\"plot\" id=\"{}\"></div><figcaption>{}</figcaption></figure>\n",
      controls, id, caption);
}

std::string record(std::string_view id, std::string_view title, std::string_view about, const std::string& body,
                   bool printed) {
  return fmt::format(
      "<details class=\"record\" id=\"{}\"{}><summary>{} <small>{}</small></summary>\n<div>{}</div></details>\n", id,
      printed ? " data-print" : "", title, about, body);
}

std::string details(std::string_view summary, const std::string& body, bool open) {
  return fmt::format("<details{}><summary>{}</summary>\n{}</details>\n", open ? " open" : "", summary, body);
}

std::string metric_table(const Comparison& comparison, const std::vector<std::string>& metrics,
                         const std::string& heading, bool short_labels) {
  std::vector<std::string> head{heading}, arms;
  std::vector<std::size_t> numeric;
  for (const auto& arm : comparison.arms()) {
    if (std::none_of(metrics.begin(), metrics.end(), [&](const auto& m) { return comparison.value(arm.name, m); }))
      continue;
    numeric.push_back(head.size());
    head.push_back(escape(arm.name));
    arms.push_back(arm.name);
  }
  std::vector<std::vector<std::string>> rows;
  for (const auto& metric : metrics) {
    const std::string unit = comparison.unit(metric);
    const std::string shown = unit == "1" || unit == "s" ? "" : " [" + escape(unit_text(unit)) + "]";
    const std::string label = short_labels ? comparison.of(metric) : comparison.label(metric);
    std::vector<std::string> row{fmt::format("<span title=\"{}: {}\">{}</span>{}", escape(metric),
                                             escape(comparison.description(metric)), escape(unit_text(label)),
                                             short_labels ? "" : shown)};
    for (const auto& arm : arms) row.push_back(value_text(comparison.value(arm, metric), unit));
    rows.push_back(std::move(row));
  }
  return table(head, rows, numeric);
}

bool speaks(const Comparison& comparison, const std::string& metric) {
  return std::any_of(comparison.arms().begin(), comparison.arms().end(), [&](const ArmInfo& arm) {
    const auto value = comparison.value(arm.name, metric);
    return value && value->mean && (*value->mean != 0 || value->low != 0 || value->high != 0);
  });
}

bool is_receptor(const Comparison& comparison, std::string_view metric) {
  return comparison.of(metric).ends_with("(receptor)");
}

std::string group(const Comparison& comparison, std::string_view family, const std::string& title, Kind kind) {
  auto metrics = comparison.metrics(family);
  std::erase_if(metrics, [&](const std::string& metric) {
    return is_receptor(comparison, metric) != (kind == Kind::receptor) ||
           (!speaks(comparison, metric) &&
            std::none_of(comparison.arms().begin(), comparison.arms().end(), [&](const ArmInfo& arm) {
              const auto value = comparison.value(arm.name, metric);
              return value && !value->mean && !value->note.empty();
            }));
  });
  return metrics.empty() ? "" : details(title, metric_table(comparison, metrics, "reporter", true));
}

std::string folded_table(const Comparison& comparison, const std::vector<std::string>& metrics) {
  std::vector<std::string> loud, silent;
  for (const auto& metric : metrics) (speaks(comparison, metric) ? loud : silent).push_back(metric);
  std::string out = loud.empty() ? "<p>Nothing to show in this run.</p>\n" : metric_table(comparison, loud);
  if (!silent.empty())
    out += details(fmt::format("{} more: zero, never, or not observable in this horizon", silent.size()),
                   metric_table(comparison, silent));
  return out;
}

}  // namespace interstice::viz
