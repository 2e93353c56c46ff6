/// @file
/// What a study will cost, found before any of it runs.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/study/study.h"
#include "tools/study/study_tasks.h"

namespace interstice::cli {

struct StudyPlan {
  std::uint64_t tasks = 0, missing = 0;
  double set_up = 0;                ///< processor time to read the scenario of a point [s]
  std::vector<double> time_of_arm;  ///< processor time of a run, mean over the points that were tried [s]
  double processor_time = 0;        ///< of all that is missing [s]
  double wall_time = 0;             ///< with `jobs` at a time [s]
  double memory = 0;                ///< of one run at most [bytes]
  double disk = 0;                  ///< of all results in the end [bytes]
  double disk_under_way = 0;        ///< beside it, at most [bytes]
  int jobs = 1;
  std::vector<std::string> failures;  ///< runs that failed when they were tried: where and by what
  std::size_t tried = 0;              ///< pairs of point and arm of which steps were taken

  [[nodiscard]] std::string text(const Study& study) const;
};

/// All results in the end, log and table [bytes].
double results_space(const Study& study);

/// Takes steps of runs at some points for `limit` [s] of wall-clock time by and large. Runs that fail then are told in
/// the plan.
StudyPlan plan_study(const Study& study, const ModelRegistry& registry, const std::vector<std::uint64_t>& missing,
                     const StudySettings& settings, double limit);

}  // namespace interstice::cli
