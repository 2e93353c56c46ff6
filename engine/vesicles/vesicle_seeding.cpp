#include "engine/vesicles/vesicle_seeding.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <numeric>
#include <span>
#include <vector>

#include "engine/cells/cell_list.h"
#include "engine/core/key_order.h"
#include "engine/core/keyed_uniforms.h"
#include "engine/core/name_key.h"
#include "engine/core/simd_targets.h"
#include "engine/vesicles/counts/vesicle_counts.h"
#include "engine/vesicles/fates.h"
#include "engine/vesicles/vesicle_properties.h"

namespace interstice {
namespace {

/// Number of whole things where `mean` are wanted: the fraction decides with a keyed draw.
std::uint64_t rounded(double mean, const Noise& noise, AgentId key) {
  const double whole = std::floor(mean);
  return static_cast<std::uint64_t>(whole) + (noise.uniform(Stream::vesicle_seeding, key, 0) < mean - whole ? 1U : 0U);
}

/// Fluid volume of the dosed voxels, cumulated [um^3].
class DosedVolume {
 public:
  DosedVolume(const VesicleEnvironment& environment, std::span<const std::uint8_t> in_region) {
    const RegionMap& regions = *environment.regions;
    double total = 0;
    for (std::size_t v = 0; v < regions.of_voxel.size(); ++v) {
      const std::uint8_t r = regions.of_voxel[v];
      const Region& region = regions.regions[r];
      if (r >= in_region.size() || in_region[r] == 0 || vesicle_capacity(region) <= 0) continue;
      total += region.volume_fraction * environment.grid->voxel_volume();
      voxel_.push_back(static_cast<std::uint32_t>(v));
      cumulated_.push_back(total);
    }
    for (std::size_t k = 0, guess = 0; k < voxel_.size(); ++k) {
      while (guess + 1 < voxel_.size() && cumulated_[guess] <= total * static_cast<double>(k) / voxel_.size()) ++guess;
      guess_.push_back(static_cast<std::uint32_t>(guess));
    }
  }
  [[nodiscard]] double total() const { return cumulated_.empty() ? 0.0 : cumulated_.back(); }

  /// Shares of the volume that are about a voxel each, in order of space.
  [[nodiscard]] std::size_t buckets() const { return guess_.size(); }
  [[nodiscard]] std::uint32_t bucket(double share) const {
    return static_cast<std::uint32_t>(share * static_cast<double>(guess_.size()));
  }
  /// The first voxel up to which there is more than this share of the volume, looked for from a good guess.
  [[nodiscard]] std::size_t at(double share) const {
    const double wanted = share * total();
    std::size_t k = guess_[bucket(share)];
    while (k > 0 && cumulated_[k - 1] > wanted) --k;
    while (k + 1 < cumulated_.size() && cumulated_[k] <= wanted) ++k;
    return voxel_[k];
  }

 private:
  std::vector<std::uint32_t> voxel_, guess_;
  std::vector<double> cumulated_;
};

/// A place in the dosed volume.
struct Place {
  std::size_t voxel = 0;
  Vec3 position;  ///< [um]
};

/// Places follow from four random words: two say in which voxel, of the others 21 bits where along each axis of it.
using PlaceWords = std::array<std::uint32_t, 4>;

double share_of(const PlaceWords& words) { return open_unit(words[0], words[1]); }

/// The centre of a voxel, kept as long as the same one is asked for.
class Centre {
 public:
  explicit Centre(const Grid& grid) : grid_(grid), at_(grid.centre(0)) {}
  [[nodiscard]] const Grid& grid() const { return grid_; }
  [[nodiscard]] Vec3 of(std::size_t voxel) {
    if (voxel != voxel_) at_ = grid_.centre(voxel_ = voxel);
    return at_;
  }

 private:
  Grid grid_;
  std::size_t voxel_ = 0;
  Vec3 at_;
};

Place place_at(const DosedVolume& volume, Centre& centre, const PlaceWords& words) {
  const std::uint64_t rest = (static_cast<std::uint64_t>(words[3]) << 32) | words[2];
  const auto along = [rest](int axis) {
    return (static_cast<double>((rest >> (21 * axis)) & 0x1fffffU) + 0.5) * 0x1p-21 - 0.5;
  };
  const std::size_t voxel = volume.at(share_of(words));
  return {voxel, centre.of(voxel) + by_axis(centre.grid().spacing, {along(0), along(1), along(2)})};
}

constexpr std::size_t kSeedingGrain = 1 << 14;  ///< vesicles a thread takes at a time

/// Where cells are.
class Occupied {
 public:
  Occupied(const Cells& cells, const Box& box, const Grid& grid) : cells_(cells), box_(box) {
    list_.rebuild(cells, box, cells.radius.empty() ? 1.0 : *std::ranges::max_element(cells.radius));
    near_cell_.resize(grid.voxel_count());
    for (std::size_t c = 0; c < cells.size(); ++c) mark(cells.position(c), cells.radius[c], grid);
  }
  [[nodiscard]] bool at(const Place& place) const {
    if (near_cell_[place.voxel] == 0) return false;
    bool inside = false;
    list_.visit_near(place.position, [&](std::uint32_t c) {
      const Vec3 d = box_.separation(place.position, cells_.position(c));
      inside |= dot(d, d) < cells_.radius[c] * cells_.radius[c];
    });
    return inside;
  }

