#include "engine/agents/cell_motility.h"

#include <algorithm>
#include <cmath>

#include "engine/agents/cell_sense.h"
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

/// Position and motion along one axis after a wall turned them back, as often as needed.
void turn_back(double& x, double& v, double& heading, double low, double high) {
  if (x >= low && x <= high) return;
  if (high <= low) {
    x = low;
    return;
  }
  const double width = high - low;
  const double lap = std::fmod(std::fmod(x - low, 2 * width) + 2 * width, 2 * width);
  x = low + (lap <= width ? lap : 2 * width - lap);
  v = -v;
  heading = -heading;
}

}  // namespace

Vec3 unit_vector(double u, double v) {
  const double z = 1 - 2 * u, r = std::sqrt(1 - z * z);
  double s = 0, c = 0;
  pinned::sincos_2pi(v, s, c);
  return {r * c, r * s, z};
}

ChemotacticBias chemotactic_bias(const CellType& type, double radius, Vec3 position, double gain,
                                 const FieldSet& fields, const CellEnvironment& environment) {
  const std::size_t voxel = environment.grid->voxel_at(position);
  Vec3 sum;
  double strength = 0;
  for (const ChemotacticSignal& signal : type.motility.signals) {
    const double c = fields[signal.species][voxel];
    const double bound = signal.Kd + c;
    const Vec3 difference = (signal.weight * 2 * radius * signal.Kd / (bound * bound)) *
                            gradient(fields, signal.species, voxel, environment);
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

Vec3 into_box(Vec3 p, const Box& box, double margin) {
  const auto along = [margin](double x, double size, bool periodic) {
    if (!periodic) return std::clamp(x, std::min(margin, 0.5 * size), std::max(size - margin, 0.5 * size));
    const double wrapped = x - size * std::floor(x / size);
    return wrapped < size ? wrapped : 0.0;  // a tiny negative x rounds up to the size itself
  };
  return {along(p.x, box.size.x, box.periodic[0]), along(p.y, box.size.y, box.periodic[1]),
          along(p.z, box.size.z, box.periodic[2])};
}

void advance_cells(Cells& cells, const Box& box, std::span<const CellType> types, double dt) {
  std::vector<double>* x[3] = {&cells.x, &cells.y, &cells.z};
  std::vector<double>* v[3] = {&cells.vx, &cells.vy, &cells.vz};
  std::vector<double>* heading[3] = {&cells.heading_x, &cells.heading_y, &cells.heading_z};
  const double size[3] = {box.size.x, box.size.y, box.size.z};
  for (std::size_t c = 0; c < cells.size(); ++c) {
    if (!types[index(cells.type[c])].mobile) continue;
    for (int a = 0; a < 3; ++a) {
      double& at = (*x[a])[c];
      const double moved = at + (*v[a])[c] * dt;
      if (box.periodic[a]) {
        at = moved >= 0 && moved < size[a] ? moved : into_box({moved, 0, 0}, {{size[a], 1, 1}, {true}}, 0).x;
        continue;
      }
      // a cell that was placed across the wall may stay there, but not go further out
      const double margin = std::min(cells.radius[c], 0.5 * size[a]);
      const double low = std::min(margin, at), high = std::max(size[a] - margin, at);
      at = moved;
      turn_back(at, (*v[a])[c], (*heading[a])[c], low, high);
    }
  }
}

}  // namespace interstice
