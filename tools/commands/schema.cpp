/// @file
/// `interstice schema`: the JSON Schema of scenario files, for editors.
#include "engine/scenario/schema.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "models/builtin.h"
#include "tools/commands/commands.h"

namespace interstice::cli {

void add_schema(CLI::App& app) {
  CLI::App* command = app.add_subcommand("schema", "JSON Schema of the scenario format, on standard output.");
  command->footer(
      "Example:\n  interstice schema > interstice.schema.json\nand as the first line of a scenario:\n"
      "  # yaml-language-server: $schema=interstice.schema.json");
  command->callback([] {
    ModelRegistry registry;
    register_builtin_models(registry);
    fmt::print("{}\n", scenario_schema(registry).dump(2));
  });
}

}  // namespace interstice::cli
