/// @file
/// Random cases against exact values: how far results are off, in standard errors.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

namespace interstice {

/// Random numbers of a test.
class Random {
 public:
  explicit Random(unsigned seed) : engine_(seed) {}
  double between(double low, double high) { return std::uniform_real_distribution<double>(low, high)(engine_); }
  /// Evenly spread in its logarithm.
  double about(double low, double high) { return low * std::pow(high / low, between(0, 1)); }
  int whole(int low, int high) { return std::uniform_int_distribution<int>(low, high)(engine_); }

 private:
  std::mt19937 engine_;
};

/// Collects deviations in standard errors.
class Deviations {
 public:
  void add(double found, double expected, double standard_error) {
    if (!(standard_error > 0)) {
      EXPECT_NEAR(found, expected, 1e-9 * std::max(1.0, std::abs(expected)));
      return;
    }
    const double z = (found - expected) / standard_error;
    squares_ += z * z;
    sum_ += z;
    largest_ = std::max(largest_, std::abs(z));
    ++number_;
  }
  [[nodiscard]] int number() const { return number_; }
  /// Their mean is 0 and their mean square 1, each within 3.5 of its own standard errors, and none is far out.
  void expect_chance(double correlation = 1) const {
    const double n = number_ / correlation;
    EXPECT_NEAR(sum_ / number_, 0, 3.5 / std::sqrt(n));
    EXPECT_NEAR(squares_ / number_, 1, 3.5 * std::sqrt(2 / n));
    EXPECT_LT(largest_, 4.5);
  }

 private:
  double squares_ = 0, sum_ = 0, largest_ = 0;
  int number_ = 0;
};

}  // namespace interstice
