/// @file
/// The work queue of a comparison.
#include "tools/commands/compare_runs.h"

#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <nlohmann/json.hpp>

#include "engine/results/checkpoint.h"
#include "engine/sim/simulation.h"
#include "tools/directory_lock.h"
#include "tools/disk_space.h"
#include "tools/machine_limits.h"
#include "tools/progress.h"
#include "tools/recorded_run.h"
#include "tools/scenario_options.h"
#include "tools/standard_streams.h"
#include "tools/task_pool.h"

namespace interstice::cli {
namespace {

/// An unfinished run that has snapshots was begun by `run`: it goes on with them.
Extent extent_now(const PlannedRun& run) {
  std::error_code none;
  const bool begun =
      run.found == Found::unfinished &&
      std::ranges::any_of(std::filesystem::directory_iterator(run.directory, none),
                          [](const auto& entry) { return entry.path().filename().string().ends_with(".hdf.series"); });
  return begun ? Extent::all : extent_of(run.variant.replicate);
}

/// Throws InputError when the directory of the run holds anything that may not be replaced.
Found look(const Scenario& scenario, const Problem& problem, const PlannedRun& run, Replace replace) {
  const auto files = output_files(scenario, problem, extent_of(run.variant.replicate));
  return look_into(run.directory,
                   {.record = run.record, .files = files, .inputs = {}, .replace = replace, .inside_ours = true});
}

/// Does the runs, each in a process of its own.
class Queue {
 public:
  Queue(const Scenario& scenario, const CompareSettings& settings, StopRequests& stop, MissingRuns missing)
      : scenario_(scenario),
        settings_(settings),
        stop_(stop),
        missing_(std::move(missing)),
        progress_("Comparing", settings.quiet) {
    progress_.begin_at(static_cast<double>(missing_.present) / total());
  }

  std::vector<RunFailure> work_all() {
    std::vector<std::vector<std::size_t>> bundles(missing_.runs.size());
    for (std::size_t k = 0; k < bundles.size(); ++k) bundles[k] = {k};
    const TaskWork work = [this](std::size_t k, const TaskVoice& voice) { return do_one(missing_.runs[k], voice); };
    do_tasks(bundles, missing_.need.threads, work, watch());
    progress_.finish();
    if (!stopped_by_.empty())
      throw Error(ExitCode::stopped, fmt::format("stopped by {} with {} of {} runs done ({}) the same command goes on",
                                                 stopped_by_, finished_ + missing_.present, total(),
                                                 begun_ ? "the others are saved as far as they came"
                                                        : "none was begun: a limit must leave time for one"));
    return std::move(failures_);
  }

 private:
  [[nodiscard]] double total() const { return static_cast<double>(missing_.runs.size() + missing_.present); }

  TaskSaid do_one(PlannedRun& run, const TaskVoice& voice) {
    const auto failure = attempt([&] { carry_out_planned(run, voice); });
    if (failure && failure->code == ExitCode::stopped)
      return {.line = "", .stopped_by = stop_.why(StopRequests::kEver)};
    const Failure how = failure.value_or(Failure{});
    const nlohmann::json said{{"code", how.code}, {"message", how.message}};
    return {.line = said.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace), .stopped_by = ""};
  }

  void carry_out_planned(PlannedRun& run, const TaskVoice& voice) {
    if (!stop_.why(0).empty()) throw Error(ExitCode::stopped, "");
    const DirectoryLock lock(run.directory, DirectoryLock::Cover::by_comparison);
    Problem problem = build_problem(scenario_, run.variant);
    run.found = look(scenario_, problem, run, settings_.replace);  // another command may have worked here meanwhile
    if (run.found == Found::finished) return;
    const double end = seconds(problem.schedule.end());
    const RunSettings settings{.directory = run.directory,
                               .extent = extent_now(run),
                               .threads = 1,
                               .at_a_time = missing_.need.threads,
                               .save_every = settings_.save_every};
    const RunWatch watch{.gone_on = {},
                         .begun_anew = {},
                         .after_step = [&](const Simulation& now) { voice.how_far(now.time() / end); },
                         .warn = voice.warn,
                         .placed = {}};  // `validate` says it; here every run would repeat it
    carry_out(scenario_, std::move(problem), run.record, settings, run.found, settings_.replace, stop_, watch);
  }

