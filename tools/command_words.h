/// @file
/// What can be typed after `interstice`, as a table: for completions of shells and for the man page, which therefore
/// say what the program understands.
#pragma once

#include <string>
#include <vector>

namespace interstice::cli {

struct OptionWord {
  std::string name;        ///< with its dashes: "--set"
  std::string short_name;  ///< "-o", or ""
  std::string description;
  std::string value;                      ///< what follows, such as KEY=VALUE; "" where nothing does
  std::vector<std::string> choices = {};  ///< where only these may follow
};

/// A command, or a command and the word after it, as in `study run`.
struct CommandWord {
  std::string words;      ///< "run", "study run"
  std::string arguments;  ///< "SCENARIO"
  std::string title;
  std::string footer;                ///< what its --help ends with
  std::vector<std::string> choices;  ///< where only these may stand as its argument
  std::vector<OptionWord> options;
};

/// All, in the order of `interstice --help`; a command before the words that go after it.
std::vector<CommandWord> command_words();

}  // namespace interstice::cli
