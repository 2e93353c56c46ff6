#include "tools/study/study_directory.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "engine/core/error.h"
#include "engine/results/atomic_file.h"
#include "engine/results/provenance.h"
#include "engine/scenario/yaml/yaml_node.h"
#include "engine/study/study_axes.h"
#include "tools/directory_lock.h"
#include "tools/failure.h"
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

std::string short_text(const YamlNode& node) {
  constexpr std::size_t kMost = 60;
  const std::string text = flow_text(node);
  return text.size() <= kMost ? text : text.substr(0, kMost) + "...";
}

/// The first place where two files differ, as "key.path (before -> now)"; "" where they do not.
std::string first_difference(const YamlNode& before, const YamlNode& now, const std::string& path) {
  if (same_content(before, now)) return "";
  const auto below = [&](const std::string& key) { return path.empty() ? key : path + "." + key; };
  if (before.is_map() && now.is_map()) {
    for (std::size_t i = 0; i < before.keys.size(); ++i) {
      const YamlNode* other = now.find(before.keys[i]);
      if (other == nullptr) return below(before.keys[i]) + " (no longer there)";
      if (std::string found = first_difference(before.items[i], *other, below(before.keys[i])); !found.empty())
        return found;
    }
    for (const std::string& key : now.keys)
      if (before.find(key) == nullptr) return below(key) + " (new)";
  }
  if (before.kind == YamlNode::Kind::list && now.kind == before.kind && now.items.size() == before.items.size())
    for (std::size_t i = 0; i < now.items.size(); ++i)
      if (std::string found = first_difference(before.items[i], now.items[i], below(std::to_string(i))); !found.empty())
        return found;
  return fmt::format("{} ({} -> {})", path, short_text(before), short_text(now));
}

/// Of what all points of a study share, since its directory was begun.
std::string what_changed(const fs::path& scenario, const Study& study) {
  std::string found;
  (void)attempt([&] {
    Diagnostics ignored;
    const std::string text = read_text_file(scenario);
    found = first_difference(parse_yaml(text, "", ignored), parse_yaml(study.scenario.resolved, "", ignored), "");
  });
  return found.empty() ? "the `seed`, the `noise`, a table or an image" : found;
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
        "{} holds results of another scenario or seed: since {} {} changed, which all points share, so that its "
        "results do not go together with new ones; choose another directory with -o, or undo the change (values of "
        "axes, arms, replicates and outcomes may be added)",
        path_.string(), then.value("started", "then"), what_changed(path_ / "scenario.yaml", study)));
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
