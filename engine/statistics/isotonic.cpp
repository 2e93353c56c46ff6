#include "engine/statistics/isotonic.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace interstice {
namespace {

double distance(std::span<const double> a, std::span<const double> b, std::span<const double> weight) {
  double sum = 0;
  for (std::size_t k = 0; k < a.size(); ++k) sum += weight[k] * (a[k] - b[k]) * (a[k] - b[k]);
  return sum;
}

std::vector<double> constant(std::span<const double> value, std::span<const double> weight) {
  const double sum = std::inner_product(value.begin(), value.end(), weight.begin(), 0.0);
  return std::vector<double>(value.size(), sum / std::accumulate(weight.begin(), weight.end(), 0.0));
}

/// The nearest curve that rises or falls throughout.
std::vector<double> monotone(std::span<const double> value, std::span<const double> weight) {
  std::vector<double> negative(value.begin(), value.end());
  for (double& v : negative) v = -v;
  const std::vector<double> rising = isotonic(value, weight);
  std::vector<double> falling = isotonic(negative, weight);
  for (double& v : falling) v = -v;
  return distance(value, rising, weight) <= distance(value, falling, weight) ? rising : falling;
}

}  // namespace

std::vector<double> isotonic(std::span<const double> value, std::span<const double> weight) {
  struct Block {
    double mean, weight;
    std::size_t length;
  };
  std::vector<Block> blocks;
  for (std::size_t k = 0; k < value.size(); ++k) {
    blocks.push_back({value[k], weight[k], 1});  // what does not fall is kept to the last digit
    while (blocks.size() > 1 && blocks[blocks.size() - 2].mean > blocks.back().mean) {
      const Block last = blocks.back();
      blocks.pop_back();
      Block& pooled = blocks.back();
      const double together = pooled.weight + last.weight;
      pooled.mean = (pooled.mean * pooled.weight + last.mean * last.weight) / together;
      pooled.weight = together;
      pooled.length += last.length;
    }
  }
  std::vector<double> curve;
  for (const Block& block : blocks) curve.insert(curve.end(), block.length, block.mean);
  return curve;
}

ShapeTest test_shape(const MeanDraws& draws) {
  const std::vector<double> weight(draws.count().begin(), draws.count().end());
  const auto from_constant = [&](std::span<const double> curve) {
    return distance(curve, constant(curve, weight), weight);
  };
  const auto from_monotone = [&](std::span<const double> curve) {
    return distance(curve, monotone(curve, weight), weight);
  };
  const double flat = from_constant(draws.mean()), off = from_monotone(draws.mean());
  const std::vector<double> nearest = monotone(draws.mean(), weight);
  std::size_t flatter = 1, nearer = 1;  // the curve itself is one of the draws
  for (std::size_t b = 0; b < kResamples; ++b) {
    std::vector<double> curve = draws.broad_deviation(b);
    flatter += from_constant(curve) >= flat ? 1 : 0;
    for (std::size_t k = 0; k < curve.size(); ++k) curve[k] += nearest[k];
    nearer += from_monotone(curve) >= off ? 1 : 0;
  }
  constexpr double kAll = kResamples + 1;
  const double zero = 1e-24 * distance(draws.mean(), std::vector<double>(weight.size(), 0.0), weight);  // rounding
  return {flat <= zero ? 1.0 : static_cast<double>(flatter) / kAll, static_cast<double>(nearer) / kAll};
}

}  // namespace interstice
