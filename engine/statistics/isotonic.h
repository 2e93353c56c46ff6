/// @file
/// Whether a curve rises or falls throughout: the nearest curve that does, and a test against it.
#pragma once

#include <span>
#include <vector>

#include "engine/statistics/bootstrap.h"

namespace interstice {

/// The curve that never falls with the least sum of weight (value - curve)^2 (pool adjacent violators, Ayer et al.
/// 1955). Weights are positive.
std::vector<double> isotonic(std::span<const double> value, std::span<const double> weight);

/// A curve of means against the nearest constant and the nearest monotone one.
struct ShapeTest {
  double p_flat = 1;      ///< of what lies off the constant, were the curve constant
  double p_monotone = 1;  ///< of what lies off the nearest rising or falling curve, were it the true one
};

/// Sums of squared distances, weighted by the number of values, against those of draws about the nearest constant and
/// monotone curve (MeanDraws::broad_deviation).
ShapeTest test_shape(const MeanDraws& draws);

}  // namespace interstice
