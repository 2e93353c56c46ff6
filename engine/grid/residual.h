/// @file
/// Right-hand side of the diffusion step: the unsplit operator as differences of face fluxes, one plane at a time.
#pragma once

#include <array>
#include <vector>

#include "engine/grid/conductance.h"

namespace interstice {

/// A padded row of the concentration beyond each wall across y and z [uM]. Beyond those across x: the ghosts of c.
using Surroundings = std::array<std::vector<double>, 6>;

/// out <- share + steps dt L c in plane k, dt the substep of the factors; c, share and out padded. The flux through a
/// face has the same bits seen from both sides.
void residual_plane(const Conductance& conductance, const SubstepFactors& factors, const Surroundings& surroundings,
                    double steps, const double* c, const double* share, std::size_t k, double* out);

}  // namespace interstice
