/// @file
/// Profiles: which shell each voxel belongs to.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "engine/core/constants.h"
#include "engine/scenario/build/build_problem.h"

namespace interstice {

void build_profiles(const BuildContext& context, Problem& problem) {
  constexpr double kMostShells = 1000;  // each is a column of the time series
  const Value& profiles = context.root["profiles"];
  if (!profiles.sound() || context.complained("regions") || context.complained("domain")) return;
  for (std::size_t i = 0; i < profiles.items.size(); ++i) {
    const Value& v = profiles.items[i];
    Profile profile;
    profile.name = profiles.keys[i];
    profile.width = v["width"].number;
    if (const auto s = key_index(context.root["species"], v["species"].text)) profile.species = SpeciesId(*s);
    std::array<bool, 3> periodic{};
    for (std::size_t axis = 0; axis < 3; ++axis) periodic[axis] = problem.walls[2 * axis] == Wall::periodic;
    const auto away =
        distances_from(region_mask(context, v["around"]), problem.regions.of_voxel, problem.grid, periodic);
    const double farthest = std::ceil(*std::ranges::max_element(away) / profile.width - 1e-9);
    if (!(farthest <= kMostShells)) {
      context.report(v, std::isfinite(farthest)
                            ? fmt::format("{:.0f} shells are more than {} use a larger width", farthest, kMostShells)
                            : "the regions that it goes around hold no voxel (others are painted over them)");
      return;
    }
    for (const double distance : away)
      profile.of_voxel.push_back(static_cast<std::uint16_t>(std::ceil(distance / profile.width - 1e-9)));
    for (const Region& region : problem.regions.regions)
      profile.molecules_per_uM.push_back(region.volume_fraction * problem.grid.voxel_volume() *
                                         kMoleculesPerUmCubedPerMicromolar);
    problem.profiles.push_back(std::move(profile));
  }
}

}  // namespace interstice
