/// @file
/// `interstice compare`: every arm of a scenario, several paired replicates, one report.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <thread>

#include "engine/results/atomic_file.h"
#include "tools/command.h"
#include "tools/commands/compare_output.h"
#include "tools/output_directory.h"
#include "tools/recording.h"
#include "tools/run_output.h"
#include "tools/scenario_options.h"
#include "viz/report/report.h"

namespace interstice::cli {
namespace {

struct CompareOptions {
  ScenarioOptions scenario;
  std::string output;
  std::vector<std::string> arms;
  std::optional<std::uint64_t> replicates;
  int jobs = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  bool quiet = false, force = false;
};

std::vector<std::string> chosen_arms(const Scenario& scenario, const std::vector<std::string>& asked) {
  std::vector<std::string> known;
  for (const Arm& arm : scenario.compare.arms) known.push_back(arm.name);
  if (known.empty())
    throw InputError(
        fmt::format("{} has nothing to compare (no compare.arms) add them, or use interstice run", scenario.path));
  for (const auto& arm : asked)
    if (std::find(known.begin(), known.end(), arm) == known.end())
      throw InputError(fmt::format("unknown arm '{}' (the scenario has {}){}", arm,
                                   fmt::to_string(fmt::join(known, ", ")), did_you_mean(arm, known)));
  for (std::size_t i = 1; i < asked.size(); ++i)
    if (std::find(asked.begin(), asked.begin() + static_cast<std::ptrdiff_t>(i), asked[i]) !=
        asked.begin() + static_cast<std::ptrdiff_t>(i))
      throw InputError(fmt::format("--arms names '{}' twice (an arm is compared once) name it once", asked[i]));
  return asked.empty() ? known : asked;
}

void write_results(const Scenario& scenario, const ComparisonRuns& runs, const std::filesystem::path& directory,
                   const RunRecord& record, bool quiet) {
  const ComparisonSummary summary = summarise(runs, scenario.compare.influenced, scenario.seed);
  write_file_atomically(directory / "summary.csv", summary_csv(runs, summary));
  write_file_atomically(directory / "compare.json", compare_json(scenario, runs, summary, record));
  viz::write_report(directory / "compare.json", directory / "report.html");
  if (quiet) return;
  fmt::print("{}\nReport: {}\n", terminal_table(runs, summary), (directory / "report.html").string());
}

/// Tells which runs failed, and why there is no report if there is none; the exit code is that of the first failure.
void report_failures(const ComparisonRuns& runs, const std::optional<Failure>& unwritten) {
  if (runs.failures.empty() && unwritten) throw Error(unwritten->code, unwritten->message);
  if (runs.failures.empty()) return;
  std::string text =
      fmt::format("{} of {} runs failed ({}):", runs.failures.size(), runs.outcomes.size(),
                  unwritten ? "and there is no report: " + unwritten->message : "the others are in the report");
  for (const RunFailure& failure : runs.failures)
    text += fmt::format("\n  arm {}, replicate {}: {}", failure.arm, failure.replicate, failure.failure.message);
  throw Error(runs.failures.front().failure.code, text);
}

std::vector<std::string> comparison_files(const Scenario& scenario, const Problem& problem, const ComparePlan& plan) {
  std::vector<std::string> files{"report.html", "summary.csv", "compare.json"};
  for (const std::string& arm : plan.arms)
    for (std::uint64_t replicate = 0; replicate < plan.replicates; ++replicate)
      for (const std::string& file : output_files(scenario, problem, extent_of(replicate)))
        files.push_back(fmt::format("arms/{}/{}/{}", arm, replicate, file));
  return files;
}

void compare(const CompareOptions& options) {
  ScenarioOptions which = options.scenario;
  if (options.replicates) which.sets.push_back(fmt::format("compare.replicates={}", *options.replicates));
  const Scenario scenario = load(which);
  ComparePlan plan;
  plan.arms = chosen_arms(scenario, options.arms);
  plan.replicates = scenario.compare.replicates;
  plan.jobs = options.jobs;
  plan.quiet = options.quiet;
  plan.command_line = command_line();
  const OutputDirectory directory(output_path(options.output, options.scenario, "_compare"));
  plan.directory = directory.path();
  const std::string what = fmt::format("compare {}", fmt::to_string(fmt::join(plan.arms, ", ")));
  const Problem problem = build_problem(scenario);
  RunRecord record = make_run_record(problem, scenario.resolved, plan.command_line, what, options.jobs);
  record.changes = scenario.changes;
  const auto found =
      directory.make_room({record, comparison_files(scenario, problem, plan), input_files(scenario), options.force});
  tell_found(found, directory.path(), options.quiet);
  if (found == OutputDirectory::Found::finished) {
    if (!options.quiet) fmt::print("Report: {}\n", (directory.path() / "report.html").string());
    return;
  }
  write_run_record(directory.path(), record);
  record_run(directory.path(), record, [&] {
    write_file_atomically(directory.path() / "scenario.yaml", scenario.resolved);
    const ComparisonRuns runs = run_all(scenario, plan);
    const auto unwritten = attempt([&] { write_results(scenario, runs, directory.path(), record, options.quiet); });
    report_failures(runs, unwritten);
  });
}

void add_compare_options(CLI::App& command) {
  auto options = std::make_shared<CompareOptions>();
  command.add_option("scenario", options->scenario.file, "Scenario file (YAML)")->required()->type_name("FILE");
  command.add_option("-o,--output", options->output, "Where results go (default out/<scenario>_compare)")
      ->type_name("DIR");
  command.add_option("--replicates", options->replicates, "Replicates per arm instead of the scenario's")
      ->check(CLI::Range(1, 100000))
      ->type_name("N");
  command.add_option("--arms", options->arms, "Only these arms, for example vehicle,sham,emcev")
      ->delimiter(',')
      ->type_name("A,B,...");
  command.add_option("-j,--jobs,--threads", options->jobs, "Runs at a time, one thread each")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
  add_scenario_options(command, options->scenario);
  command.add_flag("--quiet", options->quiet, "No progress, no table");
  command.add_flag("--force", options->force, "Replace earlier results in the directory");
  command.footer(
      "Examples:\n  interstice compare scenarios/rat_knee.yaml\n"
      "  interstice compare scenarios/rat_knee.yaml --replicates 20 --parameters sceptic -o out/sceptic");
  command.callback([options] { compare(*options); });
}

const RegisteredCommand compare_command{
    {.position = 20,
     .name = "compare",
     .arguments = "SCENARIO",
     .summary = "every arm x replicate, paired -> report.html, summary.csv, compare.json",
     .title = "Every arm, paired replicates, one report.",
     .add_options = add_compare_options}};

}  // namespace
}  // namespace interstice::cli
