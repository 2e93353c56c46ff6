/// @file
/// Whoever watches a run: writers, traces, metrics. Sinks read the state between steps and never change it.
#pragma once

#include "engine/sim/problem.h"

namespace interstice {

class StateSink {
 public:
  virtual ~StateSink() = default;
  virtual void record(const State& state, const Problem& problem) = 0;
  /// After the last record: all of it is where it should be, or this throws.
  virtual void close() {}
};

}  // namespace interstice
