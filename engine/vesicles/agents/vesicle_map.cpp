#include "engine/vesicles/agents/vesicle_map.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/core/pinned_math.h"
#include "engine/vesicles/agents/vesicle_kernel.h"
#include "engine/vesicles/vesicle_properties.h"

namespace interstice {
namespace {

/// Voxels are divided into bins as long as the map stays this small: finer bins tell more vesicles apart from those
/// that are near something. Where vesicles reach beyond the next voxel most are near, and the map takes longer to make.
constexpr std::size_t kMostBins = 2'500'000;

int divisions(const Grid& grid, double reach) {
  return 8 * grid.voxel_count() <= kMostBins && reach < grid.coarsest() ? 2 : 1;
}

/// Largest sqrt(D dt) that the map provides for [um]: a vesicle five standard deviations smaller than the median, in
/// the thinnest fluid.
double longest_root_dt(const VesicleEnvironment& environment, double dt) {
  double fastest = 0;
  for (const VesicleClass& klass : environment.classes) {
    const double smallest = klass.median_diameter * pinned::pow(klass.geometric_sd, -5.0);
    fastest = std::max(fastest, stokes_einstein(smallest, klass.temperature, klass.water_viscosity));
  }
  double thinnest = std::numeric_limits<double>::infinity();
  for (const Region& region : environment.regions->regions) thinnest = std::min(thinnest, region.viscosity);
  return std::sqrt(fastest / thinnest * dt);
}

/// The map provides for this many more of a cell's present moves, so that it need not be made anew for as many steps; a
/// thick skin sends more vesicles on the careful path.
constexpr double kSkinInMoves = 7;
constexpr double kThickestSkin = 2;  ///< [um]

/// Margins are kept a little below the distance, so that rounding cannot make them more.
constexpr double kJustLess = 1 - 1e-6;
constexpr double kFarthest = 255;  ///< largest margin, in units

/// A number per bin, of which each round takes the least or the greatest in a neighbourhood that is wider by one bin
/// along some axes.
class Neighbourhood {
 public:
  Neighbourhood(std::array<int, 3> bins, std::array<bool, 3> periodic, const std::vector<std::uint8_t>& values)
      : n_(bins), periodic_(periodic), value_(values), next_(values.size()) {}

  [[nodiscard]] std::uint8_t operator[](std::size_t bin) const { return value_[bin]; }

  template <class Choose>
  void widen(const Threads& threads, std::array<bool, 3> along, Choose choose) {
    if (along[0]) widen_rows(threads, choose);
    for (const int axis : {1, 2})
      if (along[axis]) widen_across(threads, axis, choose);
  }

 private:
  template <class Choose>
  void widen_rows(const Threads& threads, Choose choose) {
    const std::size_t nx = n_[0], layer = nx * n_[1];
    threads.for_blocks(n_[2], 1, [&](std::size_t k, std::size_t) {
      for (std::size_t row = k * layer; row < (k + 1) * layer; row += nx) {
        const std::uint8_t* v = &value_[row];
        for (std::size_t i = 1; i + 1 < nx; ++i) next_[row + i] = choose(v[i], choose(v[i - 1], v[i + 1]));
        const std::size_t last = nx - 1;
        next_[row] = choose(v[0], choose(v[before(0, 0)], v[after(0, 0)]));
        next_[row + last] = choose(v[last], choose(v[before(last, 0)], v[after(last, 0)]));
      }
    });
    value_.swap(next_);
  }
  template <class Choose>
  void widen_across(const Threads& threads, int axis, Choose choose) {
    const std::size_t nx = n_[0], layer = nx * n_[1], step = axis == 1 ? nx : layer;
    threads.for_blocks(n_[2], 1, [&](std::size_t k, std::size_t) {
      for (std::size_t j = 0; j < static_cast<std::size_t>(n_[1]); ++j) {
        const std::size_t at = axis == 1 ? j : k, row = k * layer + j * nx, base = row - at * step;
        const std::uint8_t *v = &value_[row], *low = &value_[base + before(at, axis) * step],
                           *high = &value_[base + after(at, axis) * step];
        for (std::size_t i = 0; i < nx; ++i) next_[row + i] = choose(v[i], choose(low[i], high[i]));
      }
    });
    value_.swap(next_);
  }
  /// The neighbour along an axis; itself at a wall.
  [[nodiscard]] std::size_t before(std::size_t i, int axis) const {
    return i > 0 ? i - 1 : periodic_[axis] ? static_cast<std::size_t>(n_[axis]) - 1 : 0;
  }
  [[nodiscard]] std::size_t after(std::size_t i, int axis) const {
    return i + 1 < static_cast<std::size_t>(n_[axis]) ? i + 1 : periodic_[axis] ? 0 : i;
  }

