/// @file
/// The machine and the program that a table was measured with.
#pragma once

#include <string>
#include <vector>

#include "engine/core/parallel.h"

namespace interstice::bench {

struct Machine {
  std::string processor;       ///< its name
  int cores = 1;               ///< that this process may run on
  std::vector<int> bound_to;   ///< numbers of these cores
  std::vector<double> caches;  ///< levels 1 (data) to 3 [B]; 0 where the system does not say
  double memory = 0;           ///< [B]
  double load = 0;             ///< other programs: load average of the last minute when the measurement began
  std::string simd_target, program, compiler, flags;

  /// Ceilings, measured: read plus written bytes per second by the copy, and fused multiply-adds per second.
  double copy_one_thread = 0, copy_all_threads = 0;  ///< [B/s]
  double multiply_adds = 0;                          ///< on one thread [1/s]
};

Machine describe_machine();

/// Measures the ceilings on an array far larger than the caches (or smaller, when `bytes` says so).
void measure_ceilings(Machine& machine, const Threads& one, const Threads& all, double bytes);

}  // namespace interstice::bench
