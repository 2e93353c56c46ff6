/// @file
/// `interstice new`: a scenario to start from, with comments, which runs as it is.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <memory>

#include "engine/core/error.h"
#include "engine/results/atomic_file.h"
#include "engine/scenario/yaml/diagnostics.h"
#include "engine/scenario/yaml/yaml_include.h"
#include "tools/command.h"
#include "tools/standard_streams.h"

namespace interstice::cli {
namespace {

namespace fs = std::filesystem;

struct NewOptions {
  std::string name, from;
};

/// A scenario that ships, by its name with or without ".yaml".
fs::path shipped_scenario(const std::string& name) {
  std::vector<std::string> names;
  for (const fs::path models : model_directories()) {
    std::error_code none;
    for (const auto& entry : fs::directory_iterator(models.parent_path() / "scenarios", none)) {
      if (entry.path().extension() != ".yaml") continue;
      if (entry.path().filename() == name || entry.path().stem() == name) return entry.path();
      names.push_back(entry.path().stem());
    }
  }
  std::ranges::sort(names);
  throw InputError(fmt::format("no scenario {} ships with this program (expected one of {}){}", name,
                               fmt::join(names, ", "), did_you_mean(name, names)));
}

/// One that takes over what ships, and says how to change it.
std::string including(const fs::path& shipped, const std::string& title) {
  std::string quoted;  // as YAML wants it
  for (const char c : title) quoted += c == '\'' ? std::string("''") : std::string(1, c);
  return fmt::format(
      R"(# Everything of {0}, which ships with the program, and what differs in it. `interstice run` writes all of it,
# resolved, into scenario.yaml of its results; `interstice describe {0}` says what is in it.
schema: 2
title: '{1}'
include: [{0}]

# A key that stands here too replaces the one there; the others stay. For example:
# vesicles: {{msc_sev: {{dose: 1 ug}}}}
# compare: {{replicates: 4}}
)",
      shipped.filename().string(), quoted);
}

void write_new_scenario(const NewOptions& options) {
  fs::path file = options.name;
  if (file.extension() != ".yaml") file += ".yaml";
  if (fs::exists(file))
    throw InputError(fmt::format("{} is there already (nothing was changed) choose another name", file.string()));
  const fs::path shipped = shipped_scenario(options.from.empty() ? "starter" : options.from);
  if (!options.from.empty() && file.filename() == shipped.filename())
    throw InputError(fmt::format("{} would include itself (nothing was written) choose another name", file.string()));
  write_file_atomically(file,
                        options.from.empty() ? read_text_file(shipped) : including(shipped, file.stem().string()));
  say("Wrote {}: {}\nNext: interstice validate {}, then interstice compare {}\n", file.string(),
      options.from.empty() ? "a piece of injured tissue under fluid, dosed with EVs; half a minute to compare"
                           : "all of " + shipped.filename().string() + ", for you to change",
      file.string(), file.string());
}

void add_new_options(CLI::App& command) {
  auto options = std::make_shared<NewOptions>();
  command.add_option("name", options->name, "Name of the file to write; .yaml is added")->required()->type_name("NAME");
  command
      .add_option("--from", options->from,
                  "A scenario that ships, to take over and change, such as rat_knee, in place of the starter")
      ->type_name("SCENARIO");
  command.footer(
      "Examples:\n  interstice new my_tissue\n  interstice new my_knee --from rat_knee\n\n"
      "The lines of the starter explain themselves; scenarios/README.md is the reference.");
  command.callback([options] { write_new_scenario(*options); });
}

const RegisteredCommand new_command{{.position = 5,
                                     .name = "new",
                                     .arguments = "NAME",
                                     .summary = "write a scenario to start from, with comments",
                                     .title = "A scenario to start from: it runs as it is, and says what to change.",
                                     .add_options = add_new_options}};

}  // namespace
}  // namespace interstice::cli
