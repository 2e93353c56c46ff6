/// @file
/// Locks by flock; on file systems that have none, by a file whose owner can be looked up.
#include "tools/directory_lock.h"

#include <fcntl.h>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <iterator>
#include <thread>
#include <utility>

#include "engine/core/error.h"
#include "engine/results/atomic_file.h"
#include "tools/machine_limits.h"

namespace interstice::cli {
namespace {

std::string read(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// Changes with every start of the machine.
std::string boot() {
  std::string id = read("/proc/sys/kernel/random/boot_id");
  while (!id.empty() && id.back() == '\n') id.pop_back();
  return id;
}

/// The first line is for people, the second for try_lock_by_name().
std::string owner_text() {
  return fmt::format("process {} on {} since {:%Y-%m-%d %H:%M:%S} UTC\nboot {}\n", getpid(), host_name(),
                     fmt::gmtime(std::time(nullptr)), boot());
}

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

[[noreturn]] void refuse(const std::filesystem::path& path, const std::string& owner) {
  throw Error(ExitCode::directory_in_use,
              fmt::format("{} is in use ({} writes there) wait for it, or choose another directory with -o",
                          path.string(), owner.empty() ? "another process" : owner));
}

bool has_no_locks(int reason) {
  return reason == ENOLCK || reason == ENOSYS || reason == EOPNOTSUPP || reason == EINVAL;
}

/// Whether whoever wrote this text certainly works no more: its process is gone, or its machine was started again.
/// Nothing is known of other machines.
bool is_gone(const std::string& owner) {
  int process = 0;
  std::array<char, 256> host{};
  std::array<char, 64> started{};
  if (std::sscanf(owner.c_str(), "process %d on %255s", &process, host.data()) != 2 || host_name() != host.data())
    return false;
  const auto second = owner.find("\nboot ");
  if (second != std::string::npos && std::sscanf(owner.c_str() + second, "\nboot %63s", started.data()) == 1 &&
      boot() != started.data())
    return true;
  return kill(process, 0) != 0 && errno == ESRCH;
}

/// Locks an open file; the reason why not, or 0. `info` may look at it for an instant.
int lock_file(int file) {
  constexpr int kTries = 4;
  for (int k = 0; k < kTries; ++k) {
    if (flock(file, LOCK_EX | LOCK_NB) == 0) return 0;
    if (errno != EWOULDBLOCK) return errno;
    std::this_thread::sleep_for(std::chrono::milliseconds(30));
  }
  return EWOULDBLOCK;
}

/// The comparison that this directory would be a run of, DIR of DIR/arms/<arm>/<replicate>; empty if it is none.
std::filesystem::path comparison_of(const std::filesystem::path& path) {
  // As it was called, too: DIR/arms/<arm> may be a link to somewhere else.
  for (const auto& name : {std::filesystem::absolute(path / ".").lexically_normal().parent_path(),
                           std::filesystem::weakly_canonical(path)})
    if (const auto arms = name.parent_path().parent_path(); arms.filename() == "arms") return arms.parent_path();
  return {};
}

/// Who holds the lock of this directory, if any.
std::string holder(const std::filesystem::path& directory) {
  if (directory.empty()) return "";
  const auto path = directory / DirectoryLock::kName;
  const int lock = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (lock < 0) return "";
  const bool locked = flock(lock, LOCK_SH | LOCK_NB) != 0;
  const int reason = locked ? errno : 0;
  close(lock);
  if (!locked) return "";
  const std::string owner = read(path);
  if (reason == EWOULDBLOCK || (has_no_locks(reason) && !is_gone(owner)))
    return owner.empty() ? "another process" : first_line(owner);
  return "";
}

}  // namespace

DirectoryLock::DirectoryLock(std::filesystem::path path, Cover cover)
    : path_(std::move(path)), lock_path_(path_ / kName) {
  std::error_code error;
  std::filesystem::create_directories(path_, error);
  if (error) throw DiskError(fmt::format("cannot create {} ({})", path_.string(), error.message()));
  while (!try_lock()) {
  }
  if (cover == Cover::by_comparison) return;
  if (const std::string above = holder(comparison_of(path_)); !above.empty()) {
    unlock();
    refuse(path_, above);
  }
}

/// False when the lock file was removed by its last owner between opening and locking: try again.
bool DirectoryLock::try_lock() {
  lock_ = open(lock_path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
  if (lock_ < 0 && errno == ENOENT) {  // whoever worked here has removed all of it in between
    std::error_code error;
    std::filesystem::create_directories(path_, error);
    if (error) throw_disk_error("create", path_, error.value());
    return false;
  }
  if (lock_ < 0) throw_disk_error("create", lock_path_, errno);
  if (const int reason = lock_file(lock_); reason != 0) {
    close(std::exchange(lock_, -1));
    if (has_no_locks(reason)) return try_lock_by_name();
    if (reason != EWOULDBLOCK) throw_disk_error("lock", lock_path_, reason);
    refuse(path_, first_line(read(lock_path_)));
  }
  struct stat held {
  }, there{};
  if (fstat(lock_, &held) != 0 || stat(lock_path_.c_str(), &there) != 0 || held.st_ino != there.st_ino) {
    close(std::exchange(lock_, -1));
    return false;
  }
  const std::string owner = owner_text();
  if (ftruncate(lock_, 0) == 0 && pwrite(lock_, owner.data(), owner.size(), 0) == static_cast<ssize_t>(owner.size()))
    return true;
  const int reason = errno;
  unlock();
  throw_disk_error("write", lock_path_, reason);
}

/// The file itself is the lock: whoever gives it its name holds it. One that nobody holds any more is moved away first
/// and looked at again, for another may have done so in between. An empty one was left by try_lock().
bool DirectoryLock::try_lock_by_name() {
  const auto unique = [&](const char* what) {
    return path_ / fmt::format("{}.{}.{}.{}", kName, what, host_name(), getpid());
  };
  const auto own = unique("of"), moved = unique("was");
  const std::string owner = read(lock_path_);
  if (!owner.empty() && !is_gone(owner))
    refuse(path_, first_line(owner) + ", or did when its machine stopped: then remove " + lock_path_.string());
  if (std::rename(lock_path_.c_str(), moved.c_str()) == 0) {
    if (read(moved) != owner) (void)link(moved.c_str(), lock_path_.c_str());
    unlink(moved.c_str());
  }
  write_file_atomically(own, owner_text());
  const bool first = link(own.c_str(), lock_path_.c_str()) == 0;
  const int reason = errno;
  unlink(own.c_str());
  if (!first && reason != EEXIST) throw_disk_error("create", lock_path_, reason);
  if (first) lock_ = open(lock_path_.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW);
  return first && lock_ >= 0;
}

void DirectoryLock::unlock() {
  if (lock_ < 0) return;
  unlink(lock_path_.c_str());
  close(std::exchange(lock_, -1));
}

DirectoryLock::~DirectoryLock() { unlock(); }

std::string DirectoryLock::owner_of_itself(const std::filesystem::path& path) { return holder(path); }

std::string DirectoryLock::owner_of(const std::filesystem::path& path) {
  std::string owner = holder(path);
  return owner.empty() ? holder(comparison_of(path)) : owner;
}

}  // namespace interstice::cli
