#include "engine/vesicles/vesicle_parts.h"

#include <algorithm>
#include <cmath>

#include "engine/core/pinned_math.h"
#include "engine/vesicles/vesicle_properties.h"

namespace interstice {
namespace {

/// Longest sqrt(D dt), relative to the way between an open face and the one opposite: a path from one wall to the other
/// is then rare enough (4e-4) for each wall to be met as if it were alone.
constexpr double kLongestInWays = 0.2;
/// Largest share of a reservoir that may come in through a face in one part.
constexpr double kMostOfReservoir = 0.1;
/// Most clearance of the patch in one part, where a face leads into a reservoir: those who came in and were cleared are
/// not followed by others within the part.
constexpr double kMostCleared = 0.01;

/// Diffusivity of nearly the smallest vesicles, two standard deviations from the median, in the thinnest fluid.
double fastest(const VesicleClass& klass, const VesicleEnvironment& environment) {
  double most = 0;
  const double diameter = klass.median_diameter * pinned::pow(klass.geometric_sd, -2.0);
  const double in_water = stokes_einstein(diameter, klass.temperature, klass.water_viscosity);
  for (const Region& region : environment.regions->regions)
    if (vesicle_capacity(region) > 0) most = std::max(most, in_water / region.viscosity);
  return most;
}

double fastest_clearance(const VesicleEnvironment& environment) {
  double most = 0;
  for (const Region& region : environment.regions->regions) most = std::max(most, region.vesicle_clearance);
  return most;
}

}  // namespace

int parts_of_step(const VesicleEnvironment& environment, double dt) {
  const std::array size{environment.box.size.x, environment.box.size.y, environment.box.size.z};
  const double volume = size[0] * size[1] * size[2];
  double parts = 1;
  for (const VesicleClass& klass : environment.classes) {
    if (klass.counted) continue;
    const double root = std::sqrt(fastest(klass, environment) * dt);
    for (std::size_t face = 0; face < 6; ++face) {
      const int r = environment.reservoir_of_face[face];
      if (r < 0 && !(environment.reactivity[face] > 0)) continue;
      const double way = size[face / 2];
      double excess = root / (kLongestInWays * way);
      if (r >= 0) {
        const double newcomers = 2 * volume / way * root / std::sqrt(kPi);  // um^3 of the reservoir
        excess = std::max(excess, newcomers / (kMostOfReservoir * environment.reservoirs[r].share()));
        parts = std::max(parts, fastest_clearance(environment) * dt / kMostCleared);
      }
      parts = std::max(parts, excess * excess);
    }
  }
  return static_cast<int>(std::ceil(std::min(parts, 1e6)));
}

// Noise goes by the lower half of the number: multiples of the golden ratio lie far from each other.
VesicleStep part_of(const VesicleStep& step, int part, int parts) {
  constexpr std::uint64_t kApart = 0x1'9e37'79b1ULL;
  const double dt = step.dt / parts;
  return {.step = step.step + kApart * static_cast<std::uint64_t>(part), .time = step.time + part * dt, .dt = dt};
}

}  // namespace interstice
