/// @file
/// What an interval does to a change of concentration, as a series in hops between neighbours.
///
/// Let h be a substep, L the diffusion operator less what is taken up voxel by voxel, and a = h times the decay that is
/// the same everywhere. With q at least h times the largest rate at which a voxel loses, P = 1 + h L/q has no negative
/// element: it is one hop to a neighbour, and
///
///   y = h L - a = q (P - 1) - a,   phi2(y) = int_0^1 (1 - t) e^(y t) dt = sum_k w_k P^k,
///   w_k = int_0^1 (1 - t) e^-(q + a)t (q t)^k/k! dt
///
/// (uniformisation: hops are a Poisson process of rate q; Jensen, Skand. Aktuarietidskr. 36, 1953). All w_k are
/// positive, so that nothing turns negative. Slow decay, a <= 1, goes into L; then the Poisson numbers behind the
/// weights are cut at q + 2.1 sqrt(q) + 2 hops, 2.2 where q is at most 2, and multiplied by a parabola that gives back
/// their sum and mean, and to level fields their decay: a spill into one voxel is right within 0.9 % of its largest
/// value after the substep, a source switched on within 0.13 %; less the longer the substep, within 0.4 and 0.11 %
/// where q is at most 2. Other series end where nothing is left.
#pragma once

#include <vector>

namespace interstice {

struct HopSeries {
  double q = 1;                ///< hops that a voxel makes on average
  float kept = 1;              ///< of what makes a hop: the rest decays
  std::vector<float> weights;  ///< w_k, k = 0, 1, ...; two at least
};

/// For voxels that lose up to `lost` (some hundred at most) and decay by `decayed` in the substep, both relative and at
/// least 0.
[[nodiscard]] HopSeries hop_series(double lost, double decayed);

}  // namespace interstice
