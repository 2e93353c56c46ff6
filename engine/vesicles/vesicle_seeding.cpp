#include "engine/vesicles/vesicle_seeding.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numeric>
#include <vector>

#include "engine/cells/cell_list.h"
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

  /// The first voxel up to which there is more than this share of the volume, looked for from a good guess.
  [[nodiscard]] std::size_t at(double share) const {
    const double wanted = share * total();
    std::size_t k = guess_[static_cast<std::size_t>(share * static_cast<double>(guess_.size()))];
    while (k > 0 && cumulated_[k - 1] > wanted) --k;
    while (k + 1 < cumulated_.size() && cumulated_[k] <= wanted) ++k;
    return voxel_[k];
  }

 private:
  std::vector<std::uint32_t> voxel_, guess_;
  std::vector<double> cumulated_;
};

Vec3 draw_position(const DosedVolume& volume, const Grid& grid, const Noise& noise, AgentId id) {
  const auto u = [&](std::uint32_t draw) { return noise.uniform(Stream::vesicle_seeding, id, 0, draw); };
  const Vec3 centre = grid.centre(volume.at(u(0)));
  return centre + by_axis(grid.spacing, {u(1) - 0.5, u(2) - 0.5, u(3) - 0.5});
}

constexpr std::size_t kSeedingGrain = 1 << 14;  ///< vesicles a thread takes at a time
constexpr std::uint32_t kNowhere = 0xffffffff;  ///< instead of a voxel: in a cell

/// Where cells are.
class Occupied {
 public:
  Occupied(const Cells& cells, const Box& box) : cells_(cells), box_(box) {
    list_.rebuild(cells, box, cells.radius.empty() ? 1.0 : *std::ranges::max_element(cells.radius));
  }
  [[nodiscard]] bool at(Vec3 p) const {
    bool inside = false;
    list_.visit_near(p, [&](std::uint32_t c) {
      const Vec3 d = box_.separation(p, cells_.position(c));
      inside |= dot(d, d) < cells_.radius[c] * cells_.radius[c];
    });
    return inside;
  }

 private:
  const Cells& cells_;
  Box box_;
  CellList list_;
};

/// The voxel of every candidate.
std::vector<std::uint32_t> find_voxels(AgentId source, std::uint64_t candidates, const DosedVolume& volume,
                                       const Cells& cells, const VesicleEnvironment& environment,
                                       const Threads& threads) {
  const Occupied occupied(cells, environment.box);
  std::vector<std::uint32_t> voxel(candidates);
  threads.for_blocks(candidates, kSeedingGrain, [&](std::size_t begin, std::size_t end) {
    for (std::size_t ordinal = begin; ordinal < end; ++ordinal) {
      const Vec3 p = draw_position(volume, *environment.grid, environment.noise, child_id(source, ordinal));
      voxel[ordinal] = occupied.at(p) ? kNowhere : static_cast<std::uint32_t>(environment.grid->voxel_at(p));
    }
  });
  return voxel;
}

/// Ids of the candidates that lie somewhere, by voxel and then by id: neighbours in space become neighbours in memory,
/// which makes everything that looks around them faster.
std::vector<AgentId> sort_ids(AgentId source, const std::vector<std::uint32_t>& voxel, std::size_t voxels,
                              const Threads& threads) {
  std::vector<std::uint32_t> next(voxels + 1, 0);  // where the next id of a voxel goes
  for (const std::uint32_t v : voxel)
    if (v != kNowhere) ++next[v + 1];
  std::partial_sum(next.begin(), next.end(), next.begin());
  std::vector<AgentId> ids(next.back());
  for (std::size_t ordinal = 0; ordinal < voxel.size(); ++ordinal)
    if (voxel[ordinal] != kNowhere) ids[next[voxel[ordinal]]++] = child_id(source, ordinal);
  threads.for_blocks(voxels, kSeedingGrain, [&](std::size_t begin, std::size_t end) {  // next[v] is now where v ends
    for (std::size_t v = begin; v < end; ++v)
      std::sort(ids.begin() + (v == 0 ? 0 : next[v - 1]), ids.begin() + next[v]);
  });
  return ids;
}

/// The agents of a dose; returns how many real vesicles they are.
std::uint64_t place_agents(Vesicles& vesicles, const Cells& cells, const VesicleEnvironment& environment,
                           const VesicleDose& dose, AgentId source, const Threads& threads) {
  const VesicleClass& klass = environment.classes[index(dose.klass)];
  assert(klass.weight >= 1);
  const DosedVolume volume(environment, dose.in_region);
  const std::uint64_t candidates = rounded(dose.density * volume.total() / static_cast<double>(klass.weight),
                                           environment.noise, child_id(source, ~0ULL));
  const std::vector<AgentId> ids =
      sort_ids(source, find_voxels(source, candidates, volume, cells, environment, threads),
               environment.grid->voxel_count(), threads);
  const std::size_t first = vesicles.size();
  resize_vesicles(vesicles, first + ids.size());
  threads.for_blocks(ids.size(), kSeedingGrain, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i)
      place_vesicle(vesicles, first + i, dose.klass, klass, environment.noise, ids[i],
                    draw_position(volume, *environment.grid, environment.noise, ids[i]));
  });
  return klass.weight * ids.size();
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
  const Occupied occupied(cells, environment.box);
  std::uint64_t placed = 0;
  for (std::uint64_t i = 0; i < number; ++i) {
    const AgentId id = child_id(source, i);
    for (int attempt = 0; attempt < kAttempts; ++attempt) {
      const Vec3 p = draw_position(volume, *environment.grid, environment.noise, child_id(id, attempt));
      if (occupied.at(p)) continue;
      append_vesicle(vesicles, klass, environment.classes[index(klass)], environment.noise, id, p);
      ++placed;
      break;
    }
  }
  return placed;
}

}  // namespace interstice
