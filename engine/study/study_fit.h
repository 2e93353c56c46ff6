/// @file
/// Which parameters of a scenario are fitted, and to what was measured.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/analysis/metrics.h"
#include "engine/scenario/scenario.h"

namespace interstice {

/// A parameter that a fit changes within a range.
struct FittedParameter {
  std::string name;
  std::vector<std::string> keys;  ///< key paths of the scenario that take its value, all the same
  std::string unit;               ///< of its numbers, as `from` has it; "" for plain numbers
  double low = 0, high = 1, start = 0;
  bool logarithmic = false;  ///< searched in its logarithm
};

/// A value of it as after `--set`.
[[nodiscard]] std::string value_text(const FittedParameter& parameter, double value);

/// One measured number: a row of the table.
struct Datum {
  int line = 0;         ///< of the file
  std::string of;       ///< a column of timeseries.csv, outcome.NAME (its rows) or phenotype
  std::size_t arm = 0;  ///< of the study
  double time = 0;      ///< [s]
  double value = 0, sd = 0;
  std::string unit;     ///< of these two, as written
  double per_unit = 1;  ///< rows of the series are divided by it to be in that unit

  /// What runs call it: the same for all data of one quantity at one time.
  [[nodiscard]] std::string name() const;
};

struct StudyFit {
  std::string file;  ///< that holds the data
  std::vector<FittedParameter> parameters;
  std::vector<Datum> data;
  std::uint64_t starts = 4;
  bool known_errors = true;   ///< else their sizes are known but for a common factor
  bool add_run_noise = true;  ///< the standard error of the mean of runs adds to the sd of the data
};

/// The numbers that a datum is held against, row by row, in the unit of the series.
std::vector<double> fitted_rows(const Scenario& scenario, const SeriesTable& series, const std::string& of);

}  // namespace interstice
