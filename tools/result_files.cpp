/// @file
/// Names, beginnings and checksums of our files.
#include "tools/result_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>
#include <regex>

#include "engine/core/error.h"
#include "engine/results/snapshots/series_index.h"
#include "tools/directory_lock.h"
#include "tools/stop_requests.h"

namespace interstice::cli {
namespace {

using Json = nlohmann::json;

struct ResultKind {
  std::regex name;
  std::string beginning;  ///< of every such file
  bool grows = false;     ///< under its final name, so that a kill may leave part of it
};

const std::vector<ResultKind>& result_kinds() {
  using std::regex;
  static const std::string hdf5 = "\x89HDF\r\n\x1a\n";
  static const std::vector<ResultKind> all{
      {regex("timeseries\\.csv"), "time [s]", true},
      {regex("(fields|cells|vesicles)_\\d{6,}\\.hdf"), hdf5},
      {regex("(fields|cells|vesicles)\\.hdf\\.series"), "{\n \"file-series-version\""},
      {regex("observations\\.hdf"), hdf5},
      {regex("checkpoint_\\d{12}\\.hdf"), hdf5},
      {regex("scenario\\.yaml"), "# Resolved scenario"},
      {regex("summary\\.csv"), "arm,replicate,metric"},
      {regex("compare\\.json"), "{\n \"format\": \"interstice comparison\""},
      {regex("report\\.html"), "<!DOCTYPE html>\n<!-- interstice report -->"},
  };
  return all;
}

constexpr const char* kTemporary = ".tmp";
constexpr std::array<std::string_view, 3> kNoResults{DirectoryLock::kName, StopRequests::kFile, "run.json.tmp"};
constexpr std::array<std::string_view, 3> kReportFiles{"report.html", "summary.csv", "compare.json"};

bool is_list_of_files(const Json& files) {
  return files.is_array() && std::ranges::all_of(files, [](const Json& file) {
           return file.is_object() && file.contains("name") && file["name"].is_string() && file.contains("sha256") &&
                  file["sha256"].is_string() && file.contains("bytes") && file["bytes"].is_number_unsigned();
         });
}

/// Whether a record is one of ours: what is asked of it is there, in the form in which we write it.
bool is_record(const Json& json) {
  using Type = Json::value_t;
  constexpr std::array<std::pair<const char*, Type>, 6> kNeeded{{{"program", Type::string},
                                                                 {"identity", Type::string},
                                                                 {"arm", Type::string},
                                                                 {"status", Type::string},
                                                                 {"build", Type::object},
                                                                 {"models", Type::array}}};
  if (!json.is_object()) return false;
  for (const auto& [key, type] : kNeeded)
    if (!json.contains(key) || json[key].type() != type) return false;
  return json["program"] == "interstice" && (!json.contains("files") || is_list_of_files(json["files"]));
}

bool holds_no_files(const std::filesystem::path& directory) {
  std::error_code none;
  return std::ranges::all_of(std::filesystem::recursive_directory_iterator(directory, none),
                             [](const auto& entry) { return entry.is_directory(); });
}

bool holds_only_arms(const std::filesystem::path& directory) {
  std::error_code none;
  return std::ranges::all_of(std::filesystem::directory_iterator(directory, none), [](const auto& entry) {
    const std::string name = entry.path().filename().string();
    return std::ranges::find(kNoResults, name) != kNoResults.end() ||
           name.starts_with(DirectoryLock::kName) ||  // of one that is about to be given its name, too
           (name == "arms" && entry.is_directory());
  });
}

bool is_temporary(const std::filesystem::path& file) { return file.extension() == kTemporary; }

const ResultKind* result_kind_of(const std::filesystem::path& file) {
  const std::string name = (is_temporary(file) ? file.stem() : file.filename()).string();
  const auto found =
      std::ranges::find_if(result_kinds(), [&](const ResultKind& kind) { return std::regex_match(name, kind.name); });
  return found == result_kinds().end() ? nullptr : &*found;
}

bool begins_as_ours(const std::filesystem::path& path) {
  const ResultKind* kind = result_kind_of(path);
  if (kind == nullptr) return false;
  std::ifstream file(path, std::ios::binary);
  std::string first(kind->beginning.size(), '\0');
  file.read(first.data(), static_cast<std::streamsize>(first.size()));
  first.resize(static_cast<std::size_t>(file.gcount()));
  if (!kind->grows && !is_temporary(path)) return first == kind->beginning;
  // A kill may have left less, and a crash of the machine nothing but zeros.
  return kind->beginning.starts_with(first) || first.front() == '\0';
}

/// A run of its own may be at work in one of the directories below.
void refuse_where_a_run_works(const std::filesystem::path& directory) {
  std::error_code none;
  for (const auto& arm : std::filesystem::directory_iterator(directory / "arms", none))
    for (const auto& run : std::filesystem::directory_iterator(arm, none))
      if (const std::string owner = DirectoryLock::owner_of_itself(run.path()); !owner.empty())
        throw Error(ExitCode::directory_in_use,
                    fmt::format("{} is in use ({} writes there) wait for it, or choose another directory with -o",
                                run.path().string(), owner));
}

/// What a finished run says that it left: checksums by name; empty where none finished.
std::map<std::string, std::string> listed_sums(const std::string& record) {
  std::map<std::string, std::string> sums;
  const Json json = Json::parse(record, nullptr, false);
  if (!json.is_object() || json.value("status", "") != "finished") return sums;
  for (const Json& file : json.value("files", Json::array())) sums[file.value("name", "")] = file.value("sha256", "");
  return sums;
}

/// Whether this file is what was written: as listed, or where nothing is listed as it begins. A checkpoint is never
/// listed, nor is a report that a kill kept from the list.
bool is_ours(const std::filesystem::path& file, const std::map<std::string, std::string>& sums) {
  const std::string name = file.filename().string();
  if (is_temporary(file)) return begins_as_ours(file);
  const auto listed = sums.find(name);
  if (listed != sums.end()) return listed->second == sha256_of_file(file);
  const bool never_listed = sums.empty() || name.starts_with("checkpoint_") || is_report(name);
  return never_listed && begins_as_ours(file);
}

}  // namespace

Removal::Removal(const std::filesystem::path& directory) : directory_(directory) {
  const std::string record = our_record(directory);
  add(directory, record);
  if (is_comparison(record)) {
    refuse_where_a_run_works(directory);
    for (const auto& run : runs_below(directory)) add(run, our_record(run));
  }
  if (foreign_.empty()) return;
  const std::string which =
      foreign_.size() > 1 ? fmt::format("and {} more are", foreign_.size() - 1) : std::string("is");
  throw InputError(
      fmt::format("{} {} not what was written there, or changed since (it may be yours, and would be "
                  "replaced) move it, or choose another directory with -o",
                  foreign_.front().string(), which));
}

void Removal::add(const std::filesystem::path& directory, const std::string& record) {
  const auto sums = listed_sums(record);
  for (const auto& entry : std::filesystem::directory_iterator(directory))
    if (entry.is_regular_file() && has_our_name(entry.path()))
      (is_ours(entry.path(), sums) ? ours_ : foreign_).push_back(entry.path());
  if (directory == directory_) return;  // its record stays until the next one takes its place
  for (const char* name : {"run.json", "run.json.tmp"})
    if (std::filesystem::exists(directory / name)) records_.push_back(directory / name);
}

/// Records last: as long as anything of ours is there, they say whose it is.
void Removal::remove() const {
  for (const auto& file : ours_) std::filesystem::remove(file);
  for (const auto& record : records_) std::filesystem::remove(record);
  std::error_code not_empty;
  for (const auto& record : records_) {
    std::filesystem::remove(record.parent_path(), not_empty);
    std::filesystem::remove(record.parent_path().parent_path(), not_empty);
  }
  std::filesystem::remove(directory_ / "arms", not_empty);
}

bool is_report(const std::string& name) { return std::ranges::find(kReportFiles, name) != kReportFiles.end(); }

bool has_our_name(const std::filesystem::path& file) { return result_kind_of(file) != nullptr; }

std::vector<RunRecord::File> list_files(const std::filesystem::path& directory, std::vector<std::string> names) {
  names.emplace_back("scenario.yaml");
  for (std::size_t k = 0, given = names.size(); k < given; ++k)
    if (names[k].ends_with(".hdf.series"))
      for (const SeriesEntry& entry : read_series_index(directory / names[k])) names.push_back(entry.name);
  std::ranges::sort(names);
  std::vector<RunRecord::File> files;
  for (const std::string& name : names)
    files.push_back({name, std::filesystem::file_size(directory / name), sha256_of_file(directory / name)});
  return files;
}

void check_listed(const std::filesystem::path& directory, const std::vector<std::string>& names) {
  const auto sums = listed_sums(our_record(directory));
  for (const std::string& name : names)
    if (const auto listed = sums.find(name); listed == sums.end() || listed->second != sha256_of_file(directory / name))
      throw DiskError(
          fmt::format("{} is not what the run wrote (its checksum differs from that in run.json) restore "
                      "it, or remove {} to run it again",
                      (directory / name).string(), directory.string()));
}

void check_all_listed(const std::filesystem::path& directory) {
  std::vector<std::filesystem::path> all = runs_below(directory);
  all.push_back(directory);
  for (const auto& one : all) {
    std::vector<std::string> names;
    for (const auto& [name, sum] : listed_sums(our_record(one))) names.push_back(name);
    check_listed(one, names);
  }
}

void check_ours(const std::filesystem::path& directory, const std::vector<std::string>& names) {
  for (const std::string& name : names)
    if (std::filesystem::exists(directory / name) && !begins_as_ours(directory / name))
      throw InputError(fmt::format("{} is not one of ours (it may be yours, and would be replaced) move it",
                                   (directory / name).string()));
}

std::string our_record(const std::filesystem::path& directory) {
  std::error_code none;
  if (!std::filesystem::is_regular_file(directory / "run.json", none)) return "";
  std::ifstream file(directory / "run.json", std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(file), {}};
  return is_record(Json::parse(text, nullptr, false)) ? text : "";
}

bool is_comparison(const std::string& record) {
  const Json json = Json::parse(record, nullptr, false);
  return json.is_object() && json.value("arm", "").starts_with(kCompare);
}

bool holds_our_names(const std::filesystem::path& directory) {
  return std::ranges::any_of(std::filesystem::directory_iterator(directory),
                             [](const auto& entry) { return has_our_name(entry.path()); });
}

bool is_blank(const std::filesystem::path& directory) {
  return holds_only_arms(directory) && holds_no_files(directory / "arms");
}

bool holds_runs_alone(const std::filesystem::path& directory) {
  return holds_only_arms(directory) && !runs_below(directory).empty();
}

std::vector<std::filesystem::path> runs_below(const std::filesystem::path& directory) {
  std::vector<std::filesystem::path> runs;
  std::error_code none;
  for (const auto& arm : std::filesystem::directory_iterator(directory / "arms", none))
    for (const auto& run : std::filesystem::directory_iterator(arm, none))
      if (!our_record(run.path()).empty()) runs.push_back(run.path());
  return runs;
}

}  // namespace interstice::cli
