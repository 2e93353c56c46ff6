/// @file
/// `interstice compare`: every arm of a scenario, several paired replicates, one report.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <charconv>
#include <chrono>
#include <iterator>
#include <memory>
#include <optional>
#include <utility>

#include "engine/results/atomic_file.h"
#include "tools/command.h"
#include "tools/commands/compare_output.h"
#include "tools/directory_lock.h"
#include "tools/machine_limits.h"
#include "tools/progress.h"
#include "tools/recorded_run.h"
#include "tools/result_files.h"
#include "tools/run_options.h"
#include "tools/scenario_options.h"
#include "tools/standard_streams.h"

namespace interstice::cli {
namespace {

struct CompareOptions {
  ScenarioOptions scenario;
  std::string output;
  std::vector<std::string> arms;
  std::optional<std::uint64_t> replicates;
  std::string edges;
  int jobs = available_threads();
  KeepingOptions keeping;
  bool quiet = false, force = false;
};

std::string without_published(const std::string& arm) {
  return arm.ends_with(kPublished) ? arm.substr(0, arm.size() - kPublished.size()) : arm;
}

/// Of the arms that a comparison runs those that are asked for, each with its run with published edges alone; of
/// NAME@published that run alone, or NAME where no assumed edge acts.
std::vector<std::string> chosen_arms(const Scenario& scenario, const std::vector<std::string>& asked) {
  std::vector<std::string> known;
  for (const Arm& arm : scenario.compare.arms) known.push_back(arm.name);
  if (known.empty())
    throw InputError(
        fmt::format("{} has nothing to compare (no compare.arms) add them, or use interstice run", scenario.path));
  for (const auto& arm : asked) {
    const std::string base = without_published(arm);
    if (std::find(known.begin(), known.end(), base) == known.end())
      throw InputError(fmt::format("unknown arm '{}' (the scenario has {}){}", arm,
                                   fmt::to_string(fmt::join(known, ", ")), did_you_mean(base, known)));
    if (base != arm && scenario.compare.edges == Edges::all)
      throw InputError(fmt::format("all edges go against the arm {} (its assumed ones are left out) name it without {}",
                                   arm, kPublished));
  }
  for (std::size_t i = 1; i < asked.size(); ++i)
    if (std::find(asked.begin(), asked.begin() + static_cast<std::ptrdiff_t>(i), asked[i]) !=
        asked.begin() + static_cast<std::ptrdiff_t>(i))
      throw InputError(fmt::format("--arms names '{}' twice (an arm is compared once) name it once", asked[i]));
  const std::vector<std::string> all = compared_arms(scenario);
  if (asked.empty()) return all;
  const auto has = [](const std::vector<std::string>& names, const std::string& name) {
    return std::ranges::find(names, name) != names.end();
  };
  std::vector<std::string> chosen;
  for (const bool published : {false, true})
    for (const std::string& arm : asked) {
      const std::string base = without_published(arm), second = base + std::string(kPublished);
      const std::string& name = published ? second : base;
      const bool meant = published || base == arm || !has(all, second);
      if (meant && has(all, name) && !has(chosen, name)) chosen.push_back(name);
    }
  return chosen;
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

ComparePlan make_plan(const Scenario& scenario, const CompareOptions& options) {
  return {.arms = chosen_arms(scenario, options.arms),
          .replicates = scenario.compare.replicates,
          .directory = output_path(options.output, options.scenario, "_compare")};
}

/// Which arms of what are compared, and where each outcome comes from.
RunRecord describe_comparison_run(const Scenario& scenario, const ComparePlan& plan, int jobs) {
  const std::string what = fmt::format("{}{}", kCompare, fmt::to_string(fmt::join(plan.arms, ", ")));
  RunRecord record = make_run_record(build_problem(scenario), scenario.resolved, command_line(), what, jobs);
  record.changes = scenario.changes;
  record.identity = sha256_of(what + "\n" + scenario.resolved);
  return record;
}

/// Runs of ours below the directory that the plan does not ask for, arm by arm.
std::vector<std::filesystem::path> others_below(const ComparePlan& plan) {
  std::vector<std::filesystem::path> others = runs_below(plan.directory);
  std::erase_if(others, [&](const std::filesystem::path& run) {
    for (std::size_t arm = 0; arm < plan.arms.size(); ++arm)
      for (std::uint64_t replicate = 0; replicate < plan.replicates; ++replicate)
        if (run == plan.directory_of(arm, replicate)) return true;
    return false;
  });
  std::ranges::sort(others);
  return others;
}

/// NAME@published counts where NAME does, be it that no edge makes a difference.
bool has_arm(const Scenario& scenario, const std::string& name) {
  return std::ranges::find(scenario.compare.arms, without_published(name), &Arm::name) != scenario.compare.arms.end();
}

/// Where one of the other runs would not be a run of this scenario, a finished comparison is another's: its report is
/// not replaced.
void keep_another_comparison(const Scenario& scenario, const ComparePlan& plan, const RunRecord& record) {
  std::string arm;
  std::optional<Problem> problem;
  for (const auto& run : others_below(plan)) {
    if (const std::string name = run.parent_path().filename(); name != arm) {
      arm = name;
      problem.reset();
      if (has_arm(scenario, arm)) problem = build_problem(scenario, {arm, 0});
    }
    std::uint64_t replicate = 0;
    const std::string number = run.filename();
    std::from_chars(number.data(), number.data() + number.size(), replicate);
    if (!problem || !holds_run(run, describe_run(scenario, {arm, replicate}, *problem, 1)))
      return refuse_another_comparison(plan.directory, record);
  }
}

/// Says which arms NAME@published run as NAME alone.
void tell_of_arms_without_assumed_edges(const std::vector<std::string>& asked, const ComparePlan& plan) {
  for (const std::string& arm : asked)
    if (const std::string base = without_published(arm);
        base != arm && std::ranges::find(plan.arms, arm) == plan.arms.end())
      say("{} is {}: no assumed edge acts in it, and it runs once\n", arm, base);
}

void announce(const ComparePlan& plan, const MissingRuns& missing) {
  if (!missing.runs.empty())
    say("{} x {} on {} -> {}\n", counted(plan.arms.size(), "arm"), counted(plan.replicates, "replicate"),
        counted(missing.need.threads, "thread"), plan.directory.string());
  if (const std::size_t others = others_below(plan).size(); others > 0)
    say("{} more of other arms or replicates are kept, but not in this report\n", others);
}

void compare(const CompareOptions& options) {
  ScenarioOptions which = options.scenario;
  if (!options.edges.empty()) which.sets.push_back("compare.edges=" + options.edges);
  if (options.replicates) which.sets.push_back(fmt::format("compare.replicates={}", *options.replicates));
  CompareSettings settings{.save_every = options.keeping.save_every(), .quiet = options.quiet};
  StopRequests stop(output_path(options.output, options.scenario, "_compare"), options.keeping.walltime());
  const Scenario scenario = load(which);
  const ComparePlan plan = make_plan(scenario, options);
  const DirectoryLock lock(plan.directory);
  RunRecord record = describe_comparison_run(scenario, plan, options.jobs);
  const std::vector<std::string> files{std::begin(kComparisonFiles), std::end(kComparisonFiles)};
  const Replace replace = options.force ? Replace::finished_too : Replace::nothing;
  const Found found = look_into_comparison(plan.directory, {record, files, input_files(scenario), replace});
  // What this very comparison has finished is kept when it goes on: a batch system may repeat the command with --force.
  const bool goes_on = found == Found::finished || found == Found::unfinished;
  settings.replace = goes_on && options.force ? Replace::others : replace;
  MissingRuns missing = find_missing(scenario, plan, settings.replace, options.jobs);
  if (found == Found::unfinished) keep_another_comparison(scenario, plan, record);
  if (found == Found::finished && missing.runs.empty()) {
    if (options.quiet) return;
    return say("{} holds this already, finished: nothing to do (--force repeats it)\nReport: {}\n",
               plan.directory.string(), (plan.directory / "report.html").string());
  }
  if (!options.scenario.ignore_limits) print_warnings(check_room(missing.need, plan.directory));
  print_warnings(describe_comparison(scenario, plan).warnings);
  if (!options.quiet) tell_of_arms_without_assumed_edges(options.arms, plan);
  if (!options.quiet) announce(plan, missing);
  const auto failure = attempt([&] {
    const std::optional<Removal> earlier = goes_on ? std::nullopt : std::optional<Removal>(plan.directory);
    write_run_record(plan.directory, record);  // before anything goes: the directory is known as ours at any moment
    if (earlier) earlier->remove();
    record_work(plan.directory, record, files, [&] {
      write_file_atomically(plan.directory / "scenario.yaml", scenario.resolved);
      const auto begin = std::chrono::steady_clock::now();
      const auto failures = do_runs(scenario, std::move(missing), settings, stop);
      ComparisonRuns runs = read_runs(scenario, plan, failures);
      runs.wall_time = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
      const std::string provenance = provenance_json(record, true);
      const auto unwritten =
          attempt([&] { write_comparison(scenario, runs, plan.directory, provenance, options.quiet); });
      report_failures(runs, unwritten);
    });
  });
  stop.obeyed();
  if (failure) throw Error(failure->code, failure->message);
}

void add_compare_options(CLI::App& command) {
  auto options = std::make_shared<CompareOptions>();
  command.add_option("scenario", options->scenario.file, "Scenario file (YAML)")->required()->type_name("FILE");
  command.add_option("-o,--output", options->output, "Where results go (default out/<scenario>_compare)")
      ->type_name("DIR");
  command.add_option("--replicates", options->replicates, "Replicates per arm instead of the scenario's")
      ->check(CLI::Range(1, 100000))
      ->type_name("N");
  command
      .add_option("--arms", options->arms,
                  "Only these arms, for example vehicle,sham,emcev; NAME@published: with published edges alone")
      ->delimiter(',')
      ->type_name("A,B,...");
  command
      .add_option("--edges", options->edges,
                  "Which effect edges of EVs: published ones, all, or both (an arm where it matters runs twice)")
      ->check(CLI::IsMember({"both", "all", "published"}))
      ->type_name("WHICH");
  command.add_option("-j,--jobs,--threads", options->jobs, "Runs at a time, one thread each")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
  add_keeping_options(command, options->keeping);
  add_scenario_options(command, options->scenario);
  command.add_flag("--quiet", options->quiet, "No progress, no table");
  command.add_flag("--force", options->force, "Replace finished results, and those of other runs");
  command.footer(
      "The same command goes on with what is unfinished, to the same bits; with more arms, replicates or outcomes it\n"
      "does only the runs that are new.\n\n"
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
