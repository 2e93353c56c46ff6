#include "engine/cells/cell_footprint.h"

#include <algorithm>
#include <cmath>

#include "engine/core/constants.h"
#include "engine/fields/lattice_green.h"

namespace interstice {
namespace {

constexpr double kOfRadius = 1.25, kOfVoxel = 0.75;  ///< half edge of the cube
constexpr double kMostHalfEdge = 30;                 ///< voxels: as many as Footprint has room for
constexpr double kLargest = 2.5;                     ///< radius in voxels above which this share is left of a sphere's:
constexpr double kLeftOfLarge = 0.247;               ///< within 0.004, however it lies
constexpr double kNear = 2;                          ///< distance of images that count, in voxels

double half_edge(double radius_in_voxels) {
  return std::min(std::max(kOfRadius * radius_in_voxels, kOfVoxel), kMostHalfEdge);
}

/// Share of voxels first, first + 1, ... along an axis in the cube around x (in voxels), of cells up to kLargest.
struct Shares {
  static constexpr int kMost = 8;  // half edges are at most 3.2
  Shares(double x, double half) : first(static_cast<int>(std::floor(x - half))) {
    const int last = static_cast<int>(std::ceil(x + half)) - 1;
    for (int i = first; i <= last && count < kMost; ++i)
      share[count++] = std::max(0.0, std::min(x + half, i + 1.0) - std::max(x - half, double(i))) / (2 * half);
  }
  int first, count = 0;
  std::array<double, kMost> share{};
};

/// How much two sets of shares have of each distance: value[k] of first + k.
struct Correlation {
  Correlation(const Shares& a, const Shares& b) : first(b.first - a.first - a.count + 1), count(a.count + b.count - 1) {
    for (int i = 0; i < a.count; ++i)
      for (int j = 0; j < b.count; ++j) value[a.count - 1 - i + j] += a.share[i] * b.share[j];
  }
  /// Of one set with itself: distances of both signs together.
  explicit Correlation(const Shares& a) : Correlation(a, a) {
    for (int k = 0; k < a.count; ++k) value[k] = (k == 0 ? 1 : 2) * value[a.count - 1 + k];
    first = 0;
    count = a.count;
  }
  int first, count;
  std::array<double, 2 * Shares::kMost - 1> value{};
};

/// sum_ij w_i w'_j G(i - j).
double lattice_sum(const Correlation& x, const Correlation& y, const Correlation& z) {
  double sum = 0;
  for (int c = 0; c < z.count; ++c)
    for (int b = 0; b < y.count; ++b) {
      double row = 0;
      for (int a = 0; a < x.count; ++a) row += x.value[a] * lattice_green(x.first + a, y.first + b, z.first + c);
      sum += z.value[c] * y.value[b] * row;
    }
  return sum;
}

}  // namespace

void Footprint::Axis::add(std::uint32_t where, double share) {
  for (std::size_t k = 0; k < count; ++k)
    if (voxel[k] == where) {
      weight[k] += share;
      return;
    }
  voxel[count] = where;
  weight[count++] = share;
}

Footprint::Footprint(Vec3 centre, double radius, const Grid& grid, const Box& box)
    : stride_{1, static_cast<std::size_t>(grid.nx), static_cast<std::size_t>(grid.nx) * grid.ny} {
  const double half = half_edge(radius / grid.spacing);
  const double at[3] = {centre.x / grid.spacing, centre.y / grid.spacing, centre.z / grid.spacing};
  const int n[3] = {grid.nx, grid.ny, grid.nz};
  for (std::size_t a = 0; a < 3; ++a) {
    const double low = at[a] - half, high = at[a] + half;
    const int last = static_cast<int>(std::ceil(high)) - 1;
    for (int i = static_cast<int>(std::floor(low)); i <= last; ++i) {
      const double share = (std::min(high, i + 1.0) - std::max(low, double(i))) / (2 * half);
      if (share <= 0) continue;
      const int lap = box.periodic[a] ? n[a] : 2 * n[a];
      int where = (i % lap + lap) % lap;
      if (where >= n[a]) where = lap - 1 - where;  // mirrored
      axis_[a].add(static_cast<std::uint32_t>(where), share);
    }
  }
  if (axis_[0].count * axis_[1].count * axis_[2].count > kListed) return;
  walk([this](std::size_t voxel, double weight) {
    voxel_[listed_] = static_cast<std::uint32_t>(voxel);
    weight_[listed_++] = weight;
  });
}

LeftResistance::LeftResistance(Vec3 centre, double radius, const Grid& grid, const Box& box) {
  const double dx = grid.spacing, R = radius / dx;
  if (R > kLargest) {
    alone_ = kLeftOfLarge / (4 * kPi * radius);
    return;
  }
  const double at[3] = {centre.x / dx, centre.y / dx, centre.z / dx};
  const int n[3] = {grid.nx, grid.ny, grid.nz};
  const double half = half_edge(R);
  const std::array<Shares, 3> shares{Shares(at[0], half), Shares(at[1], half), Shares(at[2], half)};
  const std::array<Correlation, 3> self{Correlation(shares[0]), Correlation(shares[1]), Correlation(shares[2])};
  alone_ = 1 / (4 * kPi * radius) - lattice_sum(self[0], self[1], self[2]) / dx;
  for (std::size_t a = 0; a < 3; ++a) {
    if (box.periodic[a]) continue;
    const auto image = [&](double position) {
      const double distance = std::abs(position - at[a]);
      if (distance >= kNear) return 0.0;
      const Correlation across(shares[a], Shares(position, half));
      const double sum = lattice_sum(a == 0 ? across : self[0], a == 1 ? across : self[1], a == 2 ? across : self[2]);
      return 1 / (4 * kPi * std::max(distance * dx, radius)) - sum / dx;
    };
    images_[2 * a] = image(-at[a]);
    images_[2 * a + 1] = image(2 * n[a] - at[a]);
  }
}

}  // namespace interstice
