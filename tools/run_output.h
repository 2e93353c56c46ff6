/// @file
/// The files that a run writes beside run.json and scenario.yaml. A new kind of file is a row of kKinds in
/// run_output.cpp: `run` and `compare` then write it, and know it when they look into a directory.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "engine/results/background_writer.h"
#include "engine/results/provenance.h"
#include "engine/results/start.h"
#include "engine/scenario/scenario.h"
#include "engine/sim/simulation.h"

namespace interstice::cli {

/// Which kinds of file a run leaves, each more than the one before: a study needs the time series alone, a comparison
/// what cells were seen to do as well, and snapshots of the first replicate only.
enum class Extent { series, without_snapshots, all };
constexpr Extent extent_of(std::uint64_t replicate) { return replicate == 0 ? Extent::all : Extent::without_snapshots; }

/// Names of the files, or of the indexes of series of files.
std::vector<std::string> output_files(const Scenario& scenario, const Problem& problem, Extent extent);

class RunOutput {
 public:
  /// Opens the files in `directory`. Everything that is given must stay. Throws DiskError.
  RunOutput(const std::filesystem::path& directory, const Scenario& scenario, const Problem& problem,
            const RunRecord& record, Extent extent, Start start = Start::fresh);

  [[nodiscard]] const std::vector<Observer>& observers() const { return observers_; }
  /// What the sinks hold so far; all they were shown is on the disk.
  [[nodiscard]] std::vector<SinkMemory> memories() const;
  /// Gives them back. Throws DiskError, before anything is changed, where files do not hold what they held then, and
  /// Error(cannot_go_on) where the memories are of other files.
  void recall(std::span<const SinkMemory> memories);
  /// After the last record: all is on the disk, or this throws DiskError.
  void close();

 private:
  BackgroundWriter background_;
  std::vector<std::unique_ptr<StateSink>> sinks_;
  std::vector<Observer> observers_;
};

}  // namespace interstice::cli
