/// @file
/// Other programs, by the shell.
#pragma once

#include <string>

namespace interstice::cli {

/// A word for the shell.
std::string in_shell(const std::string& text);

constexpr int kNoSuchCommand = 127;

/// The exit status of a command; 128 and more where a signal ended it. Ctrl-C ends the command, not this program.
int shell_status(const std::string& command);

struct Heard {
  int code = -1;     ///< exit status
  std::string text;  ///< standard output and error, without the last end of line
};
/// Runs a command and listens to what it says.
Heard hear(const std::string& command);

}  // namespace interstice::cli
