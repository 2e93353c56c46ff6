/// @file
/// Few large voxels in place of many small ones: how wide they are, and which region each of them belongs to.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "engine/fields/grid.h"
#include "engine/fields/regions.h"

namespace interstice {

/// Regions on a coarse grid over the same domain.
struct RegionLayout {
  Grid grid;
  std::vector<std::uint8_t> of_voxel;
  double misplaced = 0;  ///< share of the domain that lies in another region than before
  double contact = 0;    ///< faces between regions that came or went, in um^2 per um^2 of those before
  std::size_t torn = 0;  ///< pieces in which regions lie, beyond those before
  std::vector<std::pair<std::uint8_t, std::uint8_t>> parted{};  ///< regions that touched, and do so no more
};

/// What a choice of voxels goes by.
struct LayoutWishes {
  std::size_t most_voxels = 64;
  std::array<bool, 3> deep{};  ///< axes along which something comes in from outside: what lies how deep matters
  std::array<bool, 3> periodic{};
};

/// How many of `voxels` voxels each region gets for its volume: the largest remainder, one at least for each that has
/// any volume. Throws InputError where there are fewer voxels than such regions.
std::vector<std::size_t> whole_voxels(std::span<const double> volumes, std::size_t voxels);

/// Regions on these voxels: with the volumes that they had, as far as whole voxels allow, and of all such layouts one
/// that agrees with the original in most of the domain.
RegionLayout lay_out(const Grid& fine, const RegionMap& map, const Grid& coarse, const LayoutWishes& wishes);

/// The layout on at most so many voxels that keeps most: where regions lie, where they touch, how deep. Throws
/// InputError where there are more regions than voxels.
RegionLayout choose_layout(const Grid& fine, const RegionMap& map, const LayoutWishes& wishes);

/// Voxels from `from` to below `to`.
struct VoxelBox {
  std::array<int, 3> from{}, to{};
};

/// Boxes without overlap that hold just the voxels of a region.
std::vector<VoxelBox> boxes_of(const RegionLayout& layout, std::uint8_t region);

}  // namespace interstice
