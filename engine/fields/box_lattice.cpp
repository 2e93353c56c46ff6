/// @file
/// With t in squares of the coarsest edge and voxels of volume V, a particle that hops is at offset n after t with
/// probability prod exp(-x_a) I_{n_a}(x_a), x_a = 2 t/edge_a^2, so that G = 1/V int_0^inf prod exp(-x_a) I_{n_a}(x_a)
/// dt.
#include "engine/fields/box_lattice.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <mutex>
#include <tuple>

#include "engine/core/constants.h"
#include "engine/core/pinned_math.h"

namespace interstice {
namespace {

constexpr double kNearInEdges = 6;  ///< offsets that are computed, in coarsest edges

/// The integral by the trapezoidal rule in log t, whose error falls as exp(-pi^2/step); what lies outside adds 1e-13.
constexpr double kFirstLog = -36, kLastLog = 60, kLogStep = 0.25;

/// value[n] <- exp(-x) I_n(x), by the series in 1/x.
void scaled_bessel_of_large(double x, std::vector<double>& value) {
  constexpr int kTerms = 12;
  for (std::size_t n = 0; n < value.size(); ++n) {
    const double fourth = 4 * static_cast<double>(n) * static_cast<double>(n);
    double term = 1, sum = 1;
    for (int k = 1; k <= kTerms; ++k) {
      const double odd = 2 * k - 1;
      term *= -(fourth - odd * odd) / (k * 8 * x);
      sum += term;
    }
    value[n] = sum / std::sqrt(2 * kPi * x);
  }
}

/// value[n] <- exp(-x) I_n(x), by the ratios of neighbours from above and exp(x) = I_0 + 2 (I_1 + I_2 + ...).
void scaled_bessel(double x, std::vector<double>& value) {
  constexpr double kLarge = 1e5;
  if (x > kLarge) return scaled_bessel_of_large(x, value);
  const std::size_t from = value.size() + 20 + static_cast<std::size_t>(9 * std::sqrt(x));
  double ratio = 0, beyond = 0;  // I_k/I_{k-1}; (I_k + I_{k+1} + ...)/I_{k-1}
  for (std::size_t k = from; k > 0; --k) {
    ratio = 1 / (2 * static_cast<double>(k) / x + ratio);
    beyond = ratio * (1 + beyond);
    if (k < value.size()) value[k] = ratio;
  }
  value[0] = 1 / (1 + 2 * beyond);
  for (std::size_t k = 1; k < value.size(); ++k) value[k] *= value[k - 1];
}

/// 1/(4 pi r) with the lattice's next term.
double far(const std::array<double, 3>& edge, const std::array<double, 3>& offset) {
  double square = 0;
  for (std::size_t a = 0; a < 3; ++a) square += edge[a] * offset[a] * edge[a] * offset[a];
  double next = 0;
  for (std::size_t a = 0; a < 3; ++a) {
    const double u = edge[a] * offset[a] * edge[a] * offset[a] / square;
    next += edge[a] * edge[a] * (3 + u * (15 * u - 18));
  }
  return (1 + next / (24 * square)) / (4 * kPi * std::sqrt(square));
}

}  // namespace

BoxLattice::BoxLattice(Vec3 spacing) {
  const double coarsest = std::max({spacing.x, spacing.y, spacing.z});
  std::array<std::vector<double>, 3> bessel;
  for (std::size_t a = 0; a < 3; ++a) {
    edge_[a] = spacing[a] / coarsest;
    count_[a] = 1 + std::min(kMostNear, static_cast<std::size_t>(std::ceil(kNearInEdges / edge_[a])));
    bessel[a].resize(count_[a]);
  }
  near_.assign(count_[0] * count_[1] * count_[2], 0.0);
  for (double log_t = kFirstLog; log_t <= kLastLog; log_t += kLogStep) {
    const double t = pinned::exp(log_t);
    for (std::size_t a = 0; a < 3; ++a) scaled_bessel(2 * t / (edge_[a] * edge_[a]), bessel[a]);
    double* out = near_.data();
    for (const double z : bessel[2])
      for (const double y : bessel[1]) {
        const double weight = kLogStep * t * y * z / (edge_[0] * edge_[1] * edge_[2]);
        for (const double x : bessel[0]) *out++ += weight * x;
      }
  }
}

const BoxLattice& BoxLattice::of(Vec3 spacing) {
  static std::mutex guard;
  static std::map<std::tuple<double, double, double>, std::unique_ptr<const BoxLattice>> known;
  thread_local Vec3 last;
  thread_local const BoxLattice* found = nullptr;
  if (found != nullptr && last == spacing) return *found;
  const std::lock_guard lock(guard);
  auto& entry = known[{spacing.x, spacing.y, spacing.z}];
  if (entry == nullptr) entry = std::make_unique<const BoxLattice>(spacing);
  last = spacing;
  found = entry.get();
  return *found;
}

double BoxLattice::green(std::int32_t a, std::int32_t b, std::int32_t c) const {
  const auto i = static_cast<std::size_t>(std::abs(a)), j = static_cast<std::size_t>(std::abs(b)),
             k = static_cast<std::size_t>(std::abs(c));
  if (i < count_[0] && j < count_[1] && k < count_[2]) return near_[i + count_[0] * (j + count_[1] * k)];
  return far(edge_, {static_cast<double>(a), static_cast<double>(b), static_cast<double>(c)});
}

}  // namespace interstice
