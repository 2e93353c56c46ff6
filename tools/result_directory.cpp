/// @file
/// Recognising what a directory holds.
#include "tools/result_directory.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "engine/core/error.h"
#include "tools/result_files.h"

namespace interstice::cli {
namespace {

using Json = nlohmann::json;

std::string build_text(const Json& build) {
  return fmt::format("{} {}{}", build.value("version", ""), build.value("commit", "").substr(0, 12),
                     build.value("modified", false) ? ", modified" : "");
}

std::string difference(const Json& then, const Json& now) {
  const Json earlier = then.value("build", Json::object());
  if (earlier != now["build"]) {
    const std::string before = build_text(earlier), after = build_text(now["build"]);
    return before == after ? "by a build with another compiler, other flags or other changes"
                           : fmt::format("by another build: then {}, now {}", before, after);
  }
  for (const Json& model : now["models"]) {
    const Json list = then.value("models", Json::array());
    if (std::find(list.begin(), list.end(), model) == list.end())
      return fmt::format("with another version of the model {}", model.value("name", ""));
  }
  return "";
}

/// Why finished results do not stand for those that the run would give now; "" when they do.
std::string outdated(const std::filesystem::path& directory, const Json& record, const Wanted& wanted) {
  if (auto other = difference(record, Json::parse(provenance_json(wanted.record))); !other.empty()) return other;
  std::vector<std::string> missing, changed, listed;
  for (const Json& file : record.value("files", Json::array())) {
    std::error_code none;
    listed.push_back(file.value("name", ""));
    if (is_report(listed.back()) && std::ranges::find(wanted.files, listed.back()) == wanted.files.end()) continue;
    const auto bytes = std::filesystem::file_size(directory / listed.back(), none);
    if (none)
      missing.push_back(listed.back());
    else if (bytes != file.value("bytes", std::uintmax_t{0}))
      changed.push_back(listed.back());
  }
  for (const std::string& file : wanted.files)
    if (std::ranges::find(listed, file) == listed.end()) missing.push_back(file);
  if (!missing.empty())
    return fmt::format("without {}{}", missing.front(),
                       missing.size() > 1 ? fmt::format(" and {} more of its files", missing.size() - 1) : "");
  return changed.empty() ? "" : fmt::format("its {} was changed since", changed.front());
}

}  // namespace

std::string other_program(const std::string& then, const std::string& now) {
  return difference(Json::parse(then), Json::parse(now));
}

std::vector<std::filesystem::path> input_files(const Scenario& scenario) {
  std::vector<std::filesystem::path> files;
  for (const SourceFile& file : scenario.files) files.emplace_back(file.path);
  return files;
}

void keep_inputs(const std::filesystem::path& directory, const std::vector<std::filesystem::path>& inputs) {
  const auto here = std::filesystem::weakly_canonical(directory);
  for (const auto& input : inputs)
    if (std::filesystem::weakly_canonical(input).parent_path() == here && has_our_name(input))
      throw InputError(
          fmt::format("{} is read by this run (its results would replace it) choose another directory with "
                      "-o, or move the file",
                      input.string()));
}

namespace {

/// The record that lies there; null where all is free. Throws InputError where files are not ours.
Json record_there(const std::filesystem::path& directory, const Wanted& wanted) {
  if (is_blank(directory)) return {};
  const std::string text = our_record(directory);
  if (text.empty() && wanted.inside_ours && !holds_our_names(directory)) return {};
  if (text.empty())
    throw InputError(
        fmt::format("{} is not empty and holds no results of interstice (its files may be yours, so not "
                    "even --force writes there) choose another directory with -o",
                    directory.string()));
  keep_inputs(directory, wanted.inputs);
  return Json::parse(text);
}

/// Throws InputError, also where something there is not ours to be removed.
Found replaced(const std::filesystem::path& directory, const Wanted& wanted, const std::string& why_not) {
  if (wanted.replace == Replace::nothing) throw InputError(why_not);
  (void)Removal(directory);
  return Found::to_be_replaced;
}

std::string of_another(const std::filesystem::path& directory) {
  return fmt::format(
      "{} is not empty (the results of another run would be overwritten) choose another "
      "directory with -o, or --force to replace them",
      directory.string());
}

}  // namespace

bool holds_run(const std::filesystem::path& directory, const RunRecord& wanted) {
  const Json record = Json::parse(our_record(directory), nullptr, false);
  return record.is_object() && record.value("identity", "") == wanted.identity;
}

void refuse_another_comparison(const std::filesystem::path& directory, const RunRecord& wanted) {
  const Json record = Json::parse(our_record(directory), nullptr, false);
  if (record.is_object() && record.value("status", "") == "finished" && record.value("identity", "") != wanted.identity)
    throw InputError(of_another(directory));
}

Found look_into(const std::filesystem::path& directory, const Wanted& wanted) {
  const Json record = record_there(directory, wanted);
  if (record.is_null()) return Found::nothing;
  if (record.value("identity", "") != wanted.record.identity) return replaced(directory, wanted, of_another(directory));
  if (record.value("status", "") != "finished") return Found::unfinished;
  const std::string why = outdated(directory, record, wanted);
  if (why.empty() && wanted.replace != Replace::finished_too) return Found::finished;
  return replaced(directory, wanted,
                  fmt::format("{} holds this already, finished, but {} (what it holds would be replaced) --force "
                              "repeats it, another directory with -o keeps both",
                              directory.string(), why));
}

Found look_into_comparison(const std::filesystem::path& directory, const Wanted& wanted) {
  if (holds_runs_alone(directory)) return Found::unfinished;
  const Json record = record_there(directory, wanted);
  if (record.is_null()) return Found::nothing;
  const bool comparison = record.value("arm", "").starts_with(kCompare);
  const bool same = record.value("identity", "") == wanted.record.identity;
  const bool finished = record.value("status", "") == "finished";
  if (!comparison || (wanted.replace == Replace::finished_too && (finished || !same)))
    return replaced(directory, wanted, of_another(directory));
  check_ours(directory, wanted.files);
  return same && finished && outdated(directory, record, wanted).empty() ? Found::finished : Found::unfinished;
}

}  // namespace interstice::cli
