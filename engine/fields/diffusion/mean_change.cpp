/// @file
/// Stages of a substep: the change, the hops, the finish, in passes of as many stages as fit, tile by tile.
#include "engine/fields/diffusion/mean_change.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <span>

#include "engine/fields/diffusion/leaning_tiles.h"
#include "engine/fields/field_set.h"

namespace interstice {
namespace {

constexpr std::size_t kNumbers = 3;  ///< per voxel: the change, and two that hops write in turn
/// Numbers of a tile, in the first-level cache, and of what its stages leave to the next tile, in the second.
constexpr std::size_t kOfTile = 12288, kLeft = 344064;
constexpr std::size_t kTilesPerThread = 6;  ///< at least, so that none waits long for another

/// As many numbers rounded up to whole cache lines.
std::size_t whole_lines(std::size_t numbers) {
  constexpr std::size_t line = kAlignment / sizeof(float);
  return (numbers + line - 1) / line * line;
}

double* mean_scratch(std::size_t size) {
  thread_local AlignedNumbers scratch;
  if (scratch.size() < size) scratch.resize(size);
  return scratch.data();
}

/// Rows and planes of a tile. They follow from the grid alone, because sums over tiles do.
struct TileSize {
  explicit TileSize(std::size_t nx, std::size_t ny) {
    const std::size_t lines = kOfTile / (kNumbers * nx);
    rows = std::clamp<std::size_t>(lines / 4, 1, ny);
    planes = 2 * std::max<std::size_t>(1, lines / (2 * rows));
  }
  std::size_t rows, planes;
};

/// Calls body(first, end) for the numbers of a ring of n, of which those before its seam are below 0.
template <class Body>
void for_ring(Range range, std::size_t n, const Body& body) {
  const auto at = [n](std::ptrdiff_t i) { return static_cast<std::size_t>(i) + (i < 0 ? n : 0); };
  if (range.first < 0) body(at(range.first), range.end < 0 ? at(range.end) : n);
  if (range.end > 0) body(at(std::max<std::ptrdiff_t>(range.first, 0)), at(range.end));
}

}  // namespace

RowsOf rows_of(const double* field, const Conductance& conductance, std::size_t k, std::size_t first_row,
               std::size_t end_row) {
  const Grid& grid = conductance.grid();
  const auto nx = static_cast<std::size_t>(grid.nx), ny = static_cast<std::size_t>(grid.ny),
             nz = static_cast<std::size_t>(grid.nz), plane = nx * ny;
  const double* here = field + k * plane;
  const auto beside = [&](bool inside, std::size_t other, std::size_t seam) {
    return inside ? field + other * plane : conductance.periodic(2) ? field + seam * plane : nullptr;
  };
  const bool ring_y = conductance.periodic(1);
  return {.k = k,
          .first_row = first_row,
          .end_row = end_row,
          .here = here,
          .below = beside(k > 0, k - 1, nz - 1),
          .above = beside(k + 1 < nz, k + 1, 0),
          .y_below = ring_y ? here + plane - nx : nullptr,
          .y_above = ring_y ? here : nullptr};
}

/// Consecutive stages: the first of all is the change, the last the finish, those between are hops.
struct MeanChange::Pass {
  const Substep& substep;
  std::size_t first_stage = 0, stages = 0;
  std::size_t finish = 0;  ///< the last of all stages
  LeaningTiles y, z;
};

/// Voxels of a tile along y and z, stage by stage.
class MeanChange::Tile {
 public:
  Tile(MeanChange& m, const Pass& pass)
      : m_(m), pass_(pass), conductance_(pass.substep.plan.diffusion->conductance()), plane_(m.nx_ * m.ny_) {}

  void run(std::size_t part_y, std::size_t tile_y, std::size_t part_z, std::size_t tile_z) const {
    for (std::size_t s = 0; s < pass_.stages; ++s) {
      const Range rows = pass_.y.at(part_y, s, tile_y), planes = pass_.z.at(part_z, s, tile_z);
      if (rows.empty() || planes.empty()) continue;
      for_ring(rows, m_.ny_, [&](std::size_t first_row, std::size_t end_row) {
        for_ring(planes, m_.nz_, [&](std::size_t first, std::size_t end) {
          run_stage(pass_.first_stage + s, {first_row, end_row, first, end});
        });
      });
    }
  }

