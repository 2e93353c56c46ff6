/// @file
/// The work queue of a comparison.
#include "tools/commands/compare_runs.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "engine/results/checkpoint.h"
#include "engine/sim/simulation.h"
#include "tools/directory_lock.h"
#include "tools/disk_space.h"
#include "tools/machine_limits.h"
#include "tools/progress.h"
#include "tools/recorded_run.h"
#include "tools/scenario_options.h"
#include "tools/standard_streams.h"

namespace interstice::cli {
namespace {

/// HDF5 must not be called by two threads at once.
std::mutex library_mutex;

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

class Queue {
 public:
  Queue(const Scenario& scenario, const CompareSettings& settings, StopRequests& stop, MissingRuns missing)
      : scenario_(scenario),
        settings_(settings),
        stop_(stop),
        missing_(std::move(missing)),
        share_done_(missing_.runs.size()) {}

  std::vector<RunFailure> work_all() {
    std::vector<std::thread> workers;
    for (int k = 0; k < missing_.need.threads; ++k) workers.emplace_back([this] { work(); });
    show_progress();
    for (std::thread& worker : workers) worker.join();
    if (const std::string reason = stop_.why(0); stopped_)
      throw Error(ExitCode::stopped,
                  fmt::format("stopped by {} with {} of {} runs done ({}) the same command goes on", reason,
                              finished_ + missing_.present, missing_.runs.size() + missing_.present,
                              begun_ ? "the others are saved as far as they came"
                                     : "none was begun: a limit must leave time for one"));
    return std::move(failures_);
  }

 private:
  void work() {
    for (std::size_t k = next_++; k < missing_.runs.size(); k = next_++) {
      if (!stop_.why(0).empty()) stopped_ = true;
      if (stopped_) break;
      const auto failure = attempt([&] { run_one(missing_.runs[k], share_done_[k]); });
      const std::scoped_lock lock(mutex_);
      share_done_[k] = 1;
      if (failure && failure->code == ExitCode::stopped) {
        stopped_ = true;
        continue;
      }
      if (failure) failures_.push_back({missing_.runs[k].variant.arm, missing_.runs[k].variant.replicate, *failure});
      ++finished_;
    }
    const std::scoped_lock lock(mutex_);
    ++workers_done_;
    changed_.notify_one();
  }

  void run_one(PlannedRun& job, std::atomic<double>& share_done) {
    const DirectoryLock lock(job.directory, DirectoryLock::Cover::by_comparison);
    Problem problem = build_problem(scenario_, job.variant);
    job.found = look(scenario_, problem, job, settings_.replace);  // another command may have worked here meanwhile
    if (job.found == Found::finished) return;
    const double end = seconds(problem.schedule.end());
    const RunSettings settings{.directory = job.directory,
                               .extent = extent_now(job),
                               .threads = 1,
                               .at_a_time = missing_.need.threads,
                               .save_every = settings_.save_every,
                               .library = &library_mutex};
    const RunWatch watch{.gone_on = {},
                         .begun_anew = {},
                         .after_step =
                             [&](const Simulation& now) {
                               begun_ = true;
                               share_done = now.time() / end;
                             },
                         .warn =
                             [this](const std::string& warning) {
                               const std::scoped_lock lock(mutex_);
                               warnings_.push_back(warning);
                             },
                         .placed = {}};  // `validate` says it; here every run would repeat it
    carry_out(scenario_, std::move(problem), job.record, settings, job.found, settings_.replace, stop_, watch);
  }

  void show_progress() {
    Progress progress("Comparing", settings_.quiet);
    const auto total = static_cast<double>(missing_.runs.size() + missing_.present);
    const auto before = static_cast<double>(missing_.present);
    progress.begin_at(before / total);
    std::unique_lock lock(mutex_);
    while (workers_done_ < missing_.need.threads) {
      changed_.wait_for(lock, std::chrono::milliseconds(100));
      if (!warnings_.empty()) progress.finish();
      print_warnings(std::exchange(warnings_, {}));
      double done = before;
      for (const auto& share : share_done_) done += share;
      progress.update(done / total, [&] {
        return fmt::format("{} of {} runs done{}", finished_ + missing_.present, total,
                           failures_.empty() ? "" : fmt::format(", {} failed", failures_.size()));
      });
    }
    progress.finish();
  }

  const Scenario& scenario_;
  const CompareSettings& settings_;
  StopRequests& stop_;
  MissingRuns missing_;
  std::vector<std::atomic<double>> share_done_;
  std::atomic<std::size_t> next_{0};
  std::atomic<bool> stopped_{false}, begun_{false};
  std::size_t finished_ = 0;
  int workers_done_ = 0;
  std::vector<RunFailure> failures_;
  std::vector<std::string> warnings_;
  std::mutex mutex_;
  std::condition_variable changed_;
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
