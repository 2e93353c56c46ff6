#include "engine/agents/vesicle_field_room.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "engine/agents/vesicle_map.h"
#include "engine/core/constants.h"

namespace interstice {
namespace {

constexpr double kLeastOutside = 0.1;

/// The intervals of voxels that [centre - half, centre + half] covers along one axis.
struct Cover {
  std::vector<int> voxel;
  std::vector<double> length;  ///< [um]

  Cover(double centre, double half, int n, double spacing, bool periodic) {
    const int first = static_cast<int>(std::floor((centre - half) / spacing));
    const int last = static_cast<int>(std::floor((centre + half) / spacing));
    for (int i = first; i <= last; ++i) {
      const double covered = std::min(centre + half, (i + 1) * spacing) - std::max(centre - half, i * spacing);
      if (!(covered > 0) || (!periodic && (i < 0 || i >= n))) continue;
      voxel.push_back(((i % n) + n) % n);
      length.push_back(covered);
    }
  }
};

/// visit(voxel, volume) for what a cube around `p` overlaps [um^3].
template <class Visit>
void visit_cube(Vec3 p, double half, const Grid& grid, const Box& box, Visit visit) {
  const Cover x(p.x, half, grid.nx, grid.spacing, box.periodic[0]),
      y(p.y, half, grid.ny, grid.spacing, box.periodic[1]), z(p.z, half, grid.nz, grid.spacing, box.periodic[2]);
  for (std::size_t k = 0; k < z.voxel.size(); ++k)
    for (std::size_t j = 0; j < y.voxel.size(); ++j)
      for (std::size_t i = 0; i < x.voxel.size(); ++i)
        visit(grid.index(x.voxel[i], y.voxel[j], z.voxel[k]), x.length[i] * y.length[j] * z.length[k]);
}

/// Half the edge of a cube with the volume of a sphere of radius 1: (4 pi / 3)^(1/3) / 2.
constexpr double kHalfEdge = 0.80599597700823482;

/// Green function of the simple cubic lattice at offset d (in voxels); 1 / (4 pi |d|) beyond its neighbours.
double lattice_green(std::array<int, 3> d) {
  constexpr std::array kNear{0.252731, 0.0860640, 0.0552768, 0.0435958};  // 000, 100, 110, 111
  for (int& x : d) x = std::abs(x);
  const int square = d[0] * d[0] + d[1] * d[1] + d[2] * d[2];
  if (square <= 3) return kNear[static_cast<std::size_t>(square)];
  return 1 / (4 * kPi * std::sqrt(static_cast<double>(square)));
}

/// Below this share of the density far away a voxel counts as empty: what the grid brings it cannot be exceeded.
constexpr double kLeastDensity = 0.01;

int offset(std::size_t a, std::size_t b, int n, bool periodic) {
  const int d = static_cast<int>(b) - static_cast<int>(a);
  if (!periodic) return d;
  return d > n / 2 ? d - n : d < -(n / 2) ? d + n : d;
}

/// Of every pair of voxels of a reach.
std::vector<double> green_matrix(const FieldReach& reach, const Grid& grid, const Box& box) {
  const auto nx = static_cast<std::size_t>(grid.nx), ny = static_cast<std::size_t>(grid.ny);
  std::vector<double> green;
  for (const std::size_t a : reach.voxel)
    for (const std::size_t b : reach.voxel)
      green.push_back(lattice_green({offset(a % nx, b % nx, grid.nx, box.periodic[0]),
                                     offset(a / nx % ny, b / nx % ny, grid.ny, box.periodic[1]),
                                     offset(a / nx / ny, b / nx / ny, grid.nz, box.periodic[2])}));
  return green;
}

}  // namespace

void FieldRoom::update(const Cells& cells, const Grid& grid, const RegionMap& regions, const Box& box) {
  outside_.assign(grid.voxel_count(), 0.0);  // first what cells take
  for (std::size_t c = 0; c < cells.size(); ++c)
    visit_cube(cells.position(c), kHalfEdge * cells.radius[c], grid, box,
               [&](std::size_t voxel, double volume) { outside_[voxel] += volume; });
  std::vector<double> taken(regions.regions.size(), 0.0), whole(regions.regions.size(), 0.0);
  for (std::size_t v = 0; v < outside_.size(); ++v) {
    const double share = outside_[v] / grid.voxel_volume();
    taken[regions.of_voxel[v]] += std::min(1.0, share);
    whole[regions.of_voxel[v]] += 1;
    outside_[v] = std::max(kLeastOutside, 1 - share);
  }
  hindrance_.clear();
  for (std::size_t r = 0; r < taken.size(); ++r) {
    const double phi = whole[r] > 0 ? taken[r] / whole[r] : 0;
    hindrance_.push_back(std::max(kLeastOutside, (1 - phi) / (1 + phi / 2)));
  }
}

void find_reach(const Cells& cells, std::size_t c, const FieldRoom& room, const Grid& grid, const RegionMap& regions,
                const Box& box, FieldReach& reach) {
  reach.voxel.clear();
  reach.share.clear();
  const Vec3 centre = cells.position(c);
  const double radius = cells.radius[c];
  std::array<double, 256> touched{}, reached{};  // per region [um^3]
  double open = 0, all = 0;
  visit_cube(centre, radius, grid, box, [&](std::size_t voxel, double volume) {
    const std::uint8_t region = regions.of_voxel[voxel];
    all += volume;
    if (vesicle_capacity(regions.regions[region]) <= 0) return;
    touched[region] += volume;
    open += volume;
  });
  reach.access = all > 0 ? open / all : 0;
  if (!(open > 0)) return;
  visit_cube(centre, std::max(radius, grid.spacing), grid, box, [&](std::size_t voxel, double volume) {
    const std::uint8_t region = regions.of_voxel[voxel];
    if (!(touched[region] > 0)) return;
    reach.voxel.push_back(static_cast<std::uint32_t>(voxel));
    reach.share.push_back(volume * room.outside(voxel));
    reached[region] += reach.share.back();
  });
  for (std::size_t i = 0; i < reach.voxel.size(); ++i) {
    const std::uint8_t region = regions.of_voxel[reach.voxel[i]];
    reach.share[i] *= touched[region] / open / reached[region];
  }
}

double field_adsorption(double radius, double reactivity, const FieldDiffusivity& D, const FieldReach& reach,
                        const Grid& grid, const Box& box) {
  constexpr std::size_t kMostVoxels = 64;
  constexpr int kIterations = 4;
  const std::size_t count = reach.voxel.size();
  const double at_surface = 4 * kPi * radius * radius * reactivity;
  if (count > kMostVoxels) return at_surface;  // the grid resolves the cell
  const double wanted = 1 / (1 / at_surface + 1 / (4 * kPi * D.in_fluid * radius));
  const auto green = green_matrix(reach, grid, box);
  std::vector<double> flux(count);  // into the voxels, for a density of 1 far away
  for (std::size_t i = 0; i < count; ++i) flux[i] = wanted * reach.share[i];
  double rate = wanted;
  for (int iteration = 0; iteration < kIterations; ++iteration) {
    std::vector<double> density(count, 1.0);
    double mean = 0;
    for (std::size_t i = 0; i < count; ++i) {
      for (std::size_t j = 0; j < count; ++j)
        density[i] -= green[i * count + j] * flux[j] / (D.among_cells * grid.spacing);
      density[i] = std::max(density[i], kLeastDensity);
      mean += reach.share[i] * density[i];
    }
    rate = wanted / mean;
    for (std::size_t i = 0; i < count; ++i) flux[i] = 0.5 * (flux[i] + rate * reach.share[i] * density[i]);
  }
  return rate;
}

}  // namespace interstice
