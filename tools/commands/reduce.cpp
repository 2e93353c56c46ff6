/// @file
/// `interstice reduce`: a reduced twin of a scenario, of which thousands of runs can be had.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cmath>
#include <filesystem>
#include <memory>
#include <optional>

#include "engine/results/atomic_file.h"
#include "engine/scenario/reduce/reduced_twin.h"
#include "engine/sim/simulation.h"
#include "models/builtin.h"
#include "tools/command.h"
#include "tools/failure.h"
#include "tools/progress.h"
#include "tools/run_cost.h"
#include "tools/run_options.h"
#include "tools/scenario_options.h"

namespace interstice::cli {
namespace {

namespace fs = std::filesystem;

constexpr TrialTimes kTrial{.limit = 3, .per_run = 0.5};  ///< to find out how long a run takes

struct ReduceOptions {
  ScenarioOptions scenario;
  std::string output, step;
  TwinWishes wishes;
  bool agents = false, force = false;
};

/// A twin that is a sound scenario, in every arm.
struct SoundTwin {
  ReducedTwin twin;
  Scenario scenario;
};

SoundTwin sound_twin(const Scenario& original, const fs::path& file, const ReduceOptions& options,
                     const TwinWishes& wishes) {
  ModelRegistry registry;
  register_builtin_models(registry);
  const std::string include =
      fs::relative(fs::canonical(options.scenario.file), fs::weakly_canonical(fs::absolute(file)).parent_path())
          .string();
  ReducedTwin twin = reduced_twin(original, include, wishes);
  LoadOptions load_options;
  load_options.include_directories = options.scenario.includes;
  Scenario scenario = load_scenario_text(twin.text, file.string(), load_options, registry);
  for (const std::string& arm : compared_arms(scenario)) build_problem(scenario, {.arm = arm});
  return {std::move(twin), std::move(scenario)};
}

/// With counts; where those are refused, with few agents, and with the reason.
SoundTwin sound_twin(const Scenario& original, const fs::path& file, const ReduceOptions& options) {
  std::optional<SoundTwin> made;
  TwinWishes wishes = options.wishes;
  wishes.counts = !options.agents;
  if (options.agents) return sound_twin(original, file, options, wishes);
  const auto make = [&] { made = sound_twin(original, file, options, wishes); };
  const auto with_counts = attempt(make);
  if (!with_counts) return std::move(*made);
  wishes.counts = false;
  if (attempt(make)) throw Error(with_counts->code, with_counts->message);
  print_warnings({"EVs stay agents, for with counts the twin would be refused: " + with_counts->message});
  return std::move(*made);
}

/// Processor time of a run, where it was found out in time [s].
std::optional<double> time_of_run(const Scenario& scenario, const Problem& problem, Trial& trial) {
  if (!can_be_tried(problem)) return std::nullopt;
  trial = try_out(scenario, {.arm = scenario.arm}, problem.schedule.phases, kTrial);
  return cost_of(scenario, problem, trial).time;
}

void say_what_it_costs(const Scenario& original, const Scenario& twin) {
  const Problem before = build_problem(original, {.arm = original.arm}), now = build_problem(twin, {.arm = twin.arm});
  Trial trial, trial_before;
  const auto time = time_of_run(twin, now, trial), time_before = time_of_run(original, before, trial_before);
  print_warnings(twin.warnings);
  print_warnings(check_steps(now));
  print_warnings(trial.placement);
  if (time && time_before)
    fmt::print("  a run takes about {} in place of {}, on one thread\n", duration_text(*time),
               duration_text(*time_before));
}

void reduce(const ReduceOptions& options) {
  const fs::path file =
      options.output.empty() ? fs::path(options.scenario.file).stem() += "_twin.yaml" : fs::path(options.output);
  if (fs::exists(file) && !options.force)
    throw InputError(fmt::format("{} is there already (nothing was written) name another file with -o, or use --force",
                                 file.string()));
  const Scenario original = load(options.scenario);
  if (fs::exists(file) && fs::equivalent(file, options.scenario.file))
    throw InputError(
        fmt::format("{} is the scenario itself (its twin includes it) name another file with -o", file.string()));
  const SoundTwin made = sound_twin(original, file, options);
  write_file_atomically(file, made.twin.text);
  fmt::print("{}: reduced twin of {}\n", file.string(), options.scenario.file);
  for (const std::string& change : made.twin.changes) fmt::print("  {}\n", change);
  std::fflush(stdout);
  say_what_it_costs(original, made.scenario);
  fmt::print("  before you use it: compare both, as with\n    interstice compare {} --replicates 4\n", file.string());
}

void add_reduce_options(CLI::App& command) {
  auto options = std::make_shared<ReduceOptions>();
  command.add_option("scenario", options->scenario.file, "Scenario file (YAML)")->required()->type_name("FILE");
  command.add_option("-o,--output", options->output, "The file to write (default <scenario>_twin.yaml, here)")
      ->type_name("FILE");
  command.add_option("--voxels", options->wishes.most_voxels, "Voxels at most")
      ->check(CLI::Range(1, 100000))
      ->capture_default_str()
      ->type_name("N");
  command
      .add_option("--step", options->step, "Longest step of cells and EVs (default a 288th of the run, at most 5 min)")
      ->type_name("TIME");
  command.add_flag("--agents", options->agents, "EVs as agents, some thousand, in place of counts");
  command.add_option("--include", options->scenario.includes, "Directory in which included files are looked for last")
      ->type_name("DIR")
      ->check(CLI::ExistingDirectory)
      ->allow_extra_args(false);
  command.add_flag("--force", options->force, "Replace a file that is there");
  command.footer(
      "The twin includes the scenario and changes what it says: few voxels, regions as boxes of them with the volumes\n"
      "that they had, long steps, EVs as counts. Cells, substances, reactions, injuries, doses and arms stay. Edit it "
      "as\n"
      "you like; studies take it in place of the scenario.\n\n"
      "Examples:\n  interstice reduce scenarios/rat_knee.yaml\n"
      "  interstice reduce my.yaml -o my_twin.yaml --voxels 128 --step 1min");
  command.callback([options] {
    if (!options->step.empty()) options->wishes.longest_step = std::llround(1e9 * seconds_of("--step", options->step));
    reduce(*options);
  });
}

const RegisteredCommand reduce_command{
    {.position = 45,
     .name = "reduce",
     .arguments = "SCENARIO",
     .summary = "write a reduced twin of a scenario, for samples of thousands of runs",
     .title = "Writes a reduced twin: the same scenario on few voxels and in long steps, as a file that includes it.",
     .add_options = add_reduce_options}};

}  // namespace
}  // namespace interstice::cli
