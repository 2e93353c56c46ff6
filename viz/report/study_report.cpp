#include "viz/report/study_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <sstream>
#include <stdexcept>

#include "viz/report/assets.h"
#include "viz/report/csv.h"
#include "viz/report/html.h"
#include "viz/report/page.h"
#include "viz/report/report_parts.h"

namespace interstice::viz {
namespace {

using Json = nlohmann::json;
namespace fs = std::filesystem;

/// Effects along axes are drawn where there are so few points.
constexpr std::size_t kMostPointsDrawn = 400;

std::string text_of(const fs::path& path) {
  std::ifstream file(path);
  if (!file) return {};
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

/// A study, as its files tell of it.
class StudyFiles {
 public:
  explicit StudyFiles(const fs::path& directory) : directory_(directory) {
    record_ = Json::parse(text_of(directory / "study.json"), nullptr, false);
    if (!record_.is_object() || !record_.contains("interstice_study"))
      throw std::runtime_error(directory.string() + " holds no study");
    for (const char* name : {"axes", "verdict", "arm_effects", "deciders", "dose_response", "break_even", "regime",
                             "shapley", "elasticity", "radius"})
      if (CsvTable table(text_of(directory / (std::string(name) + ".csv"))); !table.rows.empty())
        tables_[name] = std::move(table);
    if (has("dose_response")) add_effects();
  }

  [[nodiscard]] bool has(const char* table) const { return tables_.contains(table); }
  [[nodiscard]] const CsvTable& table(const char* name) const { return tables_.at(name); }
  [[nodiscard]] const Json& record() const { return record_; }
  [[nodiscard]] std::string answer() const { return text_of(directory_ / "answer.txt"); }
  [[nodiscard]] CsvTable results() const { return CsvTable(text_of(directory_ / "results.csv")); }

  [[nodiscard]] Json tables() const {
    Json all = Json::object();
    for (const auto& [name, table] : tables_) all[name] = table.json();
    return all;
  }
  /// What varies: name, unit, the scenario's own value.
  [[nodiscard]] Json axes() const {
    Json axes = Json::array();
    if (!has("axes")) return axes;
    const CsvTable& table = tables_.at("axes");
    for (const auto& row : table.rows) {
      Json axis = {{"name", row[table.column("axis")]}, {"unit", row[table.column("unit")]}};
      if (const auto own = number_in(row[table.column("own")])) axis["own"] = *own;
      axis["arms"] = row[table.column("arms")];
      axes.push_back(std::move(axis));
    }
    return axes;
  }

 private:
  /// Of the phenotype, where there are few points.
  void add_effects() {
    CsvTable all(text_of(directory_ / "effects.csv"));
    if (all.rows.empty()) return;
    const std::size_t outcome = all.column("outcome"), point = all.column("point");
    std::erase_if(all.rows, [&](const auto& row) { return !row[outcome].starts_with("phenotype."); });
    if (!all.rows.empty() && number_in(all.rows.back()[point]).value_or(0) < kMostPointsDrawn)
      tables_["effects"] = std::move(all);
  }

  fs::path directory_;
  Json record_;
  std::map<std::string, CsvTable> tables_;
};

/// The first paragraph of the answer: one sentence, or why there is none.
std::string first_paragraph(const std::string& answer) {
  const std::string first = answer.substr(0, answer.find("\n\n"));
  return first.empty()
             ? "No answer yet: no run has ended, or its results were not collected (interstice study collect)."
             : first;
}

/// "dose: 8 values, 0.1 to 300 ug".
std::string axis_fact(const CsvTable& axes, const std::vector<std::string>& row) {
  const auto cell = [&](const char* name) { return row[axes.column(name)]; };
  const auto end = [&](const char* name) {
    const auto value = number_in(cell(name));
    return value ? number(*value) : escape(cell(name));
  };
  const std::string unit = cell("unit").empty() || cell("unit") == "1" ? "" : " " + unit_text(escape(cell("unit")));
  return fmt::format("{}: {} values, {} to {}{}", escape(cell("axis")), cell("values"), end("first"), end("last"),
                     unit);
}

std::string facts(const StudyFiles& files) {
  const CsvTable results = files.results();
  std::map<std::string, std::size_t> by_status;
  std::vector<std::string> items;
  if (results.rows.empty()) return {};
  const std::size_t status = results.column("status"), point = results.column("point"), arm = results.column("arm"),
                    replicate = results.column("replicate");
  std::vector<std::string> points, arms, replicates;
  for (const auto& row : results.rows) {
    ++by_status[row[status]];
    points.push_back(row[point]);
    arms.push_back(row[arm]);
    replicates.push_back(row[replicate]);
  }
  const auto different = [](std::vector<std::string>& all) {
    std::ranges::sort(all);
    return static_cast<std::size_t>(std::unique(all.begin(), all.end()) - all.begin());
  };
  items.push_back(fmt::format("<b>{}</b> points", different(points)));
  if (files.has("axes"))
    for (const auto& row : files.table("axes").rows) items.push_back(axis_fact(files.table("axes"), row));
  items.push_back(fmt::format("<b>{}</b> arms", different(arms)));
  items.push_back(fmt::format("<b>{}</b> replicate{}", different(replicates), different(replicates) == 1 ? "" : "s"));
  for (const auto& [name, count] : by_status) items.push_back(fmt::format("<b>{}</b> runs {}", count, escape(name)));
  return "<ul class=\"facts\"><li>" + joined(items, "</li><li>") + "</li></ul>\n";
}

std::string front(const StudyFiles& files) {
  std::string out = fmt::format(
      "<p class=\"kicker\">Study</p>\n<h1>{}</h1>\n<p class=\"kicker\">Answer</p>\n"
      "<p class=\"answer\">{}</p>\n",
      unit_text(escape(files.record().value("title", ""))), escape(first_paragraph(files.answer())));
  const std::string answer = files.answer();
  if (const std::size_t missing = answer.find(" runs have no result"); missing != std::string::npos) {
    const std::size_t begin = answer.rfind('\n', missing) + 1;
    out += "<p class=\"caveat\">" + escape(answer.substr(begin, answer.find('\n', missing) - begin)) + "</p>\n";
  }
  if (answer.starts_with("No verdict"))
    out +=
        "<p class=\"caveat\">The figures below show what these runs say. They are no answer about the scenario that "
        "the "
        "twin stands for.</p>\n";
  return out + facts(files);
}

/// What a reader may choose of a figure.
struct Choice {
  const char *text = nullptr, *id = nullptr;
};

/// A section with one figure, there where its table is.
struct Part {
  const char *id, *link, *table, *title, *about, *figure;
  Choice choices[3];
  const char* caption;
};

constexpr Part kParts[] = {
    {"verdicts",
     "Verdicts",
     "verdict",
     "Which side explains the effect",
     "At each point one side is preferred where its strongest arm does more than three times what the other's does; "
     "effects below 0.05 count as 0.05. A verdict needs 80 % of the points for one side, or for none: there = and – "
     "count together.",
     "verdict-plot",
     {{"at", "verdict-place"}},
     "Shares of the points, with the verdict of each contest; in brackets where none can be given (see above)."},
    {"effects",
     "Effects",
     "arm_effects",
     "What each arm does to the phenotype",
     "At the place on the axes that is nearest to the scenario itself: over samples the median with the range of "
     "nine "
     "in ten of them, else the mean over replicates with its 95 % interval.",
     "effects-plot",
     {},
     "Effect on the shared phenotype; grey counts as none."},
    {"doses",
     "Along axes",
     "dose_response",
     "Effect along an axis",
     "Means over replicates with Student's 95 % interval. Half: half of what endless doses would do, by a "
     "four-parameter logistic.",
     "dose-plot",
     {{"along", "dose-axis"}, {"after", "dose-time"}, {"at", "dose-place"}},
     "Effect on the shared phenotype; grey counts as none."},
    {"even",
     "Break-even",
     "break_even",
     "Break-even: where one arm does as much as another",
     "F* is how many times the scenario's own value that takes. Beyond the axis, in grey, nothing was run. The cap "
     "is "
     "what delivery cannot exceed, however good uptake and release were.",
     "even-plot",
     {{"along", "even-axis"}, {"at", "even-place"}},
     "Of several samples the median with the range of nine in ten; else with the 95 % interval."},
    {"map",
     "Map",
     "regime",
     "Who wins where",
     "Letters repeat the colours; paler where fewer samples say so.",
     "map-plot",
     {{"with", "map-edges"}, {"at", "map-rest"}},
     "Hatched: undetermined."},
    {"deciders",
     "What decides",
     "deciders",
     "What decides",
     "Over the samples: how strongly each parameter goes with the ratio of both sides, all others held.",
     "decider-plot",
     {{"of", "decider-contest"}},
     "Partial rank correlations with their 95 % intervals."},
    {"shares",
     "Shares",
     "shapley",
     "Shares of the mechanisms",
     "Shapley values over all subsets of mechanisms: what each adds, averaged over the orders in which they could be "
     "added.",
     "share-plot",
     {{"after", "share-contest"}},
     "With 95 % intervals over replicates."},
    {"elasticity",
     "Elasticity",
     "elasticity",
     "How effects answer to an axis",
     "Elasticity: by how many per cent the effect changes where the axis changes by one. Places where the effect is "
     "below 0.05 are left out; other axes are at their first values.",
     "elastic-plot",
     {{"along", "elastic-axis"}, {"after", "elastic-time"}},
     "With 95 % intervals over replicates where they are bounded."}};

std::string controls_of(const Part& part) {
  std::string controls;
  for (const Choice& choice : part.choices)
    if (choice.id != nullptr)
      controls += fmt::format("<label>{} <select id=\"{}\"></select></label>", choice.text, choice.id);
  return controls;
}

std::string radius_part(const StudyFiles& files) {
  if (!files.has("radius")) return {};
  const CsvTable& table = files.table("radius");
  std::vector<std::vector<std::string>> rows;
  const auto cell = [&](const std::vector<std::string>& row, const char* name) {
    return escape(row[table.column(name)]);
  };
  for (const auto& row : table.rows) {
    // Where no fold turns the answer, one row says so: that of three parameters.
    if (row[table.column("fold")].empty() && row[table.column("parameters_at_most")] != "3") continue;
    const auto seconds = number_in(row[table.column("horizon_s")]);
    const auto fold = number_in(row[table.column("fold")]);
    rows.push_back({seconds ? time_text(*seconds) : "", cell(row, "edges"), cell(row, "first"), cell(row, "where"),
                    cell(row, "own_answer"), cell(row, "parameters_at_most"),
                    fold ? "<b>" + number(*fold) + "</b>" : "none in the ranges", cell(row, "becomes"),
                    cell(row, "changes") + cell(row, "why_not")});
  }
  return section(
      "radius", "Radius of the verdict",
      "<p>The smallest fold-change, from the scenario's own values, of one, two or three parameters at once that turns "
      "the answer: by surfaces fitted to the samples, nothing was run for it.</p>\n" +
          interstice::viz::table({"after", "edges", "contest", "at", "answer", "parameters", "fold", "becomes", "by"},
                                 rows, {5, 6}));
}

std::string record_part(const StudyFiles& files) {
  std::vector<std::vector<std::string>> rows;
  for (const auto& [key, value] : files.record().items())
    rows.push_back({escape(key), escape(value.is_string() ? value.get<std::string>() : value.dump())});
  return section(
      "record", "Record",
      record("text", "The answer in words", "as `interstice verdict` prints it",
             "<pre tabindex=\"0\">" + escape(files.answer()) + "</pre>\n") +
          record("provenance", "Provenance", "program, command, identity", table({"what", ""}, rows, {}), true) +
          record("files", "Data", "every number of this page",
                 "<p>Beside this page: <code>results.csv</code> and <code>results.hdf</code> (a row per run), "
                 "<code>results_columns.csv</code> (units and meanings), <code>effects.csv</code>, and a table "
                 "for each section. Each figure has its own CSV and SVG.</p>\n"));
}

}  // namespace

std::string study_report_html(const fs::path& directory) {
  const StudyFiles files(directory);
  std::string body = "<section id=\"answer\" class=\"front\">\n" + front(files) +
                     "</section>\n<noscript><p class=\"warning\">Figures need JavaScript; every number is also in the "
                     "tables beside this page.</p></noscript>\n";
  std::vector<PageLink> links{{"answer", "Answer"}};
  for (const Part& part : kParts) {
    if (!files.has(part.table)) continue;
    links.push_back({part.id, part.link});
    body += section(part.id, part.title,
                    fmt::format("<p>{}</p>\n{}", part.about, figure(part.figure, part.caption, controls_of(part))));
  }
  if (files.has("radius")) links.push_back({"radius", "Radius"});
  links.push_back({"record", "Record"});
  return page({.title = files.record().value("title", "Study"),
               .links = links,
               .body = body + radius_part(files) + record_part(files),
               .data = {{"tables", files.tables()},
                        {"axes", files.axes()},
                        {"limit", 0.05},
                        {"judged", !files.answer().starts_with("No verdict")}},
               .script = kStudyScript});
}

}  // namespace interstice::viz
