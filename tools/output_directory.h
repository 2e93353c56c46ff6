/// @file
/// The directory a command writes into. While a command works there it holds a lock, which the system releases however
/// the command ends; nothing that is there is overwritten unless the user says --force.
#pragma once

#include <filesystem>
#include <string>

namespace interstice::cli {

class OutputDirectory {
 public:
  /// Creates and locks the directory. Throws Error(directory_in_use) naming host and process when another command works
  /// there.
  explicit OutputDirectory(std::filesystem::path path);
  ~OutputDirectory();
  OutputDirectory(const OutputDirectory&) = delete;
  OutputDirectory& operator=(const OutputDirectory&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

  /// Whether it holds the finished results of the same resolved scenario and arm.
  [[nodiscard]] bool holds_finished(const std::string& resolved_scenario, const std::string& arm) const;

  /// Makes room: nothing to do when empty; with `force`, earlier results of interstice are removed, other files stay.
  /// Throws InputError when it is not empty otherwise.
  void make_room(bool force) const;

 private:
  [[nodiscard]] bool empty() const;
  [[nodiscard]] bool try_lock();

  std::filesystem::path path_, lock_path_;
  int lock_ = -1;
};

}  // namespace interstice::cli
