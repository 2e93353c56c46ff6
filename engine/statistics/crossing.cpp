#include "engine/statistics/crossing.h"

#include <algorithm>
#include <cassert>
#include <cmath>

#include "engine/core/error.h"
#include "engine/core/pinned_math.h"
#include "engine/statistics/bootstrap.h"
#include "engine/statistics/distributions.h"

namespace interstice {
namespace {

/// Slopes at x of the natural cubic spline through y.
std::vector<double> spline_slopes(const std::vector<double>& x, const std::vector<double>& y) {
  const std::size_t n = x.size();
  std::vector<double> before(n, 0), own(n, 2), after(n, 0), right(n, 0);
  const auto width = [&x](std::size_t k) { return x[k + 1] - x[k]; };
  const auto rise = [&](std::size_t k) { return (y[k + 1] - y[k]) / width(k); };
  after[0] = before[n - 1] = 1;
  right[0] = 3 * rise(0);
  right[n - 1] = 3 * rise(n - 2);
  for (std::size_t k = 1; k + 1 < n; ++k) {
    before[k] = width(k);
    after[k] = width(k - 1);
    own[k] = 2 * (width(k) + width(k - 1));
    right[k] = 3 * (width(k) * rise(k - 1) + width(k - 1) * rise(k));
  }
  for (std::size_t k = 1; k < n; ++k) {
    const double factor = before[k] / own[k - 1];
    own[k] -= factor * after[k - 1];
    right[k] -= factor * right[k - 1];
  }
  std::vector<double> slope(n);
  slope[n - 1] = right[n - 1] / own[n - 1];
  for (std::size_t k = n - 1; k-- > 0;) slope[k] = (right[k] - after[k] * slope[k + 1]) / own[k];
  return slope;
}

/// The mean of replicates between the places where it was sampled, by a natural cubic spline over log x: a sum of the
/// means with weights, so that its standard error is that of a mean.
class MeanCurve {
 public:
  MeanCurve(std::span<const double> x, const std::vector<std::vector<double>>& replicates, const MeanDraws& draws)
      : mean_(draws.mean()), deviation_(replicates) {
    for (const double value : x) log_x_.push_back(pinned::log(value));
    const std::size_t n = x.size();
    std::size_t least = replicates.size();
    for (std::size_t k = 0; k < n; ++k) {
      const std::size_t count = draws.count()[k];
      least = std::min(least, count);
      for (auto& curve : deviation_)
        curve[k] =
            std::isnan(curve[k]) ? 0 : (curve[k] - mean_[k]) / std::sqrt(static_cast<double>(count * (count - 1)));
      std::vector<double> unit(n, 0);
      unit[k] = 1;
      slopes_.push_back(n > 1 ? spline_slopes(log_x_, unit) : unit);
    }
    student_ = student_quantile(0.975, static_cast<double>(least - 1));
  }

  [[nodiscard]] std::size_t intervals() const { return log_x_.size() - 1; }
  [[nodiscard]] double x_at(std::size_t interval, double share) const {
    return pinned::exp(log_x_[interval] + share * (log_x_[interval + 1] - log_x_[interval]));
  }

  struct Bounds {
    double low = 0, mean = 0, high = 0;  ///< Student's 95 % interval
  };
  [[nodiscard]] Bounds at(std::size_t interval, double share) const {
    std::vector<double> weight(mean_.size());
    double mean = 0, squares = 0;
    for (std::size_t k = 0; k < weight.size(); ++k) {
      weight[k] = weight_of(k, interval, share);
      mean += weight[k] * mean_[k];
    }
    for (const auto& curve : deviation_) {
      double sum = 0;
      for (std::size_t k = 0; k < weight.size(); ++k) sum += weight[k] * curve[k];
      squares += sum * sum;
    }
    const double half = student_ * std::sqrt(squares);
    return {mean - half, mean, mean + half};
  }

 private:
  /// Of the mean at place k, in Hermite's form.
  [[nodiscard]] double weight_of(std::size_t k, std::size_t interval, double s) const {
    if (log_x_.size() == 1) return 1;
    const double width = log_x_[interval + 1] - log_x_[interval], rest = 1 - s;
    return (k == interval ? (1 + 2 * s) * rest * rest : 0) + (k == interval + 1 ? s * s * (3 - 2 * s) : 0) +
           width * s * rest * (rest * slopes_[k][interval] - s * slopes_[k][interval + 1]);
  }

  std::vector<double> log_x_, mean_;
  std::vector<std::vector<double>> deviation_, slopes_;  ///< slopes_[k]: of the spline through 1 at k and 0 elsewhere
  double student_ = 0;
};

/// The least x where a bound of the curve is zero or more.
Censored first_place(std::span<const double> x, const MeanCurve& curve, double MeanCurve::Bounds::*bound) {
  constexpr int kSteps = 16, kHalvings = 40;
  const auto reached = [&](std::size_t interval, double share) { return curve.at(interval, share).*bound >= 0; };
  if (reached(0, 0)) return Censored::below(x.front());
  for (std::size_t interval = 0; interval < curve.intervals(); ++interval)
    for (int k = 1; k <= kSteps; ++k) {
      double outside = (k - 1.0) / kSteps, inside = static_cast<double>(k) / kSteps;
      if (!reached(interval, inside)) continue;
      for (int halving = 0; halving < kHalvings; ++halving) {
        const double middle = 0.5 * (outside + inside);
        (reached(interval, middle) ? inside : outside) = middle;
      }
      return Censored::within(std::min(curve.x_at(interval, inside), x.back()));
    }
  return Censored::above(x.back());
}

}  // namespace

Censored first_crossing(std::span<const double> x, std::span<const double> difference) {
  assert(!x.empty() && x.size() == difference.size());
  if (difference.front() >= 0) return Censored::below(x.front());
  for (std::size_t k = 1; k < x.size(); ++k) {
    if (difference[k] < 0) continue;
    const double share = difference[k - 1] / (difference[k - 1] - difference[k]);
    return Censored::within(std::min(x[k - 1] * pinned::exp(share * pinned::log(x[k] / x[k - 1])), x[k]));
  }
  return Censored::above(x.back());
}

CensoredEstimate mean_crossing(std::span<const double> x, const std::vector<std::vector<double>>& difference,
                               std::uint64_t seed, std::string_view key) {
  if (x.empty() || !(x.front() > 0) || !std::is_sorted(x.begin(), x.end()))
    throw InputError("a crossing is looked for at positive values that grow (over their logarithm) sort them");
  if (difference.size() == 1)
    return {first_crossing(x, difference.front()), Censored::below(x.front()), Censored::above(x.back())};
  const MeanDraws draws(difference, seed, key);
  std::vector<Censored> crossings;
  for (std::size_t b = 0; b < kResamples; ++b) crossings.push_back(first_crossing(x, draws.draw(b)));
  const MeanCurve curve(x, difference, draws);
  CensoredEstimate found = censored_interval(first_place(x, curve, &MeanCurve::Bounds::mean), crossings);
  found.low = first_place(x, curve, &MeanCurve::Bounds::high);
  found.high = first_place(x, curve, &MeanCurve::Bounds::low);
  return found;
}

}  // namespace interstice
