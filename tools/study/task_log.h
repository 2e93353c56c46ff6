/// @file
/// What became of the tasks of a study: one line of JSON for each time that one ended, appended and flushed, so that
/// whatever kills the program leaves all lines before.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace interstice::cli {

/// Its name and unit are kept once for all rows, as long as the program runs: a study may have 1e5 rows.
struct TaskValue {
  TaskValue(std::string_view its_name, std::string_view its_unit, double its_value);
  std::string_view name, unit;
  double value;  ///< NaN where there is none
};

/// How a task ended.
struct TaskRow {
  std::string task;    ///< its name
  std::string status;  ///< "finished"; "failed" by itself; "killed" by a signal or "broken off" for lack of disk or
                       ///< memory, which a later call tries again
  int exit_code = 0;
  std::string reason;                        ///< why it is not finished
  std::uint64_t seed = 0;                    ///< of its run
  double wall_time = 0, processor_time = 0;  ///< of the last attempt [s]
  double memory = 0;                         ///< at most [bytes]
  std::string host, ended;                   ///< ended: UTC
  std::vector<TaskValue> values;

  [[nodiscard]] bool counts() const { return status == "finished" || status == "failed"; }
};

std::string line_of(const TaskRow& row);
/// Reads it back; without a name where the line is not whole.
TaskRow row_of_line(const std::string& line);

/// By name of task.
using TaskRows = std::map<std::string, TaskRow, std::less<>>;

/// Reads all logs of a directory; of the lines of a task the last one written counts, but one that says that it
/// finished before all others. A line that is not whole is passed over. Throws DiskError.
TaskRows read_task_logs(const std::filesystem::path& directory, std::vector<std::string>* damaged = nullptr);

/// Makes one log of all that nobody writes to. Throws DiskError.
void merge_task_logs(const std::filesystem::path& directory);

/// A log that is written to. It is locked, so that it is not merged meanwhile.
class TaskLog {
 public:
  /// Whether each line outlasts a crash of the machine, which takes some 10 ms, or of the program alone.
  enum class Lasting : std::uint8_t { on_disk, in_file };

  /// Throws DiskError.
  explicit TaskLog(const std::filesystem::path& file, Lasting lasting = Lasting::on_disk);
  ~TaskLog();
  TaskLog(const TaskLog&) = delete;
  TaskLog& operator=(const TaskLog&) = delete;

  /// Written when this returns. Throws DiskError.
  void add(const std::string& line);

 private:
  std::filesystem::path path_;
  Lasting lasting_;
  int file_ = -1;
};

}  // namespace interstice::cli
