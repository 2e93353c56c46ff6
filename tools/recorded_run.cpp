/// @file
/// Doing a run so that nothing of it is lost.
#include "tools/recorded_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "engine/core/error.h"
#include "engine/model/plugin_guard.h"
#include "engine/results/atomic_file.h"
#include "engine/results/checkpoint.h"
#include "tools/result_files.h"
#include "tools/scenario_options.h"

namespace interstice::cli {
namespace {

using Clock = std::chrono::steady_clock;

double wall_time_since(Clock::time_point then) { return std::chrono::duration<double>(Clock::now() - then).count(); }

/// A run and all that watches it.
class RecordedRun {
 public:
  RecordedRun(const Scenario& scenario, Problem problem, const RunRecord& record, const RunSettings& settings,
              StopRequests& stop, const RunWatch& watch, std::optional<Checkpoint> from = std::nullopt)
      : scenario_(scenario),
        settings_(settings),
        stop_(stop),
        watch_(watch),
        identity_(provenance_json(record, true)),
        checkpoints_(settings.directory),
        simulation_(from ? Simulation(std::move(problem), std::move(from->state), settings.threads)
                         : Simulation(std::move(problem), settings.threads)),
        output_(settings.directory, scenario, simulation_.problem(), record, settings.extent,
                from ? Start::continued : Start::fresh),
        saves_seen_(StopRequests::saves_asked()) {
    if (from) {
      output_.recall(from->sinks);
      agenda_ = from->agenda;
    } else if (watch_.placed) {
      for (const std::string& doubt : check_placement(simulation_)) watch_.placed(doubt);
    }
  }

  [[nodiscard]] double time() const { return simulation_.time(); }

  void finish() {
    last_step_ = saved_ = Clock::now();
    const bool finished = run_to_end(simulation_, output_.observers(), scenario_.output.every, agenda_,
                                     [this](const Simulation& now) { return after_step(now); });
    if (!finished) stop();
    output_.close();
  }

 private:
  bool after_step(const Simulation& now) {
    longest_step_ = std::max(longest_step_, wall_time_since(last_step_));
    if (!now.finished()) {
      reason_ = stop_.why(needed_to_stop());
      if (!reason_.empty()) return false;
      if (StopRequests::saves_asked() != saves_seen_ || wall_time_since(saved_) >= settings_.save_every)
        save_if_possible();
    }
    if (watch_.after_step) watch_.after_step(now);
    last_step_ = Clock::now();
    return true;
  }

  /// Twice what the longest step and the longest save took; before the first save, what a slow disk would take.
  [[nodiscard]] double needed_to_stop() {
    constexpr double kLeast = 0.05, kSlowDisk = 200e6;  // [s], [bytes/s]
    if (longest_save_ == 0) longest_save_ = kLeast + estimate_memory(simulation_.problem()) / kSlowDisk;
    return 2 * (longest_step_ + settings_.at_a_time * longest_save_);
  }

  void save() {
    const std::vector<SinkMemory> memories = output_.memories();
    save(memories);
  }

  void save(const std::vector<SinkMemory>& memories) {
    const auto begin = Clock::now();
    saves_seen_ = StopRequests::saves_asked();
    checkpoints_.save(simulation_.problem(), {identity_, simulation_.state(), agenda_, memories});
    longest_save_ = has_saved_ ? std::max(longest_save_, wall_time_since(begin)) : wall_time_since(begin);
    has_saved_ = true;
    saved_ = Clock::now();
  }

  /// A full disk need not end the run: there may be room again before it matters. What observers write must be written.
  void save_if_possible() {
    const std::vector<SinkMemory> memories = output_.memories();
    const auto failure = attempt([&] { save(memories); });
    if (!failure) return;
    saved_ = Clock::now();
    if (watch_.warn)
      watch_.warn(fmt::format("not saved at {:.4g} s ({}); the run goes on", simulation_.time(), failure->message));
  }

