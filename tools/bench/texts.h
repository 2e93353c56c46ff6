/// @file
/// The scenarios that are measured, as YAML text, for any number of voxels, species, vesicles and cells.
#pragma once

#include <cstdint>
#include <string>

namespace interstice::bench {

enum class Tissue { uniform, two_regions };

/// Species that diffuse and decay; `diffusivity` [um^2/s] is that of the fastest in the fluid, `dt` [s] a transport
/// interval. In two regions every species is 2.5 times slower in one half of the box.
std::string fields_text(std::uint64_t voxels, int species, Tissue tissue, double diffusivity, double dt);

/// Vesicles alone in a closed box of fluid.
std::string free_vesicles_text(std::uint64_t vesicles, std::uint64_t voxels);

/// whole_dose.yaml with other numbers: every kind of object at once. All stages are due at every step, which never end.
std::string tissue_text(std::uint64_t voxels, std::uint64_t vesicles, std::uint64_t cells);

/// Cells that sense, change state and follow gradients: neutrophils, and macrophages for a tenth of them.
std::string walking_cells_text(std::uint64_t cells, std::uint64_t voxels);

/// Voxels along an edge of the cube that comes closest to `voxels`.
int edge(std::uint64_t voxels);

}  // namespace interstice::bench
