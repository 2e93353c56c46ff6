/// @file
/// How one parameter is spread over its range.
#pragma once

#include <cstdint>
#include <vector>

namespace interstice {

/// Distribution of one parameter in a study.
class Marginal {
 public:
  /// Evenly between two ends. Throws InputError where low < high does not hold or an end is not finite.
  static Marginal uniform(double low, double high);
  /// Evenly in the logarithm. Also throws where low is not positive.
  static Marginal log_uniform(double low, double high);
  /// A declared range: log-uniform where both ends are positive and more than tenfold apart, uniform otherwise.
  static Marginal over_range(double low, double high);
  /// Each of these, equally often. Throws for an empty list.
  static Marginal list(std::vector<double> values);

  /// The value below which a share u in [0, 1] lies: low (high / low)^u, or low + u (high - low), or a list's entry
  /// floor(u n).
  [[nodiscard]] double quantile(double u) const;
  /// Number of different values; 0 for a range.
  [[nodiscard]] std::size_t count() const { return values_.size(); }
  [[nodiscard]] bool is_logarithmic() const { return shape_ == Shape::log_uniform; }

 private:
  enum class Shape : std::uint8_t { uniform, log_uniform, list };
  Marginal(Shape shape, std::vector<double> values, double low, double high);

  Shape shape_;
  std::vector<double> values_;
  double low_, high_;
};

}  // namespace interstice
