#include "engine/scenario/reduce/region_layout.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <optional>

#include "engine/core/error.h"

namespace interstice {
namespace {

constexpr double kWidest = 8;  ///< edges of a voxel differ at most so many times: lattice and footprints allow it
constexpr std::size_t kFewToSwap = 128;  ///< voxels, of which all pairs are tried

std::array<int, 3> counts_of(const Grid& grid) { return {grid.nx, grid.ny, grid.nz}; }

/// visit(axis, voxel, next) for all faces between voxels, through periodic walls too.
template <class Visit>
void for_all_faces(const Grid& grid, const std::array<bool, 3>& periodic, const Visit& visit) {
  const auto n = counts_of(grid);
  for (int k = 0; k < n[2]; ++k)
    for (int j = 0; j < n[1]; ++j)
      for (int i = 0; i < n[0]; ++i)
        for (std::size_t axis = 0; axis < 3; ++axis) {
          std::array<int, 3> next{i, j, k};
          if (++next[axis] == n[axis]) {
            if (!periodic[axis] || n[axis] == 1) continue;
            next[axis] = 0;
          }
          visit(axis, grid.index(i, j, k), grid.index(next[0], next[1], next[2]));
        }
}

/// Faces between regions [um^2], the lower region first.
using Contacts = std::map<std::pair<std::uint8_t, std::uint8_t>, double>;

Contacts contacts_of(const Grid& grid, std::span<const std::uint8_t> of_voxel, const std::array<bool, 3>& periodic) {
  const std::array<double, 3> area{grid.spacing.y * grid.spacing.z, grid.spacing.x * grid.spacing.z,
                                   grid.spacing.x * grid.spacing.y};
  Contacts contacts;
  for_all_faces(grid, periodic, [&](std::size_t axis, std::size_t a, std::size_t b) {
    if (of_voxel[a] != of_voxel[b]) contacts[std::minmax(of_voxel[a], of_voxel[b])] += area[axis];
  });
  return contacts;
}

/// Share of fine voxel i along an axis that lies in each coarse one: first coarse voxel, and the shares from it on.
struct Overlap {
  int first = 0;
  std::vector<double> share;
};

std::vector<Overlap> overlaps_along(int fine, int coarse) {
  std::vector<Overlap> overlaps(static_cast<std::size_t>(fine));
  for (std::int64_t i = 0; i < fine; ++i) {  // in units of 1/(fine coarse) of the domain, so that all is whole
    Overlap& overlap = overlaps[static_cast<std::size_t>(i)];
    overlap.first = static_cast<int>(i * coarse / fine);
    for (std::int64_t c = overlap.first; c * fine < (i + 1) * coarse; ++c)
      overlap.share.push_back(
          static_cast<double>(std::min((i + 1) * coarse, (c + 1) * fine) - std::max(i * coarse, c * fine)) /
          static_cast<double>(coarse));
  }
  return overlaps;
}

/// Which share of each coarse voxel each region has: [voxel * regions + region].
std::vector<double> shares_of(const Grid& fine, const RegionMap& map, const Grid& coarse) {
  const std::size_t regions = map.regions.size();
  std::vector<double> shares(coarse.voxel_count() * regions, 0);
  const auto n = counts_of(fine), m = counts_of(coarse);
  const auto xs = overlaps_along(n[0], m[0]), ys = overlaps_along(n[1], m[1]), zs = overlaps_along(n[2], m[2]);
  const double whole = static_cast<double>(coarse.voxel_count()) / static_cast<double>(fine.voxel_count());
  std::size_t voxel = 0;
  for (const Overlap& z : zs)
    for (const Overlap& y : ys)
      for (const Overlap& x : xs) {
        const std::size_t region = map.of_voxel[voxel++];
        for (std::size_t c = 0; c < z.share.size(); ++c)
          for (std::size_t b = 0; b < y.share.size(); ++b)
            for (std::size_t a = 0; a < x.share.size(); ++a)
              shares[coarse.index(x.first + static_cast<int>(a), y.first + static_cast<int>(b),
                                  z.first + static_cast<int>(c)) *
                         regions +
                     region] += whole * x.share[a] * y.share[b] * z.share[c];
      }
  return shares;
}

/// Voxels to regions so that each has its number of voxels and the sum of shares is largest: every voxel goes to the
/// region that has most of it, and then voxels are handed on, from regions that have too many, by the cheapest way.
class Assignment {
 public:
  Assignment(std::span<const double> shares, std::size_t regions) : shares_(shares), regions_(regions) {
    for (std::size_t v = 0; v < shares.size() / regions; ++v) {
      const auto of_voxel = shares.subspan(v * regions, regions);
      of_voxel_.push_back(static_cast<std::uint8_t>(std::ranges::max_element(of_voxel) - of_voxel.begin()));
    }
  }

