/// @file
/// What is in an output directory or a snapshot, and whether it is undamaged.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace interstice {

struct ArrayInfo {
  std::string name;  ///< with its unit
  std::vector<std::uint64_t> shape;
  bool measured = true;             ///< false for identities, of which a range says nothing
  double minimum = 0, maximum = 0;  ///< of finite values
};

struct SnapshotInfo {
  std::filesystem::path path;
  std::string kind;  ///< fields, cells or vesicles
  std::uint64_t step = 0, seed = 0;
  double time = 0;           ///< [s]
  std::uint64_t agents = 0;  ///< shown in this file; 0 for fields
  std::uint64_t agents_total = 0;
  std::string state_sha256;
  std::vector<ArrayInfo> arrays;
};

struct RunInfo {
  std::filesystem::path path;
  std::string title, arm, status, reason, version, started, ended, command;
  std::vector<std::string> changes;  ///< to the scenario file, which the title may contradict
  std::uint64_t seed = 0, replicate = 0;
  std::uint64_t snapshots = 0;
  std::uint64_t runs = 0, runs_finished = 0;  ///< of a comparison, so far
  double first_time = 0, last_time = 0;       ///< of the snapshots [s]
  std::uint64_t series_rows = 0;
  std::vector<SnapshotInfo> files;  ///< the last file of every kind
};

/// Of an output directory, or of one snapshot file. Throws InputError when it is neither, DiskError when damaged.
RunInfo read_run_info(const std::filesystem::path& path);

/// Reads every array again and compares it with the checksums in the file. Throws DiskError naming file and array.
void verify_file(const std::filesystem::path& path);

/// Verifies every snapshot of a directory (or the one file) and returns the state hash of the last one.
std::string verified_state_hash(const std::filesystem::path& path);

/// A summary to read.
std::string info_text(const RunInfo& info);

}  // namespace interstice
