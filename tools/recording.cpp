/// @file
/// What is recorded of a run.
#include "tools/recording.h"

#include "engine/model/plugin_guard.h"
#include "engine/results/time_series.h"
#include "tools/output_directory.h"

namespace interstice::cli {

namespace {

/// Who else may be writing: nobody any more, or the background writer of a program that a plug-in ends.
enum class Writer { stopped, may_write };

/// Frees the space of half-written files for the record. Emptied first, because the library may still hold a file open;
/// but not a file that may be about to get its final name.
void remove_unfinished_files(const std::filesystem::path& directory, Writer writer) {
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(directory, ignored)) {
    if (entry.path().extension() != ".tmp" || !is_result(entry.path())) continue;
    if (writer == Writer::stopped) std::filesystem::resize_file(entry.path(), 0, ignored);
    std::filesystem::remove(entry.path(), ignored);
  }
}

void mark_failed(const std::filesystem::path& directory, RunRecord& record, const Failure& failure, Writer writer) {
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
    mark_failed(directory, last, {code, reason}, Writer::may_write);
  });
  return attempt(work);
}

}  // namespace

void record_run(const std::filesystem::path& directory, RunRecord& record, const std::function<void()>& work) {
  const auto failure = attempt_recorded(directory, record, work);
  if (!failure) return finish_run_record(directory, record, "finished", static_cast<int>(ExitCode::done));
  mark_failed(directory, record, *failure, Writer::stopped);
  throw Error(failure->code, failure->message);
}

std::vector<std::filesystem::path> input_files(const Scenario& scenario) {
  std::vector<std::filesystem::path> files;
  for (const SourceFile& file : scenario.files) files.emplace_back(file.path);
  return files;
}

SeriesTable read_series(const std::filesystem::path& path) {
  TimeSeries series = read_time_series(path);
  SeriesTable table;
  table.time = std::move(series.time);
  table.value = std::move(series.columns);
  for (const std::string& label : series.labels) {
    const auto bracket = label.rfind(" [");
    table.name.push_back(label.substr(0, bracket));
    table.unit.push_back(bracket == std::string::npos ? "" : label.substr(bracket + 2, label.size() - bracket - 3));
  }
  return table;
}

}  // namespace interstice::cli
