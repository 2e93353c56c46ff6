/// @file
/// Kernel of the ligand_sink model.
#pragma once

#include "engine/model/interaction_model.h"

namespace interstice::models {

const ModelDescriptor& ligand_sink();

/// What a step does to the ligand that one EV holds: bound -> keep * bound + gain * sites.
struct Binding {
  double keep = 1, gain = 0;
};

/// Reversible 1:1 binding of `free` molecules to sites that hold `bound`, all in one volume, over dt [s]; exact.
/// `kon` in 1/(molecule s), that is per concentration over the volume; `sites` > 0 counts free and taken ones.
Binding bind(double free, double bound, double sites, double kon, double koff, double dt);

}  // namespace interstice::models
