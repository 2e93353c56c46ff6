#include "tools/study/study_tasks.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <csignal>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "engine/analysis/run_reading.h"
#include "engine/results/provenance.h"
#include "engine/study/study_outcomes.h"
#include "tools/directory_lock.h"
#include "tools/machine_limits.h"
#include "tools/progress.h"
#include "tools/recorded_run.h"
#include "tools/standard_streams.h"
#include "tools/task_pool.h"

namespace interstice::cli {
namespace {

namespace fs = std::filesystem;

/// Files of a run, between disks too. Each has its name when it is complete; a run goes on from any mixture of those
/// that it saved, or is done anew.
void copy_to(const fs::path& from, const fs::path& to) {
  fs::path half = to;
  half += ".half";
  fs::remove_all(half);
  fs::copy(from, half, fs::copy_options::recursive);
  fs::remove(half / DirectoryLock::kName);
  fs::create_directories(to);
  for (const auto& entry : fs::directory_iterator(half)) fs::rename(entry.path(), to / entry.path().filename());
  fs::remove_all(half);
}

/// What the machine lacks is no fault of the task.
const char* status_of(ExitCode code) {
  switch (code) {
    case ExitCode::disk:
    case ExitCode::memory:
      return "broken off";
    case ExitCode::directory_in_use:
      return "elsewhere";  // another process does it: nothing is to be recorded
    default:
      return "failed";
  }
}

/// Does tasks, one after the other. Those of a point share what is read for it.
class TaskRunner {
 public:
  TaskRunner(const Study& study, const ModelRegistry& registry, const StudyDirectory& directory,
             const StudySettings& settings, StopRequests& stop)
      : study_(study),
        registry_(registry),
        directory_(directory),
        settings_(settings),
        stop_(stop),
        identity_(identity_of(study).substr(0, 16)) {}

  TaskSaid run(std::uint64_t index, const TaskVoice& voice) {
    const StudyTask task = task_of(study_, index);
    const auto begin = std::chrono::steady_clock::now();
    const double processor = processor_time();
    TaskRow row;
    const auto failure = attempt([&] { do_one(task, voice, row); });
    if (failure && failure->code == ExitCode::stopped)
      return {.line = "", .stopped_by = stop_.why(StopRequests::kEver)};
    row.status = failure ? status_of(failure->code) : "finished";
    row.exit_code = failure ? static_cast<int>(failure->code) : 0;
    row.reason = failure ? failure->message : "";
    row.wall_time = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    row.processor_time = processor_time() - processor;
    row.memory = most_memory();
    row.host = host_name();
    row.ended = now_text();
    return {.line = line_of(row), .stopped_by = ""};
  }

  /// Where what it saved is kept between calls.
  [[nodiscard]] fs::path kept_of(const std::string& name) const { return directory_.running() / name; }
  /// Where a task is done.
  [[nodiscard]] fs::path place_of(const std::string& name) const {
    return settings_.scratch.empty() ? kept_of(name) : settings_.scratch / identity_ / name;
  }

 private:
  void do_one(const StudyTask& task, const TaskVoice& voice, TaskRow& row) {
    const StudyPoint point = point_of(study_, point_of_run(study_, task));
    row.task = name_of(study_, point, task);
    if (!stop_.why(0).empty()) throw Error(ExitCode::stopped, "");
    if (!scenario_ || point_ != point.index) {
      scenario_.reset();  // never two at a time
      scenario_ = std::make_unique<Scenario>(scenario_at(study_, point, settings_.options, registry_));
      facts_.clear();
      point_ = point.index;
    }
    const RunVariant variant{study_.arms[task.arm], task.replicate};
    Problem problem = build_problem(*scenario_, variant);
    if (!facts_.contains(task.arm)) facts_.emplace(task.arm, facts_of(*scenario_, variant.arm, problem));
    RunRecord record = describe_run(*scenario_, variant, problem, 1);
    row.seed = record.seed;
    const fs::path place = place_of(row.task);
    const DirectoryLock lock(place);
    carry_out_in(place, std::move(problem), record, voice);
    RunOutcome outcome = read_series(place);
    outcome.amount_at_start.assign(facts_.at(task.arm).species.size(), std::nan(""));  // budgets are not asked for
    outcome.amount_at_end = outcome.amount_at_start;
    outcome.arm = variant.arm;
    outcome.replicate = task.replicate;
    outcome.seed = record.seed;
    for (const Metric& metric : outcomes_of(*scenario_, facts_.at(task.arm), outcome))
      row.values.push_back({metric.name(), metric.unit, metric.value.value_or(std::nan(""))});
  }

