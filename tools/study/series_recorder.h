/// @file
/// The time series of a run in memory, in place of timeseries.csv.
#pragma once

#include "engine/analysis/metrics.h"
#include "engine/observe/observables.h"
#include "engine/sim/state_sink.h"

namespace interstice::cli {

class SeriesRecorder : public StateSink {
 public:
  explicit SeriesRecorder(const Problem& problem) : observables_(problem) {
    for (const auto& [name, unit] : observables_.names()) {
      series_.name.push_back(name);
      series_.unit.push_back(unit);
    }
    series_.value.resize(series_.name.size());
  }

  void record(const State& state, const Problem& problem) override {
    std::vector<double> row(observables_.size());
    observables_.measure(state, problem, row);
    series_.time.push_back(seconds(state.clock.now));
    for (std::size_t c = 0; c < row.size(); ++c) series_.value[c].push_back(row[c]);
  }
  [[nodiscard]] const SeriesTable& series() const { return series_; }

 private:
  Observables observables_;
  SeriesTable series_;
};

}  // namespace interstice::cli
