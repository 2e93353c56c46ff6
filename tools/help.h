/// @file
/// What the program says about itself: the first screen, the version, and the nearest command to a mistyped one.
#pragma once

#include <string>
#include <string_view>

namespace interstice::cli {

/// The text of `interstice --help`: fits a terminal of 24 lines.
std::string overview();

/// The text of `interstice --version`: version, commit, compiler, flags and libraries.
std::string version_text();

/// "unknown command 'compair' (did you mean 'compare'?) ..." for a word that is no command.
std::string unknown_command(std::string_view word);

/// Whether the word is a command.
bool is_command(std::string_view word);

/// "error:" in red on a terminal, unless NO_COLOR is set (no-color.org).
std::string error_prefix();

}  // namespace interstice::cli
