#include "tools/study/task_log.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <fstream>
#include <mutex>
#include <nlohmann/json.hpp>
#include <set>

#include "engine/results/atomic_file.h"

namespace interstice::cli {
namespace {

using nlohmann::json;

TaskRow row_of(const json& line) {
  TaskRow row{.task = line.value("task", ""),
              .status = line.value("status", ""),
              .exit_code = line.value("exit_code", 0),
              .reason = line.value("reason", ""),
              .seed = line.value("seed", std::uint64_t{0}),
              .wall_time = line.value("wall_time_s", 0.0),
              .processor_time = line.value("processor_time_s", 0.0),
              .memory = line.value("memory_bytes", 0.0),
              .host = line.value("host", ""),
              .ended = line.value("ended", ""),
              .values = {}};
  for (const json& value : line.value("values", json::array()))
    row.values.emplace_back(value.at(0).get_ref<const std::string&>(), value.at(1).get_ref<const std::string&>(),
                            value.at(2).is_number() ? value.at(2).get<double>() : std::nan(""));
  return row;
}

std::vector<std::filesystem::path> logs_in(const std::filesystem::path& directory) {
  std::vector<std::filesystem::path> files;
  std::error_code none;
  for (const auto& entry : std::filesystem::directory_iterator(directory, none))
    if (entry.path().extension() == ".jsonl") files.push_back(entry.path());
  std::ranges::sort(files);
  return files;
}

/// The last line may be cut: the program was killed while it wrote.
void add_rows(const std::filesystem::path& file, TaskRows& rows, std::vector<std::string>* damaged = nullptr) {
  std::ifstream text(file);
  if (!text) throw_disk_error("open", file, errno);
  std::size_t number = 0;
  for (std::string line; std::getline(text, line);) {
    ++number;
    if (line.empty()) continue;
    TaskRow row = row_of_line(line);
    if (row.task.empty()) {
      if (damaged != nullptr && !text.eof())
        damaged->push_back(fmt::format("{}:{} cannot be read; its run counts as missing", file.string(), number));
      continue;
    }
    TaskRow& known = rows[row.task];
    const bool newer = row.ended >= known.ended;
    if (row.status == "finished" || (known.status != "finished" && newer)) known = std::move(row);
  }
  if (text.bad()) throw_disk_error("read", file, errno);
}

std::string_view kept(std::string_view text) {
  static std::set<std::string, std::less<>> all;
  static std::mutex one_at_a_time;
  const std::scoped_lock lock(one_at_a_time);
  auto found = all.find(text);
  if (found == all.end()) found = all.emplace(text).first;
  return *found;
}

}  // namespace

TaskValue::TaskValue(std::string_view its_name, std::string_view its_unit, double its_value)
    : name(kept(its_name)), unit(kept(its_unit)), value(its_value) {}

std::string line_of(const TaskRow& row) {
  json values = json::array();
  for (const TaskValue& value : row.values)  // JSON has no NaN
    values.push_back({value.name, value.unit, std::isfinite(value.value) ? json(value.value) : json()});
  return json{{"task", row.task},
              {"status", row.status},
              {"exit_code", row.exit_code},
              {"reason", row.reason},
              {"seed", row.seed},
              {"wall_time_s", row.wall_time},
              {"processor_time_s", row.processor_time},
              {"memory_bytes", row.memory},
              {"host", row.host},
              {"ended", row.ended},
              {"values", values}}
      .dump(-1, ' ', false, json::error_handler_t::replace);
}

TaskRow row_of_line(const std::string& line) {
  try {
    return row_of(json::parse(line));
  } catch (const json::exception&) {
    return {};
  }
}

TaskRows read_task_logs(const std::filesystem::path& directory, std::vector<std::string>* damaged) {
  TaskRows rows;
  for (const auto& file : logs_in(directory)) add_rows(file, rows, damaged);
  return rows;
}

void merge_task_logs(const std::filesystem::path& directory) {
  std::vector<std::filesystem::path> idle;
  std::vector<int> held;
  for (const auto& file : logs_in(directory)) {
    const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) continue;
    if (::flock(descriptor, LOCK_EX | LOCK_NB) == 0) {
      idle.push_back(file);
      held.push_back(descriptor);
    } else {
      ::close(descriptor);
    }
  }
  if (idle.size() > 1) {
    TaskRows rows;
    for (const auto& file : idle) add_rows(file, rows);
    std::string all;
    for (const auto& [name, row] : rows) all += line_of(row) + "\n";
    const auto merged = directory / "0_merged.jsonl";
    write_file_atomically(merged, all);
    for (const auto& file : idle)
      if (file != merged) std::filesystem::remove(file);
  }
  for (const int descriptor : held) ::close(descriptor);
}

TaskLog::TaskLog(const std::filesystem::path& file, Lasting lasting) : path_(file), lasting_(lasting) {
  file_ = ::open(path_.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
  if (file_ < 0) throw_disk_error("write", path_, errno);
  (void)::flock(file_, LOCK_SH | LOCK_NB);  // merge_task_logs leaves it alone as long as it is open
  char last = '\n';
  if (const auto end = ::lseek(file_, 0, SEEK_END); end > 0 && ::pread(file_, &last, 1, end - 1) == 1 && last != '\n')
    add("");  // ends a line that a kill left half
}

TaskLog::~TaskLog() { ::close(file_); }

void TaskLog::add(const std::string& line) {
  const std::string text = line + "\n";
  const auto wrote = ::write(file_, text.data(), text.size());
  if (wrote != static_cast<ssize_t>(text.size())) throw_disk_error("write", path_, wrote < 0 ? errno : ENOSPC);
  if (lasting_ == Lasting::on_disk && ::fdatasync(file_) != 0) throw_disk_error("write", path_, errno);
}

}  // namespace interstice::cli
