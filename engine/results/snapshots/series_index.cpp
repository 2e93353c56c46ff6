#include "engine/results/snapshots/series_index.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "engine/core/error.h"
#include "engine/results/atomic_file.h"

namespace interstice {

SeriesIndex::SeriesIndex(std::filesystem::path directory, const std::string& kind, Start start)
    : directory_(std::move(directory)), path_(directory_ / (kind + ".hdf.series")) {
  if (start == Start::continued) entries_ = read_series_index(path_);
}

void SeriesIndex::go_on(double last_time) {
  entries_ = read_series_index(path_);
  std::erase_if(entries_, [last_time](const SeriesEntry& e) { return e.time > last_time; });
}

void SeriesIndex::add(const SeriesEntry& entry) {
  std::erase_if(entries_, [&](const SeriesEntry& e) {
    return e.name == entry.name || !std::filesystem::exists(directory_ / e.name);
  });
  entries_.push_back(entry);
  std::stable_sort(entries_.begin(), entries_.end(), [](auto& a, auto& b) { return a.time < b.time; });
  nlohmann::ordered_json files = nlohmann::ordered_json::array();
  for (const auto& e : entries_) files.push_back({{"name", e.name}, {"time", e.time}});
  const nlohmann::ordered_json index{{"file-series-version", "1.0"}, {"files", files}};
  write_file_atomically(path_, index.dump(1) + "\n");
}

std::vector<SeriesEntry> read_series_index(const std::filesystem::path& path) {
  std::vector<SeriesEntry> entries;
  if (!std::filesystem::exists(path)) return entries;
  try {
    const auto index = nlohmann::json::parse(read_text_file(path));
    for (const auto& file : index.at("files")) entries.push_back({file.at("name"), file.at("time")});
  } catch (const nlohmann::json::exception& e) {
    throw DiskError("cannot read " + path.string() + " (" + e.what() + ")");
  }
  return entries;
}

}  // namespace interstice
