/// @file
/// `interstice validate`: every mistake of every file at once, whether tissue rests, and what a run would cost.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <memory>

#include "engine/scenario/spec/spec.h"
#include "engine/sim/feedback/feedback_gain.h"
#include "engine/sim/simulation.h"
#include "tools/command.h"
#include "tools/commands/compare_runs.h"
#include "tools/failure.h"
#include "tools/help.h"
#include "tools/machine_limits.h"
#include "tools/progress.h"
#include "tools/run_cost.h"
#include "tools/scenario_options.h"

namespace interstice::cli {
namespace {

using WallClock = std::chrono::steady_clock;

constexpr double kAnswerTime = 4.5;     ///< within which the answer is there, by and large [s]
constexpr double kShortestTrial = 0.3;  ///< left for the trial when all else took long [s]

void print_cost(const Scenario& scenario, const Cost& cost, bool tried) {
  fmt::print("  one run: {:.0f} steps, {} of memory, at most {} on disk{}\n", cost.steps, bytes_text(cost.memory),
             bytes_text(cost.disk),
             cost.time ? ", about " + duration_text(*cost.time) + " on one thread"
             : tried   ? "; how long it takes was not found out in time"
                       : "");
  const auto names = compared_arms(scenario);
  const auto arms = names.size();
  if (arms == 0) return;
  const auto runs = static_cast<double>(arms * scenario.compare.replicates);
  const auto second = std::ranges::count_if(names, [](const std::string& name) { return name.ends_with(kPublished); });
  const double jobs = std::min(runs, static_cast<double>(available_threads()));
  fmt::print(
      "  compare: {} arms{} x {} replicates = {:.0f} runs, {} of memory{}\n", arms,
      second == 0 ? "" : fmt::format(" ({} of them a second time, with published edges alone)", second),
      scenario.compare.replicates, runs, bytes_text(jobs * cost.memory),
      cost.time ? fmt::format(", about {} with {:.0f} at a time", duration_text(*cost.time * runs / jobs), jobs) : "");
}

/// Builds every arm, for the mistakes in it, as long as there is time. Says which were left out.
std::optional<std::string> look_at_arms(const Scenario& scenario, WallClock::time_point until) {
  std::vector<std::string> left_out;
  for (const std::string& arm : compared_arms(scenario))
    if (WallClock::now() < until)
      build_problem(scenario, {.arm = arm});
    else
      left_out.push_back(arm);
  if (left_out.empty()) return std::nullopt;
  return fmt::format("not looked at for lack of time, as the scenario is so large: arms {}", fmt::join(left_out, ", "));
}

void validate_one(const ScenarioOptions& options, bool quiet) {
  const auto begin = WallClock::now();
  const auto after = [begin](double s) { return begin + std::chrono::milliseconds(static_cast<int>(1e3 * s)); };
  const Scenario scenario = load(options);
  const Problem problem = build_problem(scenario, {.arm = scenario.arm});
  const auto left_out = look_at_arms(scenario, after(kAnswerTime / 2));
  auto warnings = check_steps(problem);
  const FeedbackGain feedback = feedback_gain(problem);
  if (const auto warning = feedback_warning(feedback)) warnings.push_back(*warning);
  if (left_out) warnings.push_back(*left_out);
  const auto& arms = scenario.compare.arms;
  const auto control =
      missing_control(std::ranges::any_of(arms, [](const Arm& arm) { return !arm.vesicles && !arm.sham; }),
                      std::ranges::any_of(arms, &Arm::sham));
  if (arms.size() > 1 && control) warnings.push_back(*control);
  fmt::print("{}: valid\n", options.file);
  std::fflush(stdout);
  print_warnings(scenario.warnings);
  print_warnings(warnings);
  const auto& phases = problem.schedule.phases;
  const bool tried = can_be_tried(problem);
  Trial trial;
  if (tried && !quiet) {
    const double left = std::chrono::duration<double>(after(kAnswerTime) - WallClock::now()).count();
    trial = try_out(scenario, {.arm = scenario.arm}, phases, {.limit = std::max(kShortestTrial, left)});
  }
  print_warnings(trial.placement);
  if (quiet) return;
  for (const std::string& note : scenario.notes) fmt::print("  {}\n", note);
  fmt::print("  {}\n", feedback.text());
  print_cost(scenario, cost_of(scenario, problem, trial), tried);
}

void validate(const ScenarioOptions& options, const std::vector<std::string>& files, bool quiet) {
  std::vector<std::string> wrong;
  ExitCode code = ExitCode::input;
  for (const auto& file : files) {
    ScenarioOptions one = options;
    one.file = file;
    if (const auto failure = attempt([&] { validate_one(one, quiet); })) {
      wrong.push_back(failure->message);
      code = failure->code;
    }
  }
  if (wrong.empty()) return;
  std::string text;
  for (const auto& message : wrong) text += (text.empty() ? "" : "\n") + message;
  if (files.size() > 1) text += fmt::format("\n{} of {} files have mistakes", wrong.size(), files.size());
  throw Error(code, text);
}

void add_validate_options(CLI::App& command) {
  struct Options {
    ScenarioOptions scenario;
    std::vector<std::string> files;
    bool quiet = false;
  };
  auto options = std::make_shared<Options>();
  command.add_option("files", options->files, "Scenario files (YAML)")->required()->type_name("FILE...");
  add_scenario_options(command, options->scenario);
  command.add_flag("--quiet", options->quiet, "No trial: neither where cells stand nor what a run would cost");
  command.footer(
      "Examples:\n  interstice validate scenarios/*.yaml\n  interstice validate my.yaml --set seed=3 --quiet");
  command.callback([options] { validate(options->scenario, options->files, options->quiet); });
}

const RegisteredCommand validate_command{
    {.position = 30,
     .name = "validate",
     .arguments = "FILE...",
     .summary = "all mistakes with their lines, whether tissue rests, and what a run costs",
     .title = "Every mistake of every file, the gain of feedback at rest, and what a run would cost.\n"
              "A gain above 1 means that cells drive each other on without injury.",
     .add_options = add_validate_options}};

}  // namespace
}  // namespace interstice::cli