 private:
  struct Box {
    std::size_t first_row, end_row, first, end;  ///< rows of planes [first, end)
  };

  void run_stage(std::size_t stage, const Box& box) const {
    if (stage == pass_.finish) return finish(box);
    if (stage > 0) return make(stage - 1, box);
    for (std::size_t k = box.first; k < box.end; ++k) {
      pass_.substep.change(rows_of(pass_.substep.c, conductance_, k, box.first_row, box.end_row),
                           m_.of_plane(m_.change_, k));
    }
  }

  void make(std::size_t hop, const Box& box) const {
    Hop rows = m_.hop(pass_.substep, hop);
    rows.first = box.first_row, rows.end = box.end_row;
    hop_planes(rows, std::span(m_.ways_[way(hop)]).subspan(box.first, box.end - box.first));
  }

  /// With three planes of the mean at a time.
  void finish(const Box& box) const {
    const std::size_t nx = m_.nx_, nz = m_.nz_, skipped = box.first_row * nx,
                      before = whole_lines(nx + skipped) - skipped,
                      slot = whole_lines(before + (box.end_row - box.first_row + 1) * nx) + 2 * VoxelArray::kMargin;
    double* scratch = mean_scratch(3 * slot) + VoxelArray::kMargin + before;
    const bool ring_y = conductance_.periodic(1), ring_z = conductance_.periodic(2);
    const auto mean = [&](std::size_t n) -> double* {  // of plane n - 1; where its first voxel would be
      return ring_z || (n > 0 && n <= nz) ? scratch + n % 3 * slot - skipped : nullptr;
    };
    const auto find = [&](std::size_t n) {
      if (double* u = mean(n)) find_mean(n == 0 ? nz - 1 : n > nz ? 0 : n - 1, box, u);
    };
    find(box.first), find(box.first + 1);
    for (std::size_t k = box.first; k < box.end; ++k) {
      find(k + 2);
      const double* here = mean(k + 1);
      pass_.substep.finish({.k = k,
                            .first_row = box.first_row,
                            .end_row = box.end_row,
                            .here = here,
                            .below = mean(k),
                            .above = mean(k + 2),
                            .y_below = ring_y ? here - nx : nullptr,
                            .y_above = ring_y ? here + plane_ : nullptr});
    }
  }

  /// Of the rows and those beside them. What lies beyond walls is multiplied by 0.
  void find_mean(std::size_t k, const Box& box, double* mean) const {
    const std::size_t nx = m_.nx_, first = box.first_row - (box.first_row > 0 ? 1 : 0),
                      end = box.end_row + (box.end_row < m_.ny_ ? 1 : 0);
    const double* c = pass_.substep.c + k * plane_;
    const float* hops = m_.ways_[way(pass_.finish - 2)][k].out;
    add_hops(first * nx, end * nx, c, hops, mean);
    const bool ring = conductance_.periodic(1);
    if (box.first_row == 0) ring ? add_hops(plane_ - nx, plane_, c, hops, mean - plane_) : void(mean[-1] = 0);
    if (box.end_row == m_.ny_) ring ? add_hops(0, nx, c, hops, mean + plane_) : void(mean[plane_] = 0);
  }

