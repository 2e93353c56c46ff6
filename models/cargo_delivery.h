/// @file
/// Kernels of the cargo model, apart from the engine so that a test can call them with numbers.
#pragma once

#include "engine/model/interaction_model.h"

namespace interstice::models {

const ModelDescriptor& cargo_delivery();

/// Cytosolic copies after `dt` [s] of C' = -rate C with `delivered` copies arriving evenly over dt; rate in [1/s].
double cargo_after(double copies, double delivered, double rate, double dt);

/// Response of the cell to `copies` in its cytosol, in [0, 1].
double cargo_response(double copies, double threshold, double exponent);

}  // namespace interstice::models
