/// @file
/// Standard input, output and error, whatever the caller made of them.
#pragma once

#include <fmt/format.h>

#include <string>
#include <utility>

namespace interstice::cli {

/// Opens /dev/null in place of those that are closed, or a file of results would take their place and get what is
/// printed; lets writing to a closed pipe or beyond a limit of the shell fail as an error instead of ending the
/// program.
void prepare_streams();

/// Prints what is nice to know beside results that are in files: where it cannot be printed nothing is lost.
void print_aside(const std::string& text);
template <class... Arguments>
void say(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
  print_aside(fmt::format(format, std::forward<Arguments>(arguments)...));
}

/// Prints on standard error, if that can be.
void complain(const std::string& text);

}  // namespace interstice::cli
