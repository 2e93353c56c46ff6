#include "tools/study/slurm.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <sstream>

#include "engine/core/error.h"
#include "tools/shell_command.h"

namespace interstice::cli {
namespace {

constexpr double kElementTime = 1800;                        ///< aimed at [s]
constexpr std::uint64_t kMostElements = 1000;                ///< MaxArraySize of Slurm is 1001 where nobody changed it
constexpr double kTimeMargin = 2, kLeastTime = 600;          ///< factor; [s]
constexpr double kMemoryMargin = 1.5, kLeastMemory = 256e6;  ///< factor; [bytes]

std::string time_text(double seconds) {
  const auto minutes = static_cast<std::uint64_t>(std::ceil(seconds / 60));
  return fmt::format("{}-{:02}:{:02}:00", minutes / 1440, minutes / 60 % 24, minutes % 60);
}

}  // namespace

std::string JobArray::range() const {
  std::string text;
  for (std::size_t i = 0; i < elements.size();) {
    std::size_t end = i + 1;
    while (end < elements.size() && elements[end] == elements[end - 1] + 1) ++end;
    text += fmt::format("{}{}", text.empty() ? "" : ",", elements[i]);
    if (end > i + 1) text += fmt::format("-{}", elements[end - 1]);
    i = end;
  }
  return text;
}

JobArray size_array(const StudyPlan& plan, std::uint64_t numbers, const std::vector<std::uint64_t>& missing,
                    const ArrayWishes& wishes) {
  JobArray array;
  const double per_task = missing.empty() ? 1 : plan.processor_time / static_cast<double>(missing.size());
  const double fits = std::max(1.0, std::floor(kElementTime / std::max(1e-3, per_task)));
  const auto least = (numbers + kMostElements - 1) / kMostElements;
  array.chunk = wishes.chunk.value_or(
      std::clamp(static_cast<std::uint64_t>(std::min(fits, 1e9)), least, std::max(least, numbers)));
  const std::uint64_t elements = (numbers + array.chunk - 1) / array.chunk;
  if (elements > kMostElements)
    throw InputError(fmt::format("--chunk {} makes {} elements (at most {}) use {} or more", array.chunk, elements,
                                 kMostElements, least));
  for (const std::uint64_t task : missing)
    if (array.elements.empty() || array.elements.back() != task / array.chunk)
      array.elements.push_back(task / array.chunk);
  array.time = std::max(kLeastTime, kTimeMargin * per_task * static_cast<double>(array.chunk));
  array.memory = std::max(kLeastMemory, kMemoryMargin * plan.memory);
  return array;
}

std::string array_script(const JobArray& array, const ArrayWishes& wishes, const std::filesystem::path& program,
                         const std::filesystem::path& study, const StudyDirectory& directory,
                         const std::string& task_options) {
  const std::string logs = (directory.path() / "slurm").string();
  std::string text = "#!/bin/bash\n";
  const auto sbatch = [&text](const std::string& option) { text += "#SBATCH " + option + "\n"; };
  sbatch("--job-name=" + in_shell(study.stem().string()));
  sbatch("--array=" + array.range());
  sbatch("--ntasks=1 --cpus-per-task=1");
  sbatch(fmt::format("--mem={:.0f}M", std::ceil(array.memory / 1e6)));
  sbatch("--time=" + (wishes.time.empty() ? time_text(array.time) : wishes.time));
  if (!wishes.partition.empty()) sbatch("--partition=" + wishes.partition);
  sbatch("--requeue --open-mode=append --signal=B:USR1@60");
  sbatch("--output=" + in_shell(logs + "/%a.out"));
  for (const std::string& option : wishes.more) sbatch(option);
  text += fmt::format(R"sh(
# Element k does tasks k * {0} to k * {0} + {1} of the study, those that are missing.
first=$((SLURM_ARRAY_TASK_ID * {0}))
{2} study task {3} -o {4} --index "$first-$((first + {1}))"{5} &
task=$!
trap 'kill -USR1 $task' USR1        # the end of the job is near: save and stop
wait $task; code=$?
[ $code -gt 128 ] && {{ wait $task; code=$?; }}      # the trap interrupted wait
[ $code -eq 75 ] && [ ! -e {4}/STOP ] && scontrol requeue "${{SLURM_ARRAY_JOB_ID}}_$SLURM_ARRAY_TASK_ID"      # unfinished: go on later
exit $code
)sh",
                      array.chunk, array.chunk - 1, in_shell(program.string()), in_shell(study.string()),
                      in_shell(directory.path().string()), task_options);
  return text;
}

std::string submit_script(const std::filesystem::path& script) {
  const Heard heard = hear("sbatch --parsable " + in_shell(script.string()));
  if (heard.code == kNoSuchCommand)
    throw InputError(
        fmt::format("there is no sbatch here (expected a login node of Slurm) {} is written; without "
                    "Slurm use `interstice study run`",
                    script.string()));
  if (heard.code != 0)
    throw InputError(fmt::format("sbatch does not take {} (it says: {})", script.string(), heard.text));
  std::istringstream lines(heard.text);  // a site may print more than the number
  std::string job;
  for (std::string line; std::getline(lines, line);)
    if (!line.empty() && line.substr(0, line.find(';')).find_first_not_of("0123456789") == std::string::npos)
      job = line.substr(0, line.find(';'));
  if (job.empty()) throw InputError(fmt::format("sbatch says no number of a job but: {}", heard.text));
  return job;
}

bool is_queued(const std::string& job) {
  const Heard heard = hear("squeue --noheader --jobs=" + in_shell(job));
  if (heard.code == 0) return !heard.text.empty();
  return heard.code != kNoSuchCommand && heard.text.find("Invalid job id") == std::string::npos;
}

}  // namespace interstice::cli
