/// @file
/// Doses of substances: at once, repeated, or infused over a time, into the fluid of regions and into reservoirs.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/core/ids.h"
#include "engine/sim/schedule.h"

namespace interstice {

struct Problem;
struct State;

struct SpeciesDose {
  SpeciesId species{};
  double concentration = 0;  ///< that all of it adds to what is dosed [uM]
  Nanoseconds at = 0;        ///< at once: given at the end of the step in which this falls; 0: before the first
  Nanoseconds over = 0;      ///< 0: at once; else evenly from `at` on for this long
  std::vector<std::uint8_t> in_region;
  std::vector<ReservoirId> reservoirs;
};

/// Gives what is given at once in [from, until), and books it.
void give_at_once(State& state, const Problem& problem, Nanoseconds from, Nanoseconds until);

/// Gives `part` of what is infused in [from, until), and books it: amounts are exact whatever the steps are. Half of it
/// before an interval of transport and half of it after keeps the second order in time.
void infuse(State& state, const Problem& problem, Nanoseconds from, Nanoseconds until, double part);

}  // namespace interstice
