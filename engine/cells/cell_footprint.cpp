#include "engine/cells/cell_footprint.h"

#include <algorithm>
#include <cmath>

#include "engine/cells/footprint_overlap.h"
#include "engine/core/constants.h"
#include "engine/fields/box_lattice.h"
#include "engine/fields/lattice_green.h"
#include "engine/fields/mirrors.h"

namespace interstice {
namespace {

constexpr double kLargest = 2.5;        ///< radius in coarsest edges above which this share is left of a sphere's:
constexpr double kLeftOfLarge = 0.247;  ///< within 0.004, however it lies
constexpr double kNear = 2;             ///< distance of images that count, in coarsest edges

constexpr std::size_t kMostShares = 8;  ///< of cubes up to kLargest, half edges are at most 3.2
using CubeShares = Shares<kMostShares>;
using CubeCorrelation = Correlation<kMostShares>;

/// sum_ij w_i w_j G(i - j) of a cube with itself.
double own_lattice_sum(const std::array<CubeCorrelation, 3>& self) {
  const auto& [x, y, z] = self;
  const LatticeTable& green = lattice_green_near();
  if (std::max({x.count, y.count, z.count}) > kLatticeNear + 1) return lattice_sum(x, y, z, lattice_green);
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
  const double at[3] = {centre.x / grid.spacing.x, centre.y / grid.spacing.y, centre.z / grid.spacing.z};
  const int n[3] = {grid.nx, grid.ny, grid.nz};
  for (std::size_t a = 0; a < 3; ++a) {
    Axis& axis = axis_[a];
    const double half = half_edge(radius / grid.spacing[a]);
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
  double product = 1;
  for (int a = 0; a < 3; ++a) product *= 2 * half_edge(radius / grid.spacing[a]) + 1;
  return product;
}

LeftResistance::LeftResistance(Vec3 centre, double radius, const Grid& grid, const Box& box,
                               std::span<const std::uint8_t> region_of_voxel) {
  if (radius / grid.coarsest() > kLargest)
    alone_ = static_cast<float>(kLeftOfLarge / (4 * kPi * radius));
  else if (grid.cubic())
    measure_among_cubes(centre, radius, grid, box, region_of_voxel);
  else
    measure_among_boxes(centre, radius, grid, box);
}

void LeftResistance::measure_among_cubes(Vec3 centre, double radius, const Grid& grid, const Box& box,
                                         std::span<const std::uint8_t> region_of_voxel) {
  const double dx = grid.spacing.x, R = radius / dx;
  const double at[3] = {centre.x / dx, centre.y / dx, centre.z / dx};
  const int n[3] = {grid.nx, grid.ny, grid.nz};
  const double half = half_edge(R);
  const std::array<CubeShares, 3> shares{CubeShares(at[0], half), CubeShares(at[1], half), CubeShares(at[2], half)};
  const std::array<CubeCorrelation, 3> self{CubeCorrelation(shares[0]), CubeCorrelation(shares[1]),
                                            CubeCorrelation(shares[2])};
  alone_ = static_cast<float>(1 / (4 * kPi * radius) - own_lattice_sum(self) / dx);
  const std::size_t voxel = grid.voxel_at(centre);
  const std::size_t stride[3] = {1, static_cast<std::size_t>(n[0]), static_cast<std::size_t>(n[0]) * n[1]};
  for (std::size_t a = 0; a < 3; ++a) {
    const auto lattice = [&](const CubeShares& here, const CubeShares& there) {
      const CubeCorrelation across(here, there);
      return lattice_sum(a == 0 ? across : self[0], a == 1 ? across : self[1], a == 2 ? across : self[2],
                         lattice_green) /
             dx;
    };
    const auto image = [&](double plane) {
      const double position = 2 * plane - at[a], distance = std::abs(position - at[a]);
      if (distance >= kNear) return 0.0;
      return 1 / (4 * kPi * std::max(distance * dx, radius)) - lattice(shares[a], CubeShares(position, half));
    };
    const auto fold = [&](int plane, bool upper) {
      const CubeShares inside = shares[a].below(plane, upper), outside = shares[a].below(plane, !upper);
      return 2 * (lattice(inside, outside.mirrored(plane)) - lattice(inside, outside));
    };
    const auto here = static_cast<int>(voxel / stride[a] % n[a]);
    for (const int side : {0, 1}) {
      const std::size_t face = 2 * a + side;
      const int end = side == 1 ? n[a] : 0;
      if (const double to_end = std::abs(at[a] - end); !box.periodic[a] && to_end < std::max(half, kNear / 2)) {
        beyond_[face] = kWall;
        images_[face] = static_cast<float>(image(end));
        if (to_end < half) folds_[face] = static_cast<float>(fold(end, side == 1));
        continue;
      }
      const int next = (here + 2 * side - 1 + n[a]) % n[a];
      const std::size_t region = region_of_voxel[voxel + (next - here) * stride[a]];
      if (region == region_of_voxel[voxel]) continue;
      beyond_[face] = static_cast<std::int16_t>(region);
      images_[face] = static_cast<float>(image(here + side));
    }
  }
}

namespace {

using BoxShares = Shares<Footprint::kMost>;
using BoxCorrelation = Correlation<Footprint::kMost>;

/// The cell along one axis, itself or mirrored, and how its shares overlap with the cell's.
struct AxisImage {
  Mirror mirror;
  BoxCorrelation overlap;
};

std::vector<AxisImage> images_along(int axis, Vec3 centre, double radius, const Grid& grid, const Box& box,
                                    double reach) {
  const double h = grid.spacing[axis], at = centre[axis] / h, half = half_edge(radius / h);
  const BoxShares shares(at, half);
  std::vector<AxisImage> images;
  for (const Mirror& mirror : mirrors_along(axis, at, grid, box, reach))
    images.push_back({mirror, BoxCorrelation(shares, BoxShares(mirror.of(at), half))});
  return images;
}

}  // namespace

void LeftResistance::measure_among_boxes(Vec3 centre, double radius, const Grid& grid, const Box& box) {
  const BoxLattice& lattice = BoxLattice::of(grid.spacing);
  const double coarsest = grid.coarsest(), reach = kNear * coarsest;
  const auto lack = [&](double away, const AxisImage& x, const AxisImage& y, const AxisImage& z) {
    const auto green = [&](std::int32_t a, std::int32_t b, std::int32_t c) { return lattice.green(a, b, c); };
    return 1 / (4 * kPi * std::max(away, radius)) - lattice_sum(x.overlap, y.overlap, z.overlap, green) / coarsest;
  };
  const auto along = [&](int axis) { return images_along(axis, centre, radius, grid, box, reach); };
  const auto xs = along(0), ys = along(1), zs = along(2);
  for (const AxisImage& z : zs)
    for (const AxisImage& y : ys)
      for (const AxisImage& x : xs) {
        const double away = norm({x.mirror.away, y.mirror.away, z.mirror.away});
        if (away >= reach) continue;
        if (x.mirror.itself() && y.mirror.itself() && z.mirror.itself())
          alone_ += static_cast<float>(lack(0, x, y, z));
        else
          add_image(x.mirror.faces | y.mirror.faces | z.mirror.faces, lack(away, x, y, z));
      }
}

void LeftResistance::add_image(std::uint32_t faces, double lack) {
  const auto same = std::ranges::find(mirrored_, faces, &Mirrored::faces);
  if (same != mirrored_.end())
    same->lack += static_cast<float>(lack);
  else
    mirrored_.push_back({faces, static_cast<float>(lack)});
}

}  // namespace interstice
