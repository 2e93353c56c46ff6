/// @file
/// Where a result came from: program, build, machine, command, scenario. Written to run.json when a run starts and
/// when it ends, and into every snapshot.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "engine/sim/problem.h"

namespace interstice {

/// What was compiled, with what.
struct BuildInfo {
  std::string version;
  std::string commit;  ///< "unknown" outside a git checkout
  bool modified = false;
  std::string compiler, flags, build_type;
};
const BuildInfo& build_info();

/// One line such as "interstice 0.1.0 (4fa01cc, modified)".
std::string version_line();

/// A run as it identifies itself.
struct RunRecord {
  std::string title;
  std::string arm;
  std::uint64_t replicate = 0;
  std::uint64_t seed = 0;
  int threads = 1;
  std::string simd_target;
  std::string command_line;
  std::vector<std::string> changes;  ///< made to the scenario file on the command line, see Scenario
  std::string scenario;              ///< resolved YAML text: reproduces the run
  struct Model {
    std::string name, version, origin, sha256;
  };
  std::vector<Model> models;
  std::string started, ended;      ///< UTC, ISO 8601; `ended` empty while running
  std::string status = "running";  ///< running, finished, stopped or failed
  int exit_status = -1;            ///< of the program, once it ended
  std::string reason;              ///< why it failed
};

/// Fills title, seed and models from the problem, the instruction set of this machine, and `started` with now.
RunRecord make_run_record(const Problem& problem, std::string scenario, std::string command_line, std::string arm,
                          int threads);

/// JSON text of the record, with build, host, libraries and native units. Without `ended`, `status` and
/// `exit_status` and `reason` when `identity_only`: what is known while a snapshot is written.
std::string provenance_json(const RunRecord& record, bool identity_only = false);

/// Writes DIR/run.json atomically.
void write_run_record(const std::filesystem::path& directory, const RunRecord& record);

/// Sets status, exit status and end time, and writes run.json again.
void finish_run_record(const std::filesystem::path& directory, RunRecord& record, std::string status, int exit_status);

/// SHA-256 of a text [64 hexadecimal digits].
std::string sha256_of(std::string_view text);

}  // namespace interstice
