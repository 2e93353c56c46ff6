/// @file
/// Which files are ours: by their names, by how they begin, and by the list in run.json of what a run left. Nothing
/// else is ever removed or replaced.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "engine/results/provenance.h"

namespace interstice::cli {

/// Whether commands write files of this name, finished or not yet (".tmp"); run.json aside.
[[nodiscard]] bool has_our_name(const std::filesystem::path& file);

/// Whether it is one of the files of a report, which `report` adds to the results of a run.
[[nodiscard]] bool is_report(const std::string& name);

/// These files, scenario.yaml and the snapshots that indexes among them list, with checksums.
std::vector<RunRecord::File> list_files(const std::filesystem::path& directory, std::vector<std::string> names);

/// Throws DiskError where one of these files is not what run.json says was written.
void check_listed(const std::filesystem::path& directory, const std::vector<std::string>& names);

/// The same for all files that a finished run, or the runs of a comparison, left.
void check_all_listed(const std::filesystem::path& directory);

/// Throws InputError where one of these files is there but does not begin as ours do.
void check_ours(const std::filesystem::path& directory, const std::vector<std::string>& names);

/// The results in a directory, and where it is that of a comparison in those of its runs, all but its run.json.
class Removal {
 public:
  /// Throws InputError naming the files that bear our names but are not what run.json says was written, and
  /// Error(directory_in_use) where a run of its own works below.
  explicit Removal(const std::filesystem::path& directory);
  void remove() const;

 private:
  void add(const std::filesystem::path& directory, const std::string& record);

  std::filesystem::path directory_;
  std::vector<std::filesystem::path> ours_, records_, foreign_;
};

/// run.json as text; "" where there is none of ours.
std::string our_record(const std::filesystem::path& directory);

/// How the record of a comparison begins what it did, before the names of the arms.
inline constexpr std::string_view kCompare = "compare ";

/// Whether a record is that of a comparison.
[[nodiscard]] bool is_comparison(const std::string& record);

/// Whether any file there bears one of our names.
[[nodiscard]] bool holds_our_names(const std::filesystem::path& directory);

/// Whether nothing is there but what a command leaves that was killed before its first record was whole.
[[nodiscard]] bool is_blank(const std::filesystem::path& directory);

/// Whether nothing but that and runs of arms is there, as a job array leaves them.
[[nodiscard]] bool holds_runs_alone(const std::filesystem::path& directory);

/// The directories arms/<arm>/<replicate> below that hold a record of ours.
[[nodiscard]] std::vector<std::filesystem::path> runs_below(const std::filesystem::path& directory);

}  // namespace interstice::cli
