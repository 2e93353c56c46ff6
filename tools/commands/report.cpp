/// @file
/// `interstice report`: the report of a run, a comparison or a study from its directory, finished or not.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iterator>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "engine/results/atomic_file.h"
#include "tools/command.h"
#include "tools/commands/compare_output.h"
#include "tools/directory_lock.h"
#include "tools/result_files.h"
#include "tools/scenario_options.h"
#include "tools/standard_streams.h"
#include "viz/report/study_report.h"

namespace interstice::cli {
namespace {

using Record = nlohmann::ordered_json;
std::vector<std::string> arms_of(const std::string& what) {
  if (!what.starts_with(kCompare)) return {what};
  std::vector<std::string> arms;
  std::string rest = what.substr(kCompare.size());
  for (std::size_t comma; (comma = rest.find(", ")) != std::string::npos; rest = rest.substr(comma + 2))
    arms.push_back(rest.substr(0, comma));
  arms.push_back(rest);
  return arms;
}

/// The provenance of what is reported on is that of the runs, not of this command.
std::string provenance_of(Record json) {
  for (const char* end : {"ended", "status", "exit_status", "reason", "wall_time_s", "warnings", "files"})
    json.erase(end);
  return json.dump();
}

/// Takes the files of the report out of the list of a finished record, and puts them in again once they are written: a
/// kill in between leaves none with another checksum than listed.
class Listing {
 public:
  explicit Listing(const std::filesystem::path& directory)
      : directory_(directory), record_(Record::parse(our_record(directory))) {
    if (!is_finished()) return;
    auto& files = record_["files"];
    files.erase(std::remove_if(files.begin(), files.end(),
                               [](const Record& file) { return is_report(file.value("name", "")); }),
                files.end());
    write();
  }
  void add() {
    if (!is_finished()) return;
    for (const char* name : kComparisonFiles)
      record_["files"].push_back({{"name", name},
                                  {"bytes", std::filesystem::file_size(directory_ / name)},
                                  {"sha256", sha256_of_file(directory_ / name)}});
    write();
  }

 private:
  [[nodiscard]] bool is_finished() const { return record_.value("status", "") == "finished"; }
  void write() const {
    write_file_atomically(directory_ / "run.json",
                          record_.dump(1, ' ', false, Record::error_handler_t::replace) + "\n");
  }

