/// @file
/// The sub-commands of `interstice`. Each file tools/commands/<name>.cpp registers its own when the program starts:
///
///     const RegisteredCommand weigh_command{{.position = 80, .name = "weigh", .arguments = "FILE", .summary = "...",
///                                         .title = "...", .add_options = add_weigh_options}};
///
/// The command line, the overview and the suggestions for mistyped words go by what is registered, so a new sub-command
/// is one new file. A command ends by returning, or by throwing an Error that carries the exit code; main.cpp alone
/// catches.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace interstice::cli {

struct Command {
  int position;                            ///< order in `interstice --help`, with room between for later ones
  std::string name;                        ///< what the user types
  std::string arguments = {};              ///< as the overview shows them, such as SCENARIO
  std::string summary;                     ///< its line in `interstice --help`; "" where it has none
  std::string title;                       ///< the first line of `interstice NAME --help`
  void (*add_options)(CLI::App& command);  ///< arguments, options, examples, and what it does as the callback
};

struct RegisteredCommand {
  explicit RegisteredCommand(Command command);
};

/// All of them, by position.
const std::vector<Command>& commands();

/// Their names, by position.
std::vector<std::string> command_names();

}  // namespace interstice::cli
