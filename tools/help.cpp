/// @file
/// The first screen, the version and the suggestions.
#include "tools/help.h"

#include <fmt/format.h>
#include <hdf5.h>
#include <unistd.h>
#include <yaml-cpp/yaml.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <numeric>
#include <vector>

#include "engine/io/provenance.h"

namespace interstice::cli {
namespace {

constexpr std::array<std::string_view, 6> kCommands{"run", "compare", "validate", "describe", "schema", "info"};

/// Fewest insertions, deletions and replacements that turn a into b (Levenshtein 1966).
std::size_t edits(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

}  // namespace

std::string overview() {
  return R"(Interstice simulates injured tissue dosed with extracellular vesicles and compares how they may act:
by uptake, by surface contact, or by changing the space between the cells.

Usage: interstice COMMAND [ARGUMENTS] [OPTIONS]      `interstice COMMAND --help` tells more

  run SCENARIO      one run: time series and snapshots for ParaView -> out/<scenario>/
  compare SCENARIO  every arm x replicate, paired -> report.html, summary.csv, compare.json
  validate FILE...  all mistakes at once with their lines, and what a run would cost
  describe [WHAT]   what exists: sections, cells, models, species, a name, a scenario file
  schema            JSON Schema of the scenario format, for editors
  info PATH         what a result holds; --hash prints the state's hash and verifies files

Examples:
  interstice compare scenarios/rat_knee.yaml
  interstice run scenarios/rat_knee.yaml --set vesicles.msc_sev.dose=1ug -o out/low_dose
  interstice describe cd73

Exit codes: 0 done, 2 wrong input, 3 numerical failure, 4 disk, 5 restart refused, 6 out of
  memory, 7 directory in use, 75 stopped early and can be continued, 130 interrupted
)";
}

std::string version_text() {
  const BuildInfo& build = build_info();
  unsigned major = 0, minor = 0, release = 0;
  H5get_libversion(&major, &minor, &release);
  return fmt::format(
      "{}\ncompiler: {} ({})\nflags: {}\nlibraries: HDF5 {}.{}.{}, fmt {}.{}.{}, nlohmann-json {}.{}.{}, CLI11 {}\n",
      version_line(), build.compiler, build.build_type, build.flags, major, minor, release, FMT_VERSION / 10000,
      FMT_VERSION / 100 % 100, FMT_VERSION % 100, NLOHMANN_JSON_VERSION_MAJOR, NLOHMANN_JSON_VERSION_MINOR,
      NLOHMANN_JSON_VERSION_PATCH, CLI11_VERSION);
}

bool is_command(std::string_view word) {
  return std::find(kCommands.begin(), kCommands.end(), word) != kCommands.end();
}

std::string unknown_command(std::string_view word) {
  const auto nearest = std::min_element(kCommands.begin(), kCommands.end(),
                                        [&](auto a, auto b) { return edits(word, a) < edits(word, b); });
  const std::string commands = fmt::format("{}", fmt::join(kCommands, ", "));
  if (edits(word, *nearest) <= std::max<std::size_t>(2, word.size() / 3))
    return fmt::format("unknown command '{}' (commands are {}) did you mean '{}'?", word, commands, *nearest);
  return fmt::format("unknown command '{}' (commands are {}) see interstice --help", word, commands);
}

std::string error_prefix() {
  const bool colour = isatty(STDERR_FILENO) != 0 && std::getenv("NO_COLOR") == nullptr;
  return colour ? "\033[1;31merror:\033[0m" : "error:";
}

}  // namespace interstice::cli
