/// @file
/// `<kind>.hdf.series`: the list of files and times [s] that ParaView opens as one data set over time.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "engine/results/start.h"

namespace interstice {

struct SeriesEntry {
  std::string name;  ///< file name, beside the index
  double time = 0;   ///< [s]
};

class SeriesIndex {
 public:
  /// `continued` keeps the list that is already in `directory`, if any.
  SeriesIndex(std::filesystem::path directory, const std::string& kind, Start start);
  /// Adds a finished file and rewrites the index atomically; files that no longer exist are dropped.
  void add(const SeriesEntry& entry);
  /// Takes up the list that is already in `directory`, up to a time [s].
  void go_on(double last_time);
  [[nodiscard]] const std::vector<SeriesEntry>& entries() const { return entries_; }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path directory_, path_;
  std::vector<SeriesEntry> entries_;
};

/// The entries of an index file, or none when it does not exist. Throws DiskError when it is not one.
std::vector<SeriesEntry> read_series_index(const std::filesystem::path& path);

}  // namespace interstice
