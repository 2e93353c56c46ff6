#include "engine/vesicles/agents/vesicle_reservoirs.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "engine/core/constants.h"
#include "engine/core/name_key.h"
#include "engine/vesicles/agents/vesicle_turnover.h"
#include "engine/vesicles/vesicle_properties.h"

namespace interstice {
namespace {

/// One face that leads into a reservoir, and its axes: across it, and along it.
struct OpenFace {
  int number, across, a, b;
  std::array<int, 3> n;  ///< voxels
  const Grid& grid;
  OpenFace(int face, const Grid& of)
      : number(face), across(face / 2), a((across + 1) % 3), b((across + 2) % 3), n{of.nx, of.ny, of.nz}, grid(of) {}

  [[nodiscard]] double edge(int axis) const { return grid.spacing[axis]; }  ///< [um]
  [[nodiscard]] bool upper() const { return number % 2 != 0; }
  [[nodiscard]] std::size_t openings() const { return static_cast<std::size_t>(n[a]) * n[b]; }
  [[nodiscard]] std::array<int, 3> at(std::size_t opening) const {
    std::array<int, 3> p{};
    p[across] = upper() ? n[across] - 1 : 0;
    p[a] = static_cast<int>(opening % n[a]);
    p[b] = static_cast<int>(opening / n[a]);
    return p;
  }
  /// Of its voxel.
  [[nodiscard]] std::size_t voxel(std::size_t opening) const {
    const auto p = at(opening);
    return grid.index(p[0], p[1], p[2]);
  }
  /// At this depth behind the face, at these shares of the opening's edges.
  [[nodiscard]] Vec3 point(std::size_t opening, double depth, double u, double v) const {
    const auto corner = at(opening);
    std::array<double, 3> p{};
    p[across] = upper() ? n[across] * edge(across) - depth : depth;
    p[a] = (corner[a] + u) * edge(a);
    p[b] = (corner[b] + v) * edge(b);
    return {p[0], p[1], p[2]};
  }
};

std::array<double, 3> coordinates(Vec3 p) { return {p.x, p.y, p.z}; }

/// Per opening, the radius of the smallest cell that newcomers of sqrt(D dt) `root_dt` could meet; infinite for none.
std::vector<double> smallest_cells(const OpenFace& face, std::span<const WalkSphere> cells, const Box& box,
                                   double root_dt) {
  std::vector<double> smallest(face.openings(), std::numeric_limits<double>::infinity());
  const auto size = coordinates(box.size);
  for (const WalkSphere& cell : cells) {
    const auto p = coordinates(cell.centre);
    const double distance = cell.wide + kReachInRootDt * root_dt;
    if ((face.upper() ? size[face.across] - p[face.across] : p[face.across]) > distance) continue;
    const auto covered = [&](int axis) {
      const int first = static_cast<int>(std::floor((p[axis] - distance) / face.edge(axis)));
      const int last = static_cast<int>(std::floor((p[axis] + distance) / face.edge(axis))), n = face.n[axis];
      if (box.periodic[axis]) return std::array{first, std::min(last, first + n - 1)};
      return std::array{std::max(first, 0), std::min(last, n - 1)};
    };
    const auto wrapped = [&](int i, int axis) { return ((i % face.n[axis]) + face.n[axis]) % face.n[axis]; };
    const auto [first_a, last_a] = covered(face.a);
    const auto [first_b, last_b] = covered(face.b);
    for (int j = first_b; j <= last_b; ++j)
      for (int i = first_a; i <= last_a; ++i) {
        double& least = smallest[static_cast<std::size_t>(wrapped(j, face.b)) * face.n[face.a] + wrapped(i, face.a)];
        least = std::min(least, cell.radius);
      }
  }
  return smallest;
}

/// Parts into which the step is divided for newcomers: shorter ones than for other vesicles near such a cell, as who is
/// taken up is not followed by others within a part.
std::uint32_t parts_beside(double radius, double root_dt) {
  constexpr double kMostParts = 4000;
  const double ratio = std::isinf(radius) ? 0 : 2 * root_dt / (kLongestStepInRadii * radius);
  return static_cast<std::uint32_t>(std::clamp(std::ceil(ratio * ratio), 1.0, kMostParts));
}

/// All that newcomers of one class through one face have in common.
struct Gate {
  const OpenFace& face;
  std::size_t klass;
  std::size_t reservoir;
  AgentId key;
  Vesicles& vesicles;
  const VesicleAccounts& accounts;
  const VesicleWalk& walk;
  const VesicleMap& map;
  const VesicleEnvironment& environment;
  const VesicleStep& step;
  std::vector<Adsorption>& adsorptions;

  [[nodiscard]] const VesicleClass& properties() const { return environment.classes[klass]; }
  [[nodiscard]] const Region& region_at(Vec3 p) const {
    return environment.regions->regions[environment.regions->of_voxel[environment.grid->voxel_at(p)]];
  }