  std::vector<std::uint8_t> with_counts(const std::vector<std::size_t>& wanted) && {
    for (bool handed_on = true; handed_on;) handed_on = hand_on(wanted);
    return std::move(of_voxel_);
  }

 private:
  struct Way {
    double cost = std::numeric_limits<double>::infinity();
    std::size_t from = 0, voxel = 0;  ///< the last step of it
  };

  [[nodiscard]] double share(std::size_t voxel, std::size_t region) const { return shares_[voxel * regions_ + region]; }

  /// Hands one voxel on, along the cheapest way; false where no region has too many.
  bool hand_on(const std::vector<std::size_t>& wanted) {
    std::vector<std::size_t> has(regions_, 0);
    for (const std::uint8_t r : of_voxel_) ++has[r];
    std::vector<Way> ways(regions_);
    for (std::size_t r = 0; r < regions_; ++r)
      if (has[r] > wanted[r]) ways[r] = {.cost = 0, .from = r};
    for (std::size_t round = 0; round < regions_; ++round) extend(ways);
    std::optional<std::size_t> end;
    for (std::size_t r = 0; r < regions_; ++r)
      if (has[r] < wanted[r] && (!end || ways[r].cost < ways[*end].cost)) end = r;
    if (!end) return false;
    for (std::size_t r = *end; ways[r].from != r; r = ways[r].from)
      of_voxel_[ways[r].voxel] = static_cast<std::uint8_t>(r);
    return true;
  }

  /// Ways that are one step longer, where those are cheaper.
  void extend(std::vector<Way>& ways) const {
    constexpr double kNoMatter = 1e-9;  // of a voxel: rounding leads nowhere
    const std::vector<Way> before = ways;
    for (std::size_t v = 0; v < of_voxel_.size(); ++v) {
      const std::size_t from = of_voxel_[v];
      for (std::size_t to = 0; to < regions_; ++to) {
        const double cost = before[from].cost + share(v, from) - share(v, to);
        if (to != from && cost < ways[to].cost - kNoMatter) ways[to] = {.cost = cost, .from = from, .voxel = v};
      }
    }
  }

  std::span<const double> shares_;
  std::size_t regions_;
  std::vector<std::uint8_t> of_voxel_;
};

/// Numbers of voxels along an axis of `fine` such: those whose edges are whole ones of the original, or of whole nm.
std::vector<int> numbers_along(int fine, double size, std::size_t most) {
  std::vector<int> numbers;
  for (int n = 1; n <= fine && static_cast<std::size_t>(n) <= most; ++n) {
    const double nm = size / n * 1e3;
    if (fine % n == 0 || std::abs(nm - std::round(nm)) < 1e-6) numbers.push_back(n);
  }
  return numbers;
}

/// In how many pieces all regions together lie.
std::size_t pieces_of(const Grid& grid, std::span<const std::uint8_t> of_voxel, const std::array<bool, 3>& periodic) {
  std::vector<std::size_t> parent(of_voxel.size());
  std::iota(parent.begin(), parent.end(), std::size_t{0});
  const auto root = [&parent](std::size_t v) {
    while (parent[v] != v) v = parent[v] = parent[parent[v]];
    return v;
  };
  std::size_t pieces = of_voxel.size();
  for_all_faces(grid, periodic, [&](std::size_t, std::size_t a, std::size_t b) {
    if (of_voxel[a] != of_voxel[b] || root(a) == root(b)) return;
    parent[root(a)] = root(b);
    --pieces;
  });
  return pieces;
}

/// How well regions hang together and touch each other as before.
class Neighbours {
 public:
  Neighbours(const Grid& fine, const RegionMap& map, const std::array<bool, 3>& periodic)
      : periodic_(periodic),
        before_(contacts_of(fine, map.of_voxel, periodic)),
        pieces_(pieces_of(fine, map.of_voxel, periodic)) {}

