#include "tools/study/study_directory.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "engine/core/error.h"
#include "engine/results/atomic_file.h"
#include "engine/results/provenance.h"
#include "tools/directory_lock.h"
#include "tools/scenario_options.h"

namespace interstice::cli {
namespace {

namespace fs = std::filesystem;

/// Or what a command leaves that was killed before its record was whole.
bool holds_nothing(const fs::path& directory, const fs::path& record) {
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(directory, none))
    if (entry.path().filename() != DirectoryLock::kName && entry.path() != temporary_name(record)) return false;
  return true;
}

}  // namespace

void StudyDirectory::check(const Study& study) const {
  if (!fs::exists(record()))
    throw InputError(
        fmt::format("{} holds no study (expected the directory of one that was begun by `study run` or "
                    "`study submit`)",
                    path_.string()));
  const auto then = nlohmann::json::parse(read_text_file(record()), nullptr, false);
  if (!then.is_object() || then.value("interstice_study", 0) != 1)
    throw InputError(
        fmt::format("{} is not the record of a study (it would be overwritten) choose another directory "
                    "with -o",
                    record().string()));
  if (then.value("identity", "") != identity_of(study))
    throw InputError(fmt::format(
        "{} holds results of another scenario or seed: since {} changed what all points share (`scenario`, "
        "what it includes, `parameters`, `set`, `edges`, `seed` or `noise`) its results do not go together "
        "with new ones; choose another directory with -o, or undo the change (values of axes, arms, replicates and "
        "outcomes may be added)",
        path_.string(), then.value("started", "then")));
  if (const std::string program = then.value("program", ""); program != version_line())
    throw Error(ExitCode::cannot_go_on,
                fmt::format("{} was begun by {}, this is {} (results could differ in their last bits) go on with that "
                            "program, or choose another directory with -o",
                            path_.string(), program, version_line()));
}

void StudyDirectory::open(const Study& study) const {
  if (fs::exists(record()))
    check(study);
  else
    begin(study);
  std::error_code error;
  for (const auto& directory : {logs(), running()}) {
    fs::create_directories(directory, error);
    if (error) throw_disk_error("create", directory, error.value());
  }
}

void StudyDirectory::remove_leftovers(const TaskRows& rows) const {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(running(), error)) {
    const auto row = rows.find(entry.path().stem().string());  // NAME, or NAME.half that was being copied
    if (row == rows.end() || !row->second.counts() || !DirectoryLock::owner_of_itself(entry.path()).empty()) continue;
    fs::remove_all(entry.path(), error);
  }
}

/// The record first: whatever is there afterwards is known as ours.
void StudyDirectory::begin(const Study& study) const {
  if (!holds_nothing(path_, record()))
    throw InputError(
        fmt::format("{} holds something else than a study (nothing was changed) choose another directory "
                    "with -o",
                    path_.string()));
  const nlohmann::json text{
      {"interstice_study", 1},          {"title", study.title},      {"file", fs::absolute(study.path).string()},
      {"identity", identity_of(study)}, {"program", version_line()}, {"command", command_line()},
      {"started", now_text()}};
  write_file_atomically(record(), text.dump(1));
  write_file_atomically(path_ / "scenario.yaml", study.scenario.resolved);
}

}  // namespace interstice::cli
