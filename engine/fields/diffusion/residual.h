/// @file
/// The unsplit operator as differences of face fluxes, in double precision.
#pragma once

#include <cstddef>

#include "engine/fields/diffusion/diffusion_operator.h"

namespace interstice {

/// What the rows of a plane look at: all point at the first voxel of the plane.
struct StencilPlane {
  const double* c = nullptr;  ///< concentration; the numbers before and after the rows may be read
  const double *before = nullptr, *after = nullptr;     ///< of the local change that goes into the sum; or null
  double share = 1;                                     ///< of that change
  const double *z_below = nullptr, *z_above = nullptr;  ///< planes beside it, or what lies beyond the walls
  const double *y_below = nullptr, *y_above = nullptr;  ///< a row before the first and one after the last
  double dt = 0;                                        ///< [s]
  std::size_t nx = 1, ny = 1;
};

/// out <- share (after - before) + dt L c for rows [first_row, end_row) of a plane, without walls across x. `out` is
/// where the first of these rows goes. Of c only these rows and those beside them need be there.
void residual_rows(const StencilPlane& plane, const PlaneFaces<double>& faces, std::size_t first_row,
                   std::size_t end_row, double* out);

}  // namespace interstice
