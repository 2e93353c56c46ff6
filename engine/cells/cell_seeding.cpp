#include "engine/cells/cell_seeding.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <tuple>
#include <utility>

#include "engine/cells/cell_injury.h"
#include "engine/cells/cell_states.h"
#include "engine/core/box.h"
#include "engine/core/error.h"
#include "engine/core/name_key.h"

namespace interstice {

namespace {

constexpr std::uint32_t kAttempts = 256;

/// Cells placed so far, in bins, so that each candidate looks at its neighbours only.
class PlacedCells {
 public:
  PlacedCells(const Box& box, double reach) : box_(box) {
    const double size[3] = {box.size.x, box.size.y, box.size.z};
    for (int a = 0; a < 3; ++a) bins_[a] = std::clamp(static_cast<int>(size[a] / reach), 1, 256);
    first_.assign(static_cast<std::size_t>(bins_[0]) * bins_[1] * bins_[2], kEnd);
  }

  void add(Vec3 p, double radius) {
    next_.push_back(std::exchange(first_[bin(coordinates(p))], static_cast<std::uint32_t>(at_.size())));
    at_.push_back(p);
    radius_.push_back(radius);
  }

  /// How deep a sphere at p would reach into the worst of its neighbours or into a wall [um]; <= 0 when free.
  [[nodiscard]] double overlap(Vec3 p, double radius) const {
    double worst = wall_overlap(p, radius);
    const auto home = coordinates(p);
    for (int dz = -1; dz <= 1; ++dz)
      for (int dy = -1; dy <= 1; ++dy)
        for (int dx = -1; dx <= 1; ++dx) {
          std::array<int, 3> b{home[0] + dx, home[1] + dy, home[2] + dz};
          if (!wrap(b)) continue;
          for (std::uint32_t k = first_[bin(b)]; k != kEnd; k = next_[k])
            worst = std::max(worst, radius + radius_[k] - norm(box_.separation(p, at_[k])));
        }
    return worst;
  }

 private:
  static constexpr std::uint32_t kEnd = std::numeric_limits<std::uint32_t>::max();

  [[nodiscard]] double wall_overlap(Vec3 p, double radius) const {
    const double x[3] = {p.x, p.y, p.z}, size[3] = {box_.size.x, box_.size.y, box_.size.z};
    double worst = -std::numeric_limits<double>::infinity();
    for (int a = 0; a < 3; ++a)
      if (!box_.periodic[a]) worst = std::max(worst, std::min(radius, 0.5 * size[a]) - std::min(x[a], size[a] - x[a]));
    return worst;
  }
  [[nodiscard]] std::array<int, 3> coordinates(Vec3 p) const {
    const auto along = [](double x, double size, int bins) {
      return std::clamp(static_cast<int>(x / size * bins), 0, bins - 1);
    };
    return {along(p.x, box_.size.x, bins_[0]), along(p.y, box_.size.y, bins_[1]), along(p.z, box_.size.z, bins_[2])};
  }
  [[nodiscard]] bool wrap(std::array<int, 3>& b) const {
    for (int a = 0; a < 3; ++a) {
      if (b[a] >= 0 && b[a] < bins_[a]) continue;
      if (!box_.periodic[a]) return false;
      b[a] = (b[a] + bins_[a]) % bins_[a];
    }
    return true;
  }
  [[nodiscard]] std::size_t bin(const std::array<int, 3>& b) const {
    return static_cast<std::size_t>(b[0]) +
           static_cast<std::size_t>(bins_[0]) * (b[1] + static_cast<std::size_t>(bins_[1]) * b[2]);
  }

  Box box_;
  std::array<int, 3> bins_{1, 1, 1};
  std::vector<std::uint32_t> first_, next_;
  std::vector<Vec3> at_;
  std::vector<double> radius_;
};

/// Where cells of a placement may be.
struct AllowedPlace {
  std::vector<std::size_t> voxels;  ///< that are allowed
  bool wide = false;                ///< so much of the domain that points thrown at all of it soon hit
};

AllowedPlace allowed_place(const CellPlacement& placement, const CellEnvironment& environment) {
  constexpr double kWide = 1.0 / 64;
  AllowedPlace place;
  const std::size_t all = environment.grid->voxel_count();
  for (std::size_t v = 0; v < all; ++v)
    if (placement.in_region.empty() || placement.in_region[environment.regions->of_voxel[v]] != 0)
      place.voxels.push_back(v);
  if (place.voxels.empty() && placement.count > 0)
    throw InputError(
        fmt::format("{} cells of type {} have nowhere to be (their regions hold no voxel) paint the region "
                    "larger or choose another",
                    placement.count, environment.types[index(placement.type)].name));
  place.wide = static_cast<double>(place.voxels.size()) >= kWide * static_cast<double>(all);
  return place;
}

/// Keyed points, uniform over what is allowed. In a wide place they are thrown at the whole domain until they hit, so
/// that they are the same whatever the voxels are; in a small one a voxel is chosen.
class Candidates {
 public:
  Candidates(AgentId id, const CellPlacement& placement, const AllowedPlace& place, const CellEnvironment& environment)
      : id_(id), placement_(placement), place_(place), environment_(environment) {}

