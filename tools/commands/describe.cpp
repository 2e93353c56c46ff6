/// @file
/// `interstice describe`: what exists, with units, defaults, ranges and sources; or what a scenario file holds.
#include "engine/scenario/describe.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>

#include "engine/scenario/describe_format.h"
#include "models/builtin.h"
#include "tools/command.h"
#include "tools/scenario_options.h"

namespace interstice::cli {
namespace {

bool means_a_file(const std::string& what) {
  return what.ends_with(".yaml") || what.ends_with(".yml") || std::filesystem::is_regular_file(what);
}

/// Of a shared object: the models that it brings.
void describe_plugin(ModelRegistry& registry, const std::string& file) {
  const std::size_t before = registry.all().size();
  registry.load(std::filesystem::absolute(file).lexically_normal().string());
  for (std::size_t k = before; k < registry.all().size(); ++k)
    fmt::print("{}\n", describe_model(registry.all()[k].descriptor, registry.all()[k].origin));
}

void describe_what(const ScenarioOptions& options, const std::string& key) {
  const bool plugin = options.file.ends_with(".so");
  if (!plugin && means_a_file(options.file)) return fmt::print("{}", describe(load(options), key));
  if (!key.empty())
    throw InputError(
        fmt::format("'{}' follows '{}' (a second word is a key of a scenario file) name one thing", key, options.file));
  ModelRegistry registry;
  register_builtin_models(registry);
  if (plugin) return describe_plugin(registry, options.file);
  fmt::print("{}", describe(options.file, registry, options.includes));
}

void add_describe_options(CLI::App& command) {
  struct Options {
    ScenarioOptions scenario;
    std::string key;
  };
  auto options = std::make_shared<Options>();
  command
      .add_option("what", options->scenario.file,
                  "Nothing (an overview), format, models, cells, edges, species, reactions, a name, a key such as "
                  "vesicles.dose, a plug-in (.so), or a scenario file")
      ->type_name("WHAT");
  command
      .add_option("key", options->key, "With a scenario file: parameters, edges, a key path, or a model that it loads")
      ->type_name("KEY");
  add_scenario_options(command, options->scenario);
  command.footer(
      "Examples:\n  interstice describe\n  interstice describe cd73\n  interstice describe chondrocyte\n"
      "  interstice describe scenarios/rat_knee.yaml parameters");
  command.callback([options] { describe_what(options->scenario, options->key); });
}

const RegisteredCommand describe_command{
    {.position = 40,
     .name = "describe",
     .arguments = "[WHAT]",
     .summary = "what exists: sections, cells, models, species, a name, a scenario file",
     .title = "What exists, or what a scenario file holds.",
     .add_options = add_describe_options}};

}  // namespace
}  // namespace interstice::cli
