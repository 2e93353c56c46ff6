/// @file
/// Asking the system for limits.
#include "tools/machine_limits.h"

#include <fmt/format.h>
#include <sched.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <limits>
#include <optional>
#include <sstream>

#include "engine/core/error.h"
#include "tools/progress.h"

namespace interstice::cli {
namespace {

constexpr double kNoLimit = std::numeric_limits<double>::infinity();

/// The first number of a file; "max", or no file, is no limit.
double number_in(const std::filesystem::path& path) {
  std::ifstream file(path);
  double number = 0;
  return file >> number ? number : kNoLimit;
}

/// The control group of this process in the unified hierarchy and those above it, innermost first.
std::vector<std::filesystem::path> control_groups() {
  std::ifstream file("/proc/self/cgroup");
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with("0::/")) continue;
    const std::filesystem::path root = "/sys/fs/cgroup";
    std::vector<std::filesystem::path> groups;
    for (auto group = root / line.substr(4); group != root && group.has_relative_path(); group = group.parent_path())
      groups.push_back(group);
    groups.push_back(root);
    return groups;
  }
  return {};
}

double processors_of_control_groups() {
  double least = kNoLimit;
  for (const auto& group : control_groups()) {
    std::ifstream file(group / "cpu.max");
    double quota = 0, period = 0;
    if (file >> quota >> period && period > 0) least = std::min(least, quota / period);
  }
  return least;
}

/// What a control group uses and could not give back: its cache of files can go.
double memory_in_use(const std::filesystem::path& group) {
  const double used = number_in(group / "memory.current");
  if (!std::isfinite(used)) return 0;
  double cache = 0, bytes = 0;
  std::ifstream file(group / "memory.stat");
  for (std::string name; file >> name >> bytes;)
    if (name == "active_file" || name == "inactive_file") cache += bytes;
  return std::max(0.0, used - cache);
}

double memory_of_control_groups() {
  double least = kNoLimit;
  for (const auto& group : control_groups()) {
    const double most = number_in(group / "memory.max");
    if (std::isfinite(most)) least = std::min(least, most - memory_in_use(group));
  }
  return least;
}

/// What the kernel reckons can be had without swapping.
double memory_of_machine() {
  std::ifstream file("/proc/meminfo");
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    std::string name;
    double kilobytes = 0;
    if (words >> name >> kilobytes && name == "MemAvailable:") return kilobytes * 1024;
  }
  return kNoLimit;
}

double memory_of_shell() {
  rlimit limit{};
  return getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY ? static_cast<double>(limit.rlim_cur)
                                                                              : kNoLimit;
}

}  // namespace

int available_threads() {
  double least = kNoLimit;
  cpu_set_t mask;
  if (sched_getaffinity(0, sizeof mask, &mask) == 0) least = CPU_COUNT(&mask);
  least = std::min(least, std::ceil(processors_of_control_groups()));
  if (const char* of_job = std::getenv("SLURM_CPUS_PER_TASK"))
    if (const int count = std::atoi(of_job); count > 0) least = std::min<double>(least, count);
  return std::isfinite(least) ? std::max(1, static_cast<int>(least)) : 1;
}

double available_memory() { return std::min({memory_of_machine(), memory_of_control_groups(), memory_of_shell()}); }

std::string host_name() {
  std::array<char, 256> name{};
  gethostname(name.data(), name.size() - 1);
  return name.data();
}

double processor_time() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

double most_memory() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return 1024.0 * static_cast<double>(usage.ru_maxrss);
}

double available_disk(const std::filesystem::path& path) {
  auto there = std::filesystem::absolute(path);
  while (!std::filesystem::exists(there) && there.has_relative_path()) there = there.parent_path();
  std::error_code error;
  const auto space = std::filesystem::space(there, error);
  return error ? kNoLimit : static_cast<double>(space.available);
}

std::vector<std::string> check_room(const Need& need, const std::filesystem::path& directory) {
  constexpr double kLeastCompressed = 0.1;  // of what is written at most
  const double memory = available_memory(), disk = available_disk(directory);
  if (need.memory > memory)
    throw Error(ExitCode::memory, fmt::format("it would need {} of memory ({} can be had here) make it smaller, or run "
                                              "fewer at a time; --ignore-limits tries it all the same",
                                              bytes_text(need.memory), bytes_text(memory)));
  if (kLeastCompressed * need.disk > disk)
    throw Error(ExitCode::disk,
                fmt::format("it would write up to {} ({} are free in {}) write less often, or elsewhere "
                            "with -o; --ignore-limits tries it all the same",
                            bytes_text(need.disk), bytes_text(disk), directory.string()));
  std::vector<std::string> doubts;
  if (need.disk > disk)
    doubts.push_back(fmt::format("it writes up to {}, less by compression; {} are free in {}", bytes_text(need.disk),
                                 bytes_text(disk), directory.string()));
  if (const int processors = available_threads(); need.threads > processors)
    doubts.push_back(fmt::format("{} threads share {}", need.threads, counted(processors, "processor")));
  return doubts;
}

}  // namespace interstice::cli
