/// @file
/// The arms of a study: what each is, by what its vesicles act, and what it does to the shared phenotype.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/analysis/metrics_run.h"
#include "engine/analysis/verdict.h"
#include "engine/statistics/bootstrap.h"
#include "tools/commands/compare_verdict.h"
#include "tools/study/study_values.h"

namespace interstice::cli {

/// A study, its numbers and what its arms are.
class StudyArms {
 public:
  StudyArms(const Study& study, const StudyValues& values);

  [[nodiscard]] const Study& study() const { return study_; }
  [[nodiscard]] const StudyValues& values() const { return values_; }
  /// Those with a name, in the order of the study.
  [[nodiscard]] const std::vector<ArmFacts>& facts() const { return facts_; }
  [[nodiscard]] const ArmFacts& facts(const std::string& arm) const;
  [[nodiscard]] std::size_t index(const std::string& arm) const;
  /// Pairs of sides with all edges, or with published ones alone: those of which every arm was run so.
  [[nodiscard]] std::vector<std::pair<Side, Side>> contests(bool published) const;
  /// NAME@published that the study does not run, of arms that are judged and would differ.
  [[nodiscard]] std::vector<std::string> published_not_run() const;
  /// Which outcome has this name; empty where no run has it.
  [[nodiscard]] std::optional<std::size_t> outcome(const std::string& name) const;
  /// The phenotype at a horizon.
  [[nodiscard]] std::optional<std::size_t> phenotype_at(double horizon) const;
  /// In which the phenotype of some run has a value, in order [s].
  [[nodiscard]] const std::vector<double>& horizons() const { return horizons_; }

  /// Mean effect over the replicates of a point; NaN where no run has it.
  [[nodiscard]] double effect(std::uint64_t point, const std::string& arm, std::size_t outcome) const;
  /// The same of the arm of a side in which it is largest; empty where an arm has none.
  struct Strongest {
    std::string arm;
    double effect = 0;
  };
  [[nodiscard]] std::optional<Strongest> strongest(const Side& side, std::uint64_t point, std::size_t outcome) const;
  /// Which side does more at a point, by draws of its replicates, as `compare` judges; empty where none is whole. A
  /// single replicate decides nothing.
  [[nodiscard]] std::optional<Judgement> judge_replicates(const Side& first, const Side& second, std::uint64_t point,
                                                          std::size_t outcome, std::string_view key) const;

 private:
  const Study& study_;
  const StudyValues& values_;
  std::vector<ArmFacts> facts_;
  std::vector<double> horizons_;
};

/// "uptake", "contact", "uptake and contact", "outside cells", "several" or "nothing".
std::string acts_by(const ArmFacts& arm);

/// What an arm does to the phenotype at a horizon: over samples their median, with the range of nine in ten of them;
/// else the mean over replicates with Student's 95 % interval.
struct ArmEffect {
  std::string arm, by;
  double horizon = 0;  ///< [s]
  Estimate effect;     ///< n: of samples, or of replicates
};

/// Of every arm with vesicles, at the place on the axes that is nearest to the scenario itself.
std::vector<ArmEffect> effects_of(const StudyArms& arms);

}  // namespace interstice::cli
