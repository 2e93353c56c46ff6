/// @file
/// The options that say which scenario is meant, shared by the commands that read one.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "engine/model/plugin_guard.h"
#include "engine/scenario/scenario.h"

namespace interstice::cli {

struct ScenarioOptions {
  std::string file;
  std::vector<std::string> sets, includes;
  std::string parameters;
  std::optional<std::uint64_t> seed;
  bool ignore_limits = false;
  double plugin_limit = kPluginTimeLimit;  ///< [s]
};

/// --plugin-limit and --ignore-limits.
void add_limits(CLI::App& command, ScenarioOptions& options);

/// These, and --set, --include, --parameters and --seed.
void add_scenario_options(CLI::App& command, ScenarioOptions& options);

/// Refuses what is no number from 0 to 2^64 - 1, which would wrap around.
CLI::Validator whole_number();

/// Loads `file` with the options and the built-in models. Throws Error(memory) where the fields have no room here.
Scenario load(const ScenarioOptions& options);

/// "out/<name of the scenario><suffix>" unless the user named a directory.
std::filesystem::path output_path(const std::string& asked, const ScenarioOptions& options, const std::string& suffix);

/// The command line as the user typed it, for provenance.
std::string command_line();

/// Doubtful steps, on stderr.
void print_warnings(const std::vector<std::string>& warnings);

}  // namespace interstice::cli
