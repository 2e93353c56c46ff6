/// @file
/// The sub-commands of `interstice`: each file <command>.cpp adds its own to the command line. A command ends by
/// returning, or by throwing an Error that carries the exit code; main.cpp alone catches.
#pragma once

#include <CLI/CLI.hpp>

namespace interstice::cli {

void add_run(CLI::App& app);
void add_compare(CLI::App& app);
void add_validate(CLI::App& app);
void add_describe(CLI::App& app);
void add_schema(CLI::App& app);
void add_info(CLI::App& app);
void add_bench(CLI::App& app);

}  // namespace interstice::cli
