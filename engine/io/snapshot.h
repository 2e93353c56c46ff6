/// @file
/// Snapshots that ParaView 5.11 and newer open directly: fields_NNNNNN.hdf (image), cells_NNNNNN.hdf and
/// vesicles_NNNNNN.hdf (one vertex per agent) as VTKHDF 1.0, each with its `<kind>.hdf.series` index in seconds.
/// Arrays are the engine's, rounded to float32, named with their units; /meta holds provenance, the resolved scenario,
/// the hash of the full state and a checksum of the file.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/io/provenance.h"
#include "engine/io/series_index.h"
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
  /// Snapshots are numbered from `first_number`. Throws InputError when the selection names what does not exist.
  SnapshotWriter(std::filesystem::path directory, const Problem& problem, RunRecord record,
                 SnapshotSelection selection = {}, std::uint64_t first_number = 0);
  /// Writes one snapshot (up to three files) and lists it in the series indexes; nothing when it already wrote this
  /// time. Throws DiskError.
  void record(const State& state, const Problem& problem) override;
  [[nodiscard]] std::uint64_t written() const { return number_ - first_number_; }

 private:
  /// Writes one file under a temporary name, commits it and lists it.
  void publish(SeriesIndex& index, const char* kind, double time,
               const std::function<void(const std::filesystem::path&)>& write);

  std::filesystem::path directory_;
  RunRecord record_;
  bool writes_fields_ = true, writes_cells_ = true;
  std::vector<SpeciesId> fields_;
  std::vector<std::uint8_t> shows_type_;  ///< per cell type
  std::uint64_t vesicle_sample_ = 0;
  std::uint64_t number_ = 0, first_number_ = 0;
  std::optional<Nanoseconds> last_time_;
  SeriesIndex fields_index_, cells_index_, vesicles_index_;
};

/// Indices of the vesicles that a sample of `count` shows, in storage order: those whose hashed id is smallest, so
/// that a vesicle once shown stays shown while it lives and no other enters.
std::vector<std::uint32_t> sample_vesicles(std::span<const AgentId> ids, std::uint64_t count);

}  // namespace interstice
