/// @file
/// The runs of a fit: for a set of values of the fitted parameters, what the runs of each arm say where there are data.
/// Runs are done in processes of their own, as tasks of a study are, but in memory; each leaves a line in the log, and
/// is not done again by a later call.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "engine/study/study.h"
#include "tools/stop_requests.h"
#include "tools/study/study_tasks.h"
#include "tools/study/task_log.h"

namespace interstice::cli {

/// Per datum, in its unit: the mean over replicates and its standard error (0 of a single one); NaN where a run failed.
struct Prediction {
  std::vector<double> mean, error;
};

class FitRuns {
 public:
  /// Everything that is given must stay. `known`: what earlier calls left.
  FitRuns(const Study& study, const ModelRegistry& registry, const StudySettings& settings, TaskRows known,
          TaskLog& log, StopRequests& stop);

  /// Throws Error(stopped) when asked to stop, Error(memory) where a process was killed.
  Prediction at(std::span<const double> values);

  [[nodiscard]] std::uint64_t sets_of_values() const { return seen_.size(); }
  [[nodiscard]] std::uint64_t runs_done() const { return done_; }
  [[nodiscard]] std::uint64_t runs_known() const { return known_; }
  [[nodiscard]] std::uint64_t runs_failed() const { return failed_; }
  [[nodiscard]] const std::string& first_failure() const { return first_failure_; }

 private:
  [[nodiscard]] StudyPoint point_at(std::span<const double> values) const;
  [[nodiscard]] std::vector<StudyTask> missing_at(const StudyPoint& point);
  void run(const StudyPoint& point, const std::vector<StudyTask>& tasks);
  void count_failures(const StudyPoint& point);
  [[nodiscard]] Prediction summed_up(const StudyPoint& point) const;

  const Study& study_;
  const ModelRegistry& registry_;
  const StudySettings& settings_;
  TaskRows rows_;
  TaskLog& log_;
  StopRequests& stop_;
  std::vector<std::size_t> arms_;  ///< that have data
  std::map<std::size_t, std::vector<const Datum*>> of_arm_;
  std::set<std::string> seen_;
  std::uint64_t done_ = 0, known_ = 0, failed_ = 0;
  std::string first_failure_;
};

}  // namespace interstice::cli
