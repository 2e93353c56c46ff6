/// @file
/// The directory a command writes into. While a command works there it holds a lock, which the system releases however
/// the command ends. Nothing finished is overwritten unless the user says --force, and nothing that is not ours at all.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "engine/results/provenance.h"

namespace interstice::cli {

/// Whether commands write files of this name, finished or not yet (".tmp").
[[nodiscard]] bool is_result(const std::filesystem::path& file);

class OutputDirectory {
 public:
  /// Creates and locks the directory. Throws Error(directory_in_use) naming host and process when another command works
  /// there.
  explicit OutputDirectory(std::filesystem::path path);
  ~OutputDirectory();
  OutputDirectory(const OutputDirectory&) = delete;
  OutputDirectory& operator=(const OutputDirectory&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

  struct Wanted {
    const RunRecord& record;                    ///< of the run that is about to begin
    std::vector<std::string> files;             ///< that it will leave here, besides run.json and scenario.yaml
    std::vector<std::filesystem::path> inputs;  ///< that it is read from
    bool force = false;
  };
  enum class Found { nothing, unfinished, finished };

  /// Makes room for a run, unless it is `finished` here already: same scenario and arm, same build and plug-ins, all
  /// files there. Its own unfinished results make room, others only by force; files that are not ours always stay.
  /// Throws InputError when there is no room.
  [[nodiscard]] Found make_room(const Wanted& wanted) const;

  /// Whether a command works in this directory, or in one that holds it as the run of a comparison.
  [[nodiscard]] static bool in_use(const std::filesystem::path& path);

 private:
  [[nodiscard]] bool empty() const;
  [[nodiscard]] bool try_lock();
  /// Why finished results do not stand for those that the run would give now; "" when they do.
  [[nodiscard]] std::string outdated(const std::string& run_json, const Wanted& wanted) const;
  void clear(const Wanted& wanted) const;

  std::filesystem::path path_, lock_path_;
  int lock_ = -1;
};

/// Says what was found, unless quiet; nothing where nothing was.
void tell_found(OutputDirectory::Found found, const std::filesystem::path& directory, bool quiet);

}  // namespace interstice::cli
