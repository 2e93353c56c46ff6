/// @file
/// Whoever watches a run: writers, traces, metrics. Sinks read the state between steps and never change it.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "engine/sim/problem.h"

namespace interstice {

/// What a sink holds between records, by name: saved with the state, so that a run can go on.
struct SinkMemory {
  std::map<std::string, std::vector<double>> numbers;
  std::map<std::string, std::vector<std::uint64_t>> integers;
};

class StateSink {
 public:
  virtual ~StateSink() = default;
  virtual void record(const State& state, const Problem& problem) = 0;
  /// After the last record: all of it is where it should be, or this throws.
  virtual void close() {}
  /// What it holds so far; all that it was shown before is where it should be, or this throws.
  [[nodiscard]] virtual SinkMemory memory() { return {}; }
  /// Throws DiskError when what it wrote until then is not there any more; changes nothing.
  virtual void check(const SinkMemory& memory) const { (void)memory; }
  /// Goes on from there, in the place of the first record.
  virtual void recall(const SinkMemory& memory) { (void)memory; }
};

}  // namespace interstice
