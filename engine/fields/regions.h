/// @file
/// Which tissue region a voxel belongs to: shapes or label images painted one over the other, decided at the voxel's
/// centre. Lengths in um.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <variant>
#include <vector>

#include "engine/core/ids.h"
#include "engine/core/vec3.h"
#include "engine/fields/grid.h"
#include "engine/fields/species.h"

namespace interstice {

struct Everywhere {};
struct BoxShape {
  Vec3 from, to;  ///< opposite corners [um]
};
struct CylinderShape {
  Axis axis = Axis::z;
  std::array<double, 2> centre{};  ///< of the other two axes, in the order x, y, z [um]
  double radius = 0;               ///< [um]
  double from = 0, to = 0;         ///< extent along the axis [um]
};
struct SphereShape {
  Vec3 centre;        ///< [um]
  double radius = 0;  ///< [um]
};
using Shape = std::variant<Everywhere, BoxShape, CylinderShape, SphereShape>;

/// Is the point inside? Lower borders belong to the shape, upper ones do not, so that touching boxes share no voxel.
[[nodiscard]] bool contains(const Shape& shape, Vec3 point);

/// Gives the voxels whose centre lies in the shape to `region`; later calls paint over earlier ones.
void paint(RegionMap& map, const Grid& grid, RegionId region, const Shape& shape);

/// The same for the voxels that carry `label` in a label image with one entry per voxel, x fastest.
void paint(RegionMap& map, const Grid& grid, RegionId region, std::span<const std::int64_t> labels, std::int64_t label);

/// How many voxels each region has.
[[nodiscard]] std::vector<std::size_t> voxels_of_regions(const RegionMap& map);

/// Extracellular volume of each region: sum of alpha V [um^3].
[[nodiscard]] std::vector<double> region_volumes(const RegionMap& map, const Grid& grid);

}  // namespace interstice