  /// Notes in a layout what changed.
  void compare(RegionLayout& layout) const {
    const Contacts after = contacts_of(layout.grid, layout.of_voxel, periodic_);
    double all = 0, changed = 0;
    layout.parted.clear();
    for (const auto& [pair, area] : before_) {
      const auto found = after.find(pair);
      if (found == after.end()) layout.parted.push_back(pair);
      all += area;
      changed += std::abs(area - (found == after.end() ? 0 : found->second));
    }
    for (const auto& [pair, area] : after)
      if (!before_.contains(pair)) changed += area;
    layout.contact = all > 0 ? changed / all : 0;
    const std::size_t pieces = pieces_of(layout.grid, layout.of_voxel, periodic_);
    layout.torn = pieces > pieces_ ? pieces - pieces_ : 0;
  }

  /// Towards a layout that agrees with the original as well as this one, and in which regions hang together and touch
  /// more as before: two voxels swap their regions as long as that helps.
  void settle(RegionLayout& layout, std::span<const double> shares, std::size_t regions) const {
    compare(layout);
    const auto share = [&](std::size_t voxel, std::size_t region) { return shares[voxel * regions + region]; };
    for (bool better = true; better;) {
      better = false;
      for (std::size_t v = 0; v < layout.of_voxel.size(); ++v)
        for (std::size_t w = 0; w < v; ++w) {
          const std::uint8_t a = layout.of_voxel[v], b = layout.of_voxel[w];
          if (a == b || share(v, a) + share(w, b) > share(v, b) + share(w, a) + 1e-9) continue;
          RegionLayout swapped = layout;
          std::swap(swapped.of_voxel[v], swapped.of_voxel[w]);
          compare(swapped);
          if (loss(swapped) > loss(layout) - 1e-9) continue;
          layout = std::move(swapped);
          better = true;
        }
    }
  }

  static double loss(const RegionLayout& layout) {
    constexpr double kContact = 0.1, kParted = 0.05;
    return kContact * layout.contact + kParted * static_cast<double>(layout.parted.size() + layout.torn);
  }

