/// @file
/// Options that say which scenario is meant.
#include "tools/scenario_options.h"

#include <fmt/format.h>

#include <charconv>
#include <fstream>

#include "engine/model/plugin_guard.h"
#include "models/builtin.h"
#include "tools/machine_limits.h"
#include "tools/standard_streams.h"

namespace interstice::cli {

void add_limits(CLI::App& command, ScenarioOptions& options) {
  command
      .add_option("--plugin-limit", options.plugin_limit,
                  "Seconds that one call into a plug-in may take before the program ends; 0: any number")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str()
      ->type_name("SECONDS");
  command.add_flag("--ignore-limits", options.ignore_limits, "Go on even where memory or disk will not do");
}

void add_scenario_options(CLI::App& command, ScenarioOptions& options) {
  command
      .add_option("--set", options.sets, "Override one key, for example --set vesicles.msc_sev.dose=1ug (repeatable)")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
  command
      .add_option("--include", options.includes, "Directory in which included files are looked for last (repeatable)")
      ->type_name("DIR")
      ->check(CLI::ExistingDirectory)
      ->allow_extra_args(false);
  command.add_option("--parameters", options.parameters, "Parameter set of the scenario, for example sceptic")
      ->type_name("SET");
  add_limits(command, options);
  command.add_option("--seed", options.seed, "Seed of the noise instead of the scenario's")
      ->check(whole_number())
      ->type_name("N");
}

CLI::Validator whole_number() {
  return {[](const std::string& text) {
            std::uint64_t number = 0;
            const char* end = text.data() + text.size();
            const auto [rest, error] = std::from_chars(text.data(), end, number);
            return error == std::errc() && rest == end ? "" : text + " is no whole number from 0 to 2^64 - 1";
          },
          "", "whole number"};
}

Scenario load(const ScenarioOptions& options) {
  set_plugin_time_limit(options.plugin_limit);
  ModelRegistry registry;
  register_builtin_models(registry);
  LoadOptions load_options{options.includes, options.sets, options.parameters};
  if (!options.ignore_limits) load_options.most_memory = available_memory();
  if (options.seed) load_options.sets.push_back(fmt::format("seed={}", *options.seed));
  return load_scenario(options.file, load_options, registry);
}

std::filesystem::path output_path(const std::string& asked, const ScenarioOptions& options, const std::string& suffix) {
  if (!asked.empty()) return asked;
  return std::filesystem::path("out") / (std::filesystem::path(options.file).stem().string() + suffix);
}

std::string command_line() {
  std::ifstream file("/proc/self/cmdline", std::ios::binary);
  std::string text, word;
  while (std::getline(file, word, '\0')) {
    const bool plain = word.find_first_of(" \t'\"$&|;<>*?()") == std::string::npos && !word.empty();
    text += (text.empty() ? "" : " ") + (plain ? word : "'" + word + "'");
  }
  return text;
}

void print_warnings(const std::vector<std::string>& warnings) {
  for (const auto& warning : warnings) complain(fmt::format("warning: {}\n", warning));
}

}  // namespace interstice::cli
