#include "engine/sim/profiles.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/sim/problem.h"

namespace interstice {
namespace {

/// d[i] <- min over j of d[j] + gap(i, j)^2 along every line of an axis, where the gap [edges of the finest axis] is
/// that between the centre of i and the nearer side of j.
void widen(std::vector<double>& d, const Grid& grid, int axis, bool periodic) {
  const std::array<std::size_t, 3> n{static_cast<std::size_t>(grid.nx), static_cast<std::size_t>(grid.ny),
                                     static_cast<std::size_t>(grid.nz)};
  const std::size_t length = n[axis], stride = axis == 0 ? 1 : axis == 1 ? n[0] : n[0] * n[1];
  const double edge = grid.spacing[axis] / grid.finest();
  std::vector<double> line(length), gap(length);
  for (std::size_t k = 0; k < length; ++k) {
    const std::size_t apart = periodic ? std::min(k, length - k) : k;
    const double way = apart == 0 ? 0 : (static_cast<double>(apart) - 0.5) * edge;
    gap[k] = way * way;
  }
  for (std::size_t first = 0; first < d.size(); ++first) {
    if (first / stride % length != 0) continue;
    for (std::size_t i = 0; i < length; ++i) line[i] = d[first + i * stride];
    if (std::ranges::all_of(line, [](double x) { return std::isinf(x); })) continue;
    for (std::size_t i = 0; i < length; ++i) {
      double least = line[i];
      for (std::size_t j = 0; j < length; ++j) least = std::min(least, line[j] + gap[i < j ? j - i : i - j]);
      d[first + i * stride] = least;
    }
  }
}

}  // namespace

std::size_t Profile::shell_count() const {
  if (below) return below->shells;
  return of_voxel.empty() ? 1 : std::size_t{1} + *std::ranges::max_element(of_voxel);
}

std::size_t Profile::shell_at(Vec3 place, const Grid& grid) const {
  if (!below) return of_voxel[grid.voxel_at(place)];
  const double along = below->axis == 0 ? place.x : below->axis == 1 ? place.y : place.z;
  return std::min(below->shells - 1, static_cast<std::size_t>(std::abs(along - below->at) / width));
}

std::string Profile::column(std::size_t shell) const { return fmt::format("profile.{}.{:g}", name, outer_edge(shell)); }

std::vector<double> distances_from(std::span<const std::uint8_t> in_region, std::span<const std::uint8_t> of_voxel,
                                   const Grid& grid, std::array<bool, 3> periodic) {
  std::vector<double> d(of_voxel.size(), std::numeric_limits<double>::infinity());
  for (std::size_t v = 0; v < d.size(); ++v)
    if (in_region[of_voxel[v]] != 0) d[v] = 0;
  for (int axis = 0; axis < 3; ++axis) widen(d, grid, axis, periodic[axis]);
  for (double& distance : d) distance = grid.finest() * std::sqrt(distance);
  return d;
}

void measure_profile(const Profile& profile, const FieldSet& fields, std::span<const std::uint8_t> region_of_voxel,
                     std::span<double> out) {
  std::ranges::fill(out, 0.0);
  const auto field = fields[profile.species];
  for (std::size_t v = 0; v < field.size(); ++v)
    out[profile.of_voxel[v]] += profile.molecules_per_uM[region_of_voxel[v]] * field[v];
}

void measure_vesicle_profile(const Profile& profile, const State& state, const Problem& problem,
                             std::span<double> out) {
  std::ranges::fill(out, 0.0);
  const auto add = [&](Vec3 at, std::uint64_t number) {
    out[profile.shell_at(at, problem.grid)] += static_cast<double>(number);
  };
  const auto wanted = [&](VesicleState s) { return std::ranges::find(profile.states, s) != profile.states.end(); };
  const Vesicles& all = state.vesicles;
  for (std::size_t v = 0; v < all.size(); ++v)
    if (all.klass[v] == *profile.vesicles && wanted(all.state[v]))
      add(all.state[v] == VesicleState::free ? all.position(v) : state.cells.position(all.host[v]),
          problem.vesicle_classes[index(all.klass[v])].weight);
  const VesicleCounts& counts = all.counts[index(*profile.vesicles)];
  for (const std::size_t cargo : {0u, 1u}) {
    for (std::size_t v = 0; wanted(VesicleState::free) && v < counts.free[cargo].size(); ++v)
      out[profile.of_voxel[v]] += static_cast<double>(counts.free[cargo][v]);
    for (std::size_t c = 0; wanted(VesicleState::adsorbed) && c < counts.adsorbed[cargo].size(); ++c)
      add(state.cells.position(c), counts.adsorbed[cargo][c]);
    for (std::size_t c = 0; wanted(VesicleState::endosomal) && c < counts.endosomal[cargo].size(); ++c)
      add(state.cells.position(c), counts.endosomal[cargo][c]);
  }
}

}  // namespace interstice
