/// @file
/// `interstice schema`: the JSON Schema of scenario and study files, for editors.
#include "engine/scenario/schema.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "engine/study/study_spec.h"
#include "models/builtin.h"
#include "tools/command.h"

namespace interstice::cli {
namespace {

void add_schema_options(CLI::App& command) {
  command.footer(
      "Example:\n  interstice schema > interstice.schema.json\nand as the first line of a scenario:\n"
      "  # yaml-language-server: $schema=interstice.schema.json");
  const auto of_studies = std::make_shared<bool>(false);
  command.add_flag("--study", *of_studies, "Of study files");
  command.callback([of_studies] {
    if (*of_studies) return fmt::print("{}\n", schema_of(*study_spec(), "Interstice study").dump(2));
    ModelRegistry registry;
    register_builtin_models(registry);
    fmt::print("{}\n", scenario_schema(registry).dump(2));
  });
}

const RegisteredCommand schema_command{{.position = 50,
                                        .name = "schema",
                                        .summary = "JSON Schema of scenario files, or of study files, for editors",
                                        .title = "JSON Schema of scenario or study files, on standard output.",
                                        .add_options = add_schema_options}};

}  // namespace
}  // namespace interstice::cli
