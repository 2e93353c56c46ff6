/// @file
/// A declared chemistry made ready to run: split into clusters of species that react with each other, with the rate
/// laws of one voxel, which the stiff solver uses and from which the batch kernels (reaction_batch.h) must not differ.
/// Concentrations in uM, time in s.
///
/// Everything that happens in a voxel is an extent x >= 0 [uM]: one per channel, then uptake and decay per species.
/// Concentrations only change by N x + source, so whatever N conserves is conserved to rounding.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/core/ids.h"
#include "engine/fields/chemistry.h"
#include "engine/fields/species.h"

namespace interstice {

/// A way in which species turn into others. Reactions of the same law, constants and stoichiometry share a channel (the
/// same enzyme on cells and on vesicles, say): their strengths add, and their extents are in proportion to these.
/// Species are indices into the cluster.
struct Channel {
  struct Term {
    int species = 0;
    double coefficient = 0;
    bool operator==(const Term&) const = default;
  };
  /// What all members have in common.
  struct Kind {
    Reaction::Law law = Reaction::Law::mass_action;
    std::vector<Term> orders;  ///< mass action: exponent of each reactant
    std::vector<Term> net;     ///< net change per extent
    int substrate = 0;
    double Km = 1;                 ///< [uM]
    std::vector<Term> inhibitors;  ///< Km/Ki
    double n = 1, K_to_n = 1;      ///< Hill
    bool operator==(const Kind&) const = default;
  };
  /// rate = factor * shape(c); factor = (constant + per_copy * copies/(alpha V)) where the reaction runs, else 0.
  struct Member {
    std::size_t reaction = 0;       ///< in the chemistry
    double constant = 0;            ///< k or vmax
    double per_copy = 0;            ///< kcat [1/s]
    std::vector<double> in_region;  ///< 1 or 0 per region
    double in_reservoirs = 1;       ///< 1 or 0
  };
  Kind kind;
  std::vector<Member> members;
};

/// Share of an extent in the change of a species.
struct ExtentTerm {
  std::uint32_t extent = 0;
  double coefficient = 0;  ///< positive
};

/// Species that react with each other, and how. A lone species has no channels. Extents are numbered channels first,
/// then the uptake of each species, then the decay of each. Species that diffuse are `carried`: secretion, uptake and
/// decay act on them while they do, and the reactions see of it only what it brought in the last interval.
struct Cluster {
  std::vector<SpeciesId> species;
  std::vector<Channel> channels;
  std::vector<std::uint8_t> carried;                   ///< per species
  std::vector<double> decay;                           ///< [1/s]; 0 of those that are carried
  std::vector<std::vector<ExtentTerm>> losses, gains;  ///< per species: N by columns

  [[nodiscard]] std::size_t size() const { return species.size(); }
  [[nodiscard]] std::size_t extents() const { return channels.size() + 2 * species.size(); }
};

/// Splits the chemistry: species that share a reaction, as reactants, products or inhibitors, stay together. Those that
/// diffuse and do not react are left out.
[[nodiscard]] std::vector<Cluster> make_clusters(const Chemistry& chemistry, std::span<const Species> species,
                                                 std::size_t region_count);

/// What the surroundings do to the cluster in one voxel.
struct LocalConditions {
  const double* factor = nullptr;             ///< per channel
  const double* source = nullptr;             ///< per species [uM/s]
  const double* uptake = nullptr;             ///< per species [1/s]
  const double* inverse_uptake_Km = nullptr;  ///< per species [1/uM]; 0 = linear
};

/// s^n for s >= 0, without a call for the usual exponents.
[[nodiscard]] double rate_power(double s, double n);

/// x <- rates of all extents at c [uM/s].
void rates(const Cluster& cluster, const LocalConditions& local, const double* c, double* x);

/// change <- N x.
void change_of(const Cluster& cluster, const double* x, double* change);

/// dx <- derivatives of the rates by concentration [1/s]: of the channels [channel][species], then of each species'
/// uptake and each species' decay by its own concentration.
void rate_derivatives(const Cluster& cluster, const LocalConditions& local, const double* c, double* dx);

}  // namespace interstice
