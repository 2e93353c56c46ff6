/// @file
/// The files and the table of a comparison.
#include "tools/commands/compare_output.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "engine/analysis/verdict.h"
#include "engine/results/atomic_file.h"
#include "tools/commands/compare_details.h"
#include "tools/commands/compare_equations.h"
#include "tools/commands/compare_still.h"
#include "tools/progress.h"
#include "tools/standard_streams.h"
#include "tools/text_table.h"
#include "viz/report/report.h"

namespace interstice::cli {
namespace {

using Json = nlohmann::ordered_json;
constexpr int kRecommendedReplicates = 20;

std::string csv_text(const std::string& text) {
  if (text.find_first_of(",\"\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c == '\n' ? ' ' : c);
  return quoted + "\"";
}

/// By which way an arm's vesicles act.
const char* side_of(const ArmFacts& arm) {
  const Engagement& by = arm.engagement;
  const bool outside = by.enzymes || by.binding;
  if (!by.any()) return arm.models.empty() ? "" : "other";
  if (by.cargo + by.contact + outside > 1) return "several";
  return by.cargo ? "uptake" : by.contact ? "contact" : "extracellular";
}

Json arms_json(const ComparisonRuns& runs) {
  Json arms = Json::array();
  for (std::size_t a = 0; a < runs.arms.size(); ++a) {
    const ArmFacts& arm = runs.arms[a];
    const auto reference = runs.reference(a);
    arms.push_back({{"name", arm.name},
                    {"vesicles", arm.vesicles},
                    {"sham", arm.sham},
                    {"models", arm.models},
                    {"delay", arm.delay},
                    {"relays", arm.relays},
                    {"changes", arm.changes},
                    {"control", reference ? runs.arms[*reference].name : ""},
                    {"direct", arm.direct},
                    {"of", arm.of},
                    {"edges_left_out", arm.edges_left_out},
                    {"side", side_of(arm)}});
  }
  return arms;
}

Json phenotype_json(const ComparisonRuns& runs) {
  if (!runs.phenotype) return nullptr;
  Json terms = Json::array();
  for (const PhenotypeTerm& term : runs.phenotype->terms)
    terms.push_back({{"name", term.rows.subject},
                     {"label", term.rows.label},
                     {"what", description_of(term.rows)},
                     {"good", term.sign > 0 ? "more" : "less"},
                     {"range", term.range},
                     {"unit", term.rows.unit},
                     {"weight", term.weight / runs.phenotype->total_weight()}});
  Json horizons = Json::array();
  for (const double horizon : runs.phenotype->horizons)
    horizons.push_back({{"time", horizon}, {"text", horizon_text(horizon)}, {"subject", horizon_name(horizon)}});
  return {{"label", runs.phenotype->label}, {"limit", kNegligible}, {"terms", terms}, {"horizons", horizons}};
}

Json verdicts_json(const std::vector<Verdict>& verdicts) {
  Json all = Json::array();
  for (const Verdict& verdict : verdicts) {
    Json entry = {{"name", verdict.name()},
                  {"horizon", verdict.horizon},
                  {"horizon_text", horizon_text(verdict.horizon)},
                  {"edges", verdict.published ? "published" : "all"},
                  {"first", {{"name", verdict.first.name}, {"arms", verdict.first.arms}}},
                  {"second", {{"name", verdict.second.name}, {"arms", verdict.second.arms}}},
                  {"text", verdict.text()},
                  {"note", verdict.note},
                  {"remarks", verdict.remarks},
                  {"preference", nullptr}};
    if (const auto& judgement = verdict.judgement) {
      entry["preference"] = name_of(judgement->preference);
      entry["share"] = judgement->share;
      entry["first"]["effect"] = judgement->first;
      entry["second"]["effect"] = judgement->second;
      entry["ratio"] = judgement->ratio;
      entry["replicates"] = judgement->replicates;
    }
    all.push_back(std::move(entry));
  }
  return all;
}

Json edges_json(const ComparisonRuns& runs) {
  Json edges = Json::array();
  for (const EffectEdge& edge : runs.effect_edges)
    edges.push_back({{"cell_type", edge.cell_type},
                     {"mechanism", edge.mechanism},
                     {"parameter", edge.parameter},
                     {"value", edge.value},
                     {"mark", edge.mark},
                     {"source", edge.source},
                     {"left_out_of_published", edge.is_left_out_of_published()}});
  return edges;
}

Json reporters_json(const ComparisonRuns& runs) {
  Json reporters = Json::array();
  const auto run =
      std::find_if(runs.outcomes.begin(), runs.outcomes.end(), [](const auto& o) { return o.has_value(); });
  if (run == runs.outcomes.end()) return reporters;
  for (const ReporterTrace& trace : (*run)->traces)
    reporters.push_back({{"cell_type", trace.cell_type},
                         {"name", trace.name},
                         {"receptor", trace.receptor},
                         {"range", trace.range},
                         {"delay", trace.delay},
                         {"cells", trace.family.size()}});
  return reporters;
}

Json curves_json(const ComparisonSummary& summary) {
  Json curves = Json::array();
  for (const Curve& curve : summary.curves) {
    Json arms = Json::object();
    for (const ArmCurve& arm : curve.arms) arms[arm.arm] = {{"mean", arm.mean}, {"low", arm.low}, {"high", arm.high}};
    curves.push_back(
        {{"name", curve.name}, {"label", curve.label}, {"unit", curve.unit}, {"time", curve.time}, {"arms", arms}});
  }
  return curves;
}

Json values_json(const ComparisonSummary& summary) {
  Json values = Json::array();
  for (const ArmMetric& value : summary.values) {
    Json entry = {{"arm", value.arm},
                  {"metric", value.about.name()},
                  {"n", 0},
                  {"mean", nullptr},
                  {"low", nullptr},
                  {"high", nullptr},
                  {"status", name_of(value.status)},
                  {"note", value.note}};
    if (value.estimate) {
      entry["n"] = value.estimate->n;
      entry["mean"] = value.estimate->mean;
      entry["low"] = value.estimate->low;
      entry["high"] = value.estimate->high;
    }
    values.push_back(std::move(entry));
  }
  return values;
}

Json parameters_json(const Scenario& scenario) {
  Json parameters = Json::array();
  for (const ParameterRecord& p : scenario.parameters)
    parameters.push_back({{"path", p.path},
                          {"value", p.value},
                          {"range", p.range},
                          {"mark", p.mark},
                          {"source", p.source},
                          {"where", p.where},
                          {"default", p.is_default},
                          {"outside", p.outside}});
  return parameters;
}

/// One cell of the terminal table.
std::string short_value(const ArmMetric* value) {
  if (value == nullptr) return "-";
  switch (value->status) {
    case Status::measured:
      break;
    case Status::not_reached:
      return "never";
    case Status::not_observable:
      return "not observable";
    case Status::no_mechanism:
      return "no mechanism";
    case Status::undefined:
      return "-";
  }
  if (value->about.unit == "s") return duration_text(value->estimate->mean);
  return fmt::format("{:.3g}", value->estimate->mean);
}

}  // namespace

std::string summary_csv(const ComparisonRuns& runs, const ComparisonSummary& summary,
                        const std::vector<Verdict>& verdicts) {
  std::string out = "arm,replicate,metric,unit,value,status,note\n";
  for (const Verdict& verdict : verdicts)
    out += fmt::format(
        ",,{},1,{},{},{}\n", verdict.name(), verdict.judgement ? fmt::format("{}", verdict.judgement->share) : "",
        verdict.judgement ? name_of(verdict.judgement->preference) : "not_judged",
        csv_text(fmt::format("{}; {}{}", verdict.text(), verdict.note, fmt::join(verdict.remarks, "; "))));
  for (std::size_t arm = 0; arm < runs.arms.size(); ++arm)
    for (std::uint64_t replicate = 0; replicate < runs.replicates; ++replicate)
      for (const Metric& metric : summary.runs[arm * runs.replicates + replicate]) {
        out += fmt::format("{},{},{},{},{},{},{}\n", csv_text(runs.arms[arm].name), replicate, csv_text(metric.name()),
                           metric.unit, metric.value ? fmt::format("{}", *metric.value) : "", name_of(metric.status),
                           csv_text(metric.note));
      }
  for (const RunFailure& failure : runs.failures)
    out += fmt::format("{},{},failed,,{},,{}\n", csv_text(failure.arm), failure.replicate,
                       static_cast<int>(failure.failure.code), csv_text(failure.failure.message));
  return out;
}

std::string compare_json(const Scenario& scenario, const ComparisonRuns& runs, const ComparisonSummary& summary,
                         const std::vector<Verdict>& verdicts, const std::string& provenance) {
  Json document = {{"format", "interstice comparison"},
                   {"version", 4},
                   {"title", scenario.title},
                   {"description", scenario.description}};
  document["horizon"] = runs.end();
  document["replicates"] = runs.replicates;
  document["recommended_replicates"] = kRecommendedReplicates;
  document["parameter_set"] = scenario.parameter_set.empty() ? "the scenario's own values" : scenario.parameter_set;
  document["parameter_sets"] = scenario.parameter_sets;
  document["arms"] = arms_json(runs);
  document["phenotype"] = phenotype_json(runs);
  document["verdicts"] = verdicts_json(verdicts);
  document["edges"] = edges_json(runs);
  document["vesicles"] = Json::array();
  for (const DosedClass& klass : runs.vesicles)
    document["vesicles"].push_back(
        {{"class", klass.name}, {"counted", klass.counted}, {"weight", klass.weight}, {"dosed", klass.dosed}});
  document["primary"] = nullptr;
  if (runs.primary)
    document["primary"] = {{"field", runs.primary->field},
                           {"region", runs.primary->region},
                           {"series", runs.primary->series()},
                           {"unit", "uM"},
                           {"thresholds", runs.primary->thresholds}};
  document["reporters"] = reporters_json(runs);
  const InfluenceRule& rule = scenario.compare.influenced;
  document["influenced"] = {{"difference", rule.share_of_range}, {"hold", rule.hold}, {"hold_share", rule.hold_share}};
  document["curves"] = curves_json(summary);
  document["metrics"] = Json::array();
  for (const Metric& metric : summary.metrics)
    document["metrics"].push_back({{"name", metric.name()},
                                   {"family", name_of(metric.family)},
                                   {"subject", metric.subject},
                                   {"label", metric.full_label()},
                                   {"of", metric.of},
                                   {"unit", metric.unit},
                                   {"description", metric.description}});
  document["values"] = values_json(summary);
  document["replicate_values"] = replicates_json(runs, summary);
  document["profiles"] = profiles_json(runs);
  document["failures"] = Json::array();
  for (const RunFailure& failure : runs.failures)
    document["failures"].push_back({{"arm", failure.arm},
                                    {"replicate", failure.replicate},
                                    {"exit_code", static_cast<int>(failure.failure.code)},
                                    {"message", failure.failure.message}});
  document["warnings"] = runs.warnings;
  document["parameters"] = parameters_json(scenario);
  document["equations"] = Json::array();
  for (const EquationGroup& group : equations_of(scenario))
    document["equations"].push_back({{"of", group.of}, {"lines", group.lines}});
  document["provenance"] = Json::parse(provenance);
  document["provenance"]["wall_time_s"] = runs.wall_time;
  return document.dump(1, ' ', false, Json::error_handler_t::replace);  // a path may hold any bytes
}

namespace {

std::string in_unit(const std::string& unit) { return unit == "1" ? "" : " [" + unit + "]"; }

constexpr const char* kReceptorHead = " [cell] (receptor)";

bool is_receptor(const Metric& metric) { return metric.of.ends_with("(receptor)"); }

/// Effects on the phenotype, the outcomes, and the reporters in which arms differ most from the sham, at most three;
/// and the head of their columns.
std::vector<std::pair<Metric, std::string>> terminal_columns(const ComparisonRuns& runs,
                                                             const ComparisonSummary& summary) {
  std::vector<std::pair<Metric, std::string>> columns;
  for (const double horizon : runs.phenotype ? runs.phenotype->horizons : std::vector<double>{})
    for (const Metric& metric : summary.metrics)
      if (metric.family == Family::phenotype_effect && metric.subject == horizon_name(horizon) && horizon <= runs.end())
        columns.emplace_back(metric, "effect at " + horizon_text(horizon));
  for (const Metric& metric : summary.metrics)
    if (metric.family == Family::outcome) columns.emplace_back(metric, metric.subject + in_unit(metric.unit));
  std::vector<std::pair<double, Metric>> reporters;
  for (const Metric& metric : summary.metrics) {
    if (metric.family == Family::primary_time_to) columns.emplace_back(metric, "t to " + metric.subject);
    if (metric.family == Family::primary && metric.subject == "peak") columns.emplace_back(metric, "peak [uM]");
    if (metric.family == Family::flux && metric.subject == "ev_share") columns.emplace_back(metric, "EV share");
    if (metric.family != Family::influenced_minus_sham) continue;
    double most = 0;
    for (const ArmFacts& arm : runs.arms)
      if (const ArmMetric* value = summary.find(arm.name, metric); value != nullptr && value->estimate)
        most = std::max(most, value->estimate->mean);
    if (most > 0) reporters.emplace_back(most, metric);
  }
  std::stable_sort(reporters.begin(), reporters.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
  for (std::size_t k = 0; k < std::min<std::size_t>(3, reporters.size()); ++k)
    columns.emplace_back(reporters[k].second,
                         reporters[k].second.subject + (is_receptor(reporters[k].second) ? kReceptorHead : " [cell]"));
  return columns;
}

}  // namespace

std::string terminal_table(const ComparisonRuns& runs, const ComparisonSummary& summary) {
  const auto columns = terminal_columns(runs, summary);
  std::vector<std::string> heads{"arm"};
  for (const auto& [metric, head] : columns) heads.push_back(head);
  TextTable table(heads, TextTable::Align::right);
  for (const ArmFacts& arm : runs.arms) {
    std::vector<std::string> row{arm.name};
    for (const auto& [metric, head] : columns) row.push_back(short_value(summary.find(arm.name, metric)));
    table.add(std::move(row));
  }
  std::string out;
  if (runs.primary)
    out += fmt::format("Of {} {}; EV share: made by enzymes on EVs. ", runs.primary->field,
                       runs.primary->region == "all" ? "everywhere" : "in " + runs.primary->region);
  const auto any = [&](const char* end) {
    return std::ranges::any_of(heads, [end](const std::string& head) { return head.ends_with(end); });
  };
  out += std::string("Means over replicates") +
         (any("[cell]") || any(kReceptorHead) ? "; cells: influenced beyond the sham" : "") +
         (any(kReceptorHead) ? " (receptors: shown, not judged)" : "") + ". Intervals: report.html, summary.csv.";
  return table.text() + "\n" + wrapped("  " + out, 2);
}

void write_comparison(const Scenario& scenario, const ComparisonRuns& runs, const std::filesystem::path& directory,
                      const std::string& provenance, bool quiet) {
  const ComparisonSummary summary = summarise(runs, scenario.compare.influenced, scenario.seed);
  const std::vector<Verdict> judged = verdicts(runs, summary, scenario.seed);
  write_file_atomically(directory / "summary.csv", summary_csv(runs, summary, judged));
  write_file_atomically(directory / "compare.json", compare_json(scenario, runs, summary, judged, provenance));
  write_file_atomically(directory / "report.html",
                        viz::report_html(viz::Comparison::read(directory / "compare.json"), still_of(runs, summary)));
  if (quiet) return;
  say("{}\n{}\nReport: {}\n", verdict_text(runs, judged), terminal_table(runs, summary),
      (directory / "report.html").string());
}

}  // namespace interstice::cli
