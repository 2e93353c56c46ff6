#include "engine/sim/preflight_fields.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/cells/footprint_overlap.h"
#include "engine/core/constants.h"
#include "engine/fields/regions.h"

namespace interstice {
namespace {

constexpr double kMostPerVoxel = 2;    ///< cells that still see each other through the grid
constexpr double kStrongUptake = 0.1;  ///< over what a perfect sink takes up

/// alpha D of a species in a region [um^2/s].
double conduction(const Problem& problem, const Species& species, std::size_t region) {
  return problem.regions.regions[region].volume_fraction * species.diffusivity[region];
}

/// A species that decays before it has crossed a voxel is not resolved.
void check_reach(const Problem& problem, std::vector<std::string>& findings) {
  const std::vector<double> fluid = region_volumes(problem.regions, problem.grid);
  for (const Species& species : problem.species) {
    if (!species.diffuses() || species.decay == 0) continue;
    double slowest = std::numeric_limits<double>::infinity();
    for (std::size_t r = 0; r < fluid.size(); ++r)
      if (fluid[r] > 0 && species.diffusivity[r] > 0) slowest = std::min(slowest, species.diffusivity[r]);
    const double reach = std::sqrt(slowest / species.decay);
    if (const double widest = problem.grid.coarsest(); reach < widest)
      findings.push_back(
          fmt::format("{} reaches {:.2g} um before it decays, less than a voxel of {:.3g} um: its profiles "
                      "are those of the voxels; use voxels of {:.2g} um or less",
                      species.name, reach, widest, reach));
  }
}

/// Cells of a type per voxel where they are densest at the start.
double crowding(const Problem& problem, std::size_t type, std::size_t& region) {
  const std::vector<double> fluid = region_volumes(problem.regions, problem.grid);
  double most = 0;
  for (const CellPlacement& placement : problem.placements) {
    if (index(placement.type) != type) continue;
    double room = 0;
    for (std::size_t r = 0; r < fluid.size(); ++r)
      if (placement.in_region.empty() || placement.in_region[r] != 0)
        room += fluid[r] / problem.regions.regions[r].volume_fraction;
    if (room <= 0) continue;
    const double here = static_cast<double>(placement.count) * problem.grid.voxel_volume() / room;
    if (here <= most) continue;
    most = here;
    for (region = 0; region + 1 < fluid.size(); ++region)
      if (placement.in_region.empty() || placement.in_region[region] != 0) break;
  }
  return most;
}

/// Cells that share a voxel shield each other more than the grid knows.
void check_crowding(const Problem& problem, std::size_t t, std::vector<std::string>& findings) {
  const CellType& type = problem.cell_types[t];
  std::size_t region = 0;
  const double cells = crowding(problem, t, region);
  if (cells <= kMostPerVoxel) return;
  for (const Uptake& uptake : type.uptake) {
    const Species& species = problem.species[index(uptake.species)];
    if (!species.diffuses()) continue;
    const double perfect = 4 * kPi * conduction(problem, species, region) * type.radius;
    if (perfect <= 0 || uptake.clearance <= kStrongUptake * perfect) continue;
    findings.push_back(
        fmt::format("{:.0f} cells of type {} share a voxel and each takes up {} at {:.2g} of the rate of a perfect "
                    "sink: the grid does "
                    "not see how they shield each other, so they take up too much, about 10 % where they fill a fifth "
                    "of the volume; "
                    "voxels of {:.2g} um would do",
                    cells, type.name, species.name, uptake.clearance / perfect,
                    std::cbrt(problem.grid.voxel_volume() * kMostPerVoxel / cells)));
  }
}

/// Cells were measured on edges that differ up to ten times; their boxes have up to 60 voxels along an axis.
void check_edges(const Problem& problem, std::vector<std::string>& findings) {
  constexpr double kMostRatio = 10;
  const Grid& grid = problem.grid;
  if (grid.cubic() || problem.cell_types.empty() || std::ranges::none_of(problem.species, &Species::diffuses)) return;
  const double ratio = grid.coarsest() / grid.finest(), most = kMostHalfEdge / kHalfEdgeOfRadius * grid.finest();
  if (ratio > kMostRatio * (1 + 1e-9))
    findings.push_back(
        fmt::format("edges of voxels differ {:.3g} times: what cells take up and read of their own "
                    "secretion was measured up to {:g} times, where it is right within 2 %",
                    ratio, kMostRatio));
  const auto differs = [&](const Species& s) {
    return std::ranges::adjacent_find(s.diffusivity, std::ranges::not_equal_to{}) != s.diffusivity.end();
  };
  if (const auto one = std::ranges::find_if(problem.species, differs); one != problem.species.end())
    findings.push_back(fmt::format(
        "voxels are no cubes and regions differ in the diffusivity of {}: what cells beside such an interface "
        "read of their own secretion and take up is off by up to 15 % at a fifth of the diffusivity beyond "
        "and 39 % at five times; cubes would do",
        one->name));
  for (const CellType& type : problem.cell_types)
    if (type.radius > most)
      findings.push_back(
          fmt::format("cells of type {} have a radius of more than 24 voxels of {:.3g} um: what they take "
                      "up is not right; voxels of {:.2g} um or more would do",
                      type.name, grid.finest(), type.radius / most * grid.finest()));
}

}  // namespace

void check_voxels(const Problem& problem, std::vector<std::string>& findings) {
  check_reach(problem, findings);
  check_edges(problem, findings);
  for (std::size_t t = 0; t < problem.cell_types.size(); ++t) {
    const bool placed = std::ranges::any_of(problem.placements, [t](const CellPlacement& placement) {
      return index(placement.type) == t && placement.count > 0;
    });
    if (!placed) continue;
    check_crowding(problem, t, findings);
  }
}

}  // namespace interstice
