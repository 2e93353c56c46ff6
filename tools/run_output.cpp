#include "tools/run_output.h"

#include <array>

#include "engine/core/error.h"
#include "engine/results/observations.h"
#include "engine/results/snapshots/snapshot.h"
#include "engine/results/time_series.h"

namespace interstice::cli {
namespace {

/// What a sink is opened with.
struct Opening {
  const std::filesystem::path& directory;
  const Scenario& scenario;
  const Problem& problem;
  const RunRecord& record;
  BackgroundWriter* background;
  Start start;
};

struct Kind {
  Occasion occasion;
  Extent least;  ///< with which it is written
  std::vector<std::string> (*names)(const Scenario&, const Problem&);
  std::unique_ptr<StateSink> (*open)(const Opening&);
};

std::vector<std::string> snapshot_indexes(const Scenario& scenario, const Problem& problem) {
  std::vector<std::string> names;
  if (!scenario.output.fields.empty()) names.emplace_back("fields.hdf.series");
  if (scenario.output.cells) names.emplace_back("cells.hdf.series");
  if (scenario.output.vesicle_sample > 0 && !problem.vesicle_classes.empty()) names.emplace_back("vesicles.hdf.series");
  return names;
}

std::unique_ptr<StateSink> open_snapshots(const Opening& o) {
  SnapshotSelection selection;
  selection.fields = o.scenario.output.fields;
  if (!o.scenario.output.cells) selection.cells = std::vector<std::string>{};
  selection.vesicle_sample = o.scenario.output.vesicle_sample;
  return std::make_unique<SnapshotWriter>(o.directory, o.problem, o.record, selection, o.background);
}

constexpr const char *kSeries = "timeseries.csv", *kObservations = "observations.hdf";

/// Traces of cells are kept where arms are to be compared.
std::unique_ptr<StateSink> open_observations(const Opening& o) {
  return std::make_unique<ObservationSink>(o.directory / kObservations, o.problem, !o.scenario.compare.arms.empty(),
                                           o.background);
}

constexpr std::array kKinds{
    Kind{Occasion::series_row, Extent::series,
         [](const Scenario&, const Problem&) { return std::vector<std::string>{kSeries}; },
         [](const Opening& o) -> std::unique_ptr<StateSink> {
           return std::make_unique<TimeSeriesSink>(o.directory / kSeries, o.problem, o.background, o.start);
         }},
    Kind{Occasion::cell_step, Extent::without_snapshots,
         [](const Scenario&, const Problem&) { return std::vector<std::string>{kObservations}; }, open_observations},
    Kind{Occasion::snapshot, Extent::all, snapshot_indexes, open_snapshots},
};

bool is_wanted(const Kind& kind, Extent extent) { return extent >= kind.least; }

}  // namespace

std::vector<std::string> output_files(const Scenario& scenario, const Problem& problem, Extent extent) {
  std::vector<std::string> files;
  for (const Kind& kind : kKinds)
    if (is_wanted(kind, extent))
      for (std::string& name : kind.names(scenario, problem)) files.push_back(std::move(name));
  return files;
}

RunOutput::RunOutput(const std::filesystem::path& directory, const Scenario& scenario, const Problem& problem,
                     const RunRecord& record, Extent extent, Start start) {
  for (const Kind& kind : kKinds) {
    if (!is_wanted(kind, extent) || kind.names(scenario, problem).empty()) continue;
    sinks_.push_back(kind.open({directory, scenario, problem, record, &background_, start}));
    observers_.push_back({sinks_.back().get(), kind.occasion});
  }
}

std::vector<SinkMemory> RunOutput::memories() const {
  std::vector<SinkMemory> memories;
  for (const auto& sink : sinks_) memories.push_back(sink->memory());
  return memories;
}

void RunOutput::recall(std::span<const SinkMemory> memories) {
  if (memories.size() != sinks_.size())
    throw Error(ExitCode::cannot_go_on,
                "the unfinished run there leaves other files, as a run of a comparison does when it runs alone (they "
                "would be mixed) go on with it by the command that began it, or choose another directory with -o");
  for (std::size_t k = 0; k < sinks_.size(); ++k) sinks_[k]->check(memories[k]);
  for (std::size_t k = 0; k < sinks_.size(); ++k) sinks_[k]->recall(memories[k]);
}

void RunOutput::close() {
  for (const auto& sink : sinks_) sink->close();
  background_.finish();
}

}  // namespace interstice::cli
