#include "engine/sim/species_doses.h"

#include <algorithm>

#include "engine/core/constants.h"
#include "engine/fields/regions.h"
#include "engine/sim/problem.h"

namespace interstice {
namespace {

/// Adds a share of the dose.
void give(State& state, const Problem& problem, const SpeciesDose& dose, double share) {
  const double added = share * dose.concentration;
  const std::span<double> field = state.fields[dose.species];
  const std::vector<double> volumes = region_volumes(problem.regions, problem.grid);
  double volume = 0;
  for (std::size_t r = 0; r < volumes.size(); ++r) volume += dose.in_region[r] != 0 ? volumes[r] : 0;
  if (volume > 0)
    for (std::size_t v = 0; v < field.size(); ++v)
      if (dose.in_region[problem.regions.of_voxel[v]] != 0) field[v] += added;
  for (const ReservoirId r : dose.reservoirs) {
    state.reservoirs[index(r)].concentration[index(dose.species)] += added;
    volume += problem.reservoirs[index(r)].share();
  }
  state.budget.dosed[index(dose.species)] += added * volume * kMoleculesPerUmCubedPerMicromolar;
}

}  // namespace

void give_at_once(State& state, const Problem& problem, Nanoseconds from, Nanoseconds until) {
  for (const SpeciesDose& dose : problem.species_doses)
    if (dose.over == 0 && dose.at >= from && dose.at < until) give(state, problem, dose, 1);
}

void infuse(State& state, const Problem& problem, Nanoseconds from, Nanoseconds until, double part) {
  for (const SpeciesDose& dose : problem.species_doses) {
    const Nanoseconds begin = std::max(from, dose.at), end = std::min(until, dose.at + dose.over);
    if (begin < end)
      give(state, problem, dose, part * static_cast<double>(end - begin) / static_cast<double>(dose.over));
  }
}

}  // namespace interstice
