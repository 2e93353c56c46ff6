/// @file
/// Painting of regions.
#include "engine/fields/regions.h"

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

}  // namespace

bool contains(const Shape& shape, Vec3 point) { return std::visit(Contains{point}, shape); }

void paint(RegionMap& map, const Grid& grid, RegionId region, const Shape& shape) {
  map.of_voxel.resize(grid.voxel_count(), 0);
  for (std::size_t voxel = 0; voxel < grid.voxel_count(); ++voxel) {
    if (contains(shape, grid.centre(voxel))) map.of_voxel[voxel] = static_cast<std::uint8_t>(region);
  }
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

std::vector<double> region_volumes(const RegionMap& map, const Grid& grid) {
  std::vector<std::size_t> voxels(map.regions.size(), 0);
  for (const std::uint8_t region : map.of_voxel) ++voxels[region];
  std::vector<double> volumes(map.regions.size());
  for (std::size_t r = 0; r < volumes.size(); ++r) {
    volumes[r] = static_cast<double>(voxels[r]) * map.regions[r].volume_fraction * grid.voxel_volume();
  }
  return volumes;
}

}  // namespace interstice