  /// The place is ours alone: what a kill left there that cannot be gone on with is done anew.
  static Found look_here(const fs::path& place, const RunRecord& record, const std::vector<std::string>& files) {
    Found found = Found::nothing;
    const Wanted wanted{
        .record = record, .files = files, .inputs = {}, .replace = Replace::others, .inside_ours = true};
    const auto failure = attempt([&] { found = look_into(place, wanted); });
    if (!failure) return found;
    if (failure->code != ExitCode::input) throw Error(failure->code, failure->message);
    clear(place);
    return Found::nothing;
  }

  /// All but the lock.
  static void clear(const fs::path& place) {
    for (const auto& entry : fs::directory_iterator(place))
      if (entry.path().filename() != DirectoryLock::kName) fs::remove_all(entry.path());
  }

  void carry_out_in(const fs::path& place, Problem problem, RunRecord& record, const TaskVoice& voice) {
    const double end = seconds(problem.schedule.end());
    const fs::path kept = kept_of(place.filename());  // what a run saved that was stopped elsewhere
    if (kept != place && fs::exists(kept)) copy_to(kept, place);
    const auto files = output_files(*scenario_, problem, Extent::series);
    const Found found = look_here(place, record, files);
    if (found == Found::finished) return;  // the program was killed before it read the numbers
    const RunSettings settings{.directory = place,
                               .extent = Extent::series,
                               .threads = 1,
                               .at_a_time = settings_.jobs,
                               .save_every = settings_.save_every};
    const RunWatch watch{.gone_on = {},
                         .begun_anew = {},
                         .after_step = [&](const Simulation& now) { voice.how_far(now.time() / end); },
                         .warn = {},
                         .placed = {}};
    const auto failure = attempt(
        [&] { carry_out(*scenario_, std::move(problem), record, settings, found, Replace::others, stop_, watch); });
    if (!failure) return;
    if (failure->code == ExitCode::stopped && kept != place) copy_to(place, kept);
    throw Error(failure->code, failure->message);
  }

  const Study& study_;
  const ModelRegistry& registry_;
  const StudyDirectory& directory_;
  const StudySettings& settings_;
  StopRequests& stop_;
  std::string identity_;                ///< tells the tasks of studies apart that share a place for scratch
  std::unique_ptr<Scenario> scenario_;  ///< of the point
  std::uint64_t point_ = 0;
  std::map<std::size_t, ArmFacts> facts_;  ///< of arms of the point
};

/// Tasks of one point go to one process, which reads its scenario once; but no more than keep all processes at work.
std::vector<std::vector<std::size_t>> bundle(const Study& study, const std::vector<std::uint64_t>& tasks, int jobs) {
  constexpr std::size_t kPerProcess = 8, kMost = 256;
  const std::size_t most =
      std::clamp<std::size_t>(tasks.size() / (kPerProcess * static_cast<std::size_t>(jobs)), 1, kMost);
  std::vector<std::vector<std::size_t>> bundles;
  std::uint64_t point = 0;
  for (const std::uint64_t task : tasks) {
    const std::uint64_t here = task_of(study, task).point;
    if (bundles.empty() || here != point || bundles.back().size() >= most) bundles.emplace_back();
    bundles.back().push_back(task);
    point = here;
  }
  return bundles;
}

/// What is counted and shown while tasks are done.
class Desk {
 public:
  Desk(const Study& study, const StudySettings& settings, const TaskRunner& runner, TaskLog& log, StopRequests& stop,
       std::size_t missing)
      : study_(study),
        settings_(settings),
        runner_(runner),
        log_(log),
        stop_(stop),
        total_(settings.there + missing),
        before_(settings.there),
        progress_("Study", settings.quiet) {
    progress_.begin_at(share(0));
  }

  [[nodiscard]] TaskPoolWatch watch() {
    return {.ended = [this](const TaskEnd& end) { take(end); },
            .stop =
                [this] {
                  if (reason_.empty()) reason_ = stop_.why(0);
                  return !reason_.empty() || no_room_ || (settings_.stop_on_error && failed_ > 0);
                },
            .asked_to_stop = [this](const std::string& reason) { reason_ = reason; },
            .progress =
                [this](double done) {
                  progress_.update(share(done - static_cast<double>(retried_.size())), [&] {
                    return fmt::format("{} of {} runs done{}", before_ + finished_ + failed_, total_,
                                       failed_ == 0 ? "" : fmt::format(", {} failed", failed_));
                  });
                }};
  }
  void end_line() { progress_.finish(); }
  [[nodiscard]] std::uint64_t finished() const { return finished_; }
  [[nodiscard]] std::uint64_t elsewhere() const { return elsewhere_; }
  [[nodiscard]] const std::string& stopped_by() const { return reason_; }
  [[nodiscard]] const std::optional<std::string>& no_room() const { return no_room_; }
  /// Those that are to be tried once more.
  [[nodiscard]] std::vector<std::uint64_t> again() { return std::exchange(retried_, {}); }

