/// @file
/// The tasks of a study that are still to be done, and doing them here.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "engine/study/study.h"
#include "tools/failure.h"
#include "tools/stop_requests.h"
#include "tools/study/study_directory.h"
#include "tools/study/task_log.h"

namespace interstice::cli {

struct StudySettings {
  LoadOptions options;  ///< of the study's scenario
  int jobs = 1;
  double save_every = 600;     ///< wall-clock time between the checkpoints of a run [s]
  std::uint64_t retries = 0;   ///< of a task that fails or is killed
  bool stop_on_error = false;  ///< begin no task after one that failed
  bool failed_too = false;     ///< do again what failed in an earlier call
  bool quiet = false;
  std::uint64_t there = 0;        ///< tasks that were done before, for the sake of progress
  std::filesystem::path scratch;  ///< where runs are done; empty: in the study's directory
};

/// Which tasks have no result yet, in order, of those with one name the first. `failed_too`: those that failed count as
/// such.
std::vector<std::uint64_t> missing_tasks(const Study& study, const TaskRows& rows, bool failed_too);

/// Does these tasks, `settings.jobs` at a time, and appends what becomes of each to `log`. Throws Error(stopped) when
/// `stop` says so, and DiskError where there is no room; returns without doing all where `stop_on_error` and one
/// failed.
void do_study_tasks(const Study& study, const ModelRegistry& registry, const std::vector<std::uint64_t>& tasks,
                    const StudyDirectory& directory, const StudySettings& settings, TaskLog& log, StopRequests& stop);

}  // namespace interstice::cli
