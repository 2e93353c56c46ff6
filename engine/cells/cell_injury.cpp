#include "engine/cells/cell_injury.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <tuple>

#include "engine/cells/cell_states.h"
#include "engine/core/error.h"

namespace interstice {

namespace {

/// Voxels of the region that touch another one: the nearest voxel to a point outside is one of these.
std::vector<std::size_t> rim(RegionId region, const CellEnvironment& environment) {
  const Grid& grid = *environment.grid;
  const auto& of_voxel = environment.regions->of_voxel;
  const auto inside = [&](int i, int j, int k) {
    return i >= 0 && j >= 0 && k >= 0 && i < grid.nx && j < grid.ny && k < grid.nz &&
           of_voxel[grid.index(i, j, k)] == index(region);
  };
  std::vector<std::size_t> voxels;
  for (int k = 0; k < grid.nz; ++k)
    for (int j = 0; j < grid.ny; ++j)
      for (int i = 0; i < grid.nx; ++i)
        if (inside(i, j, k) && !(inside(i - 1, j, k) && inside(i + 1, j, k) && inside(i, j - 1, k) &&
                                 inside(i, j + 1, k) && inside(i, j, k - 1) && inside(i, j, k + 1)))
          voxels.push_back(grid.index(i, j, k));
  return voxels;
}

/// Squared distance from a point to a box of half edges `half`, given the vector to the box's centre.
double squared_distance(Vec3 to_centre, Vec3 half) {
  const double x = std::max(0.0, std::abs(to_centre.x) - half.x), y = std::max(0.0, std::abs(to_centre.y) - half.y),
               z = std::max(0.0, std::abs(to_centre.z) - half.z);
  return x * x + y * y + z * z;
}

void injure(Cells& cells, const Injury& injury, std::vector<std::uint8_t>& injured, const CellEnvironment& environment,
            const Threads& threads) {
  std::vector<std::uint32_t> candidates;
  std::vector<Vec3> points;
  for (std::size_t c = 0; c < cells.size(); ++c) {
    if (cells.type[c] != injury.type || injured[c] != 0) continue;
    candidates.push_back(static_cast<std::uint32_t>(c));
    points.push_back(cells.position(c));
  }
  if (injury.count_at_start > candidates.size())
    throw InputError(
        fmt::format("{} cells of type {} are to be injured at the start (there are {}) injure fewer or place "
                    "more",
                    injury.count_at_start, environment.types[index(injury.type)].name, candidates.size()));
  const std::vector<double> distance = injury.near ? distance_to_region(points, *injury.near, environment, threads)
                                                   : std::vector<double>(points.size(), 0.0);
  std::vector<std::tuple<double, double, AgentId, std::uint32_t>> order;
  for (std::size_t k = 0; k < candidates.size(); ++k) {
    const AgentId id = cells.id[candidates[k]];
    order.emplace_back(distance[k], environment.noise.uniform(Stream::cell_injury, id, 0, 0xff00), id, candidates[k]);
  }
  std::sort(order.begin(), order.end());
  for (std::uint64_t k = 0; k < injury.count_at_start; ++k) {
    const std::uint32_t c = std::get<3>(order[k]);
    enter_state(cells, c, injury.to_state, 0, environment);
    injured[c] = 1;
  }
}

}  // namespace

std::vector<double> distance_to_region(std::span<const Vec3> points, RegionId region,
                                       const CellEnvironment& environment, const Threads& threads) {
  std::vector<Vec3> centres;
  for (const std::size_t voxel : rim(region, environment)) centres.push_back(environment.grid->centre(voxel));
  std::vector<double> distance(points.size());
  threads.for_blocks(points.size(), 16, [&](std::size_t begin, std::size_t end) {
    for (std::size_t p = begin; p < end; ++p) {
      double nearest = std::numeric_limits<double>::infinity();
      if (environment.regions->of_voxel[environment.grid->voxel_at(points[p])] == index(region)) nearest = 0;
      for (std::size_t k = 0; k < centres.size() && nearest > 0; ++k)
        nearest = std::min(nearest, squared_distance(environment.box.separation(points[p], centres[k]),
                                                     0.5 * environment.grid->spacing));
      distance[p] = std::sqrt(nearest);
    }
  });
  return distance;
}

void injure_at_start(Cells& cells, const CellEnvironment& environment, const Threads& threads) {
  std::vector<std::uint8_t> injured(cells.size(), 0);
  for (const Injury& injury : environment.injuries)
    if (injury.count_at_start > 0) injure(cells, injury, injured, environment, threads);
}

}  // namespace interstice