  [[noreturn]] void stop() {
    save();
    throw Error(
        ExitCode::stopped,
        fmt::format("stopped by {} at {:.4g} of {:.4g} s (saved in {}) the same command goes on", reason_,
                    simulation_.time(), seconds(simulation_.problem().schedule.end()), settings_.directory.string()));
  }

  const Scenario& scenario_;
  const RunSettings& settings_;
  StopRequests& stop_;
  const RunWatch& watch_;
  std::string identity_, reason_;
  Checkpoints checkpoints_;
  Simulation simulation_;
  RunOutput output_;
  Agenda agenda_;
  Clock::time_point last_step_, saved_;
  double longest_step_ = 0, longest_save_ = 0;  ///< [s]
  bool has_saved_ = false;
  std::uint64_t saves_seen_;
};

/// Throws Error(cannot_go_on) where another program wrote the checkpoint, DiskError where another run did.
void check_origin(const std::filesystem::path& file, const std::string& now) {
  const std::string then = checkpoint_run(file);
  const auto identity = [](const std::string& text) {
    return nlohmann::json::parse(text, nullptr, false).value("identity", "");
  };
  if (identity(then) != identity(now)) throw DiskError(fmt::format("{} is of another run", file.string()));
  if (const std::string other = other_program(then, now); !other.empty())
    throw Error(ExitCode::cannot_go_on,
                fmt::format("{} holds this, unfinished, but begun {} (it could not end with the same bits) --force "
                            "begins it anew, another directory with -o keeps both",
                            file.parent_path().string(), other));
}

/// The run from the newest checkpoint that can be read and fits the files beside it; null where nothing was saved.
/// Those that are damaged are removed once another serves, for they would count among the last two.
std::unique_ptr<RecordedRun> saved_run(const Scenario& scenario, const Problem& problem, const RunRecord& record,
                                       const RunSettings& settings, StopRequests& stop, const RunWatch& watch) {
  const auto files = Checkpoints(settings.directory).files();
  std::vector<std::filesystem::path> damaged;
  std::string last;
  for (const auto& file : files) {
    std::optional<Checkpoint> checkpoint;
    std::unique_ptr<RecordedRun> run;
    const auto failure = attempt([&] {
      check_origin(file, provenance_json(record, true));
      checkpoint = read_checkpoint(file, problem);
      run = std::make_unique<RecordedRun>(scenario, problem, record, settings, stop, watch, std::move(checkpoint));
    });
    if (!failure) {
      for (const auto& other : damaged) Checkpoints::remove_one(other);
      return run;
    }
    if (failure->code != ExitCode::disk) throw Error(failure->code, failure->message);
    if (!checkpoint) damaged.push_back(file);
    last = failure->message;
    if (watch.warn) watch.warn(last);
  }
  if (files.empty()) return nullptr;
  throw Error(
      ExitCode::cannot_go_on,
      fmt::format("{} holds this, unfinished, but no checkpoint in it can be used (the last: {}) --force begins "
                  "it anew",
                  settings.directory.string(), last));
}

/// The same; null also where it begins anew by force.
std::unique_ptr<RecordedRun> saved_run(const Scenario& scenario, const Problem& problem, const RunRecord& record,
                                       const RunSettings& settings, Replace replace, StopRequests& stop,
                                       const RunWatch& watch) {
  std::unique_ptr<RecordedRun> run;
  const auto failure = attempt([&] { run = saved_run(scenario, problem, record, settings, stop, watch); });
  const bool forced = failure && failure->code == ExitCode::cannot_go_on && replace != Replace::nothing;
  if (failure && !forced) throw Error(failure->code, failure->message);
  if (!run && watch.begun_anew) watch.begun_anew();
  return run;
}

/// When a run that goes on was begun, and what time it has taken by what is on record.
void continue_record(const std::filesystem::path& directory, RunRecord& record) {
  const auto earlier = nlohmann::json::parse(our_record(directory));
  record.started = earlier.value("started", "");
  record.wall_time = earlier.value("wall_time_s", 0.0);
}

/// Who else may be writing: nobody any more, or the background writer of a program that a plug-in ends.
enum class OtherWriter { stopped, may_write };

/// Frees the space of half-written files for the record. Emptied first, because the library may still hold a file open;
/// but not a file that may be about to get its final name.
void remove_unfinished_files(const std::filesystem::path& directory, OtherWriter writer) {
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(directory, ignored)) {
    if (entry.path().extension() != ".tmp" || !has_our_name(entry.path())) continue;
    if (writer == OtherWriter::stopped) std::filesystem::resize_file(entry.path(), 0, ignored);
    std::filesystem::remove(entry.path(), ignored);
  }
}

void mark_failed(const std::filesystem::path& directory, RunRecord& record, const Failure& failure,
                 OtherWriter writer) {
  (void)attempt([&] {
    remove_unfinished_files(directory, writer);
    record.reason = failure.message;
    finish_run_record(directory, record, "failed", static_cast<int>(failure.code));
  });
}

/// What `work` fails by; where a plug-in ends the program, the record says so before.
std::optional<Failure> attempt_recorded(const std::filesystem::path& directory, const RunRecord& record,
                                        const std::function<void()>& work) {
  const LastWords words([&](ExitCode code, const std::string& reason) {
    RunRecord last = record;
    mark_failed(directory, last, {code, reason}, OtherWriter::may_write);
  });
  return attempt(work);
}

}  // namespace