 private:
  /// The voxels that a cube around a cell meets.
  void mark(Vec3 centre, double radius, const Grid& grid) {
    const std::array n{grid.nx, grid.ny, grid.nz};
    const Vec3 per_um = grid.voxels_per_um();
    std::array<std::vector<int>, 3> along;
    for (int axis = 0; axis < 3; ++axis) {
      const int first = static_cast<int>(std::floor((centre[axis] - radius) * per_um[axis]));
      const int last = static_cast<int>(std::floor((centre[axis] + radius) * per_um[axis]));
      for (int i = first; i <= last; ++i) {
        const int inside = box_.periodic[axis] ? (i % n[axis] + n[axis]) % n[axis] : i;
        if (inside >= 0 && inside < n[axis]) along[axis].push_back(inside);
      }
    }
    for (const int k : along[2])
      for (const int j : along[1])
        for (const int i : along[0]) near_cell_[grid.index(i, j, k)] = 1;
  }

  const Cells& cells_;
  Box box_;
  CellList list_;
  std::vector<std::uint8_t> near_cell_;  ///< per voxel
};

/// Candidates for places, of which those that would lie in cells are left out. They are looked at in order of space, so
/// that neighbours in space become neighbours in memory, which makes everything that looks around them faster.
class Candidates {
 public:
  Candidates(AgentId source, std::uint64_t number, const DosedVolume& volume, const Cells& cells,
             const VesicleEnvironment& environment, const Threads& threads)
      : source_(source), volume_(volume), environment_(environment), threads_(threads) {
    sort(number);
    const Occupied occupied(cells, environment.box, *environment.grid);
    blocks_.resize((number + kSeedingGrain - 1) / kSeedingGrain + 1, 0);
    threads.for_blocks(number, kSeedingGrain, [&](std::size_t begin, std::size_t end) {
      std::size_t kept = begin;
      visit(begin, end, [&](std::size_t i, AgentId, const Place& place) {
        ordinal_[kept] = ordinal_[i];
        kept += occupied.at(place) ? 0 : 1;
      });
      blocks_[begin / kSeedingGrain + 1] = kept - begin;
    });
    std::partial_sum(blocks_.begin(), blocks_.end(), blocks_.begin());
  }
  [[nodiscard]] std::size_t kept() const { return blocks_.back(); }

  /// take(first, ids, places) for all that are kept, some at a time, of which the first comes at `first`.
  template <class Take>
  void take_kept(const Take& take) const {
    threads_.for_blocks(blocks_.size() - 1, 1, [&](std::size_t block, std::size_t) {
      const std::size_t begin = block * kSeedingGrain, first = blocks_[block];
      std::vector<AgentId> ids(blocks_[block + 1] - first);
      std::vector<Vec3> positions(ids.size());
      visit(begin, begin + ids.size(), [&](std::size_t i, AgentId id, const Place& place) {
        ids[i - begin] = id;
        positions[i - begin] = place.position;
      });
      take(first, ids, positions);
    });
  }

 private:
  static constexpr std::size_t kSome = 256;  ///< candidates whose noise is drawn in one go

  void sort(std::uint64_t number) {
    std::vector<std::uint32_t> bucket(number);
    threads_.for_blocks(number, kSeedingGrain, [&](std::size_t begin, std::size_t end) {
      std::array<AgentId, kSome> id;
      std::array<double, kSome> share;
      for (std::size_t count = 0; begin < end; begin += count) {
        count = std::min(kSome, end - begin);
        for (std::size_t i = 0; i < count; ++i) id[i] = child_id(source_, begin + i);
        keyed_uniforms(purpose(), {id.data(), count}, {share.data(), count});
        for (std::size_t i = 0; i < count; ++i) bucket[begin + i] = volume_.bucket(share[i]);
      }
    });
    ordinal_ = key_order(bucket, std::max<std::size_t>(volume_.buckets(), 1), threads_);
  }
  /// visit(i, id, place) for places [begin, end) of the order.
  template <class Visit>
  void visit(std::size_t begin, std::size_t end, const Visit& act) const {
    std::array<AgentId, kSome> id;
    std::array<PlaceWords, kSome> words;
    Centre centre(*environment_.grid);
    for (std::size_t count = 0; begin < end; begin += count) {
      count = std::min(kSome, end - begin);
      for (std::size_t i = 0; i < count; ++i) id[i] = child_id(source_, ordinal_[begin + i]);
      keyed_bits(purpose(), {id.data(), count}, {words.data(), count});
      for (std::size_t i = 0; i < count; ++i) act(begin + i, id[i], place_at(volume_, centre, words[i]));
    }
  }
  [[nodiscard]] NoisePurpose purpose() const { return {environment_.noise.seed(), Stream::vesicle_seeding}; }

