#include "engine/vesicles/counts/vesicle_counts_room.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "engine/cells/cell_list.h"
#include "engine/core/constants.h"
#include "engine/core/pinned_math.h"
#include "engine/fields/box_lattice.h"
#include "engine/fields/lattice_green.h"
#include "engine/fields/mirrors.h"

namespace interstice {
namespace {

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

/// visit(voxel, volume) for what a box around `p` overlaps [um^3].
template <class Visit>
void visit_box(Vec3 p, Vec3 half, const Grid& grid, const Box& box, Visit visit) {
  const Cover x(p.x, half.x, grid.nx, grid.spacing.x, box.periodic[0]),
      y(p.y, half.y, grid.ny, grid.spacing.y, box.periodic[1]),
      z(p.z, half.z, grid.nz, grid.spacing.z, box.periodic[2]);
  for (std::size_t k = 0; k < z.voxel.size(); ++k)
    for (std::size_t j = 0; j < y.voxel.size(); ++j)
      for (std::size_t i = 0; i < x.voxel.size(); ++i)
        visit(grid.index(x.voxel[i], y.voxel[j], z.voxel[k]), x.length[i] * y.length[j] * z.length[k]);
}

Vec3 cube(double half) { return {half, half, half}; }

/// Cells of a larger radius, in coarsest edges, have no voxels of their own: they reach those around them.
constexpr double kLargeCell = 1.5;

/// Points spread evenly over the unit sphere, on a spiral by the golden ratio.
std::vector<Vec3> points_on_sphere() {
  constexpr int kPoints = 128;
  constexpr double kGolden = 0.61803398874989485;
  std::vector<Vec3> points;
  for (int i = 0; i < kPoints; ++i) {
    const double z = 1 - (2 * i + 1.0) / kPoints, across = std::sqrt(1 - z * z), turns = i * kGolden;
    double sine = 0, cosine = 0;
    pinned::sincos_2pi(turns - std::floor(turns), sine, cosine);
    points.push_back({across * cosine, across * sine, z});
  }
  return points;
}

/// Another cell that overlaps one.
struct Other {
  Vec3 away;
  double radius;
};

/// Volume that two spheres share.
double lens(double a, double b, double distance) {
  if (distance <= std::abs(a - b)) return 4 * kPi / 3 * std::min(a, b) * std::min(a, b) * std::min(a, b);
  const double depth = a + b - distance;
  return kPi * depth * depth * (distance * (distance + 2 * (a + b)) - 3 * (a - b) * (a - b)) / (12 * distance);
}

/// What cells that overlap leave each other.
struct Bare {
  std::vector<double> surface;  ///< share of each cell's surface that does not lie within others
  std::vector<double> volume;   ///< each cell's volume, of what two share half [um^3]

  Bare(const Cells& cells, const Box& box) : surface(cells.size(), 1.0) {
    for (const double R : cells.radius) volume.push_back(4 * kPi / 3 * R * R * R);
    if (cells.size() == 0) return;
    CellList list;
    list.rebuild(cells, box, 2 * *std::ranges::max_element(cells.radius));
    std::vector<Other> others;
    for (std::size_t c = 0; c < cells.size(); ++c) {
      others.clear();
      list.visit_near(cells.position(c), [&](std::uint32_t other) {
        const Vec3 away = box.separation(cells.position(c), cells.position(other));
        const double touching = cells.radius[c] + cells.radius[other];
        if (other != c && dot(away, away) < touching * touching) others.push_back({away, cells.radius[other]});
      });
      if (!others.empty()) subtract(c, cells.radius[c], others);
    }
  }

