/// @file
/// `interstice validate`: every mistake of every file at once, and what a run would cost.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <ctime>
#include <limits>
#include <memory>

#include "engine/scenario/spec/spec.h"
#include "engine/sim/feedback/feedback_gain.h"
#include "engine/sim/simulation.h"
#include "tools/command.h"
#include "tools/disk_space.h"
#include "tools/failure.h"
#include "tools/help.h"
#include "tools/machine_limits.h"
#include "tools/progress.h"
#include "tools/scenario_options.h"

namespace interstice::cli {
namespace {

constexpr double kTrialTime = 1;         ///< spent on timing steps of every phase [s]
constexpr std::size_t kMostTrials = 20;  ///< phases that are timed one by one
constexpr double kTrialMemory = 2e9;     ///< larger problems are not built only to be timed [B]

struct Cost {
  double steps = 0, memory = 0, disk = 0;  ///< [1], [B], [B]
  std::optional<double> time;              ///< one run on one thread [s]
};

Nanoseconds smallest_step(const Phase& phase) { return std::min({phase.transport, phase.vesicles, phase.cells}); }

/// Processor time that this program has used [s].
double processor_time() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

/// Time of one step of this phase [s]: the machine at hand, the scenario at hand, from its start. Processor time, so
/// that other programs do not count; whole rounds of vesicle steps, so that each stage has its share, if the budget
/// allows; the first round, which fills caches and tables, does not count then.
double time_step(Problem problem, Phase phase, double budget) {
  const Nanoseconds step = smallest_step(phase);
  const auto round = std::max<Nanoseconds>(1, phase.vesicles / step);
  phase.until = phase.cells * (1 + std::numeric_limits<Nanoseconds>::max() / phase.cells / 4);  // trials never end
  problem.schedule.phases = {phase};
  Simulation simulation(std::move(problem), 1);
  double begin = processor_time(), steps = 0;
  const auto in_time = [&] { return processor_time() - begin < budget; };
  const auto take_round = [&] {
    for (Nanoseconds i = 0; i < round && (i == 0 || in_time()); ++i, ++steps) simulation.step();
  };
  take_round();
  if (in_time()) {
    begin = processor_time();
    steps = 0;
  }
  while (in_time()) take_round();
  return (processor_time() - begin) / steps;
}

Cost estimate(const Scenario& scenario, const Problem& problem) {
  Cost cost;
  const auto& phases = problem.schedule.phases;
  cost.memory = estimate_memory(problem);
  cost.disk = disk_space(scenario, problem) + checkpoint_space(problem);
  if (cost.memory < kTrialMemory && phases.size() <= kMostTrials) cost.time = 0;
  Nanoseconds begin = 0;
  for (const Phase& phase : phases) {
    const double steps = static_cast<double>(phase.until - begin) / static_cast<double>(smallest_step(phase));
    cost.steps += steps;
    begin = phase.until;
    if (cost.time)
      *cost.time += steps * time_step(build_problem(scenario, {.arm = scenario.arm}), phase,
                                      kTrialTime / static_cast<double>(phases.size()));
  }
  return cost;
}

void print_cost(const Scenario& scenario, const Cost& cost) {
  fmt::print("  one run: {:.0f} steps, {} of memory, at most {} on disk{}\n", cost.steps, bytes_text(cost.memory),
             bytes_text(cost.disk), cost.time ? ", about " + duration_text(*cost.time) + " on one thread" : "");
  const auto arms = scenario.compare.arms.size();
  if (arms == 0) return;
  const auto runs = static_cast<double>(arms * scenario.compare.replicates);
  const double jobs = std::min(runs, static_cast<double>(available_threads()));
  fmt::print(
      "  compare: {} arms x {} replicates = {:.0f} runs, {} of memory{}\n", arms, scenario.compare.replicates, runs,
      bytes_text(jobs * cost.memory),
      cost.time ? fmt::format(", about {} with {:.0f} at a time", duration_text(*cost.time * runs / jobs), jobs) : "");
}

void validate_one(const ScenarioOptions& options, bool quiet) {
  const Scenario scenario = load(options);
  const Problem problem = build_problem(scenario, {.arm = scenario.arm});
  for (const Arm& arm : scenario.compare.arms) build_problem(scenario, {.arm = arm.name});
  auto warnings = check_steps(problem);
  const FeedbackGain feedback = feedback_gain(problem);
  if (const auto warning = feedback_warning(feedback)) warnings.push_back(*warning);
  fmt::print("{}: valid\n", options.file);
  std::fflush(stdout);
  print_warnings(scenario.warnings);
  print_warnings(warnings);
  if (quiet) return;
  for (const std::string& note : scenario.notes) fmt::print("  {}\n", note);
  fmt::print("  {}\n", feedback.text());
  print_cost(scenario, estimate(scenario, problem));
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
  command.add_flag("--quiet", options->quiet, "No cost estimate");
  command.footer(
      "Examples:\n  interstice validate scenarios/*.yaml\n  interstice validate my.yaml --set seed=3 --quiet");
  command.callback([options] { validate(options->scenario, options->files, options->quiet); });
}

const RegisteredCommand validate_command{{.position = 30,
                                          .name = "validate",
                                          .arguments = "FILE...",
                                          .summary = "all mistakes at once with their lines, and what a run would cost",
                                          .title = "Every mistake of every file, and what a run would cost.",
                                          .add_options = add_validate_options}};

}  // namespace
}  // namespace interstice::cli
