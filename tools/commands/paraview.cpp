/// @file
/// `interstice paraview`: starts ParaView with a run opened as one would look at it.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <memory>
#include <vector>

#include "engine/core/error.h"
#include "engine/scenario/yaml/yaml_include.h"
#include "tools/command.h"

namespace interstice::cli {
namespace {

namespace fs = std::filesystem;

constexpr const char* kScript = "viz/paraview/open_interstice.py";

/// Where the program's scripts are: the source tree, or what was installed.
fs::path home_of_scripts() {
  for (const fs::path models : model_directories())
    if (fs::exists(models.parent_path() / kScript)) return models.parent_path();
  throw InputError(fmt::format("{} is missing (it is installed with the program)", kScript));
}

/// The directory of a run; of a comparison the user has to choose.
fs::path run_directory(const fs::path& directory) {
  std::vector<std::string> arms;
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(directory / "arms", none))
    if (entry.is_directory()) arms.push_back(entry.path().filename());
  std::ranges::sort(arms);
  if (!arms.empty())
    throw InputError(fmt::format("{} is a comparison (expected one of its runs, such as {}; its arms are {})",
                                 directory.string(), (directory / "arms" / arms.front() / "0").string(),
                                 fmt::join(arms, ", ")));
  for (const char* kind : {"fields", "cells", "vesicles"})
    if (fs::exists(directory / fmt::format("{}.hdf.series", kind))) return fs::absolute(directory);
  throw InputError(
      fmt::format("{} holds no snapshots (expected the directory of a run; `output` of its scenario says "
                  "what is kept)",
                  directory.string()));
}

/// Modules that tools/install_packages unpacked, as Debian's package of them excludes the one that VTK needs. Throws
/// InputError where Debian's ParaView would find none.
void offer_python_modules(const fs::path& home) {
  const fs::path modules = home / "build/paraview/usr/lib/python3/dist-packages";
  if (fs::exists("/usr/lib/python3/dist-packages/paraview")) return;
  if (!fs::exists(modules)) {
    if (fs::exists("/usr/bin/paraview") && std::getenv("PYTHONPATH") == nullptr)
      throw InputError(
          "ParaView is here without its Python modules (expected python3-paraview) run tools/install_packages paraview "
          "in the source tree, or apt-get install python3-paraview");
    return;
  }
  const char* earlier = std::getenv("PYTHONPATH");
  ::setenv("PYTHONPATH", (modules.string() + (earlier == nullptr ? "" : std::string(":") + earlier)).c_str(), 1);
}

void open_in_paraview(const fs::path& directory) {
  const fs::path run = run_directory(directory), home = home_of_scripts();
  offer_python_modules(home);
  ::setenv("INTERSTICE_RUN", run.c_str(), 1);
  const std::string script = "--script=" + (home / kScript).string();
  ::execlp("paraview", "paraview", script.c_str(), nullptr);
  if (errno == ENOENT)
    throw InputError(
        fmt::format("ParaView is not installed (on Debian: apt-get install paraview python3-paraview; in "
                    "the source tree: tools/install_packages paraview)"));
  throw InputError(fmt::format("ParaView cannot be started ({})", std::strerror(errno)));
}

void add_paraview_options(CLI::App& command) {
  auto directory = std::make_shared<fs::path>();
  command.add_option("directory", *directory, "Directory of a run, finished or not")->required()->type_name("DIR");
  command.footer(
      "Cells are spheres of their true radius, EVs points by where they are, the signal a slice (or a volume: choose\n"
      "that representation), regions outlines. viz/README.md says how to make a button of it, and pictures without\n"
      "a screen.\n\nExample:\n  interstice paraview out/compare/arms/emcev/0");
  command.callback([directory] { open_in_paraview(*directory); });
}

const RegisteredCommand paraview_command{{.position = 32,
                                          .name = "paraview",
                                          .arguments = "DIR",
                                          .summary = "open a run in ParaView, with cells, EVs, signals and regions",
                                          .title = "Starts ParaView with a run opened as one would look at it.",
                                          .add_options = add_paraview_options}};

}  // namespace
}  // namespace interstice::cli
