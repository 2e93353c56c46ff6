/// @file
/// Locking, recognising and clearing an output directory.
#include "tools/output_directory.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "engine/core/error.h"
#include "engine/io/atomic_file.h"

namespace interstice::cli {
namespace {

constexpr const char* kLockName = ".interstice.lock";
constexpr std::array<const char*, 7> kResults{
    "scenario.yaml", "run.json", "timeseries.csv", "report.html", "summary.csv", "compare.json", "arms"};
constexpr std::array<const char*, 3> kSnapshots{"fields", "cells", "vesicles"};

bool is_result(const std::filesystem::path& file) {
  const std::string name = file.filename().string();
  for (const char* result : kResults)
    if (name == result || name == std::string(result) + ".tmp") return true;
  for (const char* kind : kSnapshots) {
    const std::string prefix(kind);
    if (name.starts_with(prefix + "_") && name.find(".hdf") != std::string::npos) return true;
    if (name.starts_with(prefix + ".hdf.series")) return true;
  }
  return false;
}

std::string read(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string host_name() {
  std::array<char, 256> name{};
  gethostname(name.data(), name.size() - 1);
  return name.data();
}

}  // namespace

OutputDirectory::OutputDirectory(std::filesystem::path path) : path_(std::move(path)), lock_path_(path_ / kLockName) {
  std::error_code error;
  std::filesystem::create_directories(path_, error);
  if (error) throw DiskError(fmt::format("cannot create {} ({})", path_.string(), error.message()));
  while (!try_lock()) {
  }
  const std::string owner = fmt::format("process {} on {}\n", getpid(), host_name());
  if (ftruncate(lock_, 0) != 0 || write(lock_, owner.data(), owner.size()) != static_cast<ssize_t>(owner.size()))
    throw_disk_error("write", lock_path_, errno);
}

/// False when the lock file was removed by its last owner between opening and locking: try again.
bool OutputDirectory::try_lock() {
  lock_ = open(lock_path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (lock_ < 0) throw_disk_error("create", lock_path_, errno);
  if (flock(lock_, LOCK_EX | LOCK_NB) != 0) {
    const int reason = errno;
    close(lock_);
    lock_ = -1;
    if (reason != EWOULDBLOCK) throw_disk_error("lock", lock_path_, reason);
    std::string owner = read(lock_path_);
    while (!owner.empty() && owner.back() == '\n') owner.pop_back();
    throw Error(ExitCode::directory_in_use, fmt::format("{} is in use ({} writes there) wait for it, or choose another "
                                                        "directory with -o",
                                                        path_.string(), owner.empty() ? "another process" : owner));
  }
  struct stat held {
  }, there{};
  if (fstat(lock_, &held) == 0 && stat(lock_path_.c_str(), &there) == 0 && held.st_ino == there.st_ino) return true;
  close(lock_);
  lock_ = -1;
  return false;
}

OutputDirectory::~OutputDirectory() {
  if (lock_ < 0) return;
  unlink(lock_path_.c_str());
  close(lock_);
}

bool OutputDirectory::empty() const {
  for (const auto& entry : std::filesystem::directory_iterator(path_))
    if (entry.path().filename() != kLockName) return false;
  return true;
}

bool OutputDirectory::holds_finished(const std::string& resolved_scenario, const std::string& arm) const {
  const auto record = nlohmann::json::parse(read(path_ / "run.json"), nullptr, false);
  if (record.is_discarded() || record.value("status", "") != "finished" || record.value("arm", "") != arm) return false;
  return read(path_ / "scenario.yaml") == resolved_scenario;
}

void OutputDirectory::make_room(bool force) const {
  if (empty()) return;
  if (!force)
    throw InputError(
        fmt::format("{} is not empty (its results would be overwritten) choose another directory with -o, or "
                    "--force to replace them",
                    path_.string()));
  for (const auto& entry : std::filesystem::directory_iterator(path_))
    if (is_result(entry.path())) std::filesystem::remove_all(entry.path());
}

}  // namespace interstice::cli
