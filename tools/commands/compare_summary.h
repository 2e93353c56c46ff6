/// @file
/// What the runs of a comparison say together: metrics of every run, their means over replicates with bootstrap
/// intervals, and curves with bands.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/statistics/bootstrap.h"
#include "tools/commands/compare_runs.h"

namespace interstice::cli {

/// A metric of an arm over replicates.
struct ArmMetric {
  std::string arm;
  Metric about;                      ///< family, subject, label, unit and description; its value is not used
  std::optional<Estimate> estimate;  ///< empty when no replicate has a value
  Status status = Status::measured;  ///< not_observable only where the interval holds zero: what shows is measured
  std::string note;
};

/// A quantity over time: mean over replicates and the band that holds 5-95 % of them.
struct ArmCurve {
  std::string arm;
  std::vector<double> mean, low, high;
};
struct Curve {
  std::string name, label, unit;
  std::vector<double> time;  ///< [s]
  std::vector<ArmCurve> arms;
};

struct ComparisonSummary {
  std::vector<std::vector<Metric>> runs;  ///< [arm * replicates + replicate]
  std::vector<Metric> metrics;            ///< every metric once, in order
  std::vector<ArmMetric> values;
  std::vector<Curve> curves;

  [[nodiscard]] const ArmMetric* find(std::string_view arm, const Metric& metric) const;
};

ComparisonSummary summarise(const ComparisonRuns& runs, const InfluenceRule& rule, std::uint64_t seed);

}  // namespace interstice::cli
