/// @file
/// What a steady point source makes of the voxels around it: Green's function of the seven-point Laplacian.
#pragma once

#include <array>
#include <cstdint>

namespace interstice {

/// G(a, b, c), a to c in voxels: the steady concentration at that offset from a voxel which gives 1 per second, is
/// G/(D dx) in unbounded fluid. G(0, 0, 0) = 0.252731 (Watson, Quart. J. Math. 10, 1939), 1/(4 pi r) far away. Exact to
/// rounding up to 4 voxels along each axis, within 2e-4 of 1/(4 pi r) beyond.
[[nodiscard]] double lattice_green(std::int32_t a, std::int32_t b, std::int32_t c);

/// The same for a, b and c of 0 to kLatticeNear, ready to be summed over: [c][b][a].
constexpr std::int32_t kLatticeNear = 4;
using LatticeTable = std::array<std::array<std::array<double, kLatticeNear + 1>, kLatticeNear + 1>, kLatticeNear + 1>;
[[nodiscard]] const LatticeTable& lattice_green_near();

}  // namespace interstice
