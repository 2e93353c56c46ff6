/// @file
/// `interstice run`: one run of a scenario, with its time series and snapshots.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <thread>

#include "engine/results/atomic_file.h"
#include "engine/sim/simulation.h"
#include "tools/command.h"
#include "tools/failure.h"
#include "tools/output_directory.h"
#include "tools/progress.h"
#include "tools/recording.h"
#include "tools/run_output.h"
#include "tools/scenario_options.h"

namespace interstice::cli {
namespace {

struct RunOptions {
  ScenarioOptions scenario;
  std::string output, arm;
  int threads = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  bool quiet = false, force = false;
};

void simulate(const Scenario& scenario, Problem problem, const RunOptions& options, const OutputDirectory& directory,
              RunRecord& record) {
  Simulation simulation(std::move(problem), options.threads);
  RunOutput output(directory.path(), scenario, simulation.problem(), record, Extent::all);
  Progress progress(scenario.title, options.quiet);
  const double end = seconds(simulation.problem().schedule.end());
  run_to_end(simulation, output.observers(), scenario.output.every, [&](const Simulation& now) {
    progress.update(now.time() / end, [&] {
      return fmt::format("{:.4g} of {:.4g} s, {} EV agents, {:.0f} steps/s", now.time(), end,
                         now.state().vesicles.size(), static_cast<double>(now.state().clock.step) / progress.elapsed());
    });
    return true;
  });
  output.close();
  progress.finish();
  if (!options.quiet)
    fmt::print("Finished {:.4g} s of simulated time in {}: {} in {}\n", end, duration_text(progress.elapsed()),
               fmt::join(output_files(scenario, simulation.problem(), Extent::all), ", "), directory.path().string());
}

void run(const RunOptions& options) {
  const Scenario scenario = load(options.scenario);
  const std::string arm = options.arm.empty() ? scenario.arm : options.arm;
  Problem problem = build_problem(scenario, {.arm = arm});
  const OutputDirectory directory(output_path(options.output, options.scenario, ""));
  RunRecord record = make_run_record(problem, scenario.resolved, command_line(), arm, options.threads);
  record.changes = scenario.changes;
  const auto found =
      directory.make_room({record, output_files(scenario, problem, Extent::all), input_files(scenario), options.force});
  tell_found(found, directory.path(), options.quiet);
  if (found == OutputDirectory::Found::finished) return;
  print_warnings(scenario.warnings);
  print_warnings(check_steps(problem));
  write_run_record(directory.path(), record);
  record_run(directory.path(), record, [&] {
    write_file_atomically(directory.path() / "scenario.yaml", scenario.resolved);
    simulate(scenario, std::move(problem), options, directory, record);
  });
}

void add_run_options(CLI::App& command) {
  auto options = std::make_shared<RunOptions>();
  command.add_option("scenario", options->scenario.file, "Scenario file (YAML)")->required()->type_name("FILE");
  command.add_option("-o,--output", options->output, "Where results go (default out/<scenario>)")->type_name("DIR");
  command.add_option("--arm", options->arm, "Run an arm of the comparison instead of everything")->type_name("NAME");
  command.add_option("--threads", options->threads, "Threads; results do not depend on them")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
  add_scenario_options(command, options->scenario);
  command.add_flag("--quiet", options->quiet, "No progress, no summary");
  command.add_flag("--force", options->force, "Replace earlier results in the directory");
  command.footer(
      "Examples:\n  interstice run scenarios/rat_knee_short.yaml\n"
      "  interstice run scenarios/rat_knee.yaml --arm emcev --set vesicles.msc_sev.dose=1ug -o out/low_dose");
  command.callback([options] { run(*options); });
}

const RegisteredCommand run_command{{.position = 10,
                                     .name = "run",
                                     .arguments = "SCENARIO",
                                     .summary = "one run: time series and snapshots for ParaView -> out/<scenario>/",
                                     .title = "One run: time series and snapshots that ParaView opens.",
                                     .add_options = add_run_options}};

}  // namespace
}  // namespace interstice::cli
