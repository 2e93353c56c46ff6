/// @file
/// Profiles: which shell each voxel belongs to.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "engine/core/constants.h"
#include "engine/scenario/build/build_problem.h"

namespace interstice {

namespace {

/// What is looked at.
void look_at(const BuildContext& context, const Value& v, Profile& profile) {
  if (v.has("species") == v.has("vesicles"))
    context.report(v, "needs either a species or vesicles (what is looked at)");
  if (v.has("states") && v.has("species")) context.report(v["states"], "a species has no states (vesicles have)");
  if (const auto s = key_index(context.root["species"], v["species"].text)) profile.species = SpeciesId(*s);
  if (!v.has("vesicles")) return;
  profile.vesicles = VesicleClassId(key_index(context.root["vesicles"], v["vesicles"].text).value_or(0));
  for (const auto& [word, state] :
       {std::pair("free", VesicleState::free), std::pair("adsorbed", VesicleState::adsorbed),
        std::pair("endosomal", VesicleState::endosomal)})
    if (!v.has("states") ||
        std::ranges::any_of(v["states"].items, [&](const Value& name) { return name.text == word; }))
      profile.states.push_back(state);
}

Profile::Face face_of(const std::string& name, double width, const Grid& grid) {
  const int axis = name.front() - 'x';
  const Vec3 size = grid.size();
  const double length = axis == 0 ? size.x : axis == 1 ? size.y : size.z;
  const double shells = std::max(1.0, std::ceil(length / width - 1e-9));
  return {axis, name.ends_with("_min") ? 0 : length, static_cast<std::size_t>(shells),
          std::min(1.0, length / width - (shells - 1))};
}

/// Of every voxel's centre [um], from the regions or below the face.
std::vector<double> distances(const BuildContext& context, const Value& v, const Profile& profile,
                              const Problem& problem) {
  if (v.has("around")) {
    std::array<bool, 3> periodic{};
    for (std::size_t axis = 0; axis < 3; ++axis) periodic[axis] = problem.walls[2 * axis] == Wall::periodic;
    return distances_from(region_mask(context, v["around"]), problem.regions.of_voxel, problem.grid, periodic);
  }
  std::vector<double> depth;
  for (std::size_t k = 0; k < problem.grid.voxel_count(); ++k) {
    const Vec3 p = problem.grid.centre(k);
    const int axis = profile.below->axis;
    depth.push_back(std::abs((axis == 0 ? p.x : axis == 1 ? p.y : p.z) - profile.below->at));
  }
  return depth;
}

/// Width of shells that all hold voxels [um].
double narrowest(const Profile& profile, const Grid& grid) {
  return profile.below ? grid.spacing[profile.below->axis] : grid.coarsest();
}

/// Species, and vesicles that are counted, have no finer place than their voxel.
bool too_narrow(const Profile& profile, const Problem& problem) {
  if (profile.width >= narrowest(profile, problem.grid) * (1 - 1e-9)) return false;
  if (!profile.below || !profile.vesicles) return true;
  const std::size_t klass = index(*profile.vesicles);
  return klass < problem.vesicle_classes.size() && problem.vesicle_classes[klass].counted &&
         std::ranges::find(profile.states, VesicleState::free) != profile.states.end();
}

}  // namespace

void build_profiles(const BuildContext& context, Problem& problem) {
  constexpr double kMostShells = 1000;  // each is a column of the time series
  const Value& profiles = context.root["profiles"];
  if (!profiles.sound() || context.complained("regions") || context.complained("domain")) return;
  for (std::size_t i = 0; i < profiles.items.size(); ++i) {
    const Value& v = profiles.items[i];
    Profile profile;
    profile.name = profiles.keys[i];
    profile.width = v["width"].number;
    look_at(context, v, profile);
    if (v.has("around") == v.has("below")) {
      context.report(v, "needs either `around` (a region) or `below` (a face)");
      continue;
    }
    if (v.has("below")) profile.below = face_of(v["below"].text, profile.width, problem.grid);
    if (too_narrow(profile, problem)) {
      context.report(v["width"],
                     fmt::format("shells narrower than the voxels ({:g} um) stay empty in part (expected: at least "
                                 "that; less only below a face, for vesicles that are on or in cells, or followed one "
                                 "by one)",
                                 narrowest(profile, problem.grid)));
      continue;
    }
    const auto away = distances(context, v, profile, problem);
    const double farthest = profile.below ? static_cast<double>(profile.below->shells)
                                          : std::ceil(*std::ranges::max_element(away) / profile.width - 1e-9);
    if (!(farthest <= kMostShells)) {
      context.report(v, std::isfinite(farthest)
                            ? fmt::format("{:.0f} shells are more than {} use a larger width", farthest, kMostShells)
                            : "the regions that it goes around hold no voxel (others are painted over them)");
      continue;
    }
    for (const double distance : away)
      profile.of_voxel.push_back(
          static_cast<std::uint16_t>(std::ceil(distance / profile.width - 1e-9) - (profile.below ? 1 : 0)));
    for (const Region& region : problem.regions.regions)
      profile.molecules_per_uM.push_back(region.volume_fraction * problem.grid.voxel_volume() *
                                         kMoleculesPerUmCubedPerMicromolar);
    problem.profiles.push_back(std::move(profile));
  }
}

}  // namespace interstice
