/// @file
/// What decay and uptake take in a substep, voxel by voxel. The scheme is told in local_terms.h.
#pragma once

#include <cstddef>
#include <cstdint>

namespace interstice {

/// Amounts [uM].
struct Taken {
  double decayed = 0, taken_up = 0;

  Taken& operator+=(const Taken& more) {
    decayed += more.decayed;
    taken_up += more.taken_up;
    return *this;
  }
};

/// What a substep of h [s] changes: `rate` h times the rates at `mean`; `bounded` the same, but losses are at most what
/// is there and comes; `implicit` losses at the level that is left, so that any h leaves some.
enum class LossRule : std::uint8_t { rate, bounded, implicit };

/// Voxels in a row. `source` and `uptake` are null where nothing is given or taken up, `most` [uM/s] where uptake does
/// not saturate.
struct LossRun {
  std::size_t n = 0;
  const double* source = nullptr;  ///< [uM/s]
  const double* uptake = nullptr;  ///< of low concentrations [1/s]
  const double* most = nullptr;
  const double* c = nullptr;     ///< at the beginning of the substep
  const double* mean = nullptr;  ///< in the substep; `implicit` does not ask for it
  const double* gain = nullptr;  ///< besides sources and losses
  float* change = nullptr;       ///< by `rate`
  double* to = nullptr;          ///< by the others
};

struct Lost {
  Taken taken;
  bool negative = false;  ///< is a number of `to`?
};

/// change <- gain + source h - losses, or to <- c + that, for a decay [1/s].
[[nodiscard]] Lost take_losses(LossRule rule, double h, double decay, const LossRun& run);

}  // namespace interstice
