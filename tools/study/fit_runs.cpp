#include "tools/study/fit_runs.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>

#include "engine/core/error.h"
#include "engine/results/provenance.h"
#include "engine/sim/simulation.h"
#include "tools/failure.h"
#include "tools/machine_limits.h"
#include "tools/study/series_recorder.h"
#include "tools/task_pool.h"

namespace interstice::cli {
namespace {

/// Tasks of one set of values, in a process that reads the scenario once.
class FitWork {
 public:
  FitWork(const Study& study, const ModelRegistry& registry, const LoadOptions& options, const StudyPoint& point,
          const std::map<std::size_t, std::vector<const Datum*>>& data)
      : study_(study), registry_(registry), options_(options), point_(point), data_(data) {}

  TaskSaid run(const StudyTask& task) {
    TaskRow row;
    row.task = name_of(study_, point_, task);
    const auto failure = attempt([&] { do_one(task, row); });
    row.status = !failure ? "finished" : failure->code == ExitCode::memory ? "broken off" : "failed";
    row.exit_code = failure ? static_cast<int>(failure->code) : 0;
    row.reason = failure ? failure->message : "";
    row.host = host_name();
    row.ended = now_text();
    return {.line = line_of(row), .stopped_by = ""};
  }

 private:
  void do_one(const StudyTask& task, TaskRow& row) {
    if (!scenario_) scenario_ = scenario_at(study_, point_, options_, registry_);
    const std::vector<const Datum*>& data = data_.at(task.arm);
    const double last = (*std::ranges::max_element(data, {}, [](const Datum* d) { return d->time; }))->time;
    Problem problem = build_problem(*scenario_, {study_.arms[task.arm], task.replicate});
    row.seed = seed_of(*scenario_, {study_.arms[task.arm], task.replicate});
    SeriesRecorder recorder(problem);
    Simulation simulation(std::move(problem), 1);
    const Observer observer{&recorder, Occasion::series_row};
    run_to_end(simulation, {&observer, 1}, 0, [&](const Simulation&) { return recorder.series().time.back() < last; });
    const std::vector<double>& times = recorder.series().time;
    for (const Datum* datum : data) {
      const auto rows = fitted_rows(*scenario_, recorder.series(), datum->of);
      const double time = std::clamp(datum->time, times.front(), times.back());  // they end there, but for rounding
      const auto value = rows.empty() ? std::nullopt : value_at(times, rows, time);
      row.values.push_back({datum->name(), "", value.value_or(std::nan(""))});
    }
  }

  const Study& study_;
  const ModelRegistry& registry_;
  const LoadOptions& options_;
  const StudyPoint& point_;
  const std::map<std::size_t, std::vector<const Datum*>>& data_;
  std::optional<Scenario> scenario_;
};

const TaskValue* find_value(const TaskRow& row, const std::string& name) {
  const auto found = std::ranges::find(row.values, name, &TaskValue::name);
  return found == row.values.end() ? nullptr : &*found;
}

}  // namespace

FitRuns::FitRuns(const Study& study, const ModelRegistry& registry, const StudySettings& settings, TaskRows known,
                 TaskLog& log, StopRequests& stop)
    : study_(study), registry_(registry), settings_(settings), rows_(std::move(known)), log_(log), stop_(stop) {
  for (const Datum& datum : study.fit->data) of_arm_[datum.arm].push_back(&datum);
  for (const auto& [arm, data] : of_arm_) arms_.push_back(arm);
}

StudyPoint FitRuns::point_at(std::span<const double> values) const {
  StudyPoint point;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const FittedParameter& parameter = study_.fit->parameters[i];
    for (const std::string& key : parameter.keys) point.sets.push_back(key + "=" + value_text(parameter, values[i]));
  }
  point.seed = study_.seed;  // one noise for all
  return point;
}

