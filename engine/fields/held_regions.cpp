#include "engine/fields/held_regions.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "engine/core/constants.h"

namespace interstice {

HeldRegions::HeldRegions(const Grid& grid, const RegionMap& regions, std::span<const Species> species,
                         std::span<const Reservoir> reservoirs)
    : region_of_voxel_(regions.of_voxel) {
  for (const Region& region : regions.regions)
    voxel_.push_back(region.volume_fraction * grid.voxel_volume() * kMoleculesPerUmCubedPerMicromolar);
  for (const Reservoir& reservoir : reservoirs)
    reservoir_.push_back(reservoir.share() * kMoleculesPerUmCubedPerMicromolar);
  for (std::size_t s = 0; s < species.size(); ++s) {
    if (species[s].held.empty()) continue;
    Held& held = held_.emplace_back();
    held.species = static_cast<SpeciesId>(s);
    for (std::uint32_t v = 0; v < regions.of_voxel.size(); ++v)
      if (const double value = species[s].held[regions.of_voxel[v]]; !std::isnan(value)) {
        held.voxels.push_back(v);
        held.value.push_back(value);
      }
  }
}

/// Summed in stretches, so that rounding does not grow with the number of voxels.
double HeldRegions::molecules(SpeciesId species, std::span<const double> field,
                              std::span<const ReservoirState> reservoirs) const {
  constexpr std::size_t kStretch = 512;
  double total = 0;
  for (std::size_t r = 0; r < reservoirs.size(); ++r)
    total += reservoir_[r] * reservoirs[r].concentration[index(species)];
  for (std::size_t begin = 0; begin < field.size(); begin += kStretch) {
    double sum = 0;
    for (std::size_t v = begin; v < std::min(field.size(), begin + kStretch); ++v)
      sum += field[v] * voxel_[region_of_voxel_[v]];
    total += sum;
  }
  return total;
}

void HeldRegions::hold(FieldSet& fields, Budget& budget) const {
  for (const Held& held : held_) {
    const std::span<double> field = fields[held.species];
    double inflow = 0;
    for (std::size_t k = 0; k < held.voxels.size(); ++k) {
      double& c = field[held.voxels[k]];
      inflow += (held.value[k] - c) * voxel_[region_of_voxel_[held.voxels[k]]];
      c = held.value[k];
    }
    budget.through_boundary[index(held.species)] += inflow;
  }
}

namespace {

/// What the budget knows to have come and gone, beside what passed walls [molecules].
double given(const Budget& budget, SpeciesId species) {
  const std::size_t s = index(species);
  return budget.secreted[s] - budget.taken_up[s] - budget.decayed[s];
}

}  // namespace

void HeldRegions::begin(std::span<const SpeciesId> species, const FieldSet& fields, FieldSet& reacted,
                        std::span<const ReservoirState> reacted_reservoirs, const Budget& budget) {
  for (Held& held : held_) {
    if (std::ranges::find(species, held.species) == species.end()) continue;
    const bool reacts = reacted.field(held.species).size() > 0;
    const std::span<const double> field = reacts ? std::as_const(reacted)[held.species] : fields[held.species];
    held.before = molecules(held.species, field, reacted_reservoirs) - budget.through_boundary[index(held.species)] -
                  given(budget, held.species);
    held.reacted.clear();
    for (std::size_t k = 0; reacts && k < held.voxels.size(); ++k)
      held.reacted.push_back(std::exchange(reacted[held.species][held.voxels[k]], held.value[k]));
  }
}

void HeldRegions::end(std::span<const SpeciesId> species, FieldSet& fields, std::span<const ReservoirState> reservoirs,
                      std::span<std::vector<float>> supply, double dt, Budget& budget) const {
  for (const Held& held : held_) {
    if (std::ranges::find(species, held.species) == species.end()) continue;
    const std::span<double> field = fields[held.species];
    for (std::size_t k = 0; k < held.voxels.size(); ++k) field[held.voxels[k]] = held.value[k];
    for (std::size_t k = 0; k < held.reacted.size() && !supply[index(held.species)].empty(); ++k)
      supply[index(held.species)][held.voxels[k]] = static_cast<float>((held.value[k] - held.reacted[k]) / dt);
    budget.through_boundary[index(held.species)] =
        molecules(held.species, field, reservoirs) - held.before - given(budget, held.species);
  }
}

}  // namespace interstice
