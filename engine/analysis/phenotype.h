/// @file
/// The one signed number that a scenario is judged by, the same for every arm, at given times: a mean of shares of
/// dynamic ranges, each with its sign. What cells do, such as AKT, repair or survival, not which receptor an EV has
/// reached: receptor read-outs are shown beside it and decide nothing.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/analysis/metrics_run.h"
#include "engine/analysis/series_metric.h"

namespace interstice {

/// sign * value / range, with a weight.
struct PhenotypeTerm {
  SeriesMetric rows;  ///< its reduction is not used
  double sign = 1;    ///< +1: more is better; -1: less is
  double range = 1;   ///< in the unit of the rows
  double weight = 1;
};

struct Phenotype {
  std::string label;
  std::vector<PhenotypeTerm> terms;
  std::vector<double> horizons;  ///< [s], increasing

  [[nodiscard]] double total_weight() const;
};

/// sign * value / range at that time, straight lines between rows; empty outside the run, where no row has a value, and
/// between rows that are further apart than half of the time.
std::optional<double> term_at(const SeriesTable& series, const PhenotypeTerm& term, double time);

/// The weighted mean of the terms; empty where one of them is.
std::optional<double> phenotype_at(const SeriesTable& series, const Phenotype& phenotype, double time);

/// One number per row; NaN where a term has none.
std::vector<double> phenotype_rows(const SeriesTable& series, const Phenotype& phenotype);

/// Appends phenotype.HORIZON, and against the paired run phenotype_effect.HORIZON and what each term adds to it,
/// phenotype_term.HORIZON.TERM. A horizon beyond the end of the run, or before the mechanism of the arm can show, is
/// not observable.
void measure_phenotype(const RunOutcome& run, const ArmFacts& arm, const Phenotype& phenotype, const Pairing& pairing,
                       std::vector<Metric>& out);

/// The subject of metrics at a horizon: "600s".
std::string horizon_name(double horizon);

/// "10 min", "24 h", "28 d".
std::string horizon_text(double seconds);

}  // namespace interstice