  Vec3 next() { return place_.wide ? thrown() : in_some_voxel(); }

 private:
  [[nodiscard]] double uniform(std::uint32_t which) const {
    return environment_.noise.uniform(Stream::cell_seeding, id_, draw_, which);
  }
  Vec3 thrown() {
    const Vec3 size = environment_.grid->size();
    for (;; ++draw_) {
      if (draw_ == kAttempts) continue;  // the direction in which the cell looks is drawn there
      const Vec3 p{size.x * uniform(1), size.y * uniform(2), size.z * uniform(3)};
      const std::uint8_t region = environment_.regions->of_voxel[environment_.grid->voxel_at(p)];
      if (!placement_.in_region.empty() && placement_.in_region[region] == 0) continue;
      ++draw_;
      return p;
    }
  }
  Vec3 in_some_voxel() {
    const auto chosen = static_cast<std::size_t>(uniform(0) * static_cast<double>(place_.voxels.size()));
    const Vec3 centre = environment_.grid->centre(place_.voxels[std::min(chosen, place_.voxels.size() - 1)]);
    const Vec3 p = centre + by_axis(environment_.grid->spacing, {uniform(1) - 0.5, uniform(2) - 0.5, uniform(3) - 0.5});
    ++draw_;
    return p;
  }

  AgentId id_;
  const CellPlacement& placement_;
  const AllowedPlace& place_;
  const CellEnvironment& environment_;
  std::uint32_t draw_ = 0;
};

Vec3 find_place(Candidates candidates, double radius, const PlacedCells& placed) {
  Vec3 best;
  double least = std::numeric_limits<double>::infinity();
  for (std::uint32_t attempt = 0; attempt < kAttempts; ++attempt) {
    const Vec3 p = candidates.next();
    const double overlap = placed.overlap(p, radius);
    if (overlap <= 0) return p;
    if (overlap < least) least = overlap, best = p;
  }
  return best;
}

/// Room for so many cells and no more: arrays that double as they grow would take up to twice as much.
void reserve_cells(Cells& cells, std::span<const ColumnSpec> columns, std::size_t count) {
  for_each_array(cells, columns, [count](const RowInfo&, auto& values) { values.reserve(count); });
}

}  // namespace

void append_cell(Cells& cells, CellTypeId type_id, AgentId id, Vec3 p, double now, std::span<const ColumnSpec> columns,
                 const CellEnvironment& environment) {
  const CellType& type = environment.types[index(type_id)];
  const Vec3 heading = unit_vector(environment.noise.uniform(Stream::cell_seeding, id, kAttempts, 0),
                                   environment.noise.uniform(Stream::cell_seeding, id, kAttempts, 1));
  for_each_array(cells, columns, [](const RowInfo&, auto& values) { values.emplace_back(); });
  const std::size_t c = cells.size() - 1;
  cells.id[c] = cells.ancestor[c] = id;
  cells.type[c] = type_id;
  cells.state[c] = type.initial_state;
  cells.x[c] = p.x;
  cells.y[c] = p.y;
  cells.z[c] = p.z;
  cells.heading_x[c] = heading.x;
  cells.heading_y[c] = heading.y;
  cells.heading_z[c] = heading.z;
  cells.radius[c] = type.radius;
  cells.state_since[c] = now;
  for (std::size_t k = 0; k < columns.size(); ++k) cells.columns[k][c] = columns[k].initial;
  for (const ColumnDynamics& column : type.columns) draw_column(cells, c, column, environment);
  draw_duration(cells, c, environment);
  leave_undecided(cells, c, now);
}

void seed_cells(Cells& cells, std::span<const CellPlacement> placements, std::span<const ColumnSpec> columns,
                const CellEnvironment& environment, const Threads& threads) {
  cells = Cells{};
  cells.columns.resize(columns.size());
  std::size_t count = 0;
  for (const CellPlacement& placement : placements) count += placement.count;
  reserve_cells(cells, columns, count);
  PlacedCells placed(environment.box, 2 * std::max(environment.rules->largest_radius(), 0.5));
  std::vector<std::uint64_t> ordinal(environment.types.size(), 0);
  for (const CellPlacement& placement : placements) {
    const GivenCells& given = placement.given;
    const AllowedPlace place = given.position.empty() ? allowed_place(placement, environment) : AllowedPlace{};
    const std::size_t type = index(placement.type);
    const AgentId key = name_key(environment.types[type].name);
    for (std::uint64_t k = 0; k < placement.count; ++k) {
      const AgentId id = child_id(key, ordinal[type]++);
      const double radius = given.radius.empty() ? environment.types[type].radius : given.radius[k];
      const Vec3 p =
          given.position.empty() ? find_place({id, placement, place, environment}, radius, placed) : given.position[k];
      placed.add(p, radius);
      append_cell(cells, placement.type, id, p, 0, columns, environment);
      cells.radius.back() = radius;
      for (std::size_t j = 0; j < given.columns.size(); ++j)
        if (const double value = given.values[k * given.columns.size() + j]; !std::isnan(value))
          cells.columns[index(given.columns[j])].back() = value;
    }
  }
  injure_at_start(cells, environment, threads);
}

}  // namespace interstice
