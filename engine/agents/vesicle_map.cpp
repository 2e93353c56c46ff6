#include "engine/agents/vesicle_map.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/agents/vesicle_kernel.h"
#include "engine/agents/vesicle_properties.h"
#include "engine/core/pinned_math.h"

namespace interstice {
namespace {

/// Voxels are divided into bins as long as the map stays this small: finer bins tell more vesicles apart from those
/// that are near something.
constexpr std::size_t kMostBins = 2'500'000;

int divisions(std::size_t voxels) { return 8 * voxels <= kMostBins ? 2 : 1; }

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

/// The bins as a lattice with neighbours.
struct BinLattice {
  std::array<int, 3> n;
  std::array<bool, 3> periodic;

  template <class Visit>
  void each(Visit visit) const {
    std::size_t bin = 0;
    std::array<int, 3> at{};
    for (at[2] = 0; at[2] < n[2]; ++at[2])
      for (at[1] = 0; at[1] < n[1]; ++at[1])
        for (at[0] = 0; at[0] < n[0]; ++at[0]) visit(bin++, at);
  }
  template <class Visit>
  void each_backwards(Visit visit) const {
    std::size_t bin = static_cast<std::size_t>(n[0]) * n[1] * n[2];
    std::array<int, 3> at{};
    for (at[2] = n[2] - 1; at[2] >= 0; --at[2])
      for (at[1] = n[1] - 1; at[1] >= 0; --at[1])
        for (at[0] = n[0] - 1; at[0] >= 0; --at[0]) visit(--bin, at);
  }
  /// Neighbours number [first, last) of the 26, in raster order: the first 13 come before the bin.
  template <class Visit>
  void each_neighbour(std::array<int, 3> at, int first, int last, Visit visit) const {
    for (int k = first; k < last; ++k) {
      const int code = k < 13 ? k : k + 1;
      const std::array<int, 3> offset{code % 3 - 1, code / 3 % 3 - 1, code / 9 - 1};
      std::array<std::size_t, 3> to{};
      bool inside = true;
      for (int a = 0; a < 3; ++a) {
        int b = at[a] + offset[a];
        if (b < 0 || b >= n[a]) {
          inside &= periodic[a];
          b = b < 0 ? n[a] - 1 : 0;
        }
        to[a] = static_cast<std::size_t>(b);
      }
      if (inside) visit(to[0] + n[0] * (to[1] + n[1] * to[2]));
    }
  }
};

}  // namespace

std::size_t VesicleMap::bin_at(Vec3 p) const {
  const auto along = [&](double x, int n) {
    return static_cast<std::size_t>(std::clamp(static_cast<int>(x * bins_per_um_), 0, n - 1));
  };
  return along(p.x, bins_[0]) + static_cast<std::size_t>(bins_[0]) *
                                    (along(p.y, bins_[1]) + static_cast<std::size_t>(bins_[1]) * along(p.z, bins_[2]));
}

void VesicleMap::update(const Cells& cells, std::span<const Vec3> moves, const VesicleEnvironment& environment,
                        double dt) {
  const bool same_tissue = environment.regions == regions_ && dt == dt_;
  if (same_tissue && still_holds(cells, moves)) return;
  if (!same_tissue) {
    regions_ = environment.regions;
    dt_ = dt;
    lay_out(environment);
    measure_walls(environment);
    measure_tissue(environment);
  }
  built_at_.resize(cells.size());
  for (std::size_t c = 0; c < cells.size(); ++c) {
    const double move = norm(moves[c]);
    built_at_[c] = {cells.position(c), cells.radius[c], move + std::min(kSkinInMoves * move, kThickestSkin)};
  }
  measure_cells(environment.box);
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
  per_voxel_ = divisions(grid.voxel_count());
  bins_ = {grid.nx * per_voxel_, grid.ny * per_voxel_, grid.nz * per_voxel_};
  bins_per_um_ = per_voxel_ / grid.spacing;
  reach_ = kReachInRootDt * longest_root_dt(environment, dt_);
  // Beyond the cap the distance is not measured. A step longer than it, or than the box, takes the careful path.
  cap_ = std::min({1.2 * reach_, environment.box.size.x, environment.box.size.y, environment.box.size.z});
}

template <class Visit>
void VesicleMap::visit_bins_near(Vec3 centre, double distance, const Box& box, Visit visit) const {
  const double width = 1 / bins_per_um_;
  const std::array<double, 3> at{centre.x, centre.y, centre.z};
  std::array<int, 3> low{}, high{};
  for (int a = 0; a < 3; ++a) {
    low[a] = static_cast<int>(std::floor((at[a] - distance) * bins_per_um_));
    high[a] = static_cast<int>(std::floor((at[a] + distance) * bins_per_um_));
    // Along a periodic axis the nearest image of each bin is within half a period.
    const int first = box.periodic[a] ? static_cast<int>(std::floor(at[a] * bins_per_um_)) - bins_[a] / 2 : 0;
    const int last = box.periodic[a] ? first + 2 * (bins_[a] / 2) : bins_[a] - 1;
    low[a] = std::max(low[a], first);
    high[a] = std::min(high[a], last);
  }
  // Distance along one axis from the centre to bin b, which may be an image beyond a periodic face.
  const auto gap = [&](int a, int b) { return std::max({0.0, b * width - at[a], at[a] - (b + 1) * width}); };
  const auto wrap = [&](int a, int b) { return static_cast<std::size_t>(((b % bins_[a]) + bins_[a]) % bins_[a]); };
  for (int k = low[2]; k <= high[2]; ++k)
    for (int j = low[1]; j <= high[1]; ++j) {
      const double gz = gap(2, k), gy = gap(1, j);
      const std::size_t row =
          static_cast<std::size_t>(bins_[0]) * (wrap(1, j) + static_cast<std::size_t>(bins_[1]) * wrap(2, k));
      for (int i = low[0]; i <= high[0]; ++i) {
        const Vec3 away{gap(0, i), gy, gz};
        if (dot(away, away) <= distance * distance) visit(row + wrap(0, i), away);
      }
    }
}

void VesicleMap::measure_walls(const VesicleEnvironment& environment) {
  const std::size_t count = static_cast<std::size_t>(bins_[0]) * bins_[1] * bins_[2];
  const auto cap = static_cast<float>(cap_);
  tissue_margin_.assign(count, {cap, cap});
  for (int face = 0; face < 6; ++face) {
    const bool crossed = environment.reservoir_of_face[face] >= 0, met = environment.reactivity[face] > 0;
    if (!crossed && !met) continue;
    const int axis = face / 2;
    std::size_t bin = 0;
    std::array<int, 3> at{};
    for (at[2] = 0; at[2] < bins_[2]; ++at[2])
      for (at[1] = 0; at[1] < bins_[1]; ++at[1])
        for (at[0] = 0; at[0] < bins_[0]; ++at[0], ++bin) {
          const int bins_away = face % 2 == 0 ? at[axis] : bins_[axis] - 1 - at[axis];
          const auto distance = static_cast<float>(bins_away / bins_per_um_ * kJustLess);
          Margin& margin = tissue_margin_[bin];
          if (crossed) margin.cross = std::min(margin.cross, distance);
          if (met) margin.meet = std::min(margin.meet, distance);
        }
  }
}

void VesicleMap::measure_tissue(const VesicleEnvironment& environment) {
  const Grid& grid = *environment.grid;
  const auto& regions = environment.regions->regions;
  std::vector<std::uint8_t> region(tissue_margin_.size());
  inverse_viscosity_.clear();
  for (const std::uint8_t r : environment.regions->of_voxel) inverse_viscosity_.push_back(1 / regions[r].viscosity);
  const BinLattice lattice{bins_, environment.box.periodic};
  lattice.each([&](std::size_t bin, std::array<int, 3> at) {
    region[bin] = environment.regions->of_voxel[grid.index(at[0] / per_voxel_, at[1] / per_voxel_, at[2] / per_voxel_)];
  });
  const auto differ = [&](std::uint8_t a, std::uint8_t b) {
    return a != b && (regions[a].viscosity != regions[b].viscosity ||
                      vesicle_capacity(regions[a]) != vesicle_capacity(regions[b]));
  };
  constexpr int kFar = 1 << 20;
  std::vector<int> steps(region.size(), kFar);  // king's moves to a bin that touches another tissue
  bool any = false;
  lattice.each([&](std::size_t bin, std::array<int, 3> at) {
    lattice.each_neighbour(at, 0, 26, [&](std::size_t other) {
      if (differ(region[bin], region[other])) steps[bin] = 0, any = true;
    });
  });
  if (!any) return;
  // Two raster passes give this distance exactly (Rosenfeld and Pfaltz 1966); periodic faces need a second round.
  for (int round = 0; round < 2; ++round) {
    lattice.each([&](std::size_t bin, std::array<int, 3> at) {
      lattice.each_neighbour(at, 0, 13, [&](std::size_t o) { steps[bin] = std::min(steps[bin], steps[o] + 1); });
    });
    lattice.each_backwards([&](std::size_t bin, std::array<int, 3> at) {
      lattice.each_neighbour(at, 13, 26, [&](std::size_t o) { steps[bin] = std::min(steps[bin], steps[o] + 1); });
    });
  }
  for (std::size_t bin = 0; bin < steps.size(); ++bin) {
    float& cross = tissue_margin_[bin].cross;
    cross = std::min(cross, static_cast<float>(steps[bin] / bins_per_um_ * kJustLess));
  }
}

void VesicleMap::measure_cells(const Box& box) {
  margin_ = tissue_margin_;
  near_start_.assign(margin_.size() + 1, 0);
  hits_.clear();
  for (std::uint32_t c = 0; c < built_at_.size(); ++c) {
    const double blocked = built_at_[c].radius + built_at_[c].skin;
    visit_bins_near(built_at_[c].centre, blocked + std::max(reach_, cap_), box, [&](std::size_t bin, Vec3 away) {
      const double gap = std::max(0.0, norm(away) - blocked);
      margin_[bin].meet = std::min(margin_[bin].meet, static_cast<float>(gap * kJustLess));
      if (gap > reach_) return;
      hits_.push_back({static_cast<std::uint32_t>(bin), c});
      ++near_start_[bin + 1];
    });
  }
  for (std::size_t b = 0; b < margin_.size(); ++b) near_start_[b + 1] += near_start_[b];
  near_cells_.resize(hits_.size());
  std::vector<std::uint32_t> next(near_start_.begin(), near_start_.end() - 1);
  for (const Hit& hit : hits_) near_cells_[next[hit.bin]++] = hit.cell;
}

}  // namespace interstice
