/// @file
/// Runs that are stopped and go on.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "engine/results/checkpoint.h"
#include "engine/results/state_hash.h"
#include "engine/sim/simulation.h"
#include "engine/sim/state_arrays.h"
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

/// Runs a problem to its end, begun anew from the state, as a checkpoint gives it back, after each of `count` random
/// steps, with one thread more each time; the state at the end must be that of a run that was never stopped, and so
/// must the hash.
inline void expect_same_after_restarts(const Problem& problem, int count, unsigned seed = 1) {
  Simulation whole(problem, 1);
  while (!whole.finished()) whole.step();
  const std::uint64_t steps = whole.state().clock.step;
  std::mt19937 random(seed);
  std::vector<std::uint64_t> stops;
  for (int i = 0; i < count; ++i) stops.push_back(random() % steps);
  std::ranges::sort(stops);
  const TemporaryDirectory folder;
  Simulation part(problem, 1);
  int threads = 1;
  for (const std::uint64_t stop : stops) {
    while (part.state().clock.step < stop) part.step();
    threads = threads % 3 + 1;
    const auto file = folder.path() / "checkpoint.hdf";
    const Agenda agenda;
    write_checkpoint(file, problem, {"", part.state(), agenda, {}});
    part = Simulation(problem, read_checkpoint(file, problem).state, threads);
  }
  while (!part.finished()) part.step();
  EXPECT_EQ(state_hash(part.state(), problem), state_hash(whole.state(), problem)) << "stopped after " << stops.front();
  EXPECT_TRUE(bits_of(part.state(), problem) == bits_of(whole.state(), problem)) << "not all arrays are the same";
}

}  // namespace interstice::test
