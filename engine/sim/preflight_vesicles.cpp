#include "engine/sim/preflight_vesicles.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/core/constants.h"
#include "engine/sim/workspace.h"
#include "engine/vesicles/counts/vesicle_counts_room.h"
#include "engine/vesicles/vesicle_parts.h"
#include "engine/vesicles/vesicle_properties.h"

namespace interstice {
namespace {

/// Diffusivity of the median vesicle in the least viscous region [um^2/s] (Stokes-Einstein).
double fastest_vesicle(const Problem& problem) {
  double fastest = 0;
  for (const VesicleClass& klass : problem.vesicle_classes) {
    if (klass.counted) continue;  // its hops are divided as they need
    const double in_water = stokes_einstein(klass.median_diameter, klass.temperature, klass.water_viscosity);
    for (const Region& region : problem.regions.regions)
      if (region.vesicle_partition > 0) fastest = std::max(fastest, in_water / region.viscosity);
  }
  return fastest;
}

/// Whether cells that take vesicles are placed in a region.
bool takes_vesicles(const Problem& problem, std::size_t region) {
  return std::ranges::any_of(problem.placements, [&](const CellPlacement& placement) {
    return placement.count > 0 && problem.cell_types[index(placement.type)].contact.adsorption > 0 &&
           (placement.in_region.empty() || placement.in_region[region] != 0);
  });
}

bool dosed_into(const Problem& problem, std::size_t klass, std::size_t region) {
  return std::ranges::any_of(problem.doses, [&](const Dose& dose) {
    return index(dose.klass) == klass && region < dose.in_region.size() && dose.in_region[region] != 0;
  });
}

/// Vesicles of a class that are given to the regions at one time, the most of all times.
double most_given(const Problem& problem, std::size_t klass) {
  double most = 0;
  for (const Dose& dose : problem.doses) {
    if (index(dose.klass) != klass) continue;
    double room = 0;
    for (std::size_t r = 0; r < problem.regions.regions.size() && r < dose.in_region.size(); ++r)
      if (dose.in_region[r] != 0 && vesicle_capacity(problem.regions.regions[r]) > 0)
        room += problem.regions.regions[r].volume_fraction *
                static_cast<double>(std::ranges::count(problem.regions.of_voxel, static_cast<std::uint8_t>(r)));
    most = std::max(most, dose.density * room * problem.grid.voxel_volume());
  }
  return most;
}

/// What a step costs on one thread [us]: of counts per voxel and per cell, whose surroundings are looked at anew
/// whenever it may move or fill; of one agent among cells.
constexpr double kCountsPerVoxel = 1, kCountsPerCell = 6, kCountsPerOtherCell = 30, kPerAgent = 0.5;

/// Of what counts take for the cells [us].
double counts_among_cells(const Problem& problem) {
  double sum = 0;
  for (const CellPlacement& placement : problem.placements) {
    const CellType& type = problem.cell_types[index(placement.type)];
    if (!(type.contact.adsorption > 0)) continue;
    const bool same = !type.mobile && std::isinf(type.contact.sites_per_area);
    sum += (same ? kCountsPerCell : kCountsPerOtherCell) * static_cast<double>(placement.count);
  }
  return sum;
}

/// So many vesicles that each cell that takes any has room for one agent of them.
double heaviest_agent(const Problem& problem) {
  double most = std::numeric_limits<double>::infinity();
  for (const CellPlacement& placement : problem.placements) {
    const CellType& type = problem.cell_types[index(placement.type)];
    if (placement.count > 0 && type.contact.adsorption > 0)
      most = std::min(most, type.contact.sites_per_area * 4 * kPi * type.radius * type.radius);
  }
  return std::max(1.0, std::floor(most));
}

/// Whether agents, one per voxel where cells have room for such, would take far less time than counts.
void compare_with_agents(const Problem& problem, std::size_t k, std::vector<std::string>& findings) {
  constexpr double kFar = 5;
  const auto voxels = static_cast<double>(problem.grid.voxel_count());
  const double given = most_given(problem, k),
               weight = std::clamp(std::round(given / voxels), 1.0, heaviest_agent(problem)), agents = given / weight;
  const double times = (counts_among_cells(problem) + kCountsPerVoxel * voxels) / (kPerAgent * agents);
  if (!(given > 0) || times < kFar) return;
  findings.push_back(fmt::format(
      "{} is counted, among so many cells that this takes about {:.0f} times as long as {:.2g} agents, with "
      "`weight: {:.0f}` in place of `representation: counts`",
      problem.vesicle_classes[k].name, times, agents, weight));
}

}  // namespace

void check_vesicle_step(const Problem& problem, const Phase& phase, std::vector<std::string>& findings) {
  if (problem.doses.empty()) return;
  // Steps are divided near cells, and open faces are exact for any step.
  const double dt = seconds(phase.vesicles), diffusivity = fastest_vesicle(problem);
  const double step = std::sqrt(2 * diffusivity * dt), edge = problem.grid.finest(), limit = edge / 2;
  if (problem.regions.regions.size() > 1 && step > limit)
    findings.push_back(fmt::format(
        "vesicles move {:.2g} um a step ({:.3g} s until {:.3g} s) on voxels of {:.3g} um: regions blur; at most "
        "{:.2g} s would do",
        step, dt, seconds(phase.until), edge, limit * limit / (2 * diffusivity)));
  if (const int parts = parts_of_step(vesicle_environment_of(problem), dt); parts > 1)
    findings.push_back(
        fmt::format("vesicles cross the domain or empty a reservoir in a step of {:.3g} s (until {:.3g} s): each is "
                    "done in {} parts and takes as much longer; one of {:.2g} s is done in one",
                    dt, seconds(phase.until), parts, dt / parts));
}

bool counted_vesicles_reach(double radius, const Grid& grid) { return counts_can_reach(radius, grid); }

// While vesicles spread from where they are given, voxels smear their front: with voxels of h, cells have taken 8 %,
// 6 % and 5 % too little after 1.7, 3.4 and 5 times h^2/D (engine/ACCURACY.md).
void check_counted_vesicles(const Problem& problem, std::vector<std::string>& findings) {
  constexpr double kCrossings = 5, kSoon = 30;  // h^2/D, s
  const double h = problem.grid.coarsest();
  for (std::size_t k = 0; k < problem.vesicle_classes.size(); ++k) {
    const VesicleClass& klass = problem.vesicle_classes[k];
    if (klass.counted) compare_with_agents(problem, k, findings);
    const bool given = std::ranges::any_of(problem.doses, [k](const Dose& dose) { return index(dose.klass) == k; });
    for (std::size_t r = 0; r < problem.regions.regions.size() && klass.counted && given; ++r) {
      const Region& region = problem.regions.regions[r];
      if (!(vesicle_capacity(region) > 0) || !takes_vesicles(problem, r) || dosed_into(problem, k, r)) continue;
      const double D = mean_diffusivity(klass) / region.viscosity, late = kCrossings * h * h / D;
      if (late <= kSoon) continue;
      findings.push_back(
          fmt::format("{} is counted in voxels of {:.3g} um and must first reach the cells of {}: up to about {:.2g} s "
                      "after a dose these have taken 5 to 10 % too little; voxels of {:.2g} um, or agents, would be "
                      "right within 5 % from {:.2g} s",
                      klass.name, h, region.name, late, std::sqrt(kSoon * D / kCrossings), kSoon));
    }
  }
}

}  // namespace interstice
