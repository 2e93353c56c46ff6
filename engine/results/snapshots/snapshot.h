/// @file
/// Snapshots that ParaView 5.11 and newer open directly: fields_NNNNNN.hdf (image), cells_NNNNNN.hdf and
/// vesicles_NNNNNN.hdf (one vertex per agent) as VTKHDF 1.0, each with its `<kind>.hdf.series` index in seconds.
/// Arrays are the engine's, rounded to float32, named with their units; /meta holds provenance, the resolved scenario,
/// the hash of the full state and a checksum of the file.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/results/background_writer.h"
#include "engine/results/provenance.h"
#include "engine/results/snapshots/series_index.h"
#include "engine/results/snapshots/snapshot_frame.h"
#include "engine/sim/problem.h"
#include "engine/sim/state_sink.h"

namespace interstice {

/// What of the state is written.
struct SnapshotSelection {
  std::optional<std::vector<std::string>> fields;  ///< species; nullopt = all, empty = no fields file
  std::optional<std::vector<std::string>> cells;   ///< cell types; nullopt = all, empty = no cells file
  /// At most so many vesicle agents, chosen by a hash of their ids: the same ones every time. 0 = no vesicles file.
  std::uint64_t vesicle_sample = std::numeric_limits<std::uint64_t>::max();
};

class SnapshotWriter : public StateSink {
 public:
  /// `problem` must stay. Snapshots are numbered from `first_number`. Files are written by `background`, if given, from
  /// a copy of what they show (two such copies at most). Throws InputError when the selection names what does not
  /// exist.
  SnapshotWriter(std::filesystem::path directory, const Problem& problem, RunRecord record,
                 SnapshotSelection selection = {}, BackgroundWriter* background = nullptr,
                 std::uint64_t first_number = 0);
  ~SnapshotWriter() override;
  SnapshotWriter(const SnapshotWriter&) = delete;
  SnapshotWriter& operator=(const SnapshotWriter&) = delete;

  /// Writes one snapshot (up to three files) and lists it in the series indexes; nothing when it already wrote this
  /// time. Throws DiskError; with a background writer perhaps one of an earlier snapshot.
  void record(const State& state, const Problem& problem) override;
  [[nodiscard]] SinkMemory memory() override;
  void check(const SinkMemory& memory) const override;
  void recall(const SinkMemory& memory) override;
  [[nodiscard]] std::uint64_t written() const { return number_ - first_number_; }

 private:
  /// A copy of a snapshot, and the job that writes it.
  struct Slot {
    SnapshotFrame frame;
    BackgroundWriter::Ticket ticket = 0;
  };
  void copy(const State& state, SnapshotFrame& frame) const;
  void write(const SnapshotFrame& frame);
  /// Writes one file under a temporary name by `write_file(path)`, commits it and lists it.
  template <class Write>
  void publish(SeriesIndex& index, const char* kind, const SnapshotFrame& frame, Write write_file);

  std::filesystem::path directory_;
  const Problem& problem_;
  RunRecord record_;
  BackgroundWriter* background_;
  bool writes_fields_ = true, writes_cells_ = true;
  std::vector<SpeciesId> fields_;
  std::vector<std::uint8_t> shows_type_;  ///< per cell type
  std::uint64_t vesicle_sample_ = 0;
  std::uint64_t number_ = 0, first_number_ = 0;
  std::optional<Nanoseconds> last_time_;
  std::array<Slot, 2> slots_;
  SeriesIndex fields_index_, cells_index_, vesicles_index_;
};

}  // namespace interstice
