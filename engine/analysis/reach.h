/// @file
/// How far the excess of a substance over the paired run reaches from a region, and the screening length to compare it
/// with.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/analysis/profile_shape.h"

namespace interstice {

/// What a reach is read from: a profile, and what is needed to know how fast the substance is lost.
struct ReachSpec {
  ProfileShells profile;
  double diffusivity = 0;  ///< mean over the fluid outside the region [um^2/s]
  std::string species;
  std::vector<std::pair<std::string, double>> consumed;   ///< reactions that take it: column, molecules per event
  std::vector<std::pair<std::string, double>> elsewhere;  ///< reservoirs: column [uM], molecules per uM
};

/// Share of the excess that the reach holds.
inline constexpr double kReachShare = 0.9;

/// The distance within which kReachShare of the excess of `run` over `reference` lies, as mean over [from, until]
/// (distance_holding). Empty where there is no excess.
std::optional<double> reach(const SeriesTable& run, const SeriesTable& reference, const ReachSpec& spec, double from,
                            double until);

/// Rate [1/s] at which a molecule that is there is lost, over [from, until] of the run: to cells, per molecule in the
/// patch, and by decay and reactions, per molecule in patch and reservoirs. Empty where none is there.
std::optional<double> clearance_rate(const SeriesTable& run, const ReachSpec& spec, double from, double until);

}  // namespace interstice
