/// @file
/// From files to what metrics see.
#include "engine/analysis/run_reading.h"

#include <utility>

#include "engine/results/observations.h"
#include "engine/results/time_series.h"

namespace interstice {
namespace {

SeriesTable series_table(TimeSeries series) {
  SeriesTable table;
  table.time = std::move(series.time);
  table.value = std::move(series.columns);
  for (const std::string& label : series.labels) {
    const auto bracket = label.rfind(" [");
    table.name.push_back(label.substr(0, bracket));
    table.unit.push_back(bracket == std::string::npos ? "" : label.substr(bracket + 2, label.size() - bracket - 3));
  }
  return table;
}

}  // namespace

RunOutcome read_series(const std::filesystem::path& directory) {
  RunOutcome outcome;
  outcome.series = series_table(read_time_series(directory / "timeseries.csv"));
  return outcome;
}

RunOutcome read_outcome(const std::filesystem::path& directory) {
  RunOutcome outcome = read_series(directory);
  Observations observations = read_observations(directory / "observations.hdf");
  outcome.amount_at_start = std::move(observations.amount_at_start);
  outcome.amount_at_end = std::move(observations.amount_at_end);
  outcome.traces = std::move(observations.traces);
  return outcome;
}

}  // namespace interstice
