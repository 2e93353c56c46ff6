/// @file
/// The first screen, the version and the suggestions.
#include "tools/help.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "engine/results/provenance.h"
#include "engine/scenario/yaml/diagnostics.h"
#include "tools/command.h"

namespace interstice::cli {
namespace {

/// One line for each command with a summary, the summaries below each other.
std::string command_lines() {
  std::size_t width = 0;
  for (const Command& command : commands()) width = std::max(width, command.name.size() + 1 + command.arguments.size());
  std::string text;
  for (const Command& command : commands())
    if (!command.summary.empty())
      text += fmt::format("  {:<{}}  {}\n", command.name + " " + command.arguments, width, command.summary);
  return text;
}

}  // namespace

std::string overview() {
  return R"(Interstice simulates injured tissue dosed with extracellular vesicles and compares how they may act:
by uptake, by surface contact, or by changing the space between the cells.

Usage: interstice COMMAND [ARGUMENTS] [OPTIONS]      `interstice COMMAND --help` tells more

)" + command_lines() +
         R"(
Examples: interstice new my_tissue; interstice compare my_tissue.yaml
Exit codes: 0 done, 2 wrong input, 3 numerical failure, 4 disk, 5 cannot go on, 6 out of memory,
  7 directory in use, 75 stopped and saved: the same command goes on, 130 killed by a second Ctrl-C
)";
}

std::string version_text() {
  const BuildInfo& build = build_info();
  std::string text = fmt::format("{}\ncompiler: {}, {}\nflags: {}\nlibraries:", version_line(), build.compiler,
                                 build.build_type, build.flags);
  const auto provenance = nlohmann::ordered_json::parse(provenance_json({}, true));
  for (const auto& [name, version] : provenance.at("libraries").items())
    text += fmt::format(" {} {},", name, version.get<std::string>());
  return text + fmt::format(" CLI11 {}\n", CLI11_VERSION);
}

bool is_command(std::string_view word) {
  const auto names = command_names();
  return std::find(names.begin(), names.end(), word) != names.end();
}

std::string unknown_command(std::string_view word) {
  const auto known = command_names();
  const std::string hint = did_you_mean(word, known);
  return fmt::format("unknown command '{}' (the commands are {}){}", word, fmt::join(known, ", "),
                     hint.empty() ? " see interstice --help" : hint);
}

std::string error_prefix() {
  const bool colour = isatty(STDERR_FILENO) != 0 && std::getenv("NO_COLOR") == nullptr;
  return colour ? "\033[1;31merror:\033[0m" : "error:";
}

}  // namespace interstice::cli
