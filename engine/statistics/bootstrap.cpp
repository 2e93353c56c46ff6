#include "engine/statistics/bootstrap.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numeric>

#include "engine/core/error.h"
#include "engine/core/name_key.h"

namespace interstice {
namespace {

/// (tr S)^2 / tr S^2 of curves with covariance S, each less its mean over places: how many places scatter apart.
double breadth(std::vector<std::vector<double>> curves) {
  for (auto& curve : curves) {
    const double level = std::accumulate(curve.begin(), curve.end(), 0.0) / static_cast<double>(curve.size());
    for (double& value : curve) value -= level;
  }
  double trace = 0, squares = 0;
  for (const auto& a : curves)
    for (const auto& b : curves) {
      const double product = std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
      squares += product * product;
      if (&a == &b) trace += product;
    }
  return squares > 0 ? trace * trace / squares : 1;
}

/// The counter of draws has 16 bits; further rows have an id of their own.
AgentId id_of_block(AgentId id, std::size_t row) { return row >> 16 == 0 ? id : child_id(id, row >> 16); }

}  // namespace

double quantile(std::vector<double> values, double p) {
  std::erase_if(values, [](double value) { return std::isnan(value); });
  if (values.empty()) return std::nan("");
  std::sort(values.begin(), values.end());
  const double position = p * static_cast<double>(values.size() - 1);
  const auto below = static_cast<std::size_t>(position);
  const auto above = std::min(below + 1, values.size() - 1);
  return values[below] + (position - static_cast<double>(below)) * (values[above] - values[below]);
}

Resampling::Resampling(std::uint64_t seed, std::string_view key) : noise_(seed), id_(name_key(key)) {}

void Resampling::draw(std::size_t resample, std::span<std::size_t> row) const {
  const std::size_t n = row.size();
  for (std::size_t draw = 0; draw < n; ++draw) {
    const auto low = static_cast<std::uint32_t>(draw & 0xffff);
    const double u = noise_.uniform(Stream::bootstrap, id_of_block(id_, draw), resample, low);
    row[draw] = std::min(static_cast<std::size_t>(u * static_cast<double>(n)), n - 1);
  }
}

Estimate bootstrap_mean(std::span<const double> values, std::uint64_t seed, std::string_view key) {
  assert(!values.empty());
  const std::size_t n = values.size();
  Estimate estimate{n, std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(n), 0, 0};
  estimate.low = estimate.high = estimate.mean;
  if (n == 1) return estimate;

  const Resampling resampling(seed, key);
  std::vector<std::size_t> row(n);
  std::vector<double> means(kResamples);
  for (std::size_t resample = 0; resample < kResamples; ++resample) {
    resampling.draw(resample, row);
    double sum = 0;
    for (const std::size_t drawn : row) sum += values[drawn];
    means[resample] = sum / static_cast<double>(n);
  }
  estimate.low = quantile(means, 0.025);
  estimate.high = quantile(std::move(means), 0.975);
  return estimate;
}

MeanDraws::MeanDraws(std::vector<std::vector<double>> replicates, std::uint64_t seed, std::string_view key)
    : noise_(seed), id_(name_key(key)), scatter_(std::move(replicates)) {
  if (scatter_.empty()) throw InputError("no replicates to average (nothing was run) give at least two");
  const std::size_t places = scatter_.front().size();
  mean_.assign(places, 0);
  count_.assign(places, 0);
  for (const auto& curve : scatter_) {
    assert(curve.size() == places);
    for (std::size_t k = 0; k < places; ++k) {
      if (std::isnan(curve[k])) continue;
      mean_[k] += curve[k];
      ++count_[k];
    }
  }
  freedom_ = scatter_.size() - 1;
  for (std::size_t k = 0; k < places; ++k) {
    if (count_[k] < 2)
      throw InputError("place " + std::to_string(k + 1) + " of a curve has " + std::to_string(count_[k]) +
                       " values (its scatter is unknown) give at least two replicates that do not fail");
    mean_[k] /= static_cast<double>(count_[k]);
    freedom_ = std::min(freedom_, count_[k] - 1);
  }
  for (auto& curve : scatter_)
    for (std::size_t k = 0; k < places; ++k) {
      const auto n = static_cast<double>(count_[k]);
      curve[k] = std::isnan(curve[k]) ? 0.0 : (curve[k] - mean_[k]) / std::sqrt(n * (n - 1));
    }
  broad_freedom_ = static_cast<std::size_t>(static_cast<double>(freedom_) * breadth(scatter_));
}

std::vector<double> MeanDraws::scaled_deviation(std::size_t b, std::size_t freedom) const {
  std::vector<double> sum(mean_.size(), 0.0);
  for (std::size_t r = 0; r < scatter_.size(); ++r) {
    const auto low = static_cast<std::uint32_t>(r & 0xffff);
    const double weight = noise_.normals(Stream::bootstrap, id_of_block(id_, r), b, low)[0];
    for (std::size_t k = 0; k < sum.size(); ++k) sum[k] += weight * scatter_[r][k];
  }
  double chi_squared = 0;
  for (std::size_t i = 0; i < freedom; ++i) {
    const AgentId id = id_of_block(child_id(id_, 0), i);
    const double z = noise_.normals(Stream::bootstrap, id, b, static_cast<std::uint32_t>(i & 0xffff))[0];
    chi_squared += z * z;
  }
  const double t = std::sqrt(static_cast<double>(freedom) / chi_squared);
  for (double& value : sum) value *= t;
  return sum;
}

std::vector<double> MeanDraws::deviation(std::size_t b) const { return scaled_deviation(b, freedom_); }

std::vector<double> MeanDraws::broad_deviation(std::size_t b) const { return scaled_deviation(b, broad_freedom_); }

std::vector<double> MeanDraws::draw(std::size_t b) const {
  std::vector<double> curve = deviation(b);
  for (std::size_t k = 0; k < curve.size(); ++k) curve[k] += mean_[k];
  return curve;
}

}  // namespace interstice
