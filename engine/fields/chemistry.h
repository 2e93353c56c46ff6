/// @file
/// Declared reaction networks: what turns into what, and how fast. Concentrations in uM, time in s.
#pragma once

#include <limits>
#include <string>
#include <vector>

#include "engine/core/ids.h"

namespace interstice {

/// Competitive inhibitor: Km is multiplied by (1 + sum [I]/Ki).
struct Inhibitor {
  SpeciesId species{};
  double Ki = 1;  ///< [uM]
};

/// rate = k * prod c^order over the reactants [uM/s].
struct MassAction {
  double k = 0;  ///< [uM^(1-order)/s]
};

/// rate = (vmax + kcat * copies/(alpha V)) * S / (Km (1 + sum I/Ki) + S) [uM/s]; copies come from agents, per voxel.
struct MichaelisMenten {
  SpeciesId substrate{};
  double vmax = 0;  ///< lumped, everywhere [uM/s]
  double kcat = 0;  ///< per copy [1/s]
  double Km = 1;    ///< [uM]
  std::vector<Inhibitor> inhibitors;
};

/// rate = vmax * S^n / (K^n + S^n) [uM/s].
struct HillRate {
  SpeciesId substrate{};
  double vmax = 0, K = 1, n = 1;
};

struct Stoichiometry {
  SpeciesId species{};
  int coefficient = 1;  ///< positive
};

/// When a reaction runs: from `from` to `until`, at a strength that halves every `half_life` [s].
struct ReactionTiming {
  double from = 0, until = std::numeric_limits<double>::infinity();
  double half_life = std::numeric_limits<double>::infinity();

  [[nodiscard]] bool always() const;
  /// Mean strength over [time, time + dt], relative to that at `from`.
  [[nodiscard]] double mean_strength(double time, double dt) const;
};

struct Reaction {
  enum class Law { mass_action, michaelis_menten, hill };
  std::string name;
  std::vector<Stoichiometry> reactants, products;
  Law law = Law::mass_action;
  MassAction mass_action;
  MichaelisMenten michaelis_menten;
  HillRate hill;
  std::string enzyme;           ///< surface protein whose copies on cells catalyse it ("" for none)
  std::vector<bool> in_region;  ///< per region; empty = everywhere
  bool in_reservoirs = true;
  ReactionTiming timing;
};

struct Chemistry {
  std::vector<Reaction> reactions;  ///< indexed by ReactionId

  /// strength <- mean strength of every reaction over [time, time + dt]; none where all always run.
  void mean_strengths(double time, double dt, std::vector<double>& strength) const;
};

}  // namespace interstice
