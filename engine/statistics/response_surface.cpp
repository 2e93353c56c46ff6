#include "engine/statistics/response_surface.h"

#include <fmt/format.h>

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "engine/core/error.h"

namespace interstice {
namespace {

constexpr std::size_t kMostMultiplied = 12;
constexpr std::size_t kPointsPerLinear = 2, kPointsPerCoefficient = 3;

struct LinearFit {
  std::vector<double> coefficient;
  double foretold = 0;
};

/// Least squares of rows of a basis; what each row is foretold by the others follows from the diagonal of the hat
/// matrix.
LinearFit fit_rows(const std::vector<std::vector<double>>& rows, const std::vector<double>& value) {
  const auto n = static_cast<Eigen::Index>(rows.size()), p = static_cast<Eigen::Index>(rows.front().size());
  Eigen::MatrixXd x(n, p);
  Eigen::VectorXd y(n);
  for (Eigen::Index r = 0; r < n; ++r) {
    const auto& row = rows[static_cast<std::size_t>(r)];
    for (Eigen::Index c = 0; c < p; ++c) x(r, c) = row[static_cast<std::size_t>(c)];
    y(r) = value[static_cast<std::size_t>(r)];
  }
  const Eigen::ColPivHouseholderQR<Eigen::MatrixXd> qr(x);
  const Eigen::VectorXd solution = qr.solve(y), residual = y - x * solution;
  const Eigen::MatrixXd q = qr.householderQ() * Eigen::MatrixXd::Identity(n, qr.rank());
  const double mean = y.mean(), alone = static_cast<double>(n) / static_cast<double>(n - 1);
  double press = 0, total = 0;
  for (Eigen::Index r = 0; r < n; ++r) {
    const double left = 1 - q.row(r).squaredNorm();
    press += std::pow(residual(r) / std::max(left, 1e-12), 2);
    total += std::pow((y(r) - mean) * alone, 2);
  }
  LinearFit fit{.coefficient = std::vector<double>(solution.begin(), solution.end()), .foretold = 1};
  if (total > 0) fit.foretold = 1 - press / total;
  return fit;
}

}  // namespace

ResponseSurface::ResponseSurface(const FactorSpace& space, const std::vector<FactorValues>& point,
                                 std::span<const double> value) {
  for (const Factor& factor : space.factors())
    range_.push_back({factor.marginal.quantile(0), factor.marginal.quantile(1), factor.marginal.is_logarithmic()});
  std::vector<std::vector<double>> u;
  std::vector<double> y;
  for (std::size_t p = 0; p < point.size(); ++p)
    if (std::isfinite(value[p])) u.push_back(scaled(point[p])), y.push_back(value[p]);
  points_ = y.size();
  const std::size_t factors = range_.size();
  if (points_ < kPointsPerLinear * (factors + 1))
    throw InputError(fmt::format("{} points have a value, too few for a surface over {} factors (expected {} or more)",
                                 points_, factors, kPointsPerLinear * (factors + 1)));
  std::vector<double> squares;
  double best = -std::numeric_limits<double>::infinity();
  for (const Terms terms : {Terms::linear, Terms::squares, Terms::products}) {
    if (terms == Terms::products) choose_products(squares);
    std::vector<std::vector<double>> rows;
    for (const auto& row : u) rows.push_back(basis(row, terms));
    if (terms != Terms::linear && points_ < kPointsPerCoefficient * rows.front().size()) break;
    LinearFit fit = fit_rows(rows, y);
    if (terms == Terms::squares) squares = fit.coefficient;
    if (fit.foretold <= best) continue;
    best = foretold_ = fit.foretold;
    terms_ = terms;
    coefficient_ = std::move(fit.coefficient);
  }
}

double ResponseSurface::at(const FactorValues& values) const {
  const std::vector<double> row = basis(scaled(values), terms_);
  return std::inner_product(row.begin(), row.end(), coefficient_.begin(), 0.0);
}

std::vector<double> ResponseSurface::scaled(const FactorValues& values) const {
  std::vector<double> u;
  for (std::size_t f = 0; f < range_.size(); ++f) {
    const Range& range = range_[f];
    const double share = range.logarithmic ? std::log(values[f] / range.low) / std::log(range.high / range.low)
                                           : (values[f] - range.low) / (range.high - range.low);
    u.push_back(2 * share - 1);
  }
  return u;
}

std::vector<double> ResponseSurface::basis(const std::vector<double>& u, Terms terms) const {
  std::vector<double> row{1};
  row.insert(row.end(), u.begin(), u.end());
  if (terms != Terms::linear)
    for (const double x : u) row.push_back(x * x);
  if (terms == Terms::products)
    for (std::size_t i = 0; i < multiplied_.size(); ++i)
      for (std::size_t j = i + 1; j < multiplied_.size(); ++j) row.push_back(u[multiplied_[i]] * u[multiplied_[j]]);
  return row;
}

/// Those with the largest coefficients of a surface of squares, as many as the points carry.
void ResponseSurface::choose_products(const std::vector<double>& squares) {
  const std::size_t factors = range_.size();
  multiplied_.resize(factors);
  std::iota(multiplied_.begin(), multiplied_.end(), std::size_t{0});
  const auto size = [&](std::size_t f) { return std::abs(squares[1 + f]) + std::abs(squares[1 + factors + f]); };
  std::ranges::stable_sort(multiplied_, std::greater<>(), size);
  std::size_t most = std::min(factors, kMostMultiplied);
  while (most > 2 && kPointsPerCoefficient * (1 + 2 * factors + most * (most - 1) / 2) > points_) --most;
  multiplied_.resize(most);
}

}  // namespace interstice
