/// @file
/// What this process may use of the machine: affinity mask, control group, batch job and limits of the shell, whichever
/// is least.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace interstice::cli {

/// Processors that it may use, at least 1; SLURM_CPUS_PER_TASK counts too.
int available_threads();

/// Memory that is free for it [bytes].
double available_memory();

/// Name of this machine.
std::string host_name();

/// Processor time that this process has used [s].
double processor_time();

/// The most that this process has held so far [bytes].
double most_memory();

/// Free space where `path` will be [bytes].
double available_disk(const std::filesystem::path& path);

/// What a command is about to use.
struct Need {
  int threads = 1;
  double memory = 0, disk = 0;  ///< [bytes]; the disk at most, before compression
};

/// Throws Error(memory) or Error(disk), with both numbers, where it cannot end well. Returns what is worth a warning.
std::vector<std::string> check_room(const Need& need, const std::filesystem::path& directory);

}  // namespace interstice::cli
