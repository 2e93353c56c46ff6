/// @file
/// What a study varies: factors with their marginals, and linear constraints between their values.
#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "engine/statistics/marginal.h"

namespace interstice {

struct Factor {
  std::string name;
  Marginal marginal;
};

/// sum over the named factors of coefficient * value <= bound, such as f_release + f_recycled <= 0.95.
struct LinearConstraint {
  std::map<std::string, double> coefficient;
  double bound = 0;
};

/// Values of the factors of one point, in the order of the space.
using FactorValues = std::vector<double>;

inline constexpr double kLeastAllowed = 0.01;  ///< share of points that constraints must leave

class FactorSpace {
 public:
  /// Throws InputError for no factor, a name that stands twice, a constraint on a factor that does not exist, and
  /// constraints that allow less than kLeastAllowed of the points.
  explicit FactorSpace(std::vector<Factor> factors, const std::vector<LinearConstraint>& constraints = {});

  [[nodiscard]] std::size_t size() const { return factors_.size(); }
  [[nodiscard]] const std::vector<Factor>& factors() const { return factors_; }
  [[nodiscard]] std::vector<std::string> names() const;
  [[nodiscard]] bool is_constrained() const { return !constraints_.empty(); }

  /// The values at these shares of the marginals, in [0, 1].
  [[nodiscard]] FactorValues at(std::span<const double> share) const;
  /// Whether they keep all constraints.
  [[nodiscard]] bool allows(const FactorValues& values) const;
  /// Share of all points that do, from 2^14 Sobol' points; 1 without constraints.
  [[nodiscard]] double allowed_share() const { return allowed_share_; }

 private:
  /// A constraint with a coefficient per factor.
  struct Row {
    std::vector<double> coefficient;
    double bound = 0;
  };
  std::vector<Factor> factors_;
  std::vector<Row> constraints_;
  double allowed_share_ = 1;
};

}  // namespace interstice
