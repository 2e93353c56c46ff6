#include "engine/results/info.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

#include "engine/core/error.h"
#include "engine/results/atomic_file.h"
#include "engine/results/hdf5/hdf5_checksums.h"
#include "engine/results/hdf5/hdf5_file.h"
#include "engine/results/provenance.h"
#include "engine/results/snapshots/series_index.h"
#include "engine/results/snapshots/snapshot_files.h"
#include "engine/results/time_series.h"

namespace interstice {

namespace {

namespace fs = std::filesystem;
constexpr const char* kKinds[] = {"fields", "cells", "vesicles"};

ArrayInfo array_info(const Hdf5File& file, const std::string& path) {
  ArrayInfo info;
  info.name = path.substr(path.rfind('/') + 1);
  info.shape = file.shape(path);
  info.measured = info.name != "id" && info.name != "ancestor" && info.name != "host";
  if (!info.measured) return info;
  bool any = false;
  for (const double value : file.read_as<double>(path)) {
    if (!std::isfinite(value)) continue;
    info.minimum = any ? std::min(info.minimum, value) : value;
    info.maximum = any ? std::max(info.maximum, value) : value;
    any = true;
  }
  return info;
}

/// Else it may be a checkpoint, or observations.
bool is_snapshot(const fs::path& path) { return Hdf5File::open(path).exists("/meta/state_sha256"); }

SnapshotInfo snapshot_info(const fs::path& path) {
  const Hdf5File file = Hdf5File::open(path);
  if (!file.exists("/meta/state_sha256"))
    throw InputError(path.string() +
                     " is not a snapshot (it holds no state hash) give an output directory or one of its snapshots");
  SnapshotInfo info;
  info.path = path;
  info.kind = file.read_text("/meta/kind");
  info.state_sha256 = file.read_text("/meta/state_sha256");
  info.step = file.read_as<std::uint64_t>("/meta/step").front();
  info.seed = file.read_as<std::uint64_t>("/meta/seed").front();
  info.time = file.read_as<double>("/meta/time").front();
  info.agents = file.read_as<std::uint64_t>("/meta/agents_shown").front();
  info.agents_total = file.read_as<std::uint64_t>("/meta/agents_total").front();
  const std::string folder = "/VTKHDF/PointData/";
  for (const auto& array : file.datasets())
    if (array.starts_with(folder)) info.arrays.push_back(array_info(file, array));
  return info;
}

/// Takes what run.json, or the provenance in a snapshot, says of the run.
void read_provenance(const std::string& text, const fs::path& source, RunInfo& info) {
  try {
    const auto json = nlohmann::json::parse(text);
    info.title = json.value("title", "");
    info.changes = json.value("changes", std::vector<std::string>{});
    info.arm = json.value("arm", "");
    info.seed = json.value("seed", std::uint64_t{0});
    info.replicate = json.value("replicate", std::uint64_t{0});
    info.started = json.value("started", "");
    info.command = json.value("command_line", "");
    const auto& build = json.at("build");
    info.version = build.value("version", "") + " " + build.value("commit", "") +
                   (build.value("modified", false) ? ", modified" : "");
    info.status = json.value("status", "");
    info.reason = json.value("reason", "");
    if (json.contains("ended") && json["ended"].is_string()) info.ended = json["ended"];
  } catch (const nlohmann::json::exception& e) {
    throw DiskError("cannot read " + source.string() + " (" + e.what() + ")");
  }
}

/// Counts the runs of a comparison.
void count_runs(const fs::path& arms, RunInfo& info) {
  for (const auto& entry : fs::recursive_directory_iterator(arms)) {
    if (entry.path().filename() != "run.json" || !entry.is_regular_file()) continue;
    const auto json = nlohmann::json::parse(read_text_file(entry.path()), nullptr, false);
    if (!json.is_object() || !json.contains("status")) continue;  // not ours
    ++info.runs;
    if (json["status"] == "finished") ++info.runs_finished;
  }
}

RunInfo directory_info(const fs::path& path) {
  RunInfo info;
  info.path = path;
  if (fs::exists(path / "run.json")) read_provenance(read_text_file(path / "run.json"), path / "run.json", info);
  for (const char* kind : kKinds) {
    const auto entries = read_series_index(path / (std::string(kind) + ".hdf.series"));
    if (entries.empty()) continue;
    info.snapshots = std::max<std::uint64_t>(info.snapshots, entries.size());
    info.first_time = entries.front().time;
    info.last_time = entries.back().time;
    info.files.push_back(snapshot_info(path / entries.back().name));
  }
  if (info.arm.starts_with("compare ") && fs::is_directory(path / "arms")) count_runs(path / "arms", info);
  if (fs::exists(path / "timeseries.csv")) info.series_rows = read_time_series(path / "timeseries.csv").time.size();
  if (info.files.empty() && info.version.empty())
    throw InputError(path.string() +
                     " holds no run (neither run.json nor snapshots) give the directory that `run -o` named");
  return info;
}

std::vector<fs::path> snapshot_files(const fs::path& path) {
  if (!fs::is_directory(path)) return {path};
  std::vector<fs::path> files;
  for (const char* kind : kKinds)
    for (const auto& entry : read_series_index(path / (std::string(kind) + ".hdf.series")))
      files.push_back(path / entry.name);
  if (files.empty())
    throw InputError(path.string() +
                     " holds no snapshots (of a comparison only the runs of replicate 0 have some, and these "
                     "only where the scenario sets output.every)");
  return files;
}

void print_file(std::ostringstream& out, const SnapshotInfo& file) {
  out << file.path.filename().string() << ": step " << file.step << ", " << file.time << " s";
  if (file.kind != "fields") out << ", " << file.agents << " of " << file.agents_total << " agents";
  out << "\n";
  for (const auto& array : file.arrays) {
    out << "  " << array.name << "  (";
    for (std::size_t d = 0; d < array.shape.size(); ++d) out << (d ? " x " : "") << array.shape[d];
    out << ")";
    if (array.measured) out << "  " << array.minimum << " .. " << array.maximum;
    out << "\n";
  }
}

}  // namespace

RunInfo read_run_info(const fs::path& path) {
  if (!fs::exists(path)) throw InputError(path.string() + " does not exist (give an output directory or a snapshot)");
  if (fs::is_directory(path)) return directory_info(path);
  RunInfo info;
  info.path = path;
  info.files.push_back(snapshot_info(path));
  read_provenance(Hdf5File::open(path).read_text("/meta/provenance"), path, info);
  info.snapshots = 1;
  info.first_time = info.last_time = info.files.front().time;
  return info;
}

void verify_file(const fs::path& path) { verify_checksums(Hdf5File::open(path)); }

std::string verified_state_hash(const fs::path& path) {
  if (!fs::exists(path)) throw InputError(path.string() + " does not exist (give an output directory or a snapshot)");
  if (!fs::is_directory(path) && !is_snapshot(path)) {
    verify_file(path);
    return Hdf5File::open(path).read_text("/meta/file_sha256");
  }
  std::map<std::uint64_t, std::string> hash_of_step;
  for (const auto& file : snapshot_files(path)) {
    verify_file(file);
    const Hdf5File opened = Hdf5File::open(file);
    const auto own = opened.read_text("/meta/state_sha256");
    const auto known = hash_of_step.emplace(opened.read_as<std::uint64_t>("/meta/step").front(), own).first;
    if (known->second != own)
      throw DiskError(file.string() + " is of another run (its state hash differs from that of its companions)");
  }
  return hash_of_step.rbegin()->second;
}

std::string info_text(const RunInfo& info) {
  std::ostringstream out;
  out << (info.title.empty() ? info.path.string() : info.title) << "\n";
  for (std::size_t k = 0; k < info.changes.size(); ++k) out << (k == 0 ? "but with " : ", ") << info.changes[k];
  if (!info.changes.empty()) out << "\n";
  const bool comparison = info.arm.starts_with("compare ");
  if (comparison)
    out << info.arm;
  else
    out << (info.arm.empty() ? "every listed model" : "arm " + info.arm) << ", replicate " << info.replicate;
  out << ", seed " << info.seed;
  if (!info.status.empty()) out << ", " << info.status;
  if (!info.reason.empty()) out << ": " << info.reason;
  out << "\n"
      << "interstice " << info.version << ", started " << info.started;
  if (!info.ended.empty()) out << ", ended " << info.ended;
  if (!info.command.empty()) out << "\ncommand: " << info.command;
  if (comparison) {
    out << "\n" << info.runs << " runs under arms/, " << info.runs_finished << " finished\n";
    return out.str();
  }
  out << "\n" << info.snapshots << (info.snapshots == 1 ? " snapshot" : " snapshots");
  if (info.snapshots > 0) out << " from " << info.first_time << " s to " << info.last_time << " s";
  if (info.series_rows > 0) out << "; " << info.series_rows << " rows in timeseries.csv";
  out << "\n";
  for (const auto& file : info.files) print_file(out, file);
  return out.str();
}

}  // namespace interstice
