/// @file
/// The snapshot files of a run: which there are, and what their numbers stand for.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace interstice::cli {

/// Files of one moment; a kind that was not kept is missing.
struct Snapshot {
  double time = 0;                                     ///< [s]
  std::map<std::string, std::filesystem::path> files;  ///< by kind: fields, cells, vesicles
};

class SnapshotSeries {
 public:
  /// Files that were moved away or cannot be read are passed over, the latter with a warning; so are moments of which
  /// a kind is missing that others have: a run that is at work or was killed may end with such a one. Throws InputError
  /// where there is none.
  explicit SnapshotSeries(const std::filesystem::path& run);

  /// Of all snapshots, in order [s].
  [[nodiscard]] std::vector<double> times() const;
  /// The last one at this time or before; before the first one, that. [s]
  [[nodiscard]] Snapshot at(double time) const;
  /// The first one at this time or after; after the last one, that. [s]
  [[nodiscard]] Snapshot from(double time) const;
  /// What numbers stand for: `regions`, `cell_types` or `vesicle_states`; none where no file says it.
  [[nodiscard]] std::vector<std::string> names(const std::string& list) const;
  /// Arrays of the fields that ParaView shows, with their units.
  [[nodiscard]] std::vector<std::string> signals() const;
  /// Whether any moment holds a vesicle.
  [[nodiscard]] bool has_vesicles() const;
  /// Ids of the cells. Throws InputError where there is none.
  [[nodiscard]] static std::vector<std::int64_t> cells_in(const Snapshot& snapshot);
  /// Id of the cell that holds most vesicles, else of the first. Throws InputError where there is no cell.
  [[nodiscard]] static std::int64_t cell_with_most_vesicles(const Snapshot& snapshot);

 private:
  void drop_incomplete();

  std::map<double, Snapshot> by_time_;
};

/// Arms of a comparison as its record lists them, without the second runs with published edges; else as given.
std::vector<std::string> arms_in_order(const std::filesystem::path& comparison, std::vector<std::string> there);

}  // namespace interstice::cli
