/// @file
/// Locking, recognising and clearing an output directory.
#include "tools/output_directory.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <regex>
#include <string_view>

#include "engine/core/error.h"
#include "engine/results/atomic_file.h"
#include "engine/results/snapshots/series_index.h"

namespace interstice::cli {
namespace {

constexpr const char* kLockName = ".interstice.lock";
constexpr std::array<std::string_view, 7> kResults{
    "scenario.yaml", "run.json", "timeseries.csv", "report.html", "summary.csv", "compare.json", "arms"};

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

bool is_result(const std::filesystem::path& file) {
  std::string name = file.filename().string();
  if (name.ends_with(".tmp")) name.resize(name.size() - 4);
  static const std::regex snapshot(R"((fields|cells|vesicles)(_\d{6,}\.hdf|\.hdf\.series))");
  return std::ranges::find(kResults, name) != kResults.end() || std::regex_match(name, snapshot);
}

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
    if (entry.path().filename() != kLockName && entry.path().filename() != "run.json.tmp") return false;
  return true;
}

namespace {

using Json = nlohmann::json;

std::string build_text(const Json& build) {
  return fmt::format("{} {}{}", build.value("version", ""), build.value("commit", "").substr(0, 12),
                     build.value("modified", false) ? ", modified" : "");
}

/// How the program or its plug-ins differ between two records; "" when they do not.
std::string other_program(const Json& then, const Json& now) {
  const Json earlier = then.value("build", Json::object());
  if (earlier != now["build"]) {
    const std::string before = build_text(earlier), after = build_text(now["build"]);
    return before == after ? "by a build with another compiler or other flags"
                           : fmt::format("by another build: then {}, now {}", before, after);
  }
  for (const Json& model : now["models"]) {
    const Json list = then.value("models", Json::array());
    if (std::find(list.begin(), list.end(), model) == list.end())
      return fmt::format("with another version of the model {}", model.value("name", ""));
  }
  return "";
}

/// The snapshots that an index lists, relative to `directory`.
std::vector<std::string> listed_snapshots(const std::filesystem::path& directory, const std::string& index) {
  std::vector<std::string> names;
  for (const auto& entry : read_series_index(directory / index))
    names.push_back((std::filesystem::path(index).parent_path() / entry.name).string());
  return names;
}

}  // namespace

std::string OutputDirectory::outdated(const std::string& run_json, const Wanted& wanted) const {
  if (auto text = other_program(Json::parse(run_json), Json::parse(provenance_json(wanted.record))); !text.empty())
    return text;
  std::vector<std::string> files = wanted.files;
  for (const std::string& file : wanted.files)
    if (file.ends_with(".hdf.series") && std::filesystem::exists(path_ / file)) {
      const auto snapshots = listed_snapshots(path_, file);
      files.insert(files.end(), snapshots.begin(), snapshots.end());
    }
  std::vector<std::string> missing;
  for (const std::string& file : files)
    if (!std::filesystem::exists(path_ / file)) missing.push_back(file);
  if (!missing.empty())
    return fmt::format("without {}{}", missing.front(),
                       missing.size() > 1 ? fmt::format(" and {} more of its files", missing.size() - 1) : "");
  return read(path_ / "scenario.yaml") == wanted.record.scenario ? "" : "and its scenario.yaml was changed since";
}

/// run.json last: as long as anything of ours is there, it says whose it is.
void OutputDirectory::clear(const Wanted& wanted) const {
  const auto here = std::filesystem::weakly_canonical(path_);
  const auto replaced = [&wanted](const std::filesystem::path& file) {
    return is_result(file) || std::ranges::find(wanted.files, file.filename().string()) != wanted.files.end();
  };
  for (const auto& input : wanted.inputs)
    if (std::filesystem::weakly_canonical(input).parent_path() == here && replaced(input))
      throw InputError(
          fmt::format("{} is read by this run (its results would replace it) choose another directory with "
                      "-o, or move the file",
                      input.string()));
  for (const auto& entry : std::filesystem::directory_iterator(path_))
    if (replaced(entry.path()) && entry.path().filename() != "run.json") std::filesystem::remove_all(entry.path());
  std::filesystem::remove(path_ / "run.json");
}

OutputDirectory::Found OutputDirectory::make_room(const Wanted& wanted) const {
  if (empty()) return Found::nothing;
  const std::string text = read(path_ / "run.json");
  const auto record = Json::parse(text, nullptr, false);
  if (!record.is_object() || record.value("program", "") != "interstice")
    throw InputError(
        fmt::format("{} is not empty and holds no results of interstice (its files may be yours, so not "
                    "even --force writes there) choose another directory with -o",
                    path_.string()));
  const bool same = record.value("arm", "") == wanted.record.arm &&
                    record.value("scenario_sha256", "") == sha256_of(wanted.record.scenario);
  const bool finished = record.value("status", "") == "finished";
  if (!wanted.force && !same)
    throw InputError(
        fmt::format("{} is not empty (the results of another run would be overwritten) choose another "
                    "directory with -o, or --force to replace them",
                    path_.string()));
  if (!wanted.force && finished) {
    const std::string why = outdated(text, wanted);
    if (why.empty()) return Found::finished;
    throw InputError(
        fmt::format("{} holds this already, finished, but {} (what it holds would be replaced) --force "
                    "repeats it, another directory with -o keeps both",
                    path_.string(), why));
  }
  clear(wanted);
  return same && !finished ? Found::unfinished : Found::nothing;
}

void tell_found(OutputDirectory::Found found, const std::filesystem::path& directory, bool quiet) {
  if (quiet) return;
  if (found == OutputDirectory::Found::unfinished)
    fmt::print("{} holds this, unfinished: it starts again\n", directory.string());
  if (found == OutputDirectory::Found::finished)
    fmt::print("{} holds this already, finished: nothing to do (--force repeats it{})\n", directory.string(),
               build_info().modified ? "; this build is of modified sources" : "");
}

bool OutputDirectory::in_use(const std::filesystem::path& path) {
  constexpr int kLevels = 4;  // DIR/arms/<arm>/<replicate>
  auto directory = std::filesystem::weakly_canonical(path);
  for (int level = 0; level < kLevels && directory.has_relative_path(); ++level, directory = directory.parent_path()) {
    const int lock = open((directory / kLockName).c_str(), O_RDONLY | O_CLOEXEC);
    if (lock < 0) continue;
    const bool held = flock(lock, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
    close(lock);
    if (held) return true;
  }
  return false;
}

}  // namespace interstice::cli
