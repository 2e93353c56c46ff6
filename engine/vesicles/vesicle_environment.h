/// @file
/// What surrounds the vesicles and does not change while they move: tissue, walls, classes, cell types, noise.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "engine/cells/cell_type.h"
#include "engine/cells/cells.h"
#include "engine/core/box.h"
#include "engine/core/constants.h"
#include "engine/core/noise.h"
#include "engine/fields/grid.h"
#include "engine/fields/species.h"
#include "engine/vesicles/vesicles.h"

namespace interstice {

/// Equilibrium density of vesicles per volume of tissue, relative to free fluid.
inline double vesicle_capacity(const Region& region) { return region.volume_fraction * region.vesicle_partition; }

/// How many vesicles find room on a cell.
inline double site_count(const Cells& cells, std::size_t cell, std::span<const CellType> types) {
  const double R = cells.radius[cell];
  return types[index(cells.type[cell])].contact.sites_per_area * 4 * kPi * R * R;
}

struct VesicleEnvironment {
  const Grid* grid = nullptr;
  const RegionMap* regions = nullptr;
  Box box;
  /// Per face, of its partially absorbing plane D dc/dz = kappa c [um/s]: 0 closed, infinite a perfect sink.
  std::array<double, 6> reactivity{};
  std::array<int, 6> reservoir_of_face{-1, -1, -1, -1, -1, -1};  ///< index into reservoirs, -1 for none
  std::span<const Reservoir> reservoirs;
  std::span<const VesicleClass> classes;
  std::span<const CellType> cell_types;
  Noise noise;
};

/// The interval that a stage works on.
struct VesicleStep {
  std::uint64_t step = 0;
  double time = 0;  ///< start [s]
  double dt = 0;    ///< length [s]
};

}  // namespace interstice
