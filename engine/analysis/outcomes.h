/// @file
/// What a scenario wants to know of a run: named reductions of columns of the time series to one number each, and how
/// they differ from the paired run that an arm is compared with.
#pragma once

#include <limits>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/analysis/metrics.h"
#include "engine/analysis/metrics_run.h"
#include "engine/analysis/reach.h"

namespace interstice {

/// The sum of some columns or its rate of change, perhaps normalised, reduced to one number over an interval of time.
struct OutcomeSpec {
  enum class Reduction { last, mean, min, max, area, change, half_life, fraction_of_initial, reach };
  std::string name, label;
  std::string unit;                    ///< of the rows; an area has it times s
  std::vector<std::string> of;         ///< columns that are added up
  bool rate = false;                   ///< the change per second since the row before, in place of the sum
  std::vector<std::string> normalise;  ///< columns whose sum the rows are divided by; may be empty
  bool per_initial = false;            ///< the rows are divided by the sum in the first row
  Reduction reduction = Reduction::last;
  double from = 0, until = std::numeric_limits<double>::infinity();  ///< [s]
  ReachSpec reach;                                                   ///< for Reduction::reach

  [[nodiscard]] std::string value_unit() const {
    if (reduction == Reduction::half_life) return "s";
    if (reduction == Reduction::reach) return "um";
    if (reduction == Reduction::fraction_of_initial) return "1";
    return reduction == Reduction::area ? (unit == "1" ? "s" : unit + " s") : unit;
  }
};

/// One number per row; NaN where it has none, such as a ratio to zero. A column that is not there, as of a model that
/// the arm does without, is left out of its sum; empty when none is there.
std::vector<double> outcome_rows(const SeriesTable& series, const OutcomeSpec& outcome);

/// The number, from the rows in [from, until] that have one; empty without any. Means and areas follow the trapezoidal
/// rule; `change` is the last number less the first; `half_life` is ln 2 over the slope at which the logarithm of the
/// numbers above zero falls, by least squares, and empty where it does not fall; `fraction_of_initial` is the
/// last number over the first. A reach needs two runs: see measure_outcomes.
std::optional<double> reduce(const SeriesTable& series, const OutcomeSpec& outcome);

/// Appends outcome.NAME, and where there is a run to compare with effect.NAME (the difference) and
/// effect_relative.NAME (that as a share of the other's). A reach is of the difference itself: outcome.NAME, with
/// outcome.NAME.screening_length and outcome.NAME.clearance of the run beside it.
void measure_outcomes(const RunOutcome& run, std::span<const OutcomeSpec> outcomes, const Pairing& pairing,
                      std::vector<Metric>& out);

}  // namespace interstice
