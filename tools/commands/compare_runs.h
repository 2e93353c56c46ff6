/// @file
/// Every arm times every replicate of a comparison: each run on one thread, several at a time. Runs of one replicate
/// share their seed, so that they differ only by what the arm switches.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "engine/analysis/metrics_run.h"
#include "engine/analysis/outcomes.h"
#include "engine/scenario/scenario.h"
#include "tools/failure.h"

namespace interstice::cli {

struct ComparePlan {
  std::vector<std::string> arms;
  std::uint64_t replicates = 1;
  int jobs = 1;
  bool quiet = false;
  std::filesystem::path directory;  ///< runs go to arms/<arm>/<replicate>
  std::string command_line;
};

struct RunFailure {
  std::string arm;
  std::uint64_t replicate = 0;
  Failure failure;
};

/// A class of vesicles as it was dosed.
struct DosedClass {
  std::string name;
  bool counted = false;
  double weight = 1;  ///< real vesicles per agent
  double dosed = 0;   ///< real vesicles, patch and reservoirs
};

struct ComparisonRuns {
  std::vector<ArmFacts> arms;
  std::optional<PrimaryField> primary;
  std::vector<OutcomeSpec> judged_by;
  std::uint64_t replicates = 0;
  std::vector<std::optional<RunOutcome>> outcomes;  ///< [arm * replicates + replicate]; empty where the run failed
  std::vector<RunFailure> failures;
  std::vector<DosedClass> vesicles;
  std::vector<std::string> warnings;  ///< doubtful steps
  double wall_time = 0;               ///< [s]

  [[nodiscard]] const RunOutcome* outcome(std::size_t arm, std::uint64_t replicate) const {
    const auto& found = outcomes[arm * replicates + replicate];
    return found ? &*found : nullptr;
  }
  /// The arm that an arm is compared with: the one it names, else the first without vesicles that is no sham.
  [[nodiscard]] std::optional<std::size_t> reference(std::size_t arm) const;
  /// The run without vesicles that an arm is compared with, and the sham of that, in a replicate.
  [[nodiscard]] Pairing pairing(std::size_t arm, std::uint64_t replicate) const;
};

/// Runs them all; a failed run does not stop the others.
ComparisonRuns run_all(const Scenario& scenario, const ComparePlan& plan);

}  // namespace interstice::cli
