/// @file
/// timeseries.csv: one row per observation, appended and flushed, so that a growing file always ends with a complete
/// line. Numbers are the shortest decimals that read back to the same double.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/observe/observables.h"
#include "engine/results/background_writer.h"
#include "engine/results/start.h"
#include "engine/sim/state_sink.h"

namespace interstice {

class TimeSeriesWriter {
 public:
  /// Creates the file with the header `time [s],<column>,...`, or goes on with the one that is there. Throws DiskError.
  TimeSeriesWriter(std::filesystem::path path, std::span<const std::string> columns, Start start = Start::fresh);
  ~TimeSeriesWriter();
  TimeSeriesWriter(const TimeSeriesWriter&) = delete;
  TimeSeriesWriter& operator=(const TimeSeriesWriter&) = delete;

  void append(double time, std::span<const double> values);
  /// Flushes to the disk; how long the file is now [bytes].
  std::uint64_t flush() const;
  /// Of all that was written so far.
  [[nodiscard]] std::uint64_t checksum() const { return checksum_; }
  /// Throws DiskError where so many bytes of the file do not have this checksum.
  void check(std::uint64_t bytes, std::uint64_t checksum) const;
  /// Drops what lies beyond. Throws DiskError.
  void cut(std::uint64_t bytes, std::uint64_t checksum);
  /// Flushes to the disk and closes; reports what the destructor must swallow.
  void close();

 private:
  void write(std::string_view text);

  std::filesystem::path path_;
  int descriptor_ = -1;
  std::size_t columns_ = 0;
  std::uint64_t checksum_ = 0;
};

/// Writes the observables of every state it is shown; by `background`, if given.
class TimeSeriesSink : public StateSink {
 public:
  TimeSeriesSink(const std::filesystem::path& path, const Problem& problem, BackgroundWriter* background = nullptr,
                 Start start = Start::fresh);
  ~TimeSeriesSink() override;
  TimeSeriesSink(const TimeSeriesSink&) = delete;
  TimeSeriesSink& operator=(const TimeSeriesSink&) = delete;

  void record(const State& state, const Problem& problem) override;
  /// After all rows.
  void close() override;
  [[nodiscard]] SinkMemory memory() override;
  void check(const SinkMemory& memory) const override;
  void recall(const SinkMemory& memory) override;
  [[nodiscard]] const Observables& observables() const { return observables_; }

 private:
  Observables observables_;
  TimeSeriesWriter writer_;
  BackgroundWriter* background_;
};

/// A time series read back. A last line without its newline is ignored: it is still being written.
struct TimeSeries {
  std::vector<std::string> labels;  ///< of the columns after the time, with their units
  std::vector<double> time;         ///< [s]
  std::vector<std::vector<double>> columns;

  /// Column by name, with or without its unit.
  [[nodiscard]] std::optional<std::size_t> find(std::string_view name) const;
  /// As find(), but throws InputError naming the column.
  [[nodiscard]] const std::vector<double>& operator[](std::string_view name) const;
};

TimeSeries read_time_series(const std::filesystem::path& path);

}  // namespace interstice
