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
  std::string id;  ///< of the linked program, where the commit does not say what is in it; else ""
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
  std::string identity;  ///< SHA-256 of what the numbers follow from (run_identity in scenario/scenario.h)
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
  std::string reason;              ///< why it failed or was stopped
  std::vector<std::string> warnings;
  double wall_time = 0;  ///< of the run, less what a kill left unrecorded; of a comparison, that of its command [s]

  /// What a finished run left, run.json aside.
  struct File {
    std::string name;
    std::uintmax_t bytes = 0;
    std::string sha256;
  };
  std::vector<File> files;
};

/// Fills title, seed and models from the problem, the instruction set of this machine, and `started` with now.
RunRecord make_run_record(const Problem& problem, std::string scenario, std::string command_line, std::string arm,
                          int threads);

/// UTC in ISO 8601.
std::string now_text();

/// JSON text of the record, with build, host, libraries and native units. When `identity_only`, without what is known
/// only when it ended.
std::string provenance_json(const RunRecord& record, bool identity_only = false);

/// Writes DIR/run.json atomically.
void write_run_record(const std::filesystem::path& directory, const RunRecord& record);

/// Sets status, exit status and end time, and writes run.json again.
void finish_run_record(const std::filesystem::path& directory, RunRecord& record, std::string status, int exit_status);

/// SHA-256 of a text, or of what a file holds [64 hexadecimal digits]. Throws DiskError.
std::string sha256_of(std::string_view text);
std::string sha256_of_file(const std::filesystem::path& path);

}  // namespace interstice
