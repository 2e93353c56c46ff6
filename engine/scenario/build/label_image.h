/// @file
/// Label images: which tissue each voxel is, as an integer per voxel. HDF5 integer arrays (z, y, x) are always read;
/// .vti images through VTK where the program was built with it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "engine/fields/grid.h"

namespace interstice {

/// One label per voxel of `grid`, x fastest. The image must have the grid's dimensions, or along each axis an integer
/// multiple (the commonest label of the covered pixels wins, the smallest at a tie) or an integer fraction (labels are
/// repeated); on voxels that are cubes not the one along one axis and the other along another. It fills the domain:
/// where the file states the size of a pixel (Spacing of a .vti, attribute element_size_um of an HDF5 array), that must
/// agree to 1 %. `dataset` is the path in
/// an HDF5 file ("" = the only dataset) or the array name of a .vti ("" = the only array). Throws InputError.
std::vector<std::int32_t> read_label_image(const std::filesystem::path& path, const std::string& dataset,
                                           const Grid& grid);

/// Whether .vti images can be read.
bool reads_vti();

}  // namespace interstice
