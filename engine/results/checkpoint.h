/// @file
/// Checkpoints: all that a run needs to go on to the bits it would have had. The arrays of the state lie in the file as
/// they lie in memory and in the order of the tables (engine/sim/state_arrays.h), without a copy of the state; then
/// what the observers hold. A file is complete when it has its final name, and is checked when it is read.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "engine/sim/simulation.h"

namespace interstice {

/// A run in the middle.
struct Checkpoint {
  std::string run;  ///< which run it is, as a text that must be equal for a run to go on from it
  State state;
  Agenda agenda;
  std::vector<SinkMemory> sinks;  ///< in the order of the observers
};

/// Everything of a checkpoint, by reference.
struct CheckpointView {
  const std::string& run;
  const State& state;
  const Agenda& agenda;
  std::span<const SinkMemory> sinks;
};

/// Writes the file under a temporary name, flushes it and gives it its name. Throws DiskError.
void write_checkpoint(const std::filesystem::path& path, const Problem& problem, const CheckpointView& checkpoint);

/// Reads it back. Throws DiskError when the file is damaged, is no checkpoint or does not fit the problem.
Checkpoint read_checkpoint(const std::filesystem::path& path, const Problem& problem);

/// Only which run it is. Throws DiskError.
std::string checkpoint_run(const std::filesystem::path& path);

/// The checkpoints of a directory, checkpoint_<step>.hdf: the last two are kept, in case the last is damaged.
class Checkpoints {
 public:
  explicit Checkpoints(std::filesystem::path directory) : directory_(std::move(directory)) {}
  void save(const Problem& problem, const CheckpointView& checkpoint) const;
  [[nodiscard]] std::vector<std::filesystem::path> files() const;  ///< newest first
  /// Removes all, also those that were never finished.
  void remove() const;
  /// Removes one that cannot be used: it would count as one of the last two.
  static void remove_one(const std::filesystem::path& damaged);

 private:
  std::filesystem::path directory_;
};

}  // namespace interstice
