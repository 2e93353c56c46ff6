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

/// The largest whole number that is not above x; floor() is a call where SSE 4.1 cannot be taken for granted.
int floor_of(double x) {
  const int whole = static_cast<int>(x);
  return whole - (whole > x ? 1 : 0);
}

/// visit(i, share) for the voxels along an axis that the cube around x (in voxels) meets, ascending.
template <class Visit>
void visit_shares(double x, double half, const Visit& visit) {
  const double low = x - half, high = x + half, scale = 1 / (2 * half);
  for (int i = floor_of(low); i < high; ++i) visit(i, (std::min(high, i + 1.0) - std::max(low, double(i))) * scale);
}

/// The same as a list, first, first + 1, ..., of cells up to kLargest.
struct Shares {
  static constexpr int kMost = 8;  // half edges are at most 3.2
  Shares(double x, double half) : first(floor_of(x - half)) {
    visit_shares(x, half, [this](int, double part) { share[count++] = part; });
  }
  int first, count = 0;
  std::array<double, kMost> share;
};

/// How much two sets of shares have of each distance: value[k] of first + k.
struct Correlation {
  Correlation(const Shares& a, const Shares& b) : first(b.first - a.first - a.count + 1), count(a.count + b.count - 1) {
    for (int i = 0; i < a.count; ++i)
      for (int j = 0; j < b.count; ++j) value[a.count - 1 - i + j] += a.share[i] * b.share[j];
  }
  /// Of one set with itself: distances of both signs together.
  explicit Correlation(const Shares& a) : first(0), count(a.count) {
    for (int k = 0; k < count; ++k) {
      double sum = 0;
      for (int i = 0; i + k < count; ++i) sum += a.share[i] * a.share[i + k];
      value[k] = (k == 0 ? 1 : 2) * sum;
    }
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

/// sum_ij w_i w_j G(i - j) of a cube with itself.
double own_lattice_sum(const std::array<Correlation, 3>& self) {
  const auto& [x, y, z] = self;
  const LatticeTable& green = lattice_green_near();
  if (std::max({x.count, y.count, z.count}) > kLatticeNear + 1) return lattice_sum(x, y, z);
  double sum = 0;
  for (int c = 0; c < z.count; ++c)
    for (int b = 0; b < y.count; ++b) {
      double row = 0;
      for (int a = 0; a < x.count; ++a) row += x.value[a] * green[c][b][a];
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
    Axis& axis = axis_[a];
    if (at[a] - half >= 0 && at[a] + half <= n[a]) {
      visit_shares(at[a], half, [&axis](int i, double share) {
        axis.voxel[axis.count] = static_cast<std::uint32_t>(i);
        axis.weight[axis.count++] = share;
      });
      continue;
    }
    visit_shares(at[a], half, [&](int i, double share) {
      const int lap = box.periodic[a] ? n[a] : 2 * n[a];
      int where = (i % lap + lap) % lap;
      if (where >= n[a]) where = lap - 1 - where;  // mirrored
      axis.add(static_cast<std::uint32_t>(where), share);
    });
  }
  if (axis_[0].count * axis_[1].count * axis_[2].count > kListed) return;
  walk([this](std::size_t voxel, double weight) {
    voxel_[listed_] = static_cast<std::uint32_t>(voxel);
    weight_[listed_++] = weight;
  });
}

double mean_footprint(double radius, const Grid& grid) {
  const double along = 2 * half_edge(radius / grid.spacing) + 1;
  return along * along * along;
}

LeftResistance::LeftResistance(Vec3 centre, double radius, const Grid& grid, const Box& box,
                               std::span<const std::uint8_t> region_of_voxel) {
  const double dx = grid.spacing, R = radius / dx;
  if (R > kLargest) {
    alone_ = static_cast<float>(kLeftOfLarge / (4 * kPi * radius));
    return;
  }
  const double at[3] = {centre.x / dx, centre.y / dx, centre.z / dx};
  const int n[3] = {grid.nx, grid.ny, grid.nz};
  const double half = half_edge(R);
  const std::array<Shares, 3> shares{Shares(at[0], half), Shares(at[1], half), Shares(at[2], half)};
  const std::array<Correlation, 3> self{Correlation(shares[0]), Correlation(shares[1]), Correlation(shares[2])};
  alone_ = static_cast<float>(1 / (4 * kPi * radius) - own_lattice_sum(self) / dx);
  const std::size_t voxel = grid.voxel_at(centre);
  const std::size_t stride[3] = {1, static_cast<std::size_t>(n[0]), static_cast<std::size_t>(n[0]) * n[1]};
  for (std::size_t a = 0; a < 3; ++a) {
    const auto image = [&](double plane) {
      const double position = 2 * plane - at[a], distance = std::abs(position - at[a]);
      if (distance >= kNear) return 0.0;
      const Correlation across(shares[a], Shares(position, half));
      const double sum = lattice_sum(a == 0 ? across : self[0], a == 1 ? across : self[1], a == 2 ? across : self[2]);
      return 1 / (4 * kPi * std::max(distance * dx, radius)) - sum / dx;
    };
    const auto here = static_cast<int>(voxel / stride[a] % n[a]);
    for (const int side : {0, 1}) {
      const int next = here + 2 * side - 1;
      const bool out = next < 0 || next >= n[a];
      if (out && box.periodic[a]) continue;
      const std::size_t face = 2 * a + side;
      if (!out) {
        const std::size_t beyond = voxel + next * stride[a] - here * stride[a];
        if (region_of_voxel[beyond] == region_of_voxel[voxel]) continue;
        beyond_[face] = region_of_voxel[beyond];
      } else {
        beyond_[face] = kWall;
      }
      images_[face] = static_cast<float>(image(here + side));
    }
  }
}

}  // namespace interstice
