/// @file
/// Where cells stand at the start, and what harms them.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <tuple>

#include "engine/core/constants.h"
#include "engine/fields/regions.h"
#include "engine/scenario/build/build_problem.h"
#include "engine/scenario/build/given_cells.h"

namespace interstice {

std::uint8_t state_index(const BuildContext& context, const Value& states, const Value& name) {
  if (!name.valid) return 0;
  if (const auto i = key_index(states, name.text)) return static_cast<std::uint8_t>(*i);
  context.report(name, fmt::format("unknown state '{}' (expected one of: {}){}", name.text,
                                   fmt::join(states.keys, ", "), did_you_mean(name.text, states.keys)));
  return 0;
}

namespace {

std::uint64_t count_of(const BuildContext& context, const Value& v, const std::vector<std::uint8_t>& in_region,
                       const Problem& problem) {
  if (v.has("count") == v.has("density")) {
    if (v.valid) context.report(v, "needs either a count or a density");
    return 0;
  }
  double voxels = 0;
  const std::vector<std::size_t> of_region = voxels_of_regions(problem.regions);
  for (std::size_t r = 0; r < std::min(of_region.size(), in_region.size()); ++r)
    voxels += in_region[r] != 0 ? static_cast<double>(of_region[r]) : 0;
  const double count =
      v.has("count") ? v["count"].number : std::round(v["density"].number * voxels * problem.grid.voxel_volume());
  if (count > 0 && voxels == 0 && !context.complained("regions") && !context.complained("domain") && v["in"].sound())
    context.report(v["in"], "no voxel is left of this region (others are painted over it)");
  if (count > 4e9) context.report(v, fmt::format("{:.2g} cells are more than 4e9", count));
  return count > 4e9 ? 0 : static_cast<std::uint64_t>(count);
}

void injury(const BuildContext& context, const Value& v, Problem& problem) {
  const auto type = key_index(context.root["cell_types"], v["cell"].text);
  if (!v["cell"].valid || !type) return;
  Injury i{.type = static_cast<CellTypeId>(*type),
           .to_state = state_index(context, context.root["cell_types"].items[*type]["states"], v["to"]),
           .count_at_start = 0,
           .near = std::nullopt,
           .hazard = v["hazard"].number,
           .in_region = region_mask(context, v["in"])};
  if (v.has("until")) i.until = v["until"].number;
  const Value& start = v["at_start"];
  i.count_at_start = static_cast<std::uint64_t>(start["count"].number);
  if (start.has("nearest"))
    if (const auto r = key_index(context.root["regions"], start["nearest"].text)) i.near = static_cast<RegionId>(*r);
  std::uint64_t placed = 0;
  for (const CellPlacement& p : problem.placements) placed += p.type == i.type ? p.count : 0;
  if (i.count_at_start > placed && !context.complained("cells") && start["count"].valid)
    context.report(start["count"],
                   fmt::format("{} cells are to be injured but {} are placed", start["count"].text, placed));
  problem.injuries.push_back(std::move(i));
}

/// Those at the start pass over cells of a type that one before them has injured, so they keep their order. Hazards are
/// rivals, whose order means nothing: they are sorted by what they do.
bool acts_before(const Injury& a, const Injury& b) {
  const auto key = [](const Injury& i) {
    const bool at_start = i.count_at_start > 0;
    return at_start ? std::tuple(index(i.type), false, 0, 0.0, 0.0, std::vector<std::uint8_t>())
                    : std::tuple(index(i.type), true, int{i.to_state}, i.hazard, i.until, i.in_region);
  };
  return key(a) < key(b);
}

/// Which share of each voxel lies within `reach` voxels of one that is marked, along one axis; `stride` parts the
/// voxels of a line of `n`.
void widen(std::vector<float>& marked, std::size_t n, std::size_t stride, double reach, bool periodic) {
  const auto whole = static_cast<std::size_t>(std::min(reach, static_cast<double>(n)));
  const auto rest = static_cast<float>(reach - std::floor(reach));
  std::vector<float> line(n);
  for (std::size_t first = 0; first < marked.size(); ++first) {
    if (first / stride % n != 0) continue;
    std::ranges::fill(line, 0.0F);
    for (std::size_t i = 0; i < n; ++i) {
      const float mark = marked[first + i * stride];
      const std::size_t lowest = n + i - std::min(n, whole + 1), highest = n + i + whole + 1;
      for (std::size_t k = lowest; mark > 0 && k <= highest; ++k)
        if (periodic || (k >= n && k < 2 * n))
          line[k % n] = std::max(line[k % n], k == n + i - whole - 1 || k == highest ? mark * rest : mark);
    }
    for (std::size_t i = 0; i < n; ++i) marked[first + i * stride] = line[i];
  }
}

/// Volume of all that lies within a radius of where centres of these cells may lie [um^3].
double room_of(const CellPlacement& p, double radius, const Problem& problem) {
  const Grid& grid = problem.grid;
  std::vector<float> near(grid.voxel_count());
  for (std::size_t v = 0; v < near.size(); ++v) near[v] = p.in_region[problem.regions.of_voxel[v]];
  const std::array<std::size_t, 3> n{static_cast<std::size_t>(grid.nx), static_cast<std::size_t>(grid.ny),
                                     static_cast<std::size_t>(grid.nz)};
  const std::array<double, 3> edge{grid.spacing.x, grid.spacing.y, grid.spacing.z};
  for (std::size_t axis = 0, stride = 1; axis < 3; stride *= n[axis++])
    widen(near, n[axis], stride, radius / edge[axis], problem.walls[2 * axis] == Wall::periodic);
  return std::accumulate(near.begin(), near.end(), 0.0) * grid.voxel_volume();
}

/// Refuses more cells than their place can hold, were they cut to fill it and all that their radius reaches.
void check_room(const BuildContext& context, const Value& place, const CellPlacement& p, const Problem& problem) {
  if (!place.sound() || context.complained("cell_types") || context.complained("domain") || p.count == 0) return;
  const CellType& type = problem.cell_types[index(p.type)];
  const Vec3 size = problem.grid.size();
  const bool anywhere = std::ranges::find(p.in_region, 0) == p.in_region.end();
  const double room = anywhere ? size.x * size.y * size.z : room_of(p, type.radius, problem);
  double volume = 4.0 / 3 * kPi * type.radius * type.radius * type.radius;
  if (2 * type.radius <= std::max({size.x, size.y, size.z}))  // else the cell is larger than all of it
    for (const double edge : {size.x, size.y, size.z})
      volume *= std::min(1.0, edge / (2 * type.radius));  // a thin layer
  if (room > 0 && static_cast<double>(p.count) * volume > room)
    context.report(
        place, fmt::format("{} {} of {:.3g} um radius would fill {:.0f} % of {} (they cannot lie in each other) place "
                           "fewer, or {}",
                           p.count, type.name, type.radius, 100 * static_cast<double>(p.count) * volume / room,
                           anywhere ? "the domain" : "their place and of what they reach around it",
                           anywhere ? "make the domain larger" : "give them more room"));
}

}  // namespace

void build_population(const BuildContext& context, Problem& problem) {
  const Value& cells = context.root["cells"];
  for (std::size_t i = 0; i < cells.items.size(); ++i) {
    const auto type = key_index(context.root["cell_types"], cells.keys[i]);
    const Value& v = cells.items[i];
    const bool table = v.has("file");
    if (table != (cells.keys[i] == "table") && v.sound())
      context.report(v, table ? "the cells of a file stand under `cells.table`, not under a cell type"
                              : "`table` holds the cells of a file (expected file: cells.csv)");
    if (table && cells.keys[i] == "table")
      std::ranges::move(given_cells(context, v, problem), std::back_inserter(problem.placements));
    const bool several = v.keys.empty() && !v.items.empty();
    for (std::size_t k = 0; type && !table && k < (several ? v.items.size() : 1); ++k) {
      const Value& place = several ? v.items[k] : v;
      CellPlacement p{
          .type = static_cast<CellTypeId>(*type), .count = 0, .in_region = region_mask(context, place["in"])};
      p.count = count_of(context, place, p.in_region, problem);
      check_room(context, place, p, problem);
      problem.placements.push_back(std::move(p));
    }
  }
  const auto where = [](const CellPlacement& p) {  // those that have a place come before those that look for one
    return std::tuple(p.given.position.empty(), p.type, p.in_region, p.count);
  };
  std::ranges::sort(problem.placements, {}, where);
  for (const Value& v : context.root["injury"].items) injury(context, v, problem);
  std::ranges::stable_sort(problem.injuries, acts_before);
}

}  // namespace interstice
