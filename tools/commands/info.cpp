/// @file
/// `interstice info`: what a result directory or a snapshot holds, and whether it is undamaged.
#include "engine/results/info.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "tools/command.h"
#include "tools/directory_lock.h"
#include "tools/result_files.h"

namespace interstice::cli {
namespace {

/// A run that says it is running while nothing holds its lock was killed, or the machine stopped.
void print_info(const std::filesystem::path& path) {
  RunInfo info = read_run_info(path);
  if (info.status == "running" && DirectoryLock::owner_of(path).empty()) info.status = "interrupted";
  fmt::print("{}", info_text(info));
}

void add_info_options(CLI::App& command) {
  struct Options {
    std::string path;
    bool hash = false;
  };
  auto options = std::make_shared<Options>();
  command.add_option("path", options->path, "Output directory of `run`, or one .hdf file")
      ->required()
      ->type_name("PATH");
  command.add_flag("--hash", options->hash,
                   "Verify the checksums of the files and print the SHA-256 of the full last state");
  command.footer("Examples:\n  interstice info out/rat_knee\n  interstice info out/rat_knee --hash");
  command.callback([options] {
    if (options->hash) {
      const std::string hash = verified_state_hash(options->path);
      check_all_listed(options->path);
      fmt::print("{}\n", hash);
    } else {
      print_info(options->path);
    }
  });
}

const RegisteredCommand info_command{
    {.position = 60,
     .name = "info",
     .arguments = "PATH",
     .summary = "what a result holds; --hash prints the state's hash and verifies files",
     .title = "What a result directory or a snapshot file holds.",
     .add_options = add_info_options}};

}  // namespace
}  // namespace interstice::cli
