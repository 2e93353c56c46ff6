/// @file
/// What is recorded of a run.
#include "tools/recording.h"

#include "engine/io/time_series.h"

namespace interstice::cli {

SnapshotSelection snapshot_selection(const Scenario& scenario, const Problem&) {
  SnapshotSelection selection;
  selection.fields = scenario.output.fields;
  if (!scenario.output.cells) selection.cells = std::vector<std::string>{};
  selection.vesicle_sample = scenario.output.vesicle_sample;
  return selection;
}

SeriesTable read_series(const std::filesystem::path& path) {
  TimeSeries series = read_time_series(path);
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

}  // namespace interstice::cli
