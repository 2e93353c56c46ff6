/// @file
/// `interstice upgrade`: scenario files of schema 1 rewritten in place in the words of schema 2.
#include "engine/scenario/yaml/upgrade.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>

#include "engine/results/atomic_file.h"
#include "tools/command.h"
#include "tools/failure.h"

namespace interstice::cli {
namespace {

namespace fs = std::filesystem;

/// A link stays a link to the same file, and the file keeps its permissions.
void replace_file(const std::string& name, const std::string& text) {
  const fs::path file = fs::canonical(name);
  const fs::perms permissions = fs::status(file).permissions();
  write_file_atomically(file, text);
  fs::permissions(file, permissions);
}

void upgrade_one(const std::string& name) {
  if (!fs::is_regular_file(name))
    throw InputError(fmt::format("'{}' cannot be upgraded (there is no such file) name scenario files", name));
  const UpgradedText upgraded = upgraded_text(read_text_file(name), name);
  if (upgraded.changes.empty()) return fmt::print("{}: left as it is, it holds no word of schema 1\n", name);
  replace_file(name, upgraded.text);
  for (const FormerWordUse& change : upgraded.changes)
    fmt::print("{}: {} -> {}\n", change.place.text(), change.old_word, change.new_word);
}

void upgrade(const std::vector<std::string>& files) {
  std::string mistakes;
  ExitCode code = ExitCode::done;
  for (const std::string& file : files)
    if (const auto failure = attempt([&] { upgrade_one(file); })) {
      mistakes += (mistakes.empty() ? "" : "\n") + failure->message;
      code = failure->code;
    }
  if (code != ExitCode::done) throw Error(code, mistakes);
}

void add_upgrade_options(CLI::App& command) {
  auto files = std::make_shared<std::vector<std::string>>();
  command.add_option("files", *files, "Scenario files, and files that scenarios include (YAML)")
      ->required()
      ->type_name("FILE...");
  command.footer(
      "Only words of schema 1 are replaced; comments, order and layout stay. Files that a scenario includes are not\n"
      "followed: name them too. A file without such words is left as it is; one that is not YAML is refused.\n\n"
      "Example:\n  interstice upgrade my_scenario.yaml my_cells/*.yaml");
  command.callback([files] { upgrade(*files); });
}

const RegisteredCommand upgrade_command{
    {.position = 55,
     .name = "upgrade",
     .arguments = "FILE...",
     .summary = "rewrite scenario files of schema 1 in place",
     .title = "Rewrites scenario files of schema 1 in the words of schema 2, in place.",
     .add_options = add_upgrade_options}};

}  // namespace
}  // namespace interstice::cli
