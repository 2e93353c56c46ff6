/// @file
/// What `interstice study` does: one function per word after it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tools/machine_limits.h"
#include "tools/run_options.h"
#include "tools/scenario_options.h"
#include "tools/study/slurm.h"
#include "tools/study/study_tasks.h"

namespace interstice::cli {

struct StudyOptions {
  ScenarioOptions scenario;  ///< its file is that of the study
  std::string output;
  KeepingOptions keeping;
  StudySettings settings{.options = {}, .jobs = available_threads(), .scratch = {}};
  bool check = false;  ///< do what checks the twin
  std::string on_error = "continue", scratch;
  std::string index;        ///< of `task`: A, or A-B
  std::string numbering;    ///< of `task`: numbering_of the study that the numbers are of
  ArrayWishes array;        ///< of `submit`
  bool only_write = false;  ///< the script of `submit`
};

void plan_of_study(const StudyOptions& options);
void run_study(const StudyOptions& options);
void study_status(const StudyOptions& options);
void collect_study(const StudyOptions& options);
/// Tasks by their numbers, without a lock: for job arrays, whose elements share a directory but no task.
void do_tasks_of_study(const StudyOptions& options);
void submit_study(const StudyOptions& options);
/// Fits parameters to data, and says which of them the data know.
void fit_study(const StudyOptions& options);
/// What the results that are there answer.
void verdict_of_study(const StudyOptions& options);

}  // namespace interstice::cli
