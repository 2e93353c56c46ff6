/// @file
/// The first screen, the version and the suggestions.
#include "tools/help.h"

#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <vector>

#include "engine/results/provenance.h"
#include "engine/scenario/yaml/diagnostics.h"

namespace interstice::cli {
namespace {

constexpr std::array<std::string_view, 7> kCommands{"run",    "compare", "validate", "describe",
                                                    "schema", "info",    "bench"};

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
  bench             how fast this machine is, against the budgets and against a copy in memory

Examples:
  interstice compare scenarios/rat_knee.yaml
  interstice run scenarios/rat_knee.yaml --set vesicles.msc_sev.dose=1ug -o out/low_dose
  interstice describe cd73

Exit codes: 0 done, 2 wrong input, 3 numerical failure, 4 disk, 6 out of memory, 7 directory in use
)";
}

std::string version_text() {
  const BuildInfo& build = build_info();
  std::string text = fmt::format("{}\ncompiler: {}, {}\nflags: {}\nlibraries:", version_line(), build.compiler,
                                 build.build_type, build.flags);
  const auto provenance = nlohmann::ordered_json::parse(provenance_json({}, true));
  for (const auto& [name, version] : provenance.at("libraries").items())
    text += fmt::format(" {} {},", name, version.get<std::string>());
  return text + fmt::format(" CLI11 {}\n", CLI11_VERSION);
}

bool is_command(std::string_view word) {
  return std::find(kCommands.begin(), kCommands.end(), word) != kCommands.end();
}

std::string unknown_command(std::string_view word) {
  const std::vector<std::string> known(kCommands.begin(), kCommands.end());
  const std::string hint = did_you_mean(word, known);
  return fmt::format("unknown command '{}' (the commands are run, compare, validate, describe, schema, info, bench){}",
                     word, hint.empty() ? " see interstice --help" : hint);
}

std::string error_prefix() {
  const bool colour = isatty(STDERR_FILENO) != 0 && std::getenv("NO_COLOR") == nullptr;
  return colour ? "\033[1;31merror:\033[0m" : "error:";
}

}  // namespace interstice::cli
