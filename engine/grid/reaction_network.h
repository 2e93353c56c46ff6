/// @file
/// A declared chemistry made ready to run: split into clusters of species that react with each other, with rate laws
/// evaluated for W voxels at once (W = 1 for the stiff solver). Concentrations in uM, time in s.
///
/// Everything that happens in a voxel is an extent x >= 0 [uM]: one per reaction, then uptake and decay per species.
/// Concentrations only change by N x + source, so whatever N conserves is conserved to rounding.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "engine/core/ids.h"
#include "engine/grid/chemistry.h"
#include "engine/grid/species.h"

namespace interstice {

/// One reaction of a cluster. Species are indices into the cluster.
struct ClusterReaction {
  struct Term {
    int species = 0;
    double coefficient = 0;
  };
  std::size_t id = 0;  ///< in the chemistry
  Reaction::Law law = Reaction::Law::mass_action;
  std::vector<Term> orders;  ///< mass action: exponent of each reactant
  std::vector<Term> net;     ///< net change per extent
  int substrate = 0;
  double Km = 1;                 ///< [uM]
  std::vector<Term> inhibitors;  ///< Km/Ki
  double n = 1, K_to_n = 1;      ///< Hill

  /// rate = factor * shape(c); factor = (constant + per_copy * copies/(alpha V)) where the reaction runs, else 0.
  double constant = 0;            ///< k or vmax
  double per_copy = 0;            ///< kcat [1/s]
  std::vector<double> in_region;  ///< 1 or 0 per region
};

/// Species that react with each other, and their reactions. A lone species has none.
struct Cluster {
  std::vector<SpeciesId> species;
  std::vector<ClusterReaction> reactions;
  std::vector<double> decay;  ///< [1/s]

  [[nodiscard]] std::size_t size() const { return species.size(); }
  [[nodiscard]] std::size_t extents() const { return reactions.size() + 2 * species.size(); }
};

/// Splits the chemistry: species that share a reaction, as reactants, products or inhibitors, stay together.
[[nodiscard]] std::vector<Cluster> make_clusters(const Chemistry& chemistry, std::span<const Species> species,
                                                 std::size_t region_count);

/// What the surroundings do to the cluster in W voxels: arrays [index][W].
struct LocalConditions {
  const double* factor = nullptr;             ///< per reaction
  const double* source = nullptr;             ///< per species [uM/s]
  const double* uptake = nullptr;             ///< per species [1/s]
  const double* inverse_uptake_Km = nullptr;  ///< per species, the same in all voxels [1/uM]; 0 = linear
};

/// x <- rates of all extents at c [uM/s].
template <std::size_t W>
void rates(const Cluster& cluster, const LocalConditions& local, const double* c, double* x);

/// change <- N x.
template <std::size_t W>
void change_of(const Cluster& cluster, const double* x, double* change);

/// dx <- derivatives of the rates by concentration for one voxel [1/s]: of the reactions [reaction][species], then of
/// each species' uptake and each species' decay by its own concentration.
void rate_derivatives(const Cluster& cluster, const LocalConditions& local, const double* c, double* dx);

extern template void rates<1>(const Cluster&, const LocalConditions&, const double*, double*);
extern template void change_of<1>(const Cluster&, const double*, double*);

/// The same for kBatch voxels, vectorised.
inline constexpr std::size_t kBatch = 64;
void batch_rates(const Cluster& cluster, const LocalConditions& local, const double* c, double* x);
void batch_change_of(const Cluster& cluster, const double* x, double* change);

}  // namespace interstice
