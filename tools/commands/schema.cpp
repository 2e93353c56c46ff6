/// @file
/// `interstice schema`: the JSON Schema of scenario files, for editors.
#include "engine/scenario/schema.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "models/builtin.h"
#include "tools/command.h"

namespace interstice::cli {
namespace {

void add_schema_options(CLI::App& command) {
  command.footer(
      "Example:\n  interstice schema > interstice.schema.json\nand as the first line of a scenario:\n"
      "  # yaml-language-server: $schema=interstice.schema.json");
  command.callback([] {
    ModelRegistry registry;
    register_builtin_models(registry);
    fmt::print("{}\n", scenario_schema(registry).dump(2));
  });
}

const RegisteredCommand schema_command{{.position = 50,
                                        .name = "schema",
                                        .summary = "JSON Schema of the scenario format, for editors",
                                        .title = "JSON Schema of the scenario format, on standard output.",
                                        .add_options = add_schema_options}};

}  // namespace
}  // namespace interstice::cli
