/// @file
/// Painting of regions.
#include "engine/fields/regions.h"

#include <algorithm>
#include <cmath>

#include "engine/core/error.h"

namespace interstice {
namespace {

bool within(double x, double from, double to) { return x >= from && x < to; }

struct Contains {
  Vec3 p;

  bool operator()(const Everywhere&) const { return true; }
  bool operator()(const BoxShape& box) const {
    return within(p.x, box.from.x, box.to.x) && within(p.y, box.from.y, box.to.y) && within(p.z, box.from.z, box.to.z);
  }
  bool operator()(const CylinderShape& cylinder) const {
    const std::array<double, 3> q{p.x, p.y, p.z};
    const auto along = static_cast<std::size_t>(cylinder.axis);
    const double u = q[along == 0 ? 1 : 0] - cylinder.centre[0];
    const double v = q[along == 2 ? 1 : 2] - cylinder.centre[1];
    return within(q[along], cylinder.from, cylinder.to) && u * u + v * v <= cylinder.radius * cylinder.radius;
  }
  bool operator()(const SphereShape& sphere) const {
    const Vec3 d = p - sphere.centre;
    return dot(d, d) <= sphere.radius * sphere.radius;
  }
};

/// Voxels along one axis: [first, last).
struct Reach {
  int first = 0, last = 0;
};

/// Those whose centres lie between two places, both included, and maybe one more at each end.
Reach reach_of(double from, double to, double spacing, int voxels) {
  const double most = voxels;
  return {static_cast<int>(std::clamp(std::floor(from / spacing) - 1, 0.0, most)),
          static_cast<int>(std::clamp(std::ceil(to / spacing) + 1, 0.0, most))};
}

/// Where the voxels of a shape can be, along x, y and z.
struct Bounds {
  const Grid& grid;

  [[nodiscard]] std::array<Reach, 3> between(Vec3 from, Vec3 to) const {
    return {reach_of(from.x, to.x, grid.spacing.x, grid.nx), reach_of(from.y, to.y, grid.spacing.y, grid.ny),
            reach_of(from.z, to.z, grid.spacing.z, grid.nz)};
  }
  std::array<Reach, 3> operator()(const Everywhere&) const { return between({}, grid.size()); }
  std::array<Reach, 3> operator()(const BoxShape& box) const { return between(box.from, box.to); }
  std::array<Reach, 3> operator()(const CylinderShape& cylinder) const {
    const auto along = static_cast<std::size_t>(cylinder.axis);
    std::array<double, 3> from{}, to{};
    for (std::size_t axis = 0, other = 0; axis < 3; ++axis) {
      const double centre = axis == along ? 0 : cylinder.centre[other++];
      from[axis] = axis == along ? cylinder.from : centre - cylinder.radius;
      to[axis] = axis == along ? cylinder.to : centre + cylinder.radius;
    }
    return between({from[0], from[1], from[2]}, {to[0], to[1], to[2]});
  }
  std::array<Reach, 3> operator()(const SphereShape& sphere) const {
    const Vec3 radius{sphere.radius, sphere.radius, sphere.radius};
    return between(sphere.centre - radius, sphere.centre + radius);
  }
};

/// Shapes are convex: what of a row of voxels lies in one is a stretch, whose ends are found by looking from outside.
void paint_row(std::uint8_t* row, const Grid& grid, const Shape& shape, Reach x, int j, int k, std::uint8_t region) {
  const auto inside = [&](int i) { return contains(shape, grid.centre(grid.index(i, j, k))); };
  while (x.first < x.last && !inside(x.first)) ++x.first;
  while (x.first < x.last && !inside(x.last - 1)) --x.last;
  std::fill(row + x.first, row + std::max(x.first, x.last), region);
}

}  // namespace

bool contains(const Shape& shape, Vec3 point) { return std::visit(Contains{point}, shape); }

void paint(RegionMap& map, const Grid& grid, RegionId region, const Shape& shape) {
  map.of_voxel.resize(grid.voxel_count(), 0);
  if (std::holds_alternative<Everywhere>(shape)) {
    std::ranges::fill(map.of_voxel, static_cast<std::uint8_t>(region));
    return;
  }
  const auto [x, y, z] = std::visit(Bounds{grid}, shape);
  for (int k = z.first; k < z.last; ++k)
    for (int j = y.first; j < y.last; ++j)
      paint_row(&map.of_voxel[grid.index(0, j, k)], grid, shape, x, j, k, static_cast<std::uint8_t>(region));
}

void paint(RegionMap& map, const Grid& grid, RegionId region, std::span<const std::int64_t> labels,
           std::int64_t label) {
  if (labels.size() != grid.voxel_count()) {
    throw InputError("The label image has " + std::to_string(labels.size()) + " voxels (the grid has " +
                     std::to_string(grid.voxel_count()) + ") use an image with the grid's numbers of voxels");
  }
  map.of_voxel.resize(grid.voxel_count(), 0);
  for (std::size_t voxel = 0; voxel < labels.size(); ++voxel) {
    if (labels[voxel] == label) map.of_voxel[voxel] = static_cast<std::uint8_t>(region);
  }
}

std::vector<std::size_t> voxels_of_regions(const RegionMap& map) {
  std::vector<std::size_t> voxels(map.regions.size(), 0);
  std::size_t counted = 0;  // most grids have few regions, and counting one of them is quick
  for (std::size_t r = 0; r < voxels.size() && counted < map.of_voxel.size(); ++r)
    counted += voxels[r] = static_cast<std::size_t>(std::ranges::count(map.of_voxel, static_cast<std::uint8_t>(r)));
  return voxels;
}

std::vector<double> region_volumes(const RegionMap& map, const Grid& grid) {
  const std::vector<std::size_t> voxels = voxels_of_regions(map);
  std::vector<double> volumes(map.regions.size());
  for (std::size_t r = 0; r < volumes.size(); ++r) {
    volumes[r] = static_cast<double>(voxels[r]) * map.regions[r].volume_fraction * grid.voxel_volume();
  }
  return volumes;
}

}  // namespace interstice
