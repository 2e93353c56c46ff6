/// @file
/// Functions whose sensitivities are known, and their values over a design.
#pragma once

#include <cmath>
#include <numbers>
#include <string>
#include <vector>

#include "engine/statistics/factor_space.h"

namespace interstice::test {

/// Ishigami & Homma (1990) with a = 7, b = 0.1 over -pi .. pi.
inline double ishigami(const FactorValues& x) {
  return std::sin(x[0]) + 7 * std::pow(std::sin(x[1]), 2) + 0.1 * std::pow(x[2], 4) * std::sin(x[0]);
}

inline FactorSpace ishigami_space() {
  const Marginal angle = Marginal::uniform(-std::numbers::pi, std::numbers::pi);
  return FactorSpace({{"x1", angle}, {"x2", angle}, {"x3", angle}});
}

/// Sobol's g-function over the unit cube: product of (|4 x_i - 2| + a_i) / (1 + a_i).
inline const std::vector<double> kGWeights{0, 1, 4.5, 9, 99, 99};
inline double g_function(const FactorValues& x) {
  double product = 1;
  for (std::size_t i = 0; i < x.size(); ++i) product *= (std::abs(4 * x[i] - 2) + kGWeights[i]) / (1 + kGWeights[i]);
  return product;
}

inline FactorSpace g_space() {
  std::vector<Factor> factors;
  for (std::size_t i = 0; i < kGWeights.size(); ++i)
    factors.push_back({"g" + std::to_string(i), Marginal::uniform(0, 1)});
  return FactorSpace(factors);
}

template <class Function>
std::vector<double> values_of(Function function, const std::vector<FactorValues>& points) {
  std::vector<double> values;
  for (const FactorValues& point : points) values.push_back(function(point));
  return values;
}

}  // namespace interstice::test
