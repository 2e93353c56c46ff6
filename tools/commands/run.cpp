/// @file
/// `interstice run`: one run of a scenario, with its time series and snapshots.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "engine/results/checkpoint.h"
#include "engine/sim/simulation.h"
#include "tools/command.h"
#include "tools/directory_lock.h"
#include "tools/disk_space.h"
#include "tools/failure.h"
#include "tools/machine_limits.h"
#include "tools/progress.h"
#include "tools/recorded_run.h"
#include "tools/run_options.h"
#include "tools/run_output.h"
#include "tools/scenario_options.h"
#include "tools/standard_streams.h"

namespace interstice::cli {
namespace {

struct RunOptions {
  ScenarioOptions scenario;
  std::string output, arm, edges;
  std::uint64_t replicate = 0;
  int threads = available_threads();
  KeepingOptions keeping;
  bool quiet = false, force = false;
};

/// The arm, with published edges alone where that is asked.
std::string arm_of(const RunOptions& options, const std::string& own) {
  const std::string arm = options.arm.empty() ? own : options.arm;
  const bool ends = arm.ends_with(kPublished);
  if (options.edges == "all" && ends)
    throw InputError(
        fmt::format("--edges all goes against the arm {} (its assumed edges are left out) name it without "
                    "{}",
                    arm, kPublished));
  return options.edges == "published" && !ends ? arm + std::string(kPublished) : arm;
}

/// Runs of several arms or replicates may be started at once, as by a job array.
std::string suffix_of(const RunOptions& options) {
  std::string suffix = options.arm.empty() ? "" : "_" + options.arm;
  if (options.edges == "published" && !options.arm.ends_with(kPublished)) suffix += kPublished;
  if (options.replicate > 0) suffix += fmt::format("_{}", options.replicate);
  return suffix;
}

class Reporter {
 public:
  Reporter(const Problem& problem, const std::filesystem::path& directory, bool quiet)
      : end_(seconds(problem.schedule.end())), directory_(directory), progress_(problem.title, quiet), quiet_(quiet) {}

  [[nodiscard]] RunWatch watch() {
    return {.gone_on = [this](double time) { go_on(time); },
            .begun_anew =
                [this] {
                  if (!quiet_) say("{} holds this, unfinished: it starts again\n", directory_.string());
                },
            .after_step = [this](const Simulation& now) { after_step(now); },
            .warn =
                [this](const std::string& warning) {
                  progress_.finish();
                  print_warnings({warning});
                },
            .placed = [](const std::string& doubt) { print_warnings({doubt}); }};
  }

  void finish(const std::vector<std::string>& files) {
    progress_.finish();
    if (!quiet_)
      say("Finished {:.4g} s of simulated time in {}: {} in {}\n", end_, duration_text(progress_.elapsed()),
          fmt::join(files, ", "), directory_.string());
  }
  void end_line() { progress_.finish(); }

 private:
  void go_on(double time) {
    progress_.begin_at(time / end_);
    if (!quiet_)
      say("{} holds this, unfinished: it goes on from {:.4g} of {:.4g} s\n", directory_.string(), time, end_);
  }
  void after_step(const Simulation& now) {
    if (first_step_ == 0) first_step_ = now.state().clock.step;
    progress_.update(now.time() / end_, [&] {
      return fmt::format("{:.4g} of {:.4g} s, {} EV agents, {:.0f} steps/s", now.time(), end_,
                         now.state().vesicles.size(),
                         static_cast<double>(now.state().clock.step - first_step_ + 1) / progress_.elapsed());
    });
  }

  double end_;
  std::filesystem::path directory_;
  Progress progress_;
  bool quiet_;
  std::uint64_t first_step_ = 0;  ///< of this program
};

void run(const RunOptions& options) {
  const auto path = output_path(options.output, options.scenario, suffix_of(options));
  const double save_every = options.keeping.save_every();
  StopRequests stop(path, options.keeping.walltime());
  const Scenario scenario = load(options.scenario);
  const RunVariant variant{.arm = arm_of(options, scenario.arm), .replicate = options.replicate};
  Problem problem = build_problem(scenario, variant);
  RunRecord record = describe_run(scenario, variant, problem, options.threads);
  const auto files = output_files(scenario, problem, Extent::all);
  const DirectoryLock lock(path);
  const Replace replace = options.force ? Replace::finished_too : Replace::nothing;
  const Found found = look_into(path, {record, files, input_files(scenario), replace});
  if (found == Found::finished) {
    Checkpoints(path).remove();  // a kill may have left them
    if (!options.quiet) say("{} holds this already, finished: nothing to do (--force repeats it)\n", path.string());
    return;
  }
  if (!options.scenario.ignore_limits) {
    const double disk = found == Found::unfinished ? 0 : disk_space(scenario, problem) + checkpoint_space(problem);
    const Need need{options.threads, estimate_memory(problem), disk};
    print_warnings(check_room(need, path));
  }
  print_warnings(record.warnings);
  if (!options.quiet) say("{} on {} -> {}\n", problem.title, counted(options.threads, "thread"), path.string());
  const RunSettings settings{
      .directory = path, .extent = Extent::all, .threads = options.threads, .save_every = save_every};
  Reporter reporter(problem, path, options.quiet);
  const RunWatch watch = reporter.watch();
  const auto failure =
      attempt([&] { carry_out(scenario, std::move(problem), record, settings, found, replace, stop, watch); });
  reporter.end_line();
  stop.obeyed();
  if (failure) throw Error(failure->code, failure->message);
  reporter.finish(files);
}

void add_run_options(CLI::App& command) {
  auto options = std::make_shared<RunOptions>();
  command.add_option("scenario", options->scenario.file, "Scenario file (YAML)")->required()->type_name("FILE");
  command.add_option("-o,--output", options->output, "Where results go (default out/<scenario>)")->type_name("DIR");
  command
      .add_option("--arm", options->arm,
                  "Run an arm of the comparison instead of everything; NAME@published: without assumed edges")
      ->type_name("NAME");
  command
      .add_option("--edges", options->edges,
                  "Which effect edges of EVs act: published ones alone, as in NAME@published, or all")
      ->check(CLI::IsMember({"all", "published"}))
      ->type_name("WHICH");
  command.add_option("--replicate", options->replicate, "Run this replicate of the comparison, counted from 0")
      ->check(whole_number())
      ->type_name("N");
  command.add_option("--threads", options->threads, "Threads; results do not depend on them")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
  add_keeping_options(command, options->keeping);
  add_scenario_options(command, options->scenario);
  command.add_flag("--quiet", options->quiet, "No progress, no summary");
  command.add_flag("--force", options->force, "Replace finished results, and those of other runs");
  command.footer(
      "The same command goes on with an unfinished run, to the same bits.\n\n"
      "Examples:\n  interstice run scenarios/rat_knee_short.yaml\n"
      "  interstice run scenarios/rat_knee.yaml --arm emcev --set vesicles.msc_sev.dose=1ug -o out/low_dose\n"
      "  interstice run scenarios/rat_knee.yaml --max-walltime 1h");
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
