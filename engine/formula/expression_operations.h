/// @file
/// The operations of compiled formulas (expression.h), on plain doubles in coherent units.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "engine/core/pinned_math.h"

namespace interstice {

inline constexpr int kMaxDepth = 32;  ///< numbers on the evaluation stack

enum class Operation : std::uint8_t {
  number,
  symbol,
  add,
  subtract,
  multiply,
  divide,
  negate,
  less,
  less_equal,
  greater,
  greater_equal,
  equal,
  both,
  either,
  negation,
  hill,
  any,
  all,
  min,
  max,
  clip,
  exp,
  pow,
};

/// x^n / (K^n + x^n), the occupancy of a receptor (Hill 1910). Written with the ratio x/K so that no power overflows.
inline double hill(double x, double K, double n) {
  if (!(x > 0)) return 0;
  if (n == 1) return x / (K + x);
  const double ratio = x / K;
  if (n == 2) return ratio > 1 ? 1 / (1 + 1 / (ratio * ratio)) : ratio * ratio / (1 + ratio * ratio);
  if (ratio > 1) return 1 / (1 + pinned::pow(1 / ratio, n));
  const double power = pinned::pow(ratio, n);
  return power / (1 + power);
}

inline double power(double x, double n) {
  if (n == 1) return x;
  if (n == 2) return x * x;
  if (n == 0) return 1;
  if (x > 0) return pinned::pow(x, n);
  if (x == 0) return n > 0 ? 0 : HUGE_VAL;
  if (n != std::floor(n)) return 0;
  const bool odd = n / 2 != std::floor(n / 2);
  return odd ? -pinned::pow(-x, n) : pinned::pow(-x, n);
}

inline bool truth(double value) { return value > 0.5; }

inline double apply(Operation operation, int arity, const double* a) {
  switch (operation) {
    case Operation::add:
      return a[0] + a[1];
    case Operation::subtract:
      return a[0] - a[1];
    case Operation::multiply:
      return a[0] * a[1];
    case Operation::divide:
      return a[0] / a[1];
    case Operation::negate:
      return -a[0];
    case Operation::less:
      return a[0] < a[1];
    case Operation::less_equal:
      return a[0] <= a[1];
    case Operation::greater:
      return a[0] > a[1];
    case Operation::greater_equal:
      return a[0] >= a[1];
    case Operation::equal:
      return a[0] == a[1];
    case Operation::both:
      return truth(a[0]) && truth(a[1]);
    case Operation::either:
      return truth(a[0]) || truth(a[1]);
    case Operation::negation:
      return !truth(a[0]);
    case Operation::hill:
      return hill(a[0], a[1], arity > 2 ? a[2] : 1);
    case Operation::any: {
      double none = 1;
      for (int i = 0; i < arity; ++i) none *= 1 - a[i];
      return 1 - none;
    }
    case Operation::all: {
      double every = 1;
      for (int i = 0; i < arity; ++i) every *= a[i];
      return every;
    }
    case Operation::min:
      return *std::min_element(a, a + arity);
    case Operation::max:
      return *std::max_element(a, a + arity);
    case Operation::clip:
      return std::min(std::max(a[0], a[1]), a[2]);
    case Operation::exp:
      return pinned::exp(a[0]);
    case Operation::pow:
      return power(a[0], a[1]);
    case Operation::number:
    case Operation::symbol:
      break;
  }
  return 0;
}

}  // namespace interstice
