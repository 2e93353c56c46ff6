/// @file
/// What the machine can do at best, measured: reading and writing memory, and fused multiply-adds.
#pragma once

#include <cstddef>
#include <vector>

#include "engine/core/parallel.h"

namespace interstice::bench {

/// The read-write copy that every workload is held against: each byte is read once and written once, in place, which
/// is the cheapest way of touching it. (A copy to other memory also fetches the lines that it overwrites.)
class Copy {
 public:
  explicit Copy(std::size_t bytes);
  void pass(const Threads& threads);
  [[nodiscard]] std::size_t bytes() const { return numbers_.size() * sizeof(double); }

 private:
  std::vector<double> numbers_;
};

/// Double-precision fused multiply-adds per second on one thread, from registers [1/s].
double fused_multiply_adds_per_second();

}  // namespace interstice::bench