  std::array<int, 3> n_;
  std::array<bool, 3> periodic_;
  std::vector<std::uint8_t> value_, next_;
};

/// For each region the first that is like it to a vesicle.
std::vector<std::uint8_t> kinds_of(const std::vector<Region>& regions) {
  std::vector<std::uint8_t> kind;
  for (const Region& region : regions) {
    std::size_t r = 0;
    while (regions[r].viscosity != region.viscosity || vesicle_capacity(regions[r]) != vesicle_capacity(region)) ++r;
    kind.push_back(static_cast<std::uint8_t>(r));
  }
  return kind;
}

}  // namespace

std::size_t VesicleMap::bin_at(Vec3 p) const {
  const auto along = [](double x, int n) {
    return static_cast<std::size_t>(std::clamp(static_cast<int>(x), 0, n - 1));
  };
  const Vec3 at = by_axis(p, bins_per_um_);
  return along(at.x, bins_[0]) +
         static_cast<std::size_t>(bins_[0]) *
             (along(at.y, bins_[1]) + static_cast<std::size_t>(bins_[1]) * along(at.z, bins_[2]));
}

void VesicleMap::update(const Cells& cells, std::span<const Vec3> moves, const VesicleEnvironment& environment,
                        double dt, const Threads& threads) {
  const bool same_tissue = environment.regions == regions_ && dt == dt_;
  if (same_tissue && still_holds(cells, moves)) return;
  if (!same_tissue) {
    regions_ = environment.regions;
    dt_ = dt;
    lay_out(environment);
    measure_walls(environment);
    measure_tissue(environment, threads);
  }
  built_at_.resize(cells.size());
  for (std::size_t c = 0; c < cells.size(); ++c) {
    const double move = norm(moves[c]);
    built_at_[c] = {cells.position(c), cells.radius[c], move + std::min(kSkinInMoves * move, kThickestSkin)};
  }
  measure_cells(environment.box, threads);
}

bool VesicleMap::still_holds(const Cells& cells, std::span<const Vec3> moves) const {
  if (cells.size() != built_at_.size()) return false;
  for (std::size_t c = 0; c < cells.size(); ++c) {
    const BuiltCell& built = built_at_[c];
    const double strayed = norm(cells.position(c) - built.centre);
    if (cells.radius[c] != built.radius || strayed + norm(moves[c]) > built.skin) return false;
  }
  return true;
}

void VesicleMap::lay_out(const VesicleEnvironment& environment) {
  const Grid& grid = *environment.grid;
  reach_ = kReachInRootDt * longest_root_dt(environment, dt_);
  per_voxel_ = divisions(grid, reach_);
  bins_ = {grid.nx * per_voxel_, grid.ny * per_voxel_, grid.nz * per_voxel_};
  bins_per_um_ = {per_voxel_ / grid.spacing.x, per_voxel_ / grid.spacing.y, per_voxel_ / grid.spacing.z};
  // Beyond the cap the distance is not measured. A step longer than it, or than the box, takes the careful path.
  cap_ = std::min({1.2 * reach_, environment.box.size.x, environment.box.size.y, environment.box.size.z});
  unit_ = cap_ / kFarthest;
}

std::uint8_t VesicleMap::quantised(double distance) const {
  return static_cast<std::uint8_t>(std::min(kFarthest, kJustLess * distance / unit_));
}

std::array<int, 2> VesicleMap::bins_within(int axis, double at, double distance, bool periodic) const {
  const double per_um = bins_per_um_[axis];
  const int low = static_cast<int>(std::floor((at - distance) * per_um));
  const int high = static_cast<int>(std::floor((at + distance) * per_um));
  // Along a periodic axis the nearest image of each bin is within half a period.
  const int first = periodic ? static_cast<int>(std::floor(at * per_um)) - bins_[axis] / 2 : 0;
  const int last = periodic ? first + 2 * (bins_[axis] / 2) : bins_[axis] - 1;
  return {std::max(low, first), std::min(high, last)};
}

void VesicleMap::measure_walls(const VesicleEnvironment& environment) {
  const std::size_t count = static_cast<std::size_t>(bins_[0]) * bins_[1] * bins_[2];
  tissue_.assign(count, {static_cast<std::uint8_t>(kFarthest), static_cast<std::uint8_t>(kFarthest), 0, 0});
  any_wall_ = false;
  for (int face = 0; face < 6; ++face) {
    if (environment.reservoir_of_face[face] < 0 && !(environment.reactivity[face] > 0)) continue;
    any_wall_ = true;
    const int axis = face / 2;
    std::size_t bin = 0;
    std::array<int, 3> at{};
    for (at[2] = 0; at[2] < bins_[2]; ++at[2])
      for (at[1] = 0; at[1] < bins_[1]; ++at[1])
        for (at[0] = 0; at[0] < bins_[0]; ++at[0], ++bin) {
          const int bins_away = face % 2 == 0 ? at[axis] : bins_[axis] - 1 - at[axis];
          tissue_[bin].meet = std::min(tissue_[bin].meet, quantised(bins_away / bins_per_um_[axis]));
        }
  }
}

/// A vesicle may cross into other tissue if its bin is not far from a bin of another kind: within so many bins along
/// every axis.
void VesicleMap::measure_tissue(const VesicleEnvironment& environment, const Threads& threads) {
  const Grid& grid = *environment.grid;
  const std::vector<std::uint8_t> kind_of_region = kinds_of(environment.regions->regions);
  std::vector<std::uint8_t> kind(tissue_.size());
  threads.for_blocks(bins_[2], 1, [&](std::size_t k, std::size_t) {
    std::size_t bin = k * layer_size();
    for (int j = 0; j < bins_[1]; ++j)
      for (int i = 0; i < bins_[0]; ++i, ++bin) {
        const std::size_t voxel = grid.index(i / per_voxel_, j / per_voxel_, static_cast<int>(k) / per_voxel_);
        tissue_[bin].region = environment.regions->of_voxel[voxel];
        kind[bin] = kind_of_region[tissue_[bin].region];
      }
  });
  if (std::all_of(kind_of_region.begin(), kind_of_region.end(), [](std::uint8_t k) { return k == 0; })) return;
  Neighbourhood least(bins_, environment.box.periodic, kind), greatest(bins_, environment.box.periodic, kind);
  const double per_um = std::max({bins_per_um_.x, bins_per_um_.y, bins_per_um_.z});
  // After some steps of the finest axis, as many bins along another are met as begin nearer than the next step.
  const auto bins_met = [&](int steps, std::size_t axis) { return std::ceil(steps * (bins_per_um_[axis] / per_um)); };
  for (int steps = 0; steps / per_um < cap_; ++steps) {
    std::array<bool, 3> along{};
    for (std::size_t axis = 0; axis < 3; ++axis) along[axis] = bins_met(steps + 1, axis) > bins_met(steps, axis);
    least.widen(threads, along, [](std::uint8_t a, std::uint8_t b) { return std::min(a, b); });
    greatest.widen(threads, along, [](std::uint8_t a, std::uint8_t b) { return std::max(a, b); });
    const std::uint8_t distance = quantised(steps / per_um);
    threads.for_blocks(tissue_.size(), layer_size(), [&](std::size_t begin, std::size_t end) {
      for (std::size_t bin = begin; bin < end; ++bin)
        if (least[bin] != greatest[bin]) tissue_[bin].cross = std::min(tissue_[bin].cross, distance);
    });
  }
}

/// Layer by layer, so that threads share the work; within a layer in the order of the cells.
void VesicleMap::measure_cells(const Box& box, const Threads& threads) {
  const auto layers = static_cast<std::size_t>(bins_[2]);
  layers_.resize(layers);
  for (Layer& layer : layers_) layer.cells.clear();
  for (std::size_t c = 0; c < built_at_.size(); ++c) {
    const BuiltCell& cell = built_at_[c];
    const double distance = cell.radius + cell.skin + std::max(reach_, cap_);
    const auto [low, high] = bins_within(2, cell.centre.z, distance, box.periodic[2]);
    for (int k = low; k <= high; ++k)
      layers_[((k % bins_[2]) + bins_[2]) % bins_[2]].cells.push_back({static_cast<std::int32_t>(c), k});
  }
  surroundings_.resize(tissue_.size());
  near_start_.resize(tissue_.size() + 1);
  threads.for_blocks(layers, 1, [&](std::size_t layer, std::size_t) { measure_layer(layer, box); });
  std::uint32_t hits = 0;
  for (Layer& layer : layers_) {
    layer.first_hit = hits;
    hits += static_cast<std::uint32_t>(layer.hits.size());
  }
  near_cells_.resize(hits);
  near_start_[0] = 0;
  threads.for_blocks(layers, 1, [&](std::size_t layer, std::size_t) { list_hits(layer); });
}

void VesicleMap::measure_layer(std::size_t layer, const Box& box) {
  const std::size_t begin = layer * layer_size();
  std::copy_n(tissue_.begin() + static_cast<std::ptrdiff_t>(begin), layer_size(),
              surroundings_.begin() + static_cast<std::ptrdiff_t>(begin));
  std::vector<Hit>& hits = layers_[layer].hits;
  hits.clear();
  const Vec3 widths{1 / bins_per_um_.x, 1 / bins_per_um_.y, 1 / bins_per_um_.z};
  // Distance along one axis to bin b, which may be an image beyond a periodic face.
  const auto gap = [](double at, int b, double width) { return std::max({0.0, b * width - at, at - (b + 1) * width}); };
  const auto wrap = [&](int a, int b) { return static_cast<std::size_t>(((b % bins_[a]) + bins_[a]) % bins_[a]); };
  for (const auto [c, k] : layers_[layer].cells) {
    const BuiltCell& cell = built_at_[c];
    const double blocked = cell.radius + cell.skin, distance = blocked + std::max(reach_, cap_);
    const double gz = gap(cell.centre.z, k, widths.z);
    const auto [low_y, high_y] = bins_within(1, cell.centre.y, distance, box.periodic[1]);
    const auto [low_x, high_x] = bins_within(0, cell.centre.x, distance, box.periodic[0]);
    for (int j = low_y; j <= high_y; ++j) {
      const double gy = gap(cell.centre.y, j, widths.y), beside = gy * gy + gz * gz;
      if (beside > distance * distance) continue;
      const std::size_t row = begin + static_cast<std::size_t>(bins_[0]) * wrap(1, j);
      for (int i = low_x; i <= high_x; ++i) {
        const double gx = gap(cell.centre.x, i, widths.x), square = gx * gx + beside;
        if (square > distance * distance) continue;
        const std::size_t bin = row + wrap(0, i);
        const double away = std::max(0.0, std::sqrt(square) - blocked);
        surroundings_[bin].meet = std::min(surroundings_[bin].meet, quantised(away));
        if (away <= reach_) hits.push_back({static_cast<std::uint32_t>(bin), static_cast<std::uint32_t>(c)});
      }
    }
  }
}

/// Sorts the hits of a layer by bin; near_start_[b + 1] counts, then says where bin b ends.
void VesicleMap::list_hits(std::size_t layer) {
  const std::size_t begin = layer * layer_size(), end = begin + layer_size();
  const std::vector<Hit>& hits = layers_[layer].hits;
  std::fill_n(near_start_.begin() + static_cast<std::ptrdiff_t>(begin) + 1, layer_size(), 0U);
  for (const Hit& hit : hits) ++near_start_[hit.bin + 1];
  std::uint32_t start = layers_[layer].first_hit;
  for (std::size_t b = begin; b < end; ++b) {  // now where it starts
    const std::uint32_t count = near_start_[b + 1];
    near_start_[b + 1] = start;
    start += count;
  }
  for (const Hit& hit : hits) near_cells_[near_start_[hit.bin + 1]++] = hit.cell;
}

}  // namespace interstice