  MeanChange& m_;
  const Pass& pass_;
  const Conductance& conductance_;
  std::size_t plane_;
};

MeanChange::MeanChange(const Grid& grid)
    : nx_(static_cast<std::size_t>(grid.nx)),
      ny_(static_cast<std::size_t>(grid.ny)),
      nz_(static_cast<std::size_t>(grid.nz)),
      margin_(whole_lines(grid.voxel_count() <= kSmallGrid ? nx_ * ny_ : nx_ + 1)),
      stride_(grid.voxel_count() <= kSmallGrid ? nx_ * ny_ : whole_lines(nx_ * ny_ + 1)),
      nothing_(nx_ * ny_ + 2 * margin_) {}

/// By Horner's rule; `made` hops were made before.
Hop MeanChange::hop(const Substep& s, std::size_t made) const {
  const std::vector<float>& weights = s.series.weights;
  return {.nx = nx_,
          .ny = ny_,
          .end = ny_,
          .ring_x = s.plan.diffusion->conductance().periodic(0),
          .dt = static_cast<float>(s.h / s.series.q),
          .kept = s.series.kept,
          .scale = made == 0 ? weights.back() : 1.0F,
          .weight = weights[weights.size() - 2 - made]};
}

/// A small grid stays in the cache and is done as a single plane: calls for planes of some hundred voxels would take
/// longer than what they do.
void MeanChange::run_whole(const Substep& s) {
  const NoSubnormals here;
  const std::size_t plane = nx_ * ny_, voxels = plane * nz_;
  const DiffusionOperator::Whole<float>& whole = s.plan.diffusion->whole<float>();
  const AlignedFloats& walls = s.plan.diffusion->whole_walls();
  for (AlignedFloats* field : {&change_, &one_, &other_}) field->resize(voxels + 2 * margin_);
  float* change = of_plane(change_, 0);
  const float *from = change, *lost = walls.empty() ? nullptr : walls.data();
  s.change({.here = s.c, .whole = true}, change);
  s.walls.begin_hops(s.plan, s.h);
  if (lost != nullptr && s.uptake != nullptr) {
    lost_.resize(voxels);
    for (std::size_t v = 0; v < voxels; ++v) lost_[v] = lost[v] + s.uptake[v];
    lost = lost_.data();
  } else if (lost == nullptr) {
    lost = s.uptake;
  }
  for (std::size_t n = 0; n + 1 < s.series.weights.size(); ++n) {
    float* to = of_plane(n % 2 == 0 ? one_ : other_, 0);
    Hop all = hop(s, n);
    all.end = all.ny *= nz_;
    hop_planes(all, {{{.from = from,
                       .z_below = from - plane,
                       .z_above = from + plane,
                       .v = change,
                       .uptake = lost,
                       .faces = whole.faces,
                       .out = to}}});
    for (const auto& seam : whole.seams) {
      const float step = all.scale * all.dt * (from[seam.last] - from[seam.first]);
      to[seam.first] += seam.into_first * step;
      to[seam.last] -= seam.into_last * step;
    }
    s.walls.add_hop(s.plan, all, from, to);
    from = to;
  }
  s.walls.end_hops();
  double* u = mean_scratch(voxels + 2 * VoxelArray::kMargin) + VoxelArray::kMargin;
  add_hops(0, voxels, s.c, from, u);
  s.finish({.here = u, .whole = true});
}

/// So few stages in each that what a tile reads is mostly what it left. Rings allow for fewer.
std::size_t MeanChange::number_of_passes(const Conductance& conductance, std::size_t stages) const {
  const double rows_left = static_cast<double>(kLeft) / static_cast<double>(kNumbers * nx_);
  const auto best = std::max<std::size_t>(1, static_cast<std::size_t>(1.5 * std::sqrt(rows_left)));
  const std::size_t most = std::min({best, LeaningTiles(ny_, conductance.periodic(1), 1).most_stages(),
                                     LeaningTiles(nz_, conductance.periodic(2), 1).most_stages()});
  return (stages + most - 1) / most;
}

/// How many tiles of y go along z together, on one thread: as many as find there what they left.
std::size_t MeanChange::tiles_together(const Pass& pass, std::size_t number, std::size_t threads) const {
  const std::size_t rows = kLeft / (kNumbers * nx_ * std::min(pass.stages, nz_)), length = pass.y.length(),
                    shares = threads == 1 ? 1 : kTilesPerThread * threads;
  return std::clamp<std::size_t>((rows + length / 2) / length, 1,
                                 std::max<std::size_t>(1, (number + shares - 1) / shares));
}

void MeanChange::run_part(const Pass& pass, std::size_t part_y, std::size_t part_z, const Threads& threads) {
  const std::size_t number = pass.y.number(part_y, pass.stages),
                    together = tiles_together(pass, number, static_cast<std::size_t>(threads.count())),
                    groups = (number + together - 1) / together;
  threads.for_staircase(groups, pass.z.number(part_z, pass.stages), [&](std::size_t group, std::size_t tile_z) {
    const NoSubnormals here;
    const std::size_t first = group * together, end = std::min(first + together, number);
    for (std::size_t tile_y = first; tile_y < end; ++tile_y) Tile(*this, pass).run(part_y, tile_y, part_z, tile_z);
  });
}

/// How many planes of the change are there at a time: where all rows of a tile of z are made before those of the next,
/// no more than are in work, the rest makes room.
std::size_t MeanChange::planes_kept(const Pass& pass, std::size_t threads) const {
  const std::size_t number = pass.y.number(0, pass.stages);
  const bool at_once = pass.stages == pass.finish + 1 && pass.y.parts() == 1 && pass.z.parts() == 1 &&
                       tiles_together(pass, number, threads) == number;
  return at_once ? std::min(nz_, pass.stages + pass.z.length()) : nz_;
}

/// `open_y`: does anything pass the walls across y?
HopPlane MeanChange::plane(const Substep& s, bool open_y, std::size_t k, AlignedFloats& from, AlignedFloats& to) {
  const Conductance& g = s.plan.diffusion->conductance();
  const std::size_t size = nx_ * ny_;
  const bool ring_y = g.periodic(1);
  const float *here = of_plane(from, k), *nothing = nothing_.data() + margin_;
  const auto beside = [&](bool inside, std::size_t other, std::size_t seam) {
    return inside ? of_plane(from, other) : g.periodic(2) ? of_plane(from, seam) : nothing;
  };
  HopPlane plane{.from = here,
                 .z_below = beside(k > 0, k - 1, nz_ - 1),
                 .z_above = beside(k + 1 < nz_, k + 1, 0),
                 .v = of_plane(change_, k),
                 .uptake = s.uptake == nullptr ? nullptr : s.uptake + k * size,
                 .faces = s.plan.diffusion->faces<float>(k),
                 .out = of_plane(to, k)};
  if (ring_y) {
    plane.y_below = here + size - nx_, plane.y_above = here;
  } else if (open_y) {
    plane.y_below = plane.y_above = nothing;
  } else if (!plane.faces.is_level) {  // what other tiles are about is not even read
    plane.y_below = here, plane.y_above = here + size - nx_;
  }
  return plane;
}

void MeanChange::lay_out(const Substep& substep) {
  for (AlignedFloats* field : {&change_, &one_, &other_})
    if (const std::size_t size = stride_ * kept_ + 2 * margin_; field->size() < size) field->resize(size);
  const std::array<AlignedFloats*, 3> from{&change_, &one_, &other_}, to{&one_, &other_, &one_};
  const Conductance& g = substep.plan.diffusion->conductance();
  const bool open_y = g.wall_total(2) + g.wall_total(3) > 0;
  for (std::size_t way = 0; way < ways_.size(); ++way) {
    ways_[way].clear();
    for (std::size_t k = 0; k < nz_; ++k) ways_[way].push_back(plane(substep, open_y, k, *from[way], *to[way]));
  }
}

void MeanChange::run(const Substep& substep, const Threads* threads) {
  if (substep.plan.diffusion->has_whole()) return run_whole(substep);
  const Conductance& g = substep.plan.diffusion->conductance();
  const TileSize tile(nx_, ny_);
  const std::size_t stages = substep.series.weights.size() + 1, passes = number_of_passes(g, stages);
  Pass pass{.substep = substep,
            .stages = stages / passes,
            .finish = stages - 1,
            .y = LeaningTiles(ny_, g.periodic(1), tile.rows),
            .z = LeaningTiles(nz_, g.periodic(2), tile.planes)};
  kept_ = planes_kept(pass, static_cast<std::size_t>(threads->count()));
  lay_out(substep);
  for (std::size_t n = 0; n < passes; ++n, pass.first_stage += pass.stages) {
    pass.stages = (stages - pass.first_stage) / (passes - n);
    for (std::size_t part_y = 0; part_y < pass.y.parts(); ++part_y)
      for (std::size_t part_z = 0; part_z < pass.z.parts(); ++part_z) run_part(pass, part_y, part_z, *threads);
  }
}

}  // namespace interstice
