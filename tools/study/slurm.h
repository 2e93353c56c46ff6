/// @file
/// A study as one job array of Slurm. Each element does a range of tasks; what an element is told stands in a script
/// that is kept beside the results and can be read.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "tools/study/study_directory.h"
#include "tools/study/study_plan.h"

namespace interstice::cli {

/// What the user asks of the batch system; empty where the plan decides.
struct ArrayWishes {
  std::string partition, time;         ///< as after --partition and --time of sbatch
  std::optional<std::uint64_t> chunk;  ///< tasks of an element
  std::vector<std::string> more;       ///< further options of sbatch
};

struct JobArray {
  std::uint64_t chunk = 1;              ///< tasks of an element; element k does tasks k * chunk and on
  std::vector<std::uint64_t> elements;  ///< that have something to do
  double time = 0;                      ///< that an element may take [s]
  double memory = 0;                    ///< [bytes]

  /// "0-39,41".
  [[nodiscard]] std::string range() const;
};

/// Sizes the elements: some half an hour each, at most a thousand of them for tasks 0 to `numbers` - 1.
JobArray size_array(const StudyPlan& plan, std::uint64_t numbers, const std::vector<std::uint64_t>& missing,
                    const ArrayWishes& wishes);

/// The text of the script; `study` and `program` are absolute paths.
std::string array_script(const JobArray& array, const ArrayWishes& wishes, const std::filesystem::path& program,
                         const std::filesystem::path& study, const StudyDirectory& directory,
                         const std::string& task_options);

/// Submits a script with sbatch. Returns the number of the job. Throws Error(input) with what sbatch says.
std::string submit_script(const std::filesystem::path& script);

/// Whether a job is in the queue or at work; where Slurm is here but does not answer it may be.
bool is_queued(const std::string& job);

}  // namespace interstice::cli
