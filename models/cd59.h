/// @file
/// Kernels of the cd59 model.
#pragma once

#include "engine/model/interaction_model.h"

namespace interstice::models {

const ModelDescriptor& cd59();

struct Cd59Constants {
  double capture = 25.8;          ///< C5b-7 caught per EV [um^3/s]
  double membrane_area = 0.0477;  ///< of an EV [um^2]
  double kinh = 9e-4;             ///< stops C5b-8 per CD59 density [um^2/s]
  double k9a = 0.01;              ///< first C9 binds to C5b-8 [1/s]
  double rupture_after = 1;       ///< pores that an EV survives less one
  double transferable = 0.1;      ///< share of an EV's CD59 that moves to cells
  double transfer_rate = 9.6e-5;  ///< of that share, while adsorbed [1/s]
  double contact_area = 0.01;     ///< of an adsorbed EV and its cell [um^2]
};

/// Probability that a complex is stopped before its first C9 where `copies` CD59 share a membrane of `area` [um^2].
inline double block_probability(double copies, double area, const Cd59Constants& k) {
  const double stops = k.kinh * copies / area;
  return stops / (stops + k.k9a);
}

/// Poisson number for a uniform u in (0, 1), by inversion; for means of up to about 10.
int poisson_of(double mean, double none, double u);

}  // namespace interstice::models
