/// @file
/// Runs that are stopped and go on.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <memory>
#include <random>
#include <set>
#include <string>

#include "engine/results/checkpoint.h"
#include "engine/results/state_hash.h"
#include "engine/results/time_series.h"
#include "engine/sim/simulation.h"
#include "engine/sim/state_arrays.h"
#include "support/file_text.h"
#include "support/temporary_directory.h"

namespace interstice::test {

/// All bits of a state in the order in which they lie, those that no hash takes in too.
inline std::string bits_of(const State& state, const Problem& problem) {
  std::string bits;
  for_each_array(state, problem, [&bits](const RowInfo&, const auto& values) {
    bits.append(reinterpret_cast<const char*>(values.data()), values.size_bytes());
  });
  return bits;
}

/// Runs a problem to its end, begun anew from the checkpoint after each of `count` random steps, with one thread more
/// each time; the state at the end, its hash and timeseries.csv must be those of a run that was never stopped.
inline void expect_same_after_restarts(const Problem& problem, std::size_t count, unsigned seed = 1) {
  const TemporaryDirectory folder;
  const auto observe = [](StateSink& sink) { return std::array{Observer{&sink}}; };
  Simulation whole(problem, 1);
  TimeSeriesSink whole_series(folder.path() / "whole.csv", problem);
  run_to_end(whole, observe(whole_series), 0);
  whole_series.close();

  const std::uint64_t steps = whole.state().clock.step;
  std::mt19937 random(seed);
  std::set<std::uint64_t> stops;
  while (stops.size() < std::min<std::uint64_t>(count, steps - 1)) stops.insert(1 + random() % (steps - 1));
  Simulation part(problem, 1);
  auto series = std::make_unique<TimeSeriesSink>(folder.path() / "part.csv", problem);
  Agenda agenda;
  int threads = 1;
  for (const std::uint64_t stop : stops) {
    run_to_end(part, observe(*series), 0, agenda,
               [stop](const Simulation& now) { return now.state().clock.step < stop; });
    const auto file = folder.path() / "checkpoint.hdf";
    const std::array memories{series->memory()};
    write_checkpoint(file, problem, {"", part.state(), agenda, memories});
    Checkpoint saved = read_checkpoint(file, problem);
    series.reset();
    series = std::make_unique<TimeSeriesSink>(folder.path() / "part.csv", problem, nullptr, Start::continued);
    series->recall(saved.sinks.front());
    agenda = saved.agenda;
    threads = threads % 3 + 1;
    part = Simulation(problem, std::move(saved.state), threads);
  }
  run_to_end(part, observe(*series), 0, agenda);
  series->close();
  EXPECT_EQ(state_hash(part.state(), problem), state_hash(whole.state(), problem))
      << "stopped after " << *stops.begin();
  EXPECT_TRUE(bits_of(part.state(), problem) == bits_of(whole.state(), problem)) << "not all arrays are the same";
  EXPECT_TRUE(file_text(folder.path() / "part.csv") == file_text(folder.path() / "whole.csv")) << "other rows";
}

}  // namespace interstice::test
