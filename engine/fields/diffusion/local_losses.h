/// @file
/// What losses take of a gain in a substep, voxel by voxel. The scheme is told in local_terms.h.
#pragma once

#include <cstddef>

namespace interstice {

/// (1 - e^-x)/x, the mean of e^-xt over t from 0 to 1.
[[nodiscard]] double mean_of_decay(double x);
/// theta(x) = (1/phi(x) - 1)/x, phi = mean_of_decay: the weight of the gain in the mean.
[[nodiscard]] double weight_of_gain(double x);

/// Amounts [uM].
struct Taken {
  double decayed = 0, taken_up = 0;

  Taken& operator+=(const Taken& more) {
    decayed += more.decayed;
    taken_up += more.taken_up;
    return *this;
  }
};

/// A loss k h per substep, ready to be taken: taken = max(of_now c + of_gain g, of_kept c, 0).
struct FirstOrderLoss {
  FirstOrderLoss() = default;
  /// out_h: what leaves to the neighbours per substep, relative.
  FirstOrderLoss(double k_h, double out_h);
  [[nodiscard]] double taken(double c, double gain) const;
  /// Takes of n voxels, at most what is there and comes if `no_more`: gain <- gain - taken. Returns the sum.
  [[nodiscard]] double take(bool no_more, const double* c, std::size_t n, double* gain) const;

  double of_now = 0, of_gain = 0, of_kept = 0;
};

/// Losses that differ from voxel to voxel: of decay, which is the same everywhere, and of what cells and models take
/// up.
struct PlaceLosses {
  double h = 0;          ///< substep [s]
  double decay = 0;      ///< [1/s]
  double out = 0;        ///< at which voxels lose to their neighbours at most [1/s]
  bool no_more = false;  ///< at most what is there and comes

  /// gain <- gain + source h - losses, for n voxels: source [uM/s], uptake [1/s]. Returns the sum of what was lost.
  [[nodiscard]] Taken take(std::size_t n, const double* source, const double* uptake, const double* c,
                           double* gain) const;
  /// The same of uptake that saturates: `uptake` at low concentrations, at most `most` [uM/s].
  [[nodiscard]] Taken take_saturably(std::size_t n, const double* source, const double* uptake, const double* most,
                                     const double* c, double* gain) const;
};

}  // namespace interstice
