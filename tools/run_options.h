/// @file
/// The options of commands that run: when they save, and how long they may work, what they may use.
#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>

namespace interstice::cli {

struct KeepingOptions {
  std::string save_every_text = "10 min", walltime_text;

  /// Wall-clock time between checkpoints [s]. Throws InputError for what is no time.
  [[nodiscard]] double save_every() const;
  /// How long the program may work [s]; empty without a limit. Throws InputError.
  [[nodiscard]] std::optional<double> walltime() const;
};

/// A time that was given after `option`, such as "90s" [s]. Throws InputError for what is none, or negative.
double seconds_of(const char* option, const std::string& text);

/// --save-every and --max-walltime.
void add_keeping_options(CLI::App& command, KeepingOptions& options);

}  // namespace interstice::cli