  /// Lets in one newcomer, if it is still there at the end of the step; by a cell, at the end of a part of it.
  void admit(std::size_t opening, const Region& region, bool by_cell, std::uint32_t parts, AgentId id) const {
    const auto u = [&](std::uint32_t draw) {
      return environment.noise.uniform(Stream::vesicle_reservoir, id, step.step, draw);
    };
    const double D = stokes_einstein(draw_diameter(properties(), environment.noise, id, kArrivalSizeBias),
                                     properties().temperature, properties().water_viscosity) /
                     region.viscosity;
    const double part = std::floor(parts * u(1)), came = (part + u(2) * u(2)) / parts, end = (part + 1) / parts;
    const double variance = D * step.dt * (end - came), sigma = std::sqrt(2 * variance);
    const auto xi = environment.noise.four_normals(Stream::vesicle_reservoir, id, step.step, 3);
    const double depth =
        std::min(sigma * std::abs(static_cast<double>(xi[0])), coordinates(environment.box.size)[face.across]);
    const double across = u(4), along = u(5);
    const Vec3 p = face.point(opening, depth, across, along);
    // An interface just behind the face turns the newcomer away, as it would a vesicle inside.
    if (&region_at(p) != &region) return;
    WalkEnd w;
    w.position = p;
    if (by_cell) {
      const Vec3 start =
          face.point(opening, 0, across - sigma * xi[1] / face.edge(face.a), along - sigma * xi[2] / face.edge(face.b));
      const Walker entering{id,
                            VesicleClassId{static_cast<std::uint8_t>(klass)},
                            variance,
                            start,
                            p - start,
                            xi[3],
                            map.bin_at(walk.folded(start)),
                            came,
                            end};
      const auto entered = walk.enter(entering);
      if (!entered) return;
      w = *entered;
      if (w.cell < 0 && end < 1) w = go_on(w.position, D, end, id);
    }
    settle(w, id, exits_of_free(properties(), region).rate() * came * step.dt);
  }

 private:
  /// After the part of the step in which it came.
  [[nodiscard]] WalkEnd go_on(Vec3 from, double D, double begin, AgentId id) const {
    const double variance = D * step.dt * (1 - begin), sigma = std::sqrt(2 * variance);
    const auto xi = environment.noise.four_normals(Stream::vesicle_motion, id, step.step);
    return walk.past_cells({id, VesicleClassId{static_cast<std::uint8_t>(klass)}, variance, from,
                            sigma * Vec3{xi[0], xi[1], xi[2]}, xi[3], map.bin_at(from), begin, 1});
  }
  /// `spared` is the clearance of the step before it came: turn_over_vesicles takes that of all of the step.
  void settle(const WalkEnd& w, AgentId id, double spared) const {
    const std::uint64_t weight = properties().weight;
    const Whereabouts from{VesiclePlace::in_reservoir, reservoir};
    if (w.face >= 0)
      return accounts.move(klass, weight, from, beyond_face(environment, static_cast<std::size_t>(w.face)));
    const auto v = static_cast<std::uint32_t>(vesicles.size());
    append_vesicle(vesicles, VesicleClassId{static_cast<std::uint8_t>(klass)}, properties(), environment.noise, id,
                   w.position, kArrivalSizeBias);
    vesicles.clearance_left.back() += static_cast<float>(std::round(spared / kClearanceQuantum) * kClearanceQuantum);
    accounts.move(klass, weight, from, {VesiclePlace::free});
    if (w.cell >= 0) adsorptions.push_back({v, static_cast<std::uint32_t>(w.cell), w.on_surface});
  }
};

void admit_through(const Gate& gate, std::span<const double> smallest_cell, double root_dt) {
  const VesicleEnvironment& e = gate.environment;
  const std::uint64_t weight = gate.properties().weight;
  const std::uint64_t& there = gate.accounts.reservoirs[gate.reservoir].vesicles[gate.klass];
  const double density = static_cast<double>(there) / e.reservoirs[gate.reservoir].share();
  const double opening_area = gate.face.edge(gate.face.a) * gate.face.edge(gate.face.b);
  const double per_opening = 2 * opening_area * density / static_cast<double>(weight) * root_dt / std::sqrt(kPi);
  for (std::size_t opening = 0; opening < smallest_cell.size(); ++opening) {
    const std::size_t voxel = gate.face.voxel(opening);
    const Region& region = e.regions->regions[e.regions->of_voxel[voxel]];
    const double slower = std::sqrt(region.viscosity);
    const std::uint32_t parts = parts_beside(smallest_cell[opening], root_dt / slower);
    const AgentId here = child_id(gate.key, voxel);
    const double mean = per_opening * vesicle_capacity(region) / slower * std::sqrt(static_cast<double>(parts));
    const auto candidates = e.noise.poisson(mean, Stream::vesicle_reservoir, here, gate.step.step);
    for (std::uint64_t i = 0; i < candidates && there >= weight; ++i)
      gate.admit(opening, region, std::isfinite(smallest_cell[opening]), parts,
                 child_id(child_id(here, gate.step.step), i));
  }
}

}  // namespace

void admit_from_reservoirs(Vesicles& vesicles, const VesicleAccounts& accounts, const VesicleWalk& walk,
                           const VesicleMap& map, const VesicleEnvironment& environment, const VesicleStep& step,
                           std::vector<Adsorption>& adsorptions) {
  adsorptions.clear();
  for (int number = 0; number < 6; ++number) {
    const int r = environment.reservoir_of_face[number];
    if (r < 0) continue;
    const OpenFace face(number, *environment.grid);
    for (std::size_t k = 0; k < environment.classes.size(); ++k) {
      const VesicleClass& klass = environment.classes[k];
      if (klass.counted) continue;  // hop_counts lets them in
      const double root_dt = mean_root_diffusivity(klass) * std::sqrt(step.dt);
      const AgentId key = child_id(0x7265736572766f69ULL + static_cast<std::uint64_t>(number), name_key(klass.name));
      admit_through(
          {face, k, static_cast<std::size_t>(r), key, vesicles, accounts, walk, map, environment, step, adsorptions},
          smallest_cells(face, walk.spheres(), environment.box, root_dt), root_dt);
    }
  }
}

}  // namespace interstice
