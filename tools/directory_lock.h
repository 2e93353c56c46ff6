/// @file
/// While a command works in a directory it holds a lock there, which names its owner. The system releases it however
/// the command ends. A comparison has one, and each of its runs while it works.
#pragma once

#include <filesystem>
#include <string>

namespace interstice::cli {

class DirectoryLock {
 public:
  static constexpr const char* kName = ".interstice.lock";

  enum class Cover { none, by_comparison };

  /// Creates and locks the directory. Throws Error(directory_in_use) naming process, host and time when another command
  /// works there or, unless it is one's own, in the comparison that it is a run of; DiskError when the directory cannot
  /// be written.
  explicit DirectoryLock(std::filesystem::path path, Cover cover = Cover::none);
  ~DirectoryLock();
  DirectoryLock(const DirectoryLock&) = delete;
  DirectoryLock& operator=(const DirectoryLock&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

  /// Who works in this directory, or in the comparison that it is a run of; "" when nobody does.
  [[nodiscard]] static std::string owner_of(const std::filesystem::path& path);
  /// Who works in this very directory.
  [[nodiscard]] static std::string owner_of_itself(const std::filesystem::path& path);

 private:
  [[nodiscard]] bool try_lock();
  [[nodiscard]] bool try_lock_by_name();
  void unlock();

  std::filesystem::path path_, lock_path_;
  int lock_ = -1;
};

}  // namespace interstice::cli
