/// @file
/// Right-hand side of the diffusion step: the unsplit operator as differences of face fluxes.
#pragma once

#include <cstddef>

namespace interstice {

/// Half a step times the conductances of the faces of a plane of voxels. Numbers per voxel are stored row by row; the
/// face of x is the one before the voxel, 0 at the walls, which the caller adds; so x has one more number at the end.
struct StencilFaces {
  const double* x = nullptr;
  const double* y = nullptr;  ///< the face below each voxel; one more row at the end
  const double* z_below = nullptr;
  const double* z_above = nullptr;
  const double* inverse_mass = nullptr;  ///< per voxel, null where volume fractions are 1
};

/// What the rows of a plane look at: all point at the first voxel of the plane.
struct StencilPlane {
  const double* c = nullptr;  ///< concentration now; the numbers before and after the rows may be read
  const double *before = nullptr, *after = nullptr;     ///< of the local change that goes into the right-hand side
  double share = 1;                                     ///< of that change in this substep
  const double *z_below = nullptr, *z_above = nullptr;  ///< planes beside it, or what lies beyond the walls
  const double *y_below = nullptr, *y_above = nullptr;  ///< a row before the first and one after the last
  double steps = 1;                                     ///< length of the step over that of the faces
  std::size_t nx = 1, ny = 1;
};

/// out <- share (after - before) + steps dt L c for rows [first_row, end_row) of a plane, without walls across x. If
/// `level`, inner rows take the faces of y and z from their first voxel: all are the same there.
void residual_rows(const StencilPlane& plane, const StencilFaces& faces, bool level, std::size_t first_row,
                   std::size_t end_row, double* out);

}  // namespace interstice
