/// @file
/// The verdicts of a comparison: uptake and contact against what EVs do outside cells, on the shared phenotype, at
/// every horizon, with all effect edges and with the published ones alone.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/analysis/verdict.h"
#include "tools/commands/compare_summary.h"

namespace interstice::cli {

/// The arms of one side.
struct Side {
  std::string name;               ///< "uptake or contact"
  std::vector<std::string> arms;  ///< that have these mechanisms and no others, and change nothing else
};

/// Arms that differ by their mechanisms alone, in the sides that are held against each other: uptake or contact, and
/// each of them by itself, against what EVs do outside cells; with all edges or with the published ones.
std::vector<std::pair<Side, Side>> contests(const std::vector<ArmFacts>& arms, bool published);

struct Verdict {
  double horizon = 0;  ///< [s]
  bool published = false;
  Side first, second;
  std::optional<Judgement> judgement;  ///< none: see note
  std::string note;                    ///< why there is none
  std::vector<std::string> remarks{};  ///< what to know of it

  /// "extracellular over uptake or contact".
  [[nodiscard]] std::string text() const;
  /// "verdict.600s.published.contact".
  [[nodiscard]] std::string name() const;
};

/// Empty where the scenario declares no phenotype, or where no arm has vesicles with a mechanism.
std::vector<Verdict> verdicts(const ComparisonRuns& runs, const ComparisonSummary& summary, std::uint64_t seed);

/// For the terminal.
std::string verdict_text(const ComparisonRuns& runs, const std::vector<Verdict>& verdicts);

}  // namespace interstice::cli
