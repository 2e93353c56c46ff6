/// @file
/// The results of a study as one table: a row per task, whatever became of it.
#pragma once

#include <string>

#include "engine/study/study.h"
#include "tools/study/study_directory.h"
#include "tools/study/task_log.h"

namespace interstice::cli {

/// Writes results.csv, the same as arrays in results.hdf, results_columns.csv (name, unit and meaning of each column)
/// and the summaries of them. Rows stand in the order of the tasks; tasks that were not done are left out. Beside each
/// outcome X stands effect.X, its difference from the run without vesicles of the same point and replicate. Throws
/// DiskError.
void write_study_results(const Study& study, const TaskRows& rows, const StudyDirectory& directory);

/// Says how many finished runs are of no task of the study any more; "" where there are none.
[[nodiscard]] std::string describe_strangers(const Study& study, const TaskRows& rows);

/// How many tasks are finished, failed, killed and missing, and by what the first of them failed.
[[nodiscard]] std::string describe_progress(const Study& study, const TaskRows& rows);

}  // namespace interstice::cli
