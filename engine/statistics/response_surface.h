/// @file
/// An output as a polynomial of second order in the factors of a sample: a stand-in for runs that were not made, which
/// says by itself how far it can be trusted.
#pragma once

#include <span>
#include <vector>

#include "engine/statistics/factor_space.h"

namespace interstice {

/// f(x) = a + sum_i b_i u_i + sum_i c_i u_i^2 + sum_ij d_ij u_i u_j, u from -1 to 1 over the range of a factor, evenly
/// in its logarithm where the factor is spread so (Box & Wilson 1951).
class ResponseSurface {
 public:
  /// What of it the points can carry.
  enum class Terms : std::uint8_t { linear, squares, products };

  /// By least squares over points with a value (others are NaN), point[p][f]. Of the three forms, as far as there are
  /// three points for each coefficient (two for a linear one), the one that foretells best. Products are of the twelve
  /// factors at most that move a surface of squares most. Throws InputError for fewer than 2 (factors + 1) points.
  ResponseSurface(const FactorSpace& space, const std::vector<FactorValues>& point, std::span<const double> value);

  [[nodiscard]] double at(const FactorValues& values) const;
  /// Share of the variance that is explained at points which the fit has not seen: 1 - PRESS / sum of squares, each
  /// point foretold from all others (Allen 1974). 1 is perfect, 0 no better than the mean, negative worse.
  [[nodiscard]] double foretold() const { return foretold_; }
  [[nodiscard]] Terms terms() const { return terms_; }
  [[nodiscard]] std::size_t points() const { return points_; }

 private:
  struct Range {
    double low = 0, high = 1;
    bool logarithmic = false;
  };
  [[nodiscard]] std::vector<double> scaled(const FactorValues& values) const;
  [[nodiscard]] std::vector<double> basis(const std::vector<double>& u, Terms terms) const;
  void choose_products(const std::vector<double>& squares);

  std::vector<Range> range_;
  std::vector<std::size_t> multiplied_;  ///< factors of which products are taken
  std::vector<double> coefficient_;
  Terms terms_ = Terms::linear;
  double foretold_ = 0;
  std::size_t points_ = 0;
};

}  // namespace interstice
