/// @file
/// Times on the command line.
#include "tools/run_options.h"

#include <fmt/format.h>

#include "engine/core/error.h"
#include "engine/core/units.h"

namespace interstice::cli {
double seconds_of(const char* option, const std::string& text) {
  double seconds = 0;
  try {
    seconds = parse_quantity(text).in("s");
  } catch (const InputError&) {
    throw InputError(
        fmt::format("{} {} is no time (expected a number with its unit, such as 90s or '2 h')", option, text));
  }
  if (seconds >= 0) return seconds;
  throw InputError(fmt::format("{} {} is negative (expected a time such as 90s)", option, text));
}

double KeepingOptions::save_every() const { return seconds_of("--save-every", save_every_text); }

std::optional<double> KeepingOptions::walltime() const {
  if (walltime_text.empty()) return std::nullopt;
  return seconds_of("--max-walltime", walltime_text);
}

void add_keeping_options(CLI::App& command, KeepingOptions& options) {
  command.add_option("--save-every", options.save_every_text, "Wall-clock time between checkpoints")
      ->type_name("TIME")
      ->capture_default_str();
  command
      .add_option("--max-walltime", options.walltime_text,
                  "Save and stop in time to be done by then (default: the end of the Slurm job, if it is one)")
      ->type_name("TIME");
}

}  // namespace interstice::cli
