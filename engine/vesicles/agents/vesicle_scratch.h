/// @file
/// Working memory of the vesicle stages; holds nothing that the results depend on.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/vesicles/agents/vesicle_map.h"

namespace interstice {

/// A vesicle that touched a cell and sticks if there is room.
struct Adsorption {
  std::uint32_t vesicle = 0, cell = 0;
  Vec3 on_surface;
};

/// A vesicle that left through an open face.
struct Departure {
  std::uint32_t vesicle = 0;
  std::uint8_t face = 0;
  float left_at = 0;  ///< in parts of the step
};

/// A fate, a row of kFates, that befell a vesicle.
struct VesicleEvent {
  std::uint32_t vesicle = 0;
  std::uint8_t fate = 0;
};

/// Of deposit_exposed_copies.
struct DepositScratch {
  /// A vesicle whose voxel belongs to another part than the vesicle.
  struct Elsewhere {
    std::uint32_t voxel = 0, vesicle = 0;
  };
  std::vector<std::uint32_t> borders;             ///< between the parts' voxels
  std::vector<std::vector<Elsewhere>> elsewhere;  ///< [from part][to part]
  std::vector<std::vector<double>> of_class;      ///< [ProteinId][voxel]
};

struct VesicleScratch {
  DepositScratch deposit;
  VesicleMap map;
  std::vector<float> dt_over_viscosity;              ///< per region [s]
  std::vector<Vec3> cell_moves;                      ///< displacements during the step [um]
  std::vector<std::vector<Adsorption>> adsorptions;  ///< per block of vesicles
  std::vector<std::vector<Departure>> departures;    ///< per block of vesicles
  std::vector<std::vector<VesicleEvent>> events;     ///< per block of vesicles
  std::vector<std::uint64_t> wanted;                 ///< per cell, real vesicles that touched it in this step
  std::vector<Adsorption> contested;                 ///< those that may not all find room
  std::vector<std::size_t> gone;                     ///< vesicles that leave the arrays
};

}  // namespace interstice
