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

int bins_per_voxel(std::size_t voxels) { return 64 * voxels <= kMostBins ? 4 : 8 * voxels <= kMostBins ? 2 : 1; }

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

/// Margins are kept a little below the distance, so that rounding cannot make them more.
constexpr double kJustLess = 1 - 1e-6;

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
  double longest_move = 0;
  built_at_.resize(cells.size());
  for (std::size_t c = 0; c < cells.size(); ++c) {
    built_at_[c] = cells.position(c);
    longest_move = std::max(longest_move, norm(moves[c]));
  }
  built_radius_ = cells.radius;
  skin_ = longest_move > 0 ? std::max(0.5, 2 * longest_move) : 0.0;
  measure_cells(cells, environment.box);
}

bool VesicleMap::still_holds(const Cells& cells, std::span<const Vec3> moves) const {
  if (cells.size() != built_at_.size()) return false;
  const auto within = [&](Vec3 a, Vec3 b) { return dot(a - b, a - b) <= skin_ * skin_; };
  for (std::size_t c = 0; c < cells.size(); ++c) {
    if (cells.radius[c] != built_radius_[c]) return false;
    if (!within(cells.position(c), built_at_[c]) || !within(cells.position(c) + moves[c], built_at_[c])) return false;
  }
  return true;
}

void VesicleMap::lay_out(const VesicleEnvironment& environment) {
  const Grid& grid = *environment.grid;
  per_voxel_ = bins_per_voxel(grid.voxel_count());
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
    if (!box.periodic[a]) low[a] = std::max(low[a], 0), high[a] = std::min(high[a], bins_[a] - 1);
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
    const bool crossed = environment.reservoir_of_face[face] >= 0, met = environment.absorbs[face];
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
  const auto& of_voxel = environment.regions->of_voxel;
  const auto region_of = [&](std::array<int, 3> at) {
    return of_voxel[grid.index(at[0] / per_voxel_, at[1] / per_voxel_, at[2] / per_voxel_)];
  };
  std::vector<std::uint8_t> region_of_bin(tissue_margin_.size());
  inverse_viscosity_.resize(tissue_margin_.size());
  const auto each_bin = [&](auto visit) {
    std::size_t bin = 0;
    std::array<int, 3> at{};
    for (at[2] = 0; at[2] < bins_[2]; ++at[2])
      for (at[1] = 0; at[1] < bins_[1]; ++at[1])
        for (at[0] = 0; at[0] < bins_[0]; ++at[0]) visit(bin++, at);
  };
  each_bin([&](std::size_t bin, std::array<int, 3> at) {
    region_of_bin[bin] = region_of(at);
    inverse_viscosity_[bin] = 1 / regions[region_of_bin[bin]].viscosity;
  });
  const auto differ = [&](std::uint8_t a, std::uint8_t b) {
    return a != b && (regions[a].viscosity != regions[b].viscosity ||
                      vesicle_capacity(regions[a]) != vesicle_capacity(regions[b]));
  };
  // The nearest bin of another tissue has a neighbour of another tissue, so only such bins need to be spread.
  each_bin([&](std::size_t bin, std::array<int, 3> at) {
    bool at_interface = false;
    for (int axis = 0; axis < 3; ++axis)
      for (const int step : {-1, 1}) {
        auto neighbour = at;
        neighbour[axis] += step;
        if (neighbour[axis] < 0 || neighbour[axis] >= bins_[axis]) {
          if (!environment.box.periodic[axis]) continue;
          neighbour[axis] = (neighbour[axis] + bins_[axis]) % bins_[axis];
        }
        at_interface |= differ(region_of_bin[bin], region_of(neighbour));
      }
    if (!at_interface) return;
    const double width = 1 / bins_per_um_, half = 0.5 * width;
    const Vec3 centre{(at[0] + 0.5) * width, (at[1] + 0.5) * width, (at[2] + 0.5) * width};
    visit_bins_near(centre, cap_ + width, environment.box, [&](std::size_t other, Vec3 gap) {
      if (!differ(region_of_bin[bin], region_of_bin[other])) return;
      const Vec3 between{std::max(0.0, gap.x - half), std::max(0.0, gap.y - half), std::max(0.0, gap.z - half)};
      float& cross = tissue_margin_[other].cross;
      cross = std::min(cross, static_cast<float>(norm(between) * kJustLess));
    });
  });
}

void VesicleMap::measure_cells(const Cells& cells, const Box& box) {
  margin_ = tissue_margin_;
  near_start_.assign(margin_.size() + 1, 0);
  const auto each_listed = [&](auto visit) {
    for (std::size_t c = 0; c < cells.size(); ++c)
      visit_bins_near(built_at_[c], cells.radius[c] + skin_ + reach_, box,
                      [&](std::size_t bin, Vec3) { visit(bin, static_cast<std::uint32_t>(c)); });
  };
  for (std::size_t c = 0; c < cells.size(); ++c) {
    const double blocked = cells.radius[c] + skin_;
    visit_bins_near(built_at_[c], blocked + cap_, box, [&](std::size_t bin, Vec3 away) {
      const auto gap = static_cast<float>(std::max(0.0, norm(away) - blocked) * kJustLess);
      margin_[bin].meet = std::min(margin_[bin].meet, gap);
    });
  }
  each_listed([&](std::size_t bin, std::uint32_t) { ++near_start_[bin + 1]; });
  for (std::size_t b = 0; b < margin_.size(); ++b) near_start_[b + 1] += near_start_[b];
  near_cells_.resize(near_start_.back());
  std::vector<std::uint32_t> next(near_start_.begin(), near_start_.end() - 1);
  each_listed([&](std::size_t bin, std::uint32_t c) { near_cells_[next[bin]++] = c; });
}

}  // namespace interstice