RunRecord describe_run(const Scenario& scenario, const RunVariant& variant, const Problem& problem, int threads) {
  RunRecord record = make_run_record(problem, resolved_run(scenario, variant), command_line(),
                                     variant.arm.empty() ? scenario.arm : variant.arm, threads);
  record.changes = scenario.changes;
  record.replicate = variant.replicate;
  record.seed = seed_of(scenario, variant);
  record.identity = sha256_of(run_identity(scenario, variant, problem));
  record.warnings = scenario.warnings;
  for (std::string& warning : check_steps(problem)) record.warnings.push_back(std::move(warning));
  return record;
}

void record_work(const std::filesystem::path& directory, RunRecord& record, const std::vector<std::string>& files,
                 const std::function<void()>& work) {
  const auto begin = Clock::now();
  const auto failure = attempt_recorded(directory, record, work);
  record.wall_time += wall_time_since(begin);
  if (!failure) {
    record.files = list_files(directory, files);
    return finish_run_record(directory, record, "finished", static_cast<int>(ExitCode::done));
  }
  if (failure->code == ExitCode::stopped)
    (void)attempt([&] {
      record.reason = failure->message;
      finish_run_record(directory, record, "stopped", static_cast<int>(failure->code));
    });
  else
    mark_failed(directory, record, *failure, OtherWriter::stopped);
  throw Error(failure->code, failure->message);
}

void carry_out(const Scenario& scenario, Problem problem, RunRecord& record, const RunSettings& settings, Found found,
               Replace replace, StopRequests& stop, const RunWatch& watch) {
  std::unique_ptr<RecordedRun> run;
  if (found == Found::unfinished) run = saved_run(scenario, problem, record, settings, replace, stop, watch);
  record.started = now_text();
  if (run) continue_record(settings.directory, record);
  const std::optional<Removal> earlier = run ? std::nullopt : std::optional<Removal>(settings.directory);
  if (run && watch.gone_on) watch.gone_on(run->time());
  write_run_record(settings.directory, record);  // before anything goes: the directory is known as ours at any moment
  if (earlier) earlier->remove();
  record_work(settings.directory, record, output_files(scenario, problem, settings.extent), [&] {
    write_file_atomically(settings.directory / "scenario.yaml", record.scenario);
    const auto own = run ? std::move(run)  // gone before the record is ended: its writer works no more then
                         : std::make_unique<RecordedRun>(scenario, std::move(problem), record, settings, stop, watch);
    own->finish();
  });
  Checkpoints(settings.directory).remove();
}

}  // namespace interstice::cli