  std::filesystem::path directory_;
  Record record_;
};

/// Throws InputError where the report of a comparison with another title lies.
void keep_other_report(const std::filesystem::path& directory, const std::string& title) {
  std::error_code none;
  if (!std::filesystem::is_regular_file(directory / "compare.json", none)) return;
  const auto other = Record::parse(read_text_file(directory / "compare.json"), nullptr, false);
  if (!other.is_object() || !other.contains("title") || other["title"] != title)
    throw InputError(
        fmt::format("{} holds a report of something else (it would be replaced) choose another directory "
                    "with -o",
                    directory.string()));
}

bool holds_all(const ComparisonRuns& runs) {
  return std::ranges::all_of(runs.outcomes, [](const auto& outcome) { return outcome.has_value(); });
}

ComparePlan plan_of(const Record& record, const Scenario& scenario, const std::filesystem::path& directory) {
  const std::string what = record.value("arm", "");
  const bool one_run = !what.starts_with(kCompare);
  return {.arms = arms_of(what),
          .replicates = one_run ? 1 : scenario.compare.replicates,
          .directory = directory,
          .one_run = one_run};
}

struct ReportOptions {
  ScenarioOptions scenario;
  std::string directory, output;
  bool quiet = false;
};

bool is_same(const std::filesystem::path& one, const std::filesystem::path& two) {
  std::error_code none;
  return one == two || std::filesystem::equivalent(one, two, none);
}

/// Throws InputError where something other than a report lies.
void refuse_other_results(const std::filesystem::path& directory) {
  if (!our_record(directory).empty() || std::filesystem::exists(directory / "study.json"))
    throw InputError(
        fmt::format("{} holds other results of interstice (their report would be replaced) choose another "
                    "directory with -o",
                    directory.string()));
}

/// Of a study the tables are there; the page is made anew from them.
void report_of_study(const std::filesystem::path& directory, const std::filesystem::path& output, bool quiet) {
  const auto record = Record::parse(read_text_file(directory / "study.json"), nullptr, false);
  if (!record.is_object() || !record.contains("interstice_study"))
    throw InputError(
        fmt::format("{} is not what a study wrote (its study.json is another) give the directory that "
                    "`study run -o` named",
                    directory.string()));
  if (!is_same(output, directory)) {
    refuse_other_results(output);
    keep_other_report(output, "");  // none of a study
    check_ours(output, {"report.html"});
  }
  const DirectoryLock lock(output);
  write_file_atomically(output / "report.html", viz::study_report_html(directory));
  if (!quiet) say("Report: {}\n", (output / "report.html").string());
}

void report(const ReportOptions& options) {
  const std::filesystem::path directory = options.directory;
  const std::filesystem::path output = options.output.empty() ? directory : std::filesystem::path(options.output);
  if (std::filesystem::is_regular_file(directory / "study.json"))
    return report_of_study(directory, output, options.quiet);
  if (our_record(directory).empty())
    throw InputError(
        fmt::format("{} holds no results of interstice (there is no run.json of ours) give the directory "
                    "that `run -o` or `compare -o` named",
                    directory.string()));
  if (const std::string owner = DirectoryLock::owner_of(directory); !owner.empty() && options.output.empty())
    throw Error(ExitCode::directory_in_use,
                fmt::format("{} is in use ({} writes there) to see what is there so far, say with -o where the report "
                            "shall go",
                            directory.string(), owner));
  const bool inside = is_same(output, directory);
  if (!inside) refuse_other_results(output);
  const DirectoryLock lock(output);
  check_ours(output, {std::begin(kComparisonFiles), std::end(kComparisonFiles)});
  const auto record = Record::parse(our_record(directory));
  if (sha256_of_file(directory / "scenario.yaml") != record.value("scenario_sha256", ""))
    throw DiskError(fmt::format("{} is not what the run wrote (its checksum differs from that in run.json) restore it",
                                (directory / "scenario.yaml").string()));
  if (!inside) keep_other_report(output, record.value("title", ""));
  ScenarioOptions which = options.scenario;
  which.file = (directory / "scenario.yaml").string();
  which.ignore_limits = true;  // nothing runs here
  const Scenario scenario = load(which);
  ComparisonRuns runs = read_runs(scenario, plan_of(record, scenario, directory));
  runs.wall_time = record.value("wall_time_s", 0.0);
  print_warnings(runs.warnings);
  if (inside && record.value("status", "") == "finished" && !holds_all(runs))
    throw DiskError(
        fmt::format("{} is finished, but not all of its runs are there any more (its report would lose "
                    "them) restore them, or say with -o where another report shall go",
                    directory.string()));
  std::optional<Listing> listing;
  if (inside) listing.emplace(directory);
  write_comparison(scenario, runs, output, provenance_of(record), options.quiet);
  if (listing) listing->add();
}

void add_report_options(CLI::App& command) {
  auto options = std::make_shared<ReportOptions>();
  command.add_option("directory", options->directory, "Output directory of `run`, `compare` or `study run`")
      ->required()
      ->type_name("DIR");
  command.add_option("-o,--output", options->output, "Where the report goes (default: DIR itself)")->type_name("DIR");
  command.add_flag("--quiet", options->quiet, "No table");
  command.footer(
      "Examples:\n  interstice report out/rat_knee_compare\n  interstice report out/still_running -o out/so_far");
  command.callback([options] { report(*options); });
}

const RegisteredCommand report_command{
    {.position = 25,
     .name = "report",
     .arguments = "DIR",
     .summary = "report.html, summary.csv, compare.json of what is in DIR, finished or not",
     .title = "The report of a run, a comparison or a study, from its directory.",
     .add_options = add_report_options}};

}  // namespace
}  // namespace interstice::cli
