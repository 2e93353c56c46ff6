#include "engine/cells/cell_motility.h"

#include <algorithm>
#include <cmath>

#include "engine/cells/cell_sense.h"
#include "engine/core/pinned_math.h"

namespace interstice {

namespace {

constexpr double kOccupancyDifference = 0.01;    ///< across the cell, that halves the bias (Zigmond 1977: about 1 %)
constexpr std::uint32_t kFirstHeading = 0xff00;  ///< draw of a direction before the first turn

/// The walk's own identity: another variant is another walk of the same cell.
AgentId walk_id(AgentId id, std::uint64_t variant) { return variant == 0 ? id : id ^ mix64(variant); }

Vec3 biased_direction(const ChemotacticBias& bias, Vec3 random) {
  const Vec3 sum = bias.beta * bias.direction + (1 - bias.beta) * random;
  const double length = norm(sum);
  return length > 1e-12 ? (1 / length) * sum : random;
}

/// Where walls at `low` and `high` reflect a point to, as often as needed.
double reflected(double x, double low, double high) {
  if (x >= low && x <= high) return x;
  if (high <= low) return low;
  const double width = high - low;
  const double lap = std::fmod(std::fmod(x - low, 2 * width) + 2 * width, 2 * width);
  return low + (lap <= width ? lap : 2 * width - lap);
}

double planned_move(double x, double v, double radius, double size, bool periodic, double dt) {
  if (periodic) return v * dt;
  const double margin = std::min(radius, 0.5 * size);
  const double low = std::min(margin, x), high = std::max(size - margin, x), end = x + v * dt;
  return end >= low && end <= high ? v * dt : reflected(end, low, high) - x;
}

void move_along(double& x, double& v, double& heading, double move, double size, bool periodic, double dt) {
  x += move;
  if (periodic) {
    if (x < 0 || x >= size) x -= size * std::floor(x / size);
    if (x >= size) x = 0;  // a tiny negative x rounds up to the size itself
  } else if (move != v * dt) {
    v = -v;
    heading = -heading;
  }
}

}  // namespace

ChemotacticBias chemotactic_bias(const CellType& type, double radius, Vec3 position, double gain,
                                 const FieldSet& fields, const CellEnvironment& environment) {
  const std::size_t voxel = environment.grid->voxel_at(position);
  const Footprint place(position, radius, *environment.grid, environment.box);
  Vec3 sum;
  double strength = 0;
  for (const ChemotacticSignal& signal : type.motility.signals) {
    const bool spreads = environment.rules->spreads(index(signal.species));
    const double c = spreads ? place.mean(fields[signal.species]) : fields[signal.species][voxel];
    const double bound = signal.Kd + c;
    const Vec3 difference = (signal.weight * 2 * radius * signal.Kd / (bound * bound)) *
                            (spreads ? gradient(fields, signal.species, place, environment)
                                     : gradient(fields, signal.species, voxel, environment));
    sum += difference;
    strength += norm(difference);
  }
  const double length = norm(sum);
  if (!(length > 0)) return {};
  const double drive = std::max(0.0, gain * strength / kOccupancyDifference);
  return {(1 / length) * sum, type.motility.max_bias * drive / (drive + 1)};
}

Vec3 walk(Vec3& heading, AgentId id, double persistence, const ChemotacticBias& bias,
          const CellEnvironment& environment, const CellStep& step) {
  const AgentId key = walk_id(id, environment.chemotaxis_variant);
  const auto uniform = [&](std::uint32_t draw) {
    return environment.noise.uniform(Stream::cell_motility, key, step.step, draw);
  };
  if (dot(heading, heading) < 0.5)
    heading = biased_direction(bias, unit_vector(uniform(kFirstHeading), uniform(kFirstHeading + 1)));
  Vec3 path;  // mean heading times dt
  double now = 0;
  for (std::uint32_t turn = 0;; turn += 3) {
    const double next = now - persistence * pinned::log(uniform(turn));
    path += (std::min(next, step.dt) - now) * heading;
    if (next >= step.dt) break;
    now = next;
    heading = biased_direction(bias, unit_vector(uniform(turn + 1), uniform(turn + 2)));
  }
  return (1 / step.dt) * path;
}

void plan_cell_moves(const Cells& cells, const Box& box, double dt, std::vector<Vec3>& moves) {
  moves.resize(cells.size());
  for (std::size_t c = 0; c < cells.size(); ++c) {
    const double radius = cells.radius[c];
    moves[c] = {planned_move(cells.x[c], cells.vx[c], radius, box.size.x, box.periodic[0], dt),
                planned_move(cells.y[c], cells.vy[c], radius, box.size.y, box.periodic[1], dt),
                planned_move(cells.z[c], cells.vz[c], radius, box.size.z, box.periodic[2], dt)};
  }
}

void carry_out_cell_moves(Cells& cells, const Box& box, std::span<const Vec3> moves, double dt) {
  for (std::size_t c = 0; c < cells.size(); ++c) {
    if (cells.velocity(c) == Vec3{}) continue;
    move_along(cells.x[c], cells.vx[c], cells.heading_x[c], moves[c].x, box.size.x, box.periodic[0], dt);
    move_along(cells.y[c], cells.vy[c], cells.heading_y[c], moves[c].y, box.size.y, box.periodic[1], dt);
    move_along(cells.z[c], cells.vz[c], cells.heading_z[c], moves[c].z, box.size.z, box.periodic[2], dt);
  }
}

}  // namespace interstice
