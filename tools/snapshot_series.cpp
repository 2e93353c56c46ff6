#include "tools/snapshot_series.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "engine/core/error.h"
#include "engine/results/hdf5/hdf5_file.h"
#include "engine/results/snapshots/series_index.h"
#include "tools/result_files.h"
#include "tools/scenario_options.h"

namespace interstice::cli {

namespace fs = std::filesystem;

namespace {

bool is_readable(const fs::path& file) {
  if (!fs::exists(file)) return false;
  try {
    (void)Hdf5File::open(file);
    return true;
  } catch (const Error& error) {
    print_warnings({fmt::format("{}; it is passed over", error.what())});
    return false;
  }
}

}  // namespace

SnapshotSeries::SnapshotSeries(const fs::path& run) {
  for (const char* kind : {"fields", "cells", "vesicles"})
    for (const SeriesEntry& entry : read_series_index(run / fmt::format("{}.hdf.series", kind)))
      if (is_readable(run / entry.name)) {
        Snapshot& snapshot = by_time_[entry.time];
        snapshot.time = entry.time;
        snapshot.files[kind] = run / entry.name;
      }
  drop_incomplete();
  if (by_time_.empty())
    throw InputError(
        fmt::format("{} holds no snapshots (expected the directory of a run; `output` of its scenario says "
                    "what is kept)",
                    run.string()));
}

void SnapshotSeries::drop_incomplete() {
  std::size_t most = 0;
  for (const auto& [time, snapshot] : by_time_) most = std::max(most, snapshot.files.size());
  std::erase_if(by_time_, [most](const auto& entry) { return entry.second.files.size() < most; });
}

std::vector<double> SnapshotSeries::times() const {
  std::vector<double> times;
  for (const auto& [time, snapshot] : by_time_) times.push_back(time);
  return times;
}

Snapshot SnapshotSeries::at(double time) const {
  const auto after = by_time_.upper_bound(time * (1 + 1e-12));
  return after == by_time_.begin() ? after->second : std::prev(after)->second;
}

Snapshot SnapshotSeries::from(double time) const {
  const auto found = by_time_.lower_bound(time * (1 - 1e-12));
  return found == by_time_.end() ? std::prev(found)->second : found->second;
}

std::vector<std::string> SnapshotSeries::names(const std::string& list) const {
  for (const auto& [time, snapshot] : by_time_)
    for (const auto& [kind, path] : snapshot.files) {
      const Hdf5File file = Hdf5File::open(path);
      if (file.exists("/meta/" + list)) return nlohmann::json::parse(file.read_text("/meta/" + list));
    }
  return {};
}

std::vector<std::string> SnapshotSeries::signals() const {
  constexpr std::string_view kGroup = "/VTKHDF/PointData/";
  for (const auto& [time, snapshot] : by_time_)
    if (const auto fields = snapshot.files.find("fields"); fields != snapshot.files.end()) {
      std::vector<std::string> arrays;
      for (const std::string& path : Hdf5File::open(fields->second).datasets())
        if (path.starts_with(kGroup) && path != std::string(kGroup) + "region")
          arrays.push_back(path.substr(kGroup.size()));
      return arrays;
    }
  return {};
}

bool SnapshotSeries::has_vesicles() const {
  return std::ranges::any_of(by_time_, [](const auto& entry) {
    const auto vesicles = entry.second.files.find("vesicles");
    if (vesicles == entry.second.files.end()) return false;
    const auto size = Hdf5File::open(vesicles->second).shape("/VTKHDF/PointData/host");
    return !size.empty() && size.front() > 1;  // a single point may stand for none
  });
}

std::vector<std::int64_t> SnapshotSeries::cells_in(const Snapshot& snapshot) {
  const auto cells = snapshot.files.find("cells");
  std::vector<std::int64_t> ids;
  if (cells != snapshot.files.end()) ids = Hdf5File::open(cells->second).read_as<std::int64_t>("/VTKHDF/PointData/id");
  std::erase_if(ids, [](std::int64_t id) { return id < 0; });
  if (ids.empty()) throw InputError("no cell is there to look at (at this time, or kept in the snapshots)");
  return ids;
}

std::int64_t SnapshotSeries::cell_with_most_vesicles(const Snapshot& snapshot) {
  const auto ids = cells_in(snapshot);
  std::map<std::int64_t, std::uint64_t> held;
  if (const auto vesicles = snapshot.files.find("vesicles"); vesicles != snapshot.files.end())
    for (const std::int64_t host : Hdf5File::open(vesicles->second).read_as<std::int64_t>("/VTKHDF/PointData/host"))
      ++held[host];
  return *std::ranges::max_element(ids, {}, [&](std::int64_t id) { return held.contains(id) ? held.at(id) : 0; });
}

std::vector<std::string> arms_in_order(const fs::path& comparison, std::vector<std::string> there) {
  std::vector<std::string> ordered;
  const auto record = nlohmann::json::parse(our_record(comparison), nullptr, false);
  const std::string listed = record.is_object() ? record.value("arm", "") : "";
  const auto place = [&](const std::string& arm) {
    const std::size_t at = (listed + ",").find(" " + arm + ",");
    return at == std::string::npos ? listed.size() + 1 : at;
  };
  std::erase_if(there, [](const std::string& arm) { return arm.find('@') != std::string::npos; });
  std::ranges::stable_sort(there, {}, place);
  return there;
}

}  // namespace interstice::cli
