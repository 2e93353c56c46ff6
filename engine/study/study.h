/// @file
/// A study: what of a scenario varies, which arms and replicates run at every point of it, and with which noise.
#pragma once

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "engine/scenario/scenario.h"
#include "engine/statistics/factor_space.h"
#include "engine/study/study_fit.h"

namespace interstice {

/// A number or word that varies, as a column of the results.
struct VariedColumn {
  std::string name;
  std::vector<std::string> keys;  ///< key paths of the scenario that take its value, all the same
  std::string unit;               ///< of its numbers, as its first value has it; "" for plain numbers and for words
  bool numeric = true;            ///< else words
};

/// Columns that vary together, value by value. The points of a study are all combinations of its axes.
struct StudyAxis {
  std::string name;
  std::vector<std::string> arms{};  ///< that it changes; none said: all. Others run at its first value alone
  std::vector<VariedColumn> columns;
  std::vector<std::vector<std::string>> values;  ///< [value][column], as written
  std::vector<Place> places{};                   ///< of each value; empty where they were made from a range

  [[nodiscard]] bool changes(const std::string& arm) const {
    return arms.empty() || std::ranges::find(arms, arm) != arms.end();
  }
};

/// A factor that is sampled, over a range.
struct SampledFactor {
  std::string name;
  std::vector<std::string> keys;
  std::string low, high;  ///< as written, with units
  std::string unit;       ///< of the numbers of its column: that of `low`
  Marginal marginal = Marginal::uniform(0, 1);
};

/// Points drawn over ranges. They make one axis, "sample", of which each value is a point of the design.
struct Samples {
  enum class Method : std::uint8_t { random, latin_hypercube, sobol, morris, saltelli };
  Method method = Method::latin_hypercube;
  std::uint64_t number = 0;  ///< of points; of trajectories or rows where the design has those
  std::uint64_t levels = 4;  ///< of a Morris design
  std::vector<SampledFactor> factors;
  std::vector<LinearConstraint> limits;  ///< by name of factor, in the units of the columns

  [[nodiscard]] FactorSpace space() const;
};

/// The points of a design as an axis. Throws InputError where the limits leave too few.
StudyAxis axis_of(const Samples& samples, std::uint64_t seed);

/// The same noise at all points, or other noise at each. Arms of one point and replicate share theirs in any case.
enum class NoiseOfPoints : std::uint8_t { per_point, common };

/// How a reduced twin is held against the scenario that it stands for.
struct TwinCheck {
  std::uint64_t points = 20;                ///< of the samples, the first ones
  std::optional<std::uint64_t> replicates;  ///< as many as the study where nothing is said
};

struct Study {
  static constexpr std::uint64_t kMostTasks = 10'000'000;

  std::string path, title;
  Scenario scenario;              ///< as every point has it but for what varies
  std::vector<std::string> sets;  ///< "key.path=value", of all points
  std::vector<std::string> arms;  ///< "" alone: the scenario's own run
  std::uint64_t replicates = 1;
  std::uint64_t seed = 1;
  NoiseOfPoints noise = NoiseOfPoints::per_point;
  std::vector<StudyAxis> axes;  ///< the last is that of `samples`, if any
  std::optional<Samples> samples;
  std::optional<StudyFit> fit;        ///< what `study fit` does; such a study has no axes and one noise
  std::vector<std::string> outcomes;  ///< names or families of metrics that are wanted; none said: all
  TwinCheck check;                    ///< counts where the scenario is a twin

  [[nodiscard]] std::uint64_t point_count() const;
  /// Every arm and replicate at every point. Where an axis leaves an arm alone, tasks along it are one run.
  [[nodiscard]] std::uint64_t task_count() const { return point_count() * arms.size() * replicates; }
  [[nodiscard]] std::uint64_t run_count() const;
  [[nodiscard]] std::vector<VariedColumn> columns() const;  ///< of all axes, in order
};

/// A place in the space of what varies.
struct StudyPoint {
  std::uint64_t index = 0;
  std::vector<std::string> values;  ///< per column, as written
  std::vector<std::string> sets;    ///< "key.path=value", of this point alone, sorted
  std::uint64_t seed = 0;           ///< of its scenario, from the study's seed and `sets`, but for axes of single arms
};

/// One run: everything of it follows from the study's scenario and this.
struct StudyTask {
  std::uint64_t point = 0, replicate = 0;
  std::size_t arm = 0;

  friend bool operator==(const StudyTask&, const StudyTask&) = default;
};

/// Reads a study and its scenario. Throws ScenarioErrors with every mistake of both.
Study load_study(const std::string& path, const LoadOptions& options, const ModelRegistry& registry);

/// Point number `index`; the last axis varies fastest.
[[nodiscard]] StudyPoint point_of(const Study& study, std::uint64_t index);

/// Task number `index`: arms vary fastest, then replicates, so that a study that is cut short has whole pairs.
[[nodiscard]] StudyTask task_of(const Study& study, std::uint64_t index);

/// The point at which a task runs: its own, but for axes that leave its arm alone, where it is at their first values.
[[nodiscard]] std::uint64_t point_of_run(const Study& study, const StudyTask& task);

/// 12 digits that change where the tasks of a study are numbered otherwise: arms, replicates, values of axes.
[[nodiscard]] std::string numbering_of(const Study& study);

/// A name that this task keeps when points, arms or replicates are added to the study: 16 digits.
[[nodiscard]] std::string name_of(const Study& study, const StudyPoint& point, const StudyTask& task);

/// The scenario of a point. `options`: as of the study. Throws ScenarioErrors where its values cannot be.
Scenario scenario_at(const Study& study, const StudyPoint& point, const LoadOptions& options,
                     const ModelRegistry& registry);

/// The study that checks one of a reduced twin: the first points of its samples, or all points of its axes, in the
/// scenario that the twin stands for. Axes of single arms are left out. Throws ScenarioErrors.
Study check_of(const Study& study, const LoadOptions& options, const ModelRegistry& registry);

/// SHA-256 of what all results of a study have in common: its scenario and seed. Arms, points, replicates and outcomes
/// are left out: they may be added to.
[[nodiscard]] std::string identity_of(const Study& study);

}  // namespace interstice