  AgentId source_;
  const DosedVolume& volume_;
  const VesicleEnvironment& environment_;
  const Threads& threads_;
  std::vector<std::uint32_t> ordinal_;  ///< in order of space; in each block those that are kept come first
  std::vector<std::size_t> blocks_;     ///< how many are kept in all blocks before
};

/// The agents of a dose; returns how many real vesicles they are.
std::uint64_t place_agents(Vesicles& vesicles, const Cells& cells, const VesicleEnvironment& environment,
                           const VesicleDose& dose, AgentId source, const Threads& threads) {
  const VesicleClass& klass = environment.classes[index(dose.klass)];
  assert(klass.weight >= 1);
  const DosedVolume volume(environment, dose.in_region);
  const std::uint64_t candidates = rounded(dose.density * volume.total() / static_cast<double>(klass.weight),
                                           environment.noise, child_id(source, ~0ULL));
  const Candidates all(source, candidates, volume, cells, environment, threads);
  const std::size_t first = vesicles.size();
  resize_vesicles(vesicles, first + all.kept());
  all.take_kept([&](std::size_t at, std::span<const AgentId> ids, std::span<const Vec3> positions) {
    make_vesicles(vesicles, first + at, dose.klass, klass, environment.noise, ids);
    for (std::size_t i = 0; i < positions.size(); ++i) {
      vesicles.x[first + at + i] = positions[i].x;
      vesicles.y[first + at + i] = positions[i].y;
      vesicles.z[first + at + i] = positions[i].z;
    }
  });
  return klass.weight * all.kept();
}

/// The same of a class that is counted.
std::uint64_t place_counts(VesicleCounts& counts, const Cells& cells, const VesicleEnvironment& environment,
                           const VesicleDose& dose, AgentId source) {
  const double mean = dose.density * fluid_outside_cells(cells, environment, dose.in_region);
  const std::uint64_t number = rounded(mean, environment.noise, child_id(source, ~0ULL));
  return spread_counts(counts, cells, environment, dose.in_region, number, source);
}

}  // namespace

void seed_dose(Vesicles& vesicles, std::span<VesicleLedger> ledger, std::span<ReservoirState> reservoirs,
               const Cells& cells, const VesicleEnvironment& environment, const VesicleDose& dose,
               const Threads& threads) {
  require_fused_multiply_add();
  const std::size_t k = index(dose.klass);
  const AgentId source = child_id(0x646f73652d455673ULL ^ name_key(environment.classes[k].name), dose.ordinal);
  const std::uint64_t given = environment.classes[k].counted
                                  ? place_counts(vesicles.counts[k], cells, environment, dose, source)
                                  : place_agents(vesicles, cells, environment, dose, source, threads);
  const VesicleAccounts accounts{ledger, reservoirs};
  accounts.dose(k, given, {VesiclePlace::free});
  for (const ReservoirId r : dose.reservoirs) {
    const std::uint64_t count = rounded(dose.density * environment.reservoirs[index(r)].share(), environment.noise,
                                        child_id(source, ~name_key(environment.reservoirs[index(r)].name)));
    accounts.dose(k, count, {VesiclePlace::in_reservoir, index(r)});
  }
}

std::uint64_t scatter_vesicles(Vesicles& vesicles, const Cells& cells, const VesicleEnvironment& environment,
                               VesicleClassId klass, std::span<const std::uint8_t> in_region, std::uint64_t number,
                               AgentId source) {
  constexpr int kAttempts = 64;
  if (environment.classes[index(klass)].counted)
    return spread_counts(vesicles.counts[index(klass)], cells, environment, in_region, number, source);
  const DosedVolume volume(environment, in_region);
  if (!(volume.total() > 0)) return 0;
  const Occupied occupied(cells, environment.box, *environment.grid);
  Centre centre(*environment.grid);
  std::uint64_t placed = 0;
  for (std::uint64_t i = 0; i < number; ++i) {
    const AgentId id = child_id(source, i);
    for (int attempt = 0; attempt < kAttempts; ++attempt) {
      const auto words = environment.noise.bits(Stream::vesicle_seeding, child_id(id, attempt), 0);
      const Place place = place_at(volume, centre, words);
      if (occupied.at(place)) continue;
      append_vesicle(vesicles, klass, environment.classes[index(klass)], environment.noise, id, place.position);
      ++placed;
      break;
    }
  }
  return placed;
}

}  // namespace interstice
