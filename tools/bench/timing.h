/// @file
/// How long a workload takes, next to a read-write copy of the bytes that it touches.
#pragma once

#include <functional>
#include <vector>

#include "engine/core/parallel.h"

namespace interstice::bench {

/// Processor time of the calling thread [s].
double processor_time();
/// Time on the clock [s].
double wall_time();

/// Medians over the repetitions [s].
struct Timing {
  double step = 0;
  double copy = 0;
  [[nodiscard]] double ratio_to_copy() const { return step / copy; }
};

/// How long to measure.
struct Patience {
  double seconds = 2;         ///< after which no repetition begins
  int least = 5, most = 101;  ///< repetitions
};

/// Repeats step and copy of `bytes` bytes in turn, for each of `threads` in turn, after one repetition that does not
/// count. Work of one thread counts by its processor time, so that other programs do not count; that of several by the
/// clock.
std::vector<Timing> time_in_turn(const std::function<void(const Threads&)>& step, double bytes,
                                 const std::vector<const Threads*>& threads, const Patience& patience);

double median(std::vector<double> values);

}  // namespace interstice::bench