 private:
  std::array<bool, 3> periodic_;
  Contacts before_;
  std::size_t pieces_;
};

/// What a layout loses: volume in the wrong place, contact, and depth that its voxels do not tell apart. Cubes are met
/// more exactly than long boxes (cells/cell_footprint.h).
double loss_of(const RegionLayout& layout, const LayoutWishes& wishes) {
  constexpr double kDepth = 2, kLong = 0.01;
  double loss =
      layout.misplaced + Neighbours::loss(layout) + kLong * std::log2(layout.grid.coarsest() / layout.grid.finest());
  const auto n = counts_of(layout.grid);
  for (std::size_t axis = 0; axis < 3; ++axis)
    if (wishes.deep[axis]) loss += kDepth / (static_cast<double>(n[axis]) * n[axis]);
  return loss;
}

}  // namespace

std::vector<std::size_t> whole_voxels(std::span<const double> volumes, std::size_t voxels) {
  const double all = std::accumulate(volumes.begin(), volumes.end(), 0.0);
  const auto there = static_cast<std::size_t>(std::ranges::count_if(volumes, [](double v) { return v > 0; }));
  if (there > voxels)
    throw InputError(fmt::format("{} regions do not fit into {} voxels (each needs one) allow more", there, voxels));
  std::vector<double> exact;
  std::vector<std::size_t> whole;
  for (const double volume : volumes) {
    exact.push_back(volume / all * static_cast<double>(voxels));
    whole.push_back(volume > 0 ? std::max<std::size_t>(1, static_cast<std::size_t>(exact.back() + 1e-9)) : 0);
  }
  const auto missing = [&](std::size_t r) { return exact[r] - static_cast<double>(whole[r]); };
  for (std::size_t sum = std::accumulate(whole.begin(), whole.end(), std::size_t{0}); sum != voxels;) {
    const bool more = sum < voxels;
    std::optional<std::size_t> best;
    for (std::size_t r = 0; r < whole.size(); ++r)
      if ((more ? volumes[r] > 0 : whole[r] > 1) &&
          (!best || (more ? missing(r) > missing(*best) : missing(r) < missing(*best))))
        best = r;
    whole[*best] += more ? 1 : std::size_t(-1);
    sum += more ? 1 : std::size_t(-1);
  }
  return whole;
}

RegionLayout lay_out(const Grid& fine, const RegionMap& map, const Grid& coarse, const LayoutWishes& wishes) {
  const std::size_t regions = map.regions.size();
  const std::vector<double> shares = shares_of(fine, map, coarse);
  std::vector<double> volumes;
  for (const std::size_t voxels : voxels_of_regions(map)) volumes.push_back(static_cast<double>(voxels));
  RegionLayout layout{.grid = coarse,
                      .of_voxel = Assignment(shares, regions).with_counts(whole_voxels(volumes, coarse.voxel_count()))};
  double kept = 0;
  for (std::size_t v = 0; v < layout.of_voxel.size(); ++v) kept += shares[v * regions + layout.of_voxel[v]];
  layout.misplaced = std::max(0.0, 1 - kept / static_cast<double>(coarse.voxel_count()));
  const Neighbours neighbours(fine, map, wishes.periodic);
  if (coarse.voxel_count() <= kFewToSwap)
    neighbours.settle(layout, shares, regions);
  else
    neighbours.compare(layout);
  return layout;
}

RegionLayout choose_layout(const Grid& fine, const RegionMap& map, const LayoutWishes& wishes) {
  const Vec3 size = fine.size();
  std::optional<RegionLayout> best;
  const auto consider = [&](int nx, int ny, int nz) {
    const Grid coarse{nx, ny, nz, Vec3{size.x / nx, size.y / ny, size.z / nz}};
    const std::size_t voxels = coarse.voxel_count();
    if (voxels > wishes.most_voxels || coarse.coarsest() > kWidest * coarse.finest()) return;
    if (voxels < map.regions.size()) return;
    RegionLayout layout = lay_out(fine, map, coarse, wishes);
    const auto by = [&](const RegionLayout& l) { return std::pair(loss_of(l, wishes), l.grid.voxel_count()); };
    if (!best || by(layout) < by(*best)) best = std::move(layout);
  };
  const std::size_t most = wishes.most_voxels;
  for (const int nz : numbers_along(fine.nz, size.z, most))
    for (const int ny : numbers_along(fine.ny, size.y, most / static_cast<std::size_t>(nz)))
      for (const int nx : numbers_along(fine.nx, size.x, most / static_cast<std::size_t>(nz * ny)))
        consider(nx, ny, nz);
  if (!best)
    throw InputError(
        fmt::format("{} regions in {:g} x {:g} x {:g} um do not fit into {} voxels (each needs one, and "
                    "edges differ at most {:g} times) allow more",
                    map.regions.size(), size.x, size.y, size.z, most, kWidest));
  return *best;
}

std::vector<VoxelBox> boxes_of(const RegionLayout& layout, std::uint8_t region) {
  const Grid& grid = layout.grid;
  const auto n = counts_of(grid);
  std::vector<std::uint8_t> open;
  for (const std::uint8_t r : layout.of_voxel) open.push_back(r == region ? 1 : 0);
  const auto visit = [&grid](const VoxelBox& box, const auto& each) {
    for (int k = box.from[2]; k < box.to[2]; ++k)
      for (int j = box.from[1]; j < box.to[1]; ++j)
        for (int i = box.from[0]; i < box.to[0]; ++i)
          if (!each(grid.index(i, j, k))) return false;
    return true;
  };
  std::vector<VoxelBox> boxes;
  for (std::size_t v = 0; v < open.size(); ++v) {
    if (open[v] == 0) continue;
    const int i = static_cast<int>(v) % n[0], j = static_cast<int>(v) / n[0] % n[1],
              k = static_cast<int>(v) / n[0] / n[1];
    VoxelBox box{{i, j, k}, {i + 1, j + 1, k + 1}};
    for (std::size_t axis = 0; axis < 3; ++axis)  // as far as it goes along x, then y, then z
      for (bool grows = true; grows && box.to[axis] < n[axis];) {
        VoxelBox next = box;
        next.from[axis] = box.to[axis];
        next.to[axis] = box.to[axis] + 1;
        grows = visit(next, [&](std::size_t voxel) { return open[voxel] != 0; });
        if (grows) ++box.to[axis];
      }
    visit(box, [&](std::size_t voxel) {
      open[voxel] = 0;
      return true;
    });
    boxes.push_back(box);
  }
  return boxes;
}

}  // namespace interstice
