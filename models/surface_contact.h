/// @file
/// Kernel of the contact model, apart from the engine so that a test can call it with numbers.
#pragma once

#include "engine/model/interaction_model.h"

namespace interstice::models {

const ModelDescriptor& surface_contact();

/// What bound EVs have told a cell.
struct ContactState {
  double signal = 0;    ///< EVs felt, forgotten over signal_time [EV]
  double fast = 0;      ///< MyD88-dependent component
  double slow = 0;      ///< MyD88-independent component
  double monocyte = 0;  ///< licence L to act on other cells
};

struct ContactConstants {
  double half_signal;                           ///< K_EV [EV]
  double myd88;                                 ///< 1, or 0 for the knock-out
  double bound_time;                            ///< stay that counts as one EV [s]
  double signal_time, fast_time, slow_time;     ///< [s]
  double licence_gain_time, licence_loss_time;  ///< [s]
};

/// The state after `dt` [s] in which `bound` EVs sat on the cell on average.
ContactState contact_after(const ContactState& before, double bound, double dt, const ContactConstants& constants);

}  // namespace interstice::models
