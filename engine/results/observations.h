/// @file
/// observations.hdf: what a run is judged by besides its time series. Amounts of all species at the start and at the
/// end and, where arms are to be compared, what each family of cells felt over time (engine/observe/cell_trace.h).
#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include "engine/observe/cell_trace.h"
#include "engine/results/background_writer.h"
#include "engine/sim/state_sink.h"

namespace interstice {

struct Observations {
  std::vector<double> amount_at_start, amount_at_end;  ///< by SpeciesId, patch and reservoirs [molecule]
  std::vector<ReporterTrace> traces;
};

/// Molecules of every species, in patch and reservoirs.
std::vector<double> amounts(const State& state, const Problem& problem);

/// Writes the file under a temporary name, flushes it and gives it its name. Throws DiskError.
void write_observations(const std::filesystem::path& path, const Observations& observations);

/// Reads it back and compares it with its checksums. Throws DiskError.
Observations read_observations(const std::filesystem::path& path);

/// Gathers them from every state it is shown, and writes the file when it is closed.
class ObservationSink : public StateSink {
 public:
  /// `problem` must stay. The file is written by `background`, if given.
  ObservationSink(std::filesystem::path path, const Problem& problem, bool with_traces,
                  BackgroundWriter* background = nullptr);
  ~ObservationSink() override;
  ObservationSink(const ObservationSink&) = delete;
  ObservationSink& operator=(const ObservationSink&) = delete;

  void record(const State& state, const Problem& problem) override;
  void close() override;
  [[nodiscard]] SinkMemory memory() override;
  void recall(const SinkMemory& memory) override;

 private:
  std::filesystem::path path_;
  BackgroundWriter* background_;
  std::optional<CellTracer> tracer_;
  Observations gathered_;
};

}  // namespace interstice
