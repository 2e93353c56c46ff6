/// @file
/// `interstice validate`: every mistake of every file at once, whether tissue rests, and what a run would cost.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <ctime>
#include <limits>
#include <memory>

#include "engine/scenario/spec/spec.h"
#include "engine/sim/feedback/feedback_gain.h"
#include "engine/sim/simulation.h"
#include "tools/child_process.h"
#include "tools/command.h"
#include "tools/disk_space.h"
#include "tools/failure.h"
#include "tools/help.h"
#include "tools/machine_limits.h"
#include "tools/progress.h"
#include "tools/scenario_options.h"

namespace interstice::cli {
namespace {

using WallClock = std::chrono::steady_clock;

constexpr double kAnswerTime = 4.5;      ///< within which the answer is there, by and large [s]
constexpr double kTrialTime = 1;         ///< spent on timing steps of every phase [s]
constexpr double kUsedForTrial = 0.9;    ///< of the time that is left; the rest is for a step that began before
constexpr double kShortestTrial = 0.3;   ///< left for it when all else took long [s]
constexpr std::size_t kMostTrials = 20;  ///< phases that are timed one by one
constexpr double kTrialMemory = 2e9;     ///< larger problems are not built only to be timed [B]

struct Cost {
  double steps = 0, memory = 0, disk = 0;  ///< [1], [B], [B]
  std::optional<double> time;              ///< one run on one thread [s]
  bool tried = false;                      ///< to find the time
};

/// What a trial in a process of its own found out.
struct Trial {
  std::vector<std::string> placement;  ///< doubts about it
  std::vector<double> step_times;      ///< per phase [s]
};

Nanoseconds smallest_step(const Phase& phase) { return std::min({phase.transport, phase.vesicles, phase.cells}); }

/// Processor time that this program has used [s].
double processor_time() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

/// Time of one step of this phase [s]: the machine at hand, the scenario at hand, from its start. Processor time, so
/// that other programs do not count; whole rounds of vesicle steps, so that each stage has its share, if the budget
/// allows; the first round, which fills caches and tables, does not count then. On a busy machine `until` comes first.
double time_step(Simulation& simulation, const Phase& phase, double budget, WallClock::time_point until) {
  const auto round = std::max<Nanoseconds>(1, phase.vesicles / smallest_step(phase));
  double begin = processor_time(), steps = 0;
  const auto in_time = [&] { return processor_time() - begin < budget && WallClock::now() < until; };
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

/// Builds the start and takes some steps of every phase, for `limit` [s] at most. Throws whatever these fail by.
Trial try_out(const Scenario& scenario, const std::vector<Phase>& phases, double limit) {
  const auto begin = WallClock::now();
  const double phase_time = kUsedForTrial * limit / static_cast<double>(phases.size());  // [s], by the clock
  const FromChild child = do_in_child(limit, [&](const Say& say) {
    for (std::size_t k = 0; k < phases.size(); ++k) {
      Problem problem = build_problem(scenario, {.arm = scenario.arm});
      Phase phase = phases[k];
      phase.until = phase.cells * (1 + std::numeric_limits<Nanoseconds>::max() / phase.cells / 4);  // never ends
      problem.schedule.phases = {phase};
      Simulation simulation(std::move(problem), 1);
      if (k == 0)
        for (const std::string& doubt : check_placement(simulation)) say("placement " + doubt);
      const auto until = begin + std::chrono::milliseconds(static_cast<int>(1e3 * phase_time * (k + 1.0)));
      say(fmt::format("step {}", time_step(simulation, phase, kTrialTime / static_cast<double>(phases.size()), until)));
    }
  });
  if (child.failure) throw Error(child.failure->code, child.failure->message);
  Trial trial;
  for (const std::string& line : child.lines) {
    const std::string what = line.substr(0, line.find(' ')), rest = line.substr(what.size() + 1);
    if (what == "placement") trial.placement.push_back(rest);
    if (what == "step") trial.step_times.push_back(std::stod(rest));
  }
  return trial;
}

Cost estimate(const Scenario& scenario, const Problem& problem, const Trial& trial) {
  Cost cost;
  const auto& phases = problem.schedule.phases;
  cost.memory = estimate_memory(problem);
  cost.disk = disk_space(scenario, problem) + checkpoint_space(problem);
  if (trial.step_times.size() == phases.size()) cost.time = 0;
  Nanoseconds begin = 0;
  for (std::size_t k = 0; k < phases.size(); ++k) {
    const double steps = static_cast<double>(phases[k].until - begin) / static_cast<double>(smallest_step(phases[k]));
    cost.steps += steps;
    begin = phases[k].until;
    if (cost.time) *cost.time += steps * trial.step_times[k];
  }
  return cost;
}

void print_cost(const Scenario& scenario, const Cost& cost) {
  fmt::print("  one run: {:.0f} steps, {} of memory, at most {} on disk{}\n", cost.steps, bytes_text(cost.memory),
             bytes_text(cost.disk),
             cost.time    ? ", about " + duration_text(*cost.time) + " on one thread"
             : cost.tried ? "; how long it takes was not found out in time"
                          : "");
  const auto arms = compared_arms(scenario).size();
  if (arms == 0) return;
  const auto runs = static_cast<double>(arms * scenario.compare.replicates);
  const double jobs = std::min(runs, static_cast<double>(available_threads()));
  fmt::print(
      "  compare: {} arms x {} replicates = {:.0f} runs, {} of memory{}\n", arms, scenario.compare.replicates, runs,
      bytes_text(jobs * cost.memory),
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
  fmt::print("{}: valid\n", options.file);
  std::fflush(stdout);
  print_warnings(scenario.warnings);
  print_warnings(warnings);
  const auto& phases = problem.schedule.phases;
  const bool tried = estimate_memory(problem) < kTrialMemory && phases.size() <= kMostTrials;
  Trial trial;
  if (tried && !quiet) {
    const double left = std::chrono::duration<double>(after(kAnswerTime) - WallClock::now()).count();
    trial = try_out(scenario, phases, std::max(kShortestTrial, left));
  }
  print_warnings(trial.placement);
  if (quiet) return;
  for (const std::string& note : scenario.notes) fmt::print("  {}\n", note);
  fmt::print("  {}\n", feedback.text());
  Cost cost = estimate(scenario, problem, trial);
  cost.tried = tried;
  print_cost(scenario, cost);
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