/// What is known must say something of every datum: data may have been added since.
std::vector<StudyTask> FitRuns::missing_at(const StudyPoint& point) {
  std::vector<StudyTask> missing;
  for (std::uint64_t replicate = 0; replicate < study_.replicates; ++replicate)
    for (const std::size_t arm : arms_) {
      const StudyTask task{.point = 0, .replicate = replicate, .arm = arm};
      const auto row = rows_.find(name_of(study_, point, task));
      const bool there = row != rows_.end() && row->second.counts() &&
                         (row->second.status == "failed" || std::ranges::all_of(of_arm_[arm], [&](const Datum* datum) {
                            return find_value(row->second, datum->name()) != nullptr;
                          }));
      if (!there) missing.push_back(task);
    }
  return missing;
}

void FitRuns::run(const StudyPoint& point, const std::vector<StudyTask>& tasks) {
  FitWork runs(study_, registry_, settings_.options, point, of_arm_);
  const auto jobs = std::min(tasks.size(), static_cast<std::size_t>(settings_.jobs));
  std::vector<std::vector<std::size_t>> bundles(jobs);
  for (std::size_t t = 0; t < tasks.size(); ++t) bundles[t % jobs].push_back(t);
  std::string killed, stopped;
  const TaskPoolWatch watch{.ended =
                                [&](const TaskEnd& end) {
                                  const std::string name = name_of(study_, point, tasks[end.task]);
                                  if (end.said.empty()) {
                                    killed = fmt::format("a run came to no end: {}", end.reason());
                                    return;
                                  }
                                  log_.add(end.said);
                                  const TaskRow row = row_of_line(end.said);
                                  if (row.status == "broken off") killed = row.reason;
                                  rows_[name] = row;
                                },
                            .stop =
                                [&] {
                                  if (stopped.empty()) stopped = stop_.why(0);
                                  return !stopped.empty() || !killed.empty();
                                },
                            .asked_to_stop = [&](const std::string& reason) { stopped = reason; },
                            .progress = [](double) {}};
  do_tasks(
      bundles, static_cast<int>(jobs), [&](std::size_t t, const auto&) { return runs.run(tasks[t]); }, watch);
  done_ += tasks.size();
  if (!stopped.empty())
    throw Error(ExitCode::stopped,
                fmt::format("stopped by {} after {} runs (they are kept) the same command goes on", stopped, done_));
  if (!killed.empty())
    throw Error(ExitCode::memory,
                fmt::format("{} (the fit cannot go on without it) the same command tries it again", killed));
}

void FitRuns::count_failures(const StudyPoint& point) {
  for (const std::size_t arm : arms_)
    for (std::uint64_t replicate = 0; replicate < study_.replicates; ++replicate) {
      const TaskRow& row = rows_.at(name_of(study_, point, {.point = 0, .replicate = replicate, .arm = arm}));
      if (row.status == "failed" && failed_++ == 0) first_failure_ = row.reason;
    }
}

Prediction FitRuns::summed_up(const StudyPoint& point) const {
  const auto n = static_cast<double>(study_.replicates);
  Prediction all;
  for (const Datum& datum : study_.fit->data) {
    std::vector<double> values;
    for (std::uint64_t replicate = 0; replicate < study_.replicates; ++replicate) {
      const TaskRow& row = rows_.at(name_of(study_, point, {.point = 0, .replicate = replicate, .arm = datum.arm}));
      const TaskValue* value = find_value(row, datum.name());
      values.push_back(value == nullptr ? std::nan("") : value->value / datum.per_unit);
    }
    double mean = 0, squares = 0;
    for (const double value : values) mean += value / n;
    for (const double value : values) squares += (value - mean) * (value - mean);
    all.mean.push_back(mean);
    all.error.push_back(n > 1 ? std::sqrt(squares / (n * (n - 1))) : 0);
  }
  return all;
}

Prediction FitRuns::at(std::span<const double> values) {
  const StudyPoint point = point_at(values);
  const auto tasks = missing_at(point);
  const auto of_values = static_cast<std::uint64_t>(arms_.size()) * study_.replicates;
  const bool first = seen_.insert(fmt::format("{}", fmt::join(point.sets, "\n"))).second;
  if (first) known_ += of_values - tasks.size();
  if (!tasks.empty()) run(point, tasks);
  if (first) count_failures(point);
  return summed_up(point);
}

}  // namespace interstice::cli