  [[nodiscard]] TaskPoolWatch watch() {
    return {.ended = [this](const TaskEnd& end) { take(end); },
            .stop =
                [this] {
                  if (stopped_by_.empty()) stopped_by_ = stop_.why(0);
                  return !stopped_by_.empty();
                },
            .asked_to_stop = [this](const std::string& reason) { stopped_by_ = reason; },
            .progress =
                [this](double done) {
                  begun_ = begun_ || done > 0;
                  progress_.update((static_cast<double>(missing_.present) + done) / total(), [this] {
                    return fmt::format("{} of {} runs done{}", finished_ + missing_.present, total(),
                                       failures_.empty() ? "" : fmt::format(", {} failed", failures_.size()));
                  });
                },
            .warned =
                [this](const std::string& warning) {
                  progress_.finish();
                  print_warnings({warning});
                }};
  }

  void take(const TaskEnd& end) {
    ++finished_;
    Failure failure{code_of(end), end.reason()};
    if (!end.said.empty()) {
      const auto said = nlohmann::json::parse(end.said);
      failure = {said.at("code").get<ExitCode>(), said.at("message")};
    }
    const RunVariant& variant = missing_.runs[end.task].variant;
    if (failure.code != ExitCode::done) failures_.push_back({variant.arm, variant.replicate, std::move(failure)});
  }

  /// Of a run whose process was ended.
  static ExitCode code_of(const TaskEnd& end) {
    if (end.signal != 0) return end.signal == SIGKILL ? ExitCode::memory : ExitCode::numerical;
    return end.exit_code > 1 ? static_cast<ExitCode>(end.exit_code) : ExitCode::numerical;  // it was not done
  }

  const Scenario& scenario_;
  const CompareSettings& settings_;
  StopRequests& stop_;
  MissingRuns missing_;
  Progress progress_;
  bool begun_ = false;
  std::size_t finished_ = 0;
  std::string stopped_by_;
  std::vector<RunFailure> failures_;
};

}  // namespace

MissingRuns find_missing(const Scenario& scenario, const ComparePlan& plan, Replace replace, int jobs) {
  std::vector<Problem> problems;
  for (const std::string& arm : plan.arms) problems.push_back(build_problem(scenario, {arm, 0}));
  MissingRuns missing;
  double memory = 0, checkpoints = 0;  // of the largest run
  for (std::uint64_t replicate = 0; replicate < plan.replicates; ++replicate)
    for (std::size_t arm = 0; arm < plan.arms.size(); ++arm) {
      PlannedRun run{
          .variant = {plan.arms[arm], replicate}, .directory = plan.directory_of(arm, replicate), .record = {}};
      run.record = describe_run(scenario, run.variant, problems[arm], 1);
      run.found = look(scenario, problems[arm], run, replace);
      if (run.found == Found::finished) {
        Checkpoints(run.directory).remove();  // a kill may have left them
        ++missing.present;
        continue;
      }
      memory = std::max(memory, estimate_memory(problems[arm]));
      checkpoints = std::max(checkpoints, checkpoint_space(problems[arm]));
      if (run.found != Found::unfinished) missing.need.disk += disk_space(scenario, problems[arm], extent_now(run));
      missing.runs.push_back(std::move(run));
    }
  missing.need.threads = static_cast<int>(std::min<std::size_t>(static_cast<std::size_t>(jobs), missing.runs.size()));
  missing.need.memory = memory * missing.need.threads;
  missing.need.disk += checkpoints * missing.need.threads;
  return missing;
}

std::vector<RunFailure> do_runs(const Scenario& scenario, MissingRuns missing, const CompareSettings& settings,
                                StopRequests& stop) {
  if (missing.runs.empty()) return {};
  if (missing.present > 0 && !settings.quiet)
    say("{} of {} runs are there already\n", missing.present, missing.present + missing.runs.size());
  return Queue(scenario, settings, stop, std::move(missing)).work_all();
}

}  // namespace interstice::cli
