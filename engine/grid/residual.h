/// @file
/// Right-hand side of the diffusion step: the unsplit operator as differences of face fluxes, one plane at a time.
#pragma once

#include <array>
#include <vector>

#include "engine/grid/conductance.h"

namespace interstice {

/// Concentration beyond each wall [uM]: once, and as a row of nx voxels.
struct Surroundings {
  std::array<double, 6> value{};
  std::array<std::vector<double>, 6> row;
};

/// out <- share + dt L c in plane k. The flux through a face has the same bits seen from both sides.
void residual_plane(const Grid& grid, const Conductance& conductance, const Surroundings& surroundings, double dt,
                    const double* c, const double* share, std::size_t k, double* out);

}  // namespace interstice
