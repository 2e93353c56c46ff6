/// @file
/// The saturating response that every mechanism shares.
#pragma once

#include "engine/core/pinned_math.h"

namespace interstice::models {

/// Hill function x^n / (K^n + x^n), in [0, 1]; x >= 0 and K > 0 in the same unit. n = 1 needs no power.
inline double hill(double x, double K, double n = 1) {
  if (x <= 0) return 0;
  if (n == 1) return x / (K + x);
  return 1 / (1 + pinned::pow(K / x, n));
}

}  // namespace interstice::models