 private:
  void subtract(std::size_t c, double radius, const std::vector<Other>& others) {
    static const std::vector<Vec3> kPoints = points_on_sphere();
    const auto covered = [&](Vec3 direction) {
      return std::ranges::any_of(others, [&](const Other& other) {
        const Vec3 d = radius * direction - other.away;
        return dot(d, d) < other.radius * other.radius;
      });
    };
    surface[c] -= static_cast<double>(std::ranges::count_if(kPoints, covered)) / static_cast<double>(kPoints.size());
    double shared = 0;
    for (const Other& other : others) shared += 0.5 * lens(radius, other.radius, norm(other.away));
    volume[c] = std::max(0.5 * volume[c], volume[c] - shared);
  }
};

/// Voxels in reach of a cell whose densities are solved for.
constexpr std::size_t kMostReached = 125;

/// Below this share of the density far away a voxel counts as empty: what the grid brings it cannot be exceeded.
constexpr double kLeastDensity = 0.01;

/// From a to b, by the nearest image.
int offset(std::size_t a, std::size_t b, int n, bool periodic) {
  const int d = static_cast<int>(b) - static_cast<int>(a);
  if (!periodic) return d;
  return d > n / 2 ? d - n : d < -(n / 2) ? d + n : d;
}

/// Of every pair of voxels of a reach, where voxels are cubes.
std::vector<double> cube_green_matrix(const CountsReach& reach, const Grid& grid, const Box& box) {
  const auto nx = static_cast<std::size_t>(grid.nx), ny = static_cast<std::size_t>(grid.ny);
  std::vector<double> green;
  for (const auto& [a, share_a, open_a] : reach.places)
    for (const auto& [b, share_b, open_b] : reach.places)
      green.push_back(lattice_green(offset(a % nx, b % nx, grid.nx, box.periodic[0]),
                                    offset(a / nx % ny, b / nx % ny, grid.ny, box.periodic[1]),
                                    offset(a / nx / ny, b / nx / ny, grid.nz, box.periodic[2])));
  return green;
}

/// A cell itself or an image of it.
struct CellImage {
  std::array<Mirror, 3> along;
  double away;  ///< [um]
};

/// A cell and its images in closed walls and beyond periodic faces, nearer than two coarsest edges.
std::vector<CellImage> images_of(Vec3 centre, std::span<const bool, 6> open, const Grid& grid, const Box& box) {
  const double reach = 2 * grid.coarsest();
  const auto along = [&](int axis) { return mirrors_along(axis, centre[axis] / grid.spacing[axis], grid, box, reach); };
  const auto blocked = [&](const Mirror& mirror) {
    for (std::size_t face = 0; face < 6; ++face)
      if (open[face] && (mirror.faces >> face & 1U) != 0) return true;
    return false;
  };
  std::vector<CellImage> images;
  const auto xs = along(0), ys = along(1), zs = along(2);
  for (const Mirror& x : xs)
    for (const Mirror& y : ys)
      for (const Mirror& z : zs) {
        const double away = norm({x.away, y.away, z.away});
        if (away >= reach || blocked(x) || blocked(y) || blocked(z)) continue;
        images.push_back({{x, y, z}, away});
      }
  return images;
}

/// Of all pairs of voxels of a reach, where edges differ. As the grid is as coarse as its coarsest edge, it has less
/// than there is of the images of the cell in walls across a finer one: what it lacks is taken off.
std::vector<double> box_green_matrix(Vec3 centre, double radius, const CountsReach& reach,
                                     std::span<const bool, 6> open, const Grid& grid, const Box& box) {
  const BoxLattice& lattice = BoxLattice::of(grid.spacing);
  const std::vector<CellImage> images = images_of(centre, open, grid, box);
  double there = 0;
  for (const CellImage& image : images)
    if (image.away > 0) there += grid.coarsest() / (4 * kPi * std::max(image.away, radius));
  const std::array<int, 3> n{grid.nx, grid.ny, grid.nz};
  const auto nx = static_cast<std::size_t>(grid.nx), ny = static_cast<std::size_t>(grid.ny);
  const auto place = [&](std::uint32_t voxel) {
    return std::array{static_cast<int>(voxel % nx), static_cast<int>(voxel / nx % ny),
                      static_cast<int>(voxel / nx / ny)};
  };
  std::vector<double> green;
  for (const auto& [a, share_a, open_a] : reach.places)
    for (const auto& [b, share_b, open_b] : reach.places) {
      const auto from = place(a), to = place(b);
      double sum = 0;
      for (const CellImage& image : images) {
        const auto way = [&](int axis) {
          const Mirror& mirror = image.along[axis];
          if (mirror.sign < 0) return mirror.of_voxel(to[axis]) - from[axis];
          return mirror.start + offset(from[axis], to[axis], n[axis], box.periodic[axis]);
        };
        sum += lattice.green(way(0), way(1), way(2));
      }
      green.push_back(sum - there);
    }
  return green;
}

/// Places of the same voxel, as where a periodic box is narrow, become one.
void merge_places(std::vector<CountsReach::Place>& places) {
  std::ranges::stable_sort(places, {}, &CountsReach::Place::voxel);
  std::size_t kept = 0;
  for (std::size_t i = 0; i < places.size(); ++i) {
    if (kept > 0 && places[kept - 1].voxel == places[i].voxel)
      places[kept - 1].share += places[i].share;
    else
      places[kept++] = places[i];
  }
  places.resize(kept);
}

/// The mean over the reach of the Green function of free space, seen from the centre: what cube_green_matrix says of a
/// shell of many voxels.
double shell_green(const CountsReach& reach, Vec3 centre, const Grid& grid, const Box& box) {
  double sum = 0;
  for (const CountsReach::Place& place : reach.places)
    sum += place.share / norm(box.separation(centre, grid.centre(place.voxel)));
  return sum * grid.coarsest() / (4 * kPi);
}

/// Flux into the voxels per density far away, solved for by iteration; returns the rate per density in them.
double solve_fluxes(double wanted, double diffusivity, const CountsReach& reach, const std::vector<double>& green,
                    double edge) {
  constexpr int kIterations = 4;
  const std::size_t count = reach.places.size();
  std::vector<double> flux(count);
  for (std::size_t i = 0; i < count; ++i) flux[i] = wanted * reach.places[i].share;
  double rate = wanted;
  for (int iteration = 0; iteration < kIterations; ++iteration) {
    std::vector<double> density(count, 1.0);
    double mean = 0;
    for (std::size_t i = 0; i < count; ++i) {
      for (std::size_t j = 0; j < count; ++j) density[i] -= green[i * count + j] * flux[j] / (diffusivity * edge);
      density[i] = std::max(density[i], kLeastDensity);
      mean += reach.places[i].share * density[i];
    }
    rate = wanted / mean;
    for (std::size_t i = 0; i < count; ++i) flux[i] = 0.5 * (flux[i] + rate * reach.places[i].share * density[i]);
  }
  return rate;
}

}  // namespace

bool CountsRoom::update(const Cells& cells, const Grid& grid, const RegionMap& regions, const Box& box) {
  if (regions_ == &regions && x_ == cells.x && y_ == cells.y && z_ == cells.z && radius_ == cells.radius) return false;
  regions_ = &regions;
  x_ = cells.x, y_ = cells.y, z_ = cells.z, radius_ = cells.radius;
  const Bare bare(cells, box);
  bare_ = bare.surface;
  outside_.assign(grid.voxel_count(), 0.0);  // first what cells take
  for (std::size_t c = 0; c < cells.size(); ++c)
    visit_box(cells.position(c), cube(0.5 * pinned::pow(bare.volume[c], 1.0 / 3)), grid, box,
              [&](std::size_t voxel, double volume) { outside_[voxel] += volume; });
  std::vector<double> taken(regions.regions.size(), 0.0), whole(regions.regions.size(), 0.0);
  for (std::size_t v = 0; v < outside_.size(); ++v) {
    const double share = outside_[v] / grid.voxel_volume();
    taken[regions.of_voxel[v]] += std::min(1.0, share);
    whole[regions.of_voxel[v]] += 1;
    outside_[v] = std::max(0.0, 1 - share);
  }
  hindrance_.clear();
  crowding_.clear();
  for (std::size_t r = 0; r < taken.size(); ++r) {
    const double phi = whole[r] > 0 ? taken[r] / whole[r] : 0;
    hindrance_.push_back(std::max(kLeastOutside, (1 - phi) / (1 + phi / 2)));
    crowding_.push_back(pinned::pow(hindrance_.back(), 1 - phi));
  }
  return true;
}

void find_reach(const Cells& cells, std::size_t c, const CountsRoom& room, const Grid& grid, const RegionMap& regions,
                const Box& box, CountsReach& reach) {
  const Vec3 centre = cells.position(c);
  const double radius = cells.radius[c];
  reach.places.clear();
  const double edge = grid.coarsest();
  reach.shell = radius > kLargeCell * edge;
  std::array<double, 256> touched{}, reached{};  // per region [um^3]
  double all = 0;
  visit_box(centre, cube(radius), grid, box, [&](std::size_t voxel, double volume) {
    touched[regions.of_voxel[voxel]] += volume;
    all += volume;
  });
  const Vec3 half = reach.shell ? cube(radius + 1.5 * edge)
                                : Vec3{std::max(radius, grid.spacing.x), std::max(radius, grid.spacing.y),
                                       std::max(radius, grid.spacing.z)};
  visit_box(centre, half, grid, box, [&](std::size_t voxel, double volume) {
    const std::uint8_t region = regions.of_voxel[voxel];
    if (!(touched[region] > 0)) return;
    if (reach.shell) {
      const double gap = norm(box.separation(centre, grid.centre(voxel))) - radius;
      if (gap < 0 || gap >= edge) return;
      volume = grid.voxel_volume();
    }
    reach.places.push_back({static_cast<std::uint32_t>(voxel), volume * room.outside(voxel),
                            vesicle_capacity(regions.regions[region]) > 0});
  });
  merge_places(reach.places);
  for (const CountsReach::Place& place : reach.places) reached[regions.of_voxel[place.voxel]] += place.share;
  double sum = 0;
  for (CountsReach::Place& place : reach.places) {
    const std::uint8_t region = regions.of_voxel[place.voxel];
    sum += place.share *= touched[region] / all / reached[region];
  }
  for (CountsReach::Place& place : reach.places) place.share /= sum;  // a region may be touched and not reached
}

bool counts_can_reach(double radius, const Grid& grid) {
  if (grid.cubic() || radius > kLargeCell * grid.coarsest()) return true;
  double most = 1;
  for (int axis = 0; axis < 3; ++axis) most *= std::ceil(2 * std::max(radius / grid.spacing[axis], 1.0)) + 1;
  return most <= kMostReached;
}

double counted_adsorption(double radius, double reactivity, const CountsDiffusivity& D, Vec3 centre,
                          const CountsReach& reach, std::span<const bool, 6> open, const Grid& grid, const Box& box) {
  const double to_cell = 1 / (4 * kPi * radius * radius * reactivity) + 1 / (4 * kPi * D.in_fluid * radius);
  if (reach.places.size() <= kMostReached) {
    const auto green =
        grid.cubic() ? cube_green_matrix(reach, grid, box) : box_green_matrix(centre, radius, reach, open, grid, box);
    return solve_fluxes(1 / to_cell, D.in_reach, reach, green, grid.coarsest());
  }
  const double on_grid = shell_green(reach, centre, grid, box) / (D.in_reach * grid.coarsest());
  return 1 / std::max(kLeastDensity * to_cell, to_cell - on_grid);
}

}  // namespace interstice
