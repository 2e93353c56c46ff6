/// @file
/// The runs of a comparison: every arm times every replicate, each in a directory of its own. Runs of one replicate
/// share their seed, so that they differ only by what the arm switches.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "engine/analysis/metrics_run.h"
#include "engine/analysis/series_metric.h"
#include "engine/results/provenance.h"
#include "engine/scenario/scenario.h"
#include "tools/failure.h"
#include "tools/machine_limits.h"
#include "tools/result_directory.h"
#include "tools/stop_requests.h"

namespace interstice::cli {

struct ComparePlan {
  std::vector<std::string> arms;
  std::uint64_t replicates = 1;
  std::filesystem::path directory;
  bool one_run = false;  ///< the directory is that of a single run

  [[nodiscard]] std::filesystem::path directory_of(std::size_t arm, std::uint64_t replicate) const {
    return one_run ? directory : directory / "arms" / arms[arm] / std::to_string(replicate);
  }
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
  std::filesystem::path directory;  ///< under which the runs lie
  std::vector<ArmFacts> arms;
  std::optional<PrimaryField> primary;
  std::optional<Phenotype> phenotype;
  std::vector<SeriesMetric> described_by;
  Edges edges = Edges::both;
  std::vector<EffectEdge> effect_edges;  ///< of the scenario
  std::uint64_t replicates = 0;
  std::vector<std::optional<RunOutcome>> outcomes;  ///< [arm * replicates + replicate]; empty where none finished
  std::vector<RunFailure> failures;
  std::vector<DosedClass> vesicles;
  std::vector<std::string> warnings;  ///< doubtful steps, arms and runs that are missing
  double wall_time = 0;               ///< [s]

  /// When the runs end [s]; 0 where none is there.
  [[nodiscard]] double end() const;

  [[nodiscard]] const RunOutcome* outcome(std::size_t arm, std::uint64_t replicate) const {
    const auto& found = outcomes[arm * replicates + replicate];
    return found ? &*found : nullptr;
  }
  /// The arm that an arm is compared with: the one it names, else the first without vesicles that is no sham.
  [[nodiscard]] std::optional<std::size_t> reference(std::size_t arm) const;
  /// The run without vesicles that an arm is compared with, and the sham of that, in a replicate.
  [[nodiscard]] Pairing pairing(std::size_t arm, std::uint64_t replicate) const;
};

struct CompareSettings {
  Replace replace = Replace::nothing;
  double save_every = 600;  ///< wall-clock time between the checkpoints of a run [s]
  bool quiet = false;
};

/// A run that is to be done.
struct PlannedRun {
  RunVariant variant;
  std::filesystem::path directory;
  RunRecord record;
  Found found = Found::nothing;
};

struct MissingRuns {
  std::vector<PlannedRun> runs;  ///< replicates outside, arms inside: when it is cut short, whole pairs are there
  std::size_t present = 0;       ///< finished already
  Need need;                     ///< of all that is missing
};

/// Looks for every run of the plan. Throws InputError when the directory of one holds anything that may not be
/// replaced.
MissingRuns find_missing(const Scenario& scenario, const ComparePlan& plan, Replace replace, int jobs);

/// Does them, each from its last checkpoint; returns those that failed, which do not stop the others. Throws
/// Error(stopped) when `stop` says so.
std::vector<RunFailure> do_runs(const Scenario& scenario, MissingRuns missing, const CompareSettings& settings,
                                StopRequests& stop);

/// What the scenario says of a comparison, before any run is read.
ComparisonRuns describe_comparison(const Scenario& scenario, const ComparePlan& plan);

/// All runs of the plan that finished, with what is missing among the warnings and what failed among the failures,
/// together with `failures` that are not on record. Throws DiskError when a file of one is damaged.
ComparisonRuns read_runs(const Scenario& scenario, const ComparePlan& plan,
                         const std::vector<RunFailure>& failures = {});

/// What a comparison misses; none where it has both.
std::optional<std::string> missing_control(bool has_reference, bool has_sham);

}  // namespace interstice::cli
