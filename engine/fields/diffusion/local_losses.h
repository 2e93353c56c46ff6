/// @file
/// What losses take of a gain in a substep, voxel by voxel. The scheme is told in local_terms.h.
#pragma once

#include <cstddef>
#include <vector>

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

/// Losses that differ from place to place: decay, which is the same everywhere, and uptake.
class PlaceLosses {
 public:
  /// For substeps of h [s]. Rates [1/s]: of decay, of uptake at low concentrations per place, and at which voxels lose
  /// to their neighbours at most. `most`: uptake per place when saturated [uM/s]; empty if it does not saturate.
  void prepare(double h, double decay, double out, const std::vector<double>& uptake, const std::vector<double>& most);
  /// gain <- gain + source h - losses, for n voxels that lie at one piece in `c` and `gain`, as their places do from
  /// `place` on.
  [[nodiscard]] Taken take(bool no_more, std::size_t place, std::size_t n, const double* source, const double* c,
                           double* gain) const;

 private:
  double h_ = 0, decay_h_ = 0, out_h_ = 0;
  std::vector<double> of_now_, of_gain_, of_kept_, of_decay_;  ///< of FirstOrderLoss; share of decay
  std::vector<double> most_h_, Km_;                            ///< or, of uptake that saturates [uM]
};

}  // namespace interstice