 private:
  [[nodiscard]] double share(double done) const {
    return total_ == 0 ? 1 : (static_cast<double>(before_) + done) / static_cast<double>(total_);
  }

  void take(const TaskEnd& end) {
    const TaskRow row = end.said.empty() ? row_of_ended(end) : row_in(end.said);
    if (row.status == "elsewhere") return void(++elsewhere_);
    log_.add(end.said.empty() ? line_of(row) : end.said);
    std::error_code gone;  // `study collect` may clear it at this moment too
    if (row.counts()) fs::remove_all(runner_.place_of(row.task), gone);  // its numbers are on the disk
    if (row.counts()) fs::remove_all(runner_.kept_of(row.task), gone);
    if (row.exit_code == static_cast<int>(ExitCode::disk) && row.status == "broken off") no_room_ = row.reason;
    count(end.task, row);
  }

  /// Of a task whose process is gone. A crash is the task's own doing.
  [[nodiscard]] TaskRow row_of_ended(const TaskEnd& end) const {
    constexpr std::array kCrashes{SIGSEGV, SIGABRT, SIGFPE, SIGILL, SIGBUS};
    const StudyTask task = task_of(study_, end.task);
    TaskRow row;
    row.task = name_of(study_, point_of(study_, task.point), task);
    const bool crash = std::ranges::find(kCrashes, end.signal) != kCrashes.end();
    row.status = end.signal != 0 && !crash ? "killed" : "failed";
    row.exit_code = end.signal != 0 ? 128 + end.signal : end.exit_code;
    row.reason = end.reason();
    row.host = host_name();
    row.ended = now_text();
    return row;
  }

  [[nodiscard]] static TaskRow row_in(const std::string& line) {
    const auto said = nlohmann::json::parse(line, nullptr, false);
    TaskRow row;
    row.task = said.value("task", "");
    row.status = said.value("status", "");
    row.reason = said.value("reason", "");
    row.exit_code = said.value("exit_code", 0);
    return row;
  }

  void count(std::size_t task, const TaskRow& row) {
    if (row.status == "finished") {
      ++finished_;
      return;
    }
    if (!no_room_ && tries_[task]++ < settings_.retries) return retried_.push_back(task);
    ++failed_;
  }

  const Study& study_;
  const StudySettings& settings_;
  const TaskRunner& runner_;
  TaskLog& log_;
  StopRequests& stop_;
  std::uint64_t total_, before_;
  Progress progress_;
  std::uint64_t finished_ = 0, failed_ = 0, elsewhere_ = 0;
  std::string reason_;                  ///< to stop
  std::optional<std::string> no_room_;  ///< on the disk
  std::map<std::size_t, std::uint64_t> tries_;
  std::vector<std::uint64_t> retried_;
};

}  // namespace

std::vector<std::uint64_t> missing_tasks(const Study& study, const TaskRows& rows, bool failed_too) {
  std::vector<std::uint64_t> missing;
  std::set<std::string> names;  // points may stand twice in a design
  StudyPoint point = point_of(study, 0);
  for (std::uint64_t index = 0; index < study.task_count(); ++index) {
    const StudyTask task = task_of(study, index);
    if (task.point != point.index) point = point_of(study, task.point);
    const std::string name = name_of(study, point, task);
    const auto row = rows.find(name);
    const bool there = row != rows.end() && (row->second.status == "finished" || (row->second.counts() && !failed_too));
    if (!there && names.insert(name).second) missing.push_back(index);
  }
  return missing;
}

void do_study_tasks(const Study& study, const ModelRegistry& registry, const std::vector<std::uint64_t>& tasks,
                    const StudyDirectory& directory, const StudySettings& settings, TaskLog& log, StopRequests& stop) {
  TaskRunner runner(study, registry, directory, settings, stop);
  Desk desk(study, settings, runner, log, stop, tasks.size());
  const TaskWork work = [&runner](std::size_t task, const TaskVoice& voice) { return runner.run(task, voice); };
  const TaskPoolWatch watch = desk.watch();
  for (std::vector<std::uint64_t> todo = tasks; !todo.empty(); todo = desk.again())
    do_tasks(bundle(study, todo, settings.jobs), settings.jobs, work, watch);
  desk.end_line();
  if (desk.no_room()) throw DiskError(*desk.no_room());
  if (!desk.stopped_by().empty())
    throw Error(ExitCode::stopped,
                fmt::format("stopped by {} with {} of {} runs done (those under way are saved as far as they came) the "
                            "same command goes on",
                            desk.stopped_by(), settings.there + desk.finished(), settings.there + tasks.size()));
  if (desk.elsewhere() > 0)
    throw Error(ExitCode::directory_in_use,
                fmt::format("{} of the runs are being done by another process (they were left to it) the same command "
                            "does what is missing when it has ended",
                            desk.elsewhere()));
}

}  // namespace interstice::cli
