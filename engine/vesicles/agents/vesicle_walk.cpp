#include "engine/vesicles/agents/vesicle_walk.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <numbers>

#include "engine/vesicles/agents/vesicle_contact.h"
#include "engine/vesicles/agents/vesicle_kernel.h"
#include "engine/vesicles/agents/vesicle_wall.h"

namespace interstice {
namespace {

constexpr double kFlat = std::numeric_limits<double>::infinity();  ///< radius of a plane
constexpr std::uint32_t kMostLegs = 4000;
/// A step of up to half a cell's radius is divided only within this many sqrt(D dt) of it: what comes from beyond in
/// one step is 1.5 % of the flux into a plane (the integral of erfc(x/2) beyond 3).
/// tests/physics/test_vesicle_sphere_flux holds the whole to 3 %.
constexpr double kDividedNear = 3;
constexpr double kUndividedStepInRadii = 0.5;
constexpr double kPointsPerVoxel = 4;  ///< where the way to a surface is looked at

double fold_axis(double x, double size, bool periodic) {
  if (periodic) {
    while (x < 0) x += size;
    while (x >= size) x -= size;
    return x;
  }
  while (x < 0 || x > size) x = x < 0 ? -x : 2 * size - x;
  return x;
}

}  // namespace

VesicleWalk::VesicleWalk(const Cells& cells, std::span<const Vec3> moves, const VesicleMap& map,
                         const VesicleEnvironment& environment, const VesicleStep& step)
    : cells_(cells),
      map_(map),
      environment_(environment),
      grid_(*environment.grid),
      voxels_per_um_(grid_.voxels_per_um()),
      nearest_image_(environment.box),
      step_(step) {
  for (const VesicleClass& klass : environment.classes)
    for (const CellType& type : environment.cell_types)
      reactivity_.push_back(type.contact.adsorption * klass.fusogen_uptake);
  for (int face = 0; face < 6; ++face) {
    wall_reactivity_[face] = environment.reservoir_of_face[face] >= 0 ? kFlat : environment.reactivity[face];
    any_open_face_ |= wall_reactivity_[face] > 0;
  }
  one_tissue_ = environment.regions->regions.size() == 1;
  spheres_.resize(cells.size());
  room_.resize(cells.size());
  for (std::size_t c = 0; c < cells.size(); ++c) {
    const double sites = site_count(cells, c, environment.cell_types);
    spheres_[c] = {cells.position(c), moves[c], cells.radius[c], cells.radius[c] + norm(moves[c])};
    room_[c] = std::max(0.0, 1 - static_cast<double>(cells.bound[c]) / sites);
  }
}

WalkEnd VesicleWalk::past_cells(const Walker& walker) const {
  const double root_dt = std::sqrt(walker.variance);
  Neighbours near;
  find_neighbours(walker.start, walker.bin, root_dt, near);
  if (one_tissue_) return walk_legs(walker, walker.displacement, root_dt, near);
  const Vec3 whole = walker.displacement, end = walker.start + whole;
  const bool stopped = !(any_open_face_ && beyond_box(end)) && !forbidden(walker.start, folded(end)) &&
                       interface_stops(walker.id, walker.start, folded(end), whole, root_dt);
  return walk_legs(walker, stopped ? Vec3{} : whole, root_dt, near);
}

WalkEnd VesicleWalk::alone(const Walker& walker) const {
  const double root_dt = std::sqrt(walker.variance);
  WalkEnd w;
  w.position = walker.start + walker.displacement;
  if (leaves(walker, walker.start, w.position, Leg{root_dt, walker.begin, walker.end}, w)) return w;
  w.position = folded(w.position);
  if (interface_stops(walker.id, walker.start, w.position, walker.displacement, root_dt)) w.position = walker.start;
  return w;
}

std::optional<WalkEnd> VesicleWalk::enter(const Walker& walker) const {
  const double root_dt = std::sqrt(walker.variance);
  Neighbours near;
  find_neighbours(walker.start, walker.bin, root_dt, near);
  WalkEnd w;
  w.position = walker.start + walker.displacement;
  const bool met =
      meet_cells(walker, walker.start, {root_dt, walker.begin, walker.end, kMostLegs, walker.spare}, near, w);
  if (met && w.cell < 0) return std::nullopt;
  return w;
}

void VesicleWalk::find_neighbours(Vec3 from, std::size_t bin, double root_dt, Neighbours& found) const {
  found.count = 0;
  found.from = from;
  const double reach = found.known_to = std::min(kReachInRootDt * root_dt, map_.longest_reach());
  for (const std::uint32_t c : map_.cells_near(bin)) {
    const WalkSphere& sphere = spheres_[c];
    const Vec3 d = nearest_image_(from - sphere.centre);
    const double square = dot(d, d), limit = sphere.wide + reach;
    if (square >= limit * limit) continue;
    const double gap = std::sqrt(square) - sphere.radius;
    bool known = false;  // a narrow periodic box lists a cell once per image
    for (std::size_t i = 0; i < found.count; ++i) known |= found.near[i].cell == c;
    if (known) continue;
    if (found.count == kMostNear) found.known_to = std::min(found.known_to, std::max(gap, found.near.back().gap));
    if (found.count == kMostNear && found.near.back().gap <= gap) continue;
    std::size_t at = std::min(found.count, kMostNear - 1);
    for (; at > 0 && found.near[at - 1].gap > gap; --at) found.near[at] = found.near[at - 1];
    found.near[at] = {c, gap};
    found.count = std::min(found.count + 1, kMostNear);
  }
}

std::uint32_t VesicleWalk::legs_needed(const Neighbours& near, double root_dt) const {
  double radius = kFlat;
  for (std::size_t i = 0; i < near.count; ++i) {
    const double R = cells_.radius[near.near[i].cell];
    if (near.near[i].gap < kDividedNear * root_dt || root_dt > kUndividedStepInRadii * R) radius = std::min(radius, R);
  }
  const double ratio = root_dt / (kLongestStepInRadii * radius);
  return ratio <= 1 ? 1 : std::min(kMostLegs, static_cast<std::uint32_t>(std::ceil(ratio * ratio)));
}

/// The path near cells, divided. Whether the whole step may pass an interface was decided before, as it is far from
/// cells: were it decided leg by leg, vesicles would pass more easily from where legs are many to where they are few. A
/// step that was stopped is a loop. Only what keeps vesicles out altogether stops a leg. Where cells are dense, their
/// neighbours are looked for anew on the way.
WalkEnd VesicleWalk::walk_legs(const Walker& walker, Vec3 whole, double root_dt, Neighbours& near) const {
  const std::uint32_t legs = legs_needed(near, root_dt);
  const double part = 1.0 / legs, duration = walker.end - walker.begin;
  Leg leg{root_dt * std::sqrt(part), 0, 0, 0, walker.spare};
  const double sigma = std::sqrt(2.0) * leg.root_dt;
  Vec3 rest = whole;  // what the bridge still has to cover
  WalkEnd w;
  w.position = walker.start;
  bool met = false;
  for (; leg.number < legs; ++leg.number) {
    leg.begin = walker.begin + duration * (leg.number * part);
    leg.end = leg.number + 1 == legs ? walker.end : walker.begin + duration * ((leg.number + 1) * part);
    const Vec3 from = w.position;
    const double strayed = norm(nearest_image_(from - near.from));
    if (near.count == kMostNear && strayed > 0 && strayed + kReachInRootDt * leg.root_dt > near.known_to)
      find_neighbours(from, map_.bin_at(from), leg.root_dt * std::sqrt(legs - leg.number), near);
    const double left = legs - leg.number;
    Vec3 displacement = (1 / left) * rest;
    double next_spare = 0;
    if (leg.number + 1 < legs) {
      const auto xi = environment_.noise.four_normals(Stream::vesicle_motion, walker.id, step_.step, 1 + leg.number);
      displacement += (sigma * std::sqrt((left - 1) / left)) * Vec3{xi[0], xi[1], xi[2]};
      next_spare = xi[3];
    }
    rest = rest - displacement;
    w.position = from + displacement;
    if (leaves(walker, from, w.position, leg, w)) return w;
    w.position = folded(w.position);
    if (forbidden(from, w.position)) {
      w.position = from;
      met = true;
    }
    met |= meet_cells(walker, from, leg, near, w);
    if (w.cell >= 0) return w;
    leg.spare = next_spare;
  }
  if (!met) w.position = folded(walker.start + whole);
  return w;
}

std::array<double, 6> VesicleWalk::wall_distances(Vec3 p) const {
  const Vec3 size = environment_.box.size;
  return {p.x, size.x - p.x, p.y, size.y - p.y, p.z, size.z - p.z};
}

/// Which walls let a path through that starts at `p`: as with cells, those that are further away reflect it.
std::array<bool, 6> VesicleWalk::open_faces(Vec3 p, double variance) const {
  std::array<bool, 6> open{};
  if (!any_open_face_) return open;
  const auto distance = wall_distances(p);
  for (int face = 0; face < 6; ++face)
    open[face] =
        wall_reactivity_[face] > 0 && distance[face] * distance[face] < kReachInRootDt * kReachInRootDt * variance;
  return open;
}

/// Local time that a wall lets pass.
double VesicleWalk::patience(const Walker& walker, int face, const Leg& leg) const {
  const double kappa = wall_reactivity_[face];
  if (std::isinf(kappa)) return 0;
  const double D_dt = leg.root_dt * leg.root_dt, dt = step_.dt * (leg.end - leg.begin);
  const double fusogen = environment_.classes[index(walker.klass)].fusogen_uptake;
  const std::uint32_t draw = 0x8000 + 8 * leg.number + static_cast<std::uint32_t>(face);
  return -pinned::log(environment_.noise.uniform(Stream::vesicle_acceptance, walker.id, step_.step, draw)) * D_dt /
         (kappa * fusogen * dt);
}

/// Whether a face takes a path, the first one if several would; when, and which.
bool VesicleWalk::leaves(const Walker& walker, Vec3 from, Vec3 to, const Leg& leg, WalkEnd& w) const {
  const auto open = open_faces(walker.start, walker.variance);
  if (std::ranges::none_of(open, std::identity())) return false;
  const auto before = wall_distances(from), after = wall_distances(to);
  const Noise& noise = environment_.noise;
  double first = 2;
  for (std::int32_t face = 0; face < 6; ++face) {
    if (!open[face]) continue;
    WallPassage passage{std::max(0.0, before[face]), std::abs(after[face]), leg.root_dt};
    if (passage.before * passage.after > kNoTouch * leg.root_dt * leg.root_dt) continue;
    passage.patience = patience(walker, face, leg);
    const std::uint32_t draw = 8 * leg.number + 1 + static_cast<std::uint32_t>(face);
    const double u = noise.uniform(Stream::vesicle_acceptance, walker.id, step_.step, draw);
    if (u >= passage.probability()) continue;
    const std::uint32_t when = 256 + 16 * leg.number + 2 * static_cast<std::uint32_t>(face);
    const double time = passage.time(noise.normals(Stream::vesicle_reservoir, walker.id, step_.step, when)[0],
                                     noise.uniform(Stream::vesicle_reservoir, walker.id, step_.step, when + 1));
    if (time >= first) continue;
    first = time;
    w.face = face;
    w.left_at = leg.begin + time * (leg.end - leg.begin);
  }
  return w.face >= 0;
}

bool VesicleWalk::interface_stops(AgentId id, Vec3 from, Vec3 to, Vec3 displacement, double root_dt) const {
  if (one_tissue_) return false;
  const Region &here = region_at(from), &there = region_at(to);
  if (&here == &there) return false;
  const double capacity_here = vesicle_capacity(here), capacity_there = vesicle_capacity(there);
  if (capacity_there <= 0) return capacity_here > 0;
  if (here.viscosity == there.viscosity && capacity_here <= capacity_there) return false;
  // K_y q(y->x) / (K_x q(x->y)) with q the Gaussian of the viscosity at its start.
  const double ratio = there.viscosity / here.viscosity;  // D_x / D_y
  const double square = dot(displacement, displacement) / (4 * root_dt * root_dt);
  const double backward = capacity_there * ratio * std::sqrt(ratio) * pinned::exp(square * (1 - ratio));
  const double u = environment_.noise.uniform(Stream::vesicle_acceptance, id, step_.step);
  return u * capacity_here >= backward;
}

/// Pushes w.position, in which a path from `from` ends, out of cells; true if there was any.
bool VesicleWalk::push_out(Vec3 from, const Leg& leg, const Neighbours& near, WalkEnd& w) const {
  constexpr int kRounds = 3;  // out of one cell into another where they are close together
  bool met = false;
  for (int round = 0; round < kRounds; ++round) {
    bool inside = false;
    for (std::size_t i = 0; i < near.count; ++i) {
      const std::uint32_t c = near.near[i].cell;
      const double R = spheres_[c].radius;
      const Vec3 r1 = to_cell(c, leg.end, w.position);
      const double away = norm(r1);
      if (away >= R) continue;
      const double x0 = std::max(0.0, norm(to_cell(c, leg.begin, from)) - R);
      const Vec3 outward = away > 0 ? (1 / away) * r1 : Vec3{1, 0, 0};
      const double x1 = reflected_distance(x0, R - away, {R, leg.root_dt, 0});
      w.position = folded(w.position + (R + x1 - away) * outward);
      inside = met = true;
    }
    if (!inside) break;
  }
  return met;
}

/// Whether it sticks to one of them is decided by where it ends in the end: between two cells a path that one of them
/// turns back meets the other.
bool VesicleWalk::meet_cells(const Walker& walker, Vec3 from, const Leg& leg, const Neighbours& near,
                             WalkEnd& w) const {
  const bool met = push_out(from, leg, near, w);
  for (std::size_t i = 0; i < near.count; ++i) {
    const std::uint32_t c = near.near[i].cell;
    const double R = spheres_[c].radius;
    const double kappa = reactivity_[index(walker.klass) * environment_.cell_types.size() + index(cells_.type[c])];
    if (!(kappa > 0)) continue;
    const Vec3 r1 = to_cell(c, leg.end, w.position);
    const double away = norm(r1), x0 = std::max(0.0, norm(to_cell(c, leg.begin, from)) - R);
    const double x1 = std::max(0.0, away - R);
    if (x0 * x1 > kNoTouch * leg.root_dt * leg.root_dt) continue;
    const SphereStep sphere{R, leg.root_dt, kappa * step_.dt * (leg.end - leg.begin) / leg.root_dt};
    if (!sticks(walker, x0, x1, sphere, room_[c], leg, i)) continue;
    const Vec3 outward = away > 0 ? (1 / away) * r1 : Vec3{1, 0, 0}, touched = w.position - x1 * outward;
    if (!reaches(walker, w.position, touched)) continue;
    w.cell = static_cast<std::int32_t>(c);
    w.on_surface = folded(spheres_[c].centre + spheres_[c].move + R * outward);
    return true;
  }
  if (met && vesicle_capacity(region_at(w.position)) <= 0 && vesicle_capacity(region_at(from)) > 0) w.position = from;
  return met;
}

/// The chance of sticking is that of free space, but an interface between the vesicle and the surface lets the path
/// through as it lets the whole step through: with the smaller density over the larger, by the same random number.
bool VesicleWalk::reaches(const Walker& walker, Vec3 here, Vec3 there) const {
  if (one_tissue_) return true;
  const double at_start = vesicle_capacity(region_at(walker.start));
  double least = at_start;
  const Vec3 way = there - here;
  const int points = 1 + static_cast<int>(kPointsPerVoxel / grid_.finest() * norm(way));
  for (int i = 0; i <= points; ++i)
    least = std::min(least, vesicle_capacity(region_at(folded(here + (static_cast<double>(i) / points) * way))));
  if (least >= at_start) return true;
  return environment_.noise.uniform(Stream::vesicle_acceptance, walker.id, step_.step) * at_start < least;
}

bool VesicleWalk::sticks(const Walker& walker, double x0, double x1, const SphereStep& sphere, double room,
                         const Leg& leg, std::size_t rank) const {
  const double bound = room * adsorption_bound(x0, x1, sphere);
  double u = 0;
  if (rank == 0) {
    // Phi(spare) is uniform and comes with the motion; mostly it is plain that it exceeds a small chance.
    constexpr double kPhiOfMinus2 = 0.0227;
    if (bound < kPhiOfMinus2 && leg.spare > -2) return false;
    u = 0.5 * pinned::erfc(-leg.spare / std::numbers::sqrt2);
  } else {
    const std::uint32_t draw = 16 * leg.number + static_cast<std::uint32_t>(rank);
    u = environment_.noise.uniform(Stream::vesicle_adsorption, walker.id, step_.step, draw);
  }
  return u < bound && u < room * adsorption_probability(x0, x1, sphere);
}

Vec3 VesicleWalk::to_cell(std::uint32_t c, double part, Vec3 p) const {
  return nearest_image_(p - (spheres_[c].centre + part * spheres_[c].move));
}

Vec3 VesicleWalk::folded_back(Vec3 p) const {
  const Box& box = environment_.box;
  return {fold_axis(p.x, box.size.x, box.periodic[0]), fold_axis(p.y, box.size.y, box.periodic[1]),
          fold_axis(p.z, box.size.z, box.periodic[2])};
}

}  // namespace interstice
