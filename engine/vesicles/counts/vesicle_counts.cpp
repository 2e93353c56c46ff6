#include "engine/vesicles/counts/vesicle_counts.h"

#include <algorithm>
#include <cmath>

#include "engine/core/name_key.h"
#include "engine/vesicles/fates.h"
#include "engine/vesicles/vesicle_properties.h"

namespace interstice {
namespace {

constexpr std::uint32_t kGone = 0xffffffff;

bool dosed(const Region& region, std::size_t r, std::span<const std::uint8_t> in_region) {
  return r < in_region.size() && in_region[r] != 0 && vesicle_capacity(region) > 0;
}

/// Fluid outside cells of every voxel in the regions [um^3]; 0 elsewhere.
std::vector<double> fluid_volumes(const Cells& cells, const VesicleEnvironment& environment,
                                  std::span<const std::uint8_t> in_region) {
  const RegionMap& regions = *environment.regions;
  CountsRoom room;
  room.update(cells, *environment.grid, regions, environment.box);
  std::vector<double> volume(regions.of_voxel.size(), 0.0);
  for (std::size_t v = 0; v < volume.size(); ++v) {
    const std::uint8_t r = regions.of_voxel[v];
    if (dosed(regions.regions[r], r, in_region))
      volume[v] = regions.regions[r].volume_fraction * room.fluid_share(v) * environment.grid->voxel_volume();
  }
  return volume;
}

double sum_of(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum;
}

/// act(per_cell) for all that cells hold, of either cargo.
template <class Act>
void for_each_held(VesicleCounts& counts, Act act) {
  for (const PlaceInfo& place : kPlaces)
    if (place.counted != nullptr && place.on_host != nullptr)
      for (auto& per_cell : counts.*place.counted) act(per_cell);
}

/// Where vesicles of a cell that goes are set free: at its centre, or else where it overlaps most fluid.
std::size_t outlet(const Cells& cells, std::size_t c, const Grid& grid, const RegionMap& regions, const Box& box) {
  const std::size_t centre = grid.voxel_at(cells.position(c));
  if (vesicle_capacity(regions.regions[regions.of_voxel[centre]]) > 0) return centre;
  CountsRoom room;
  room.update(cells, grid, regions, box);
  CountsReach reach;
  find_reach(cells, c, room, grid, regions, box, reach);
  const auto weight = [](const CountsReach::Place& place) { return place.open ? place.share : -1; };
  return reach.any_open() ? std::ranges::max_element(reach.places, {}, weight)->voxel : centre;
}

}  // namespace

void begin_vesicle_counts(Vesicles& vesicles, std::span<const VesicleClass> classes, std::size_t voxels) {
  vesicles.counts.resize(classes.size());
  for (std::size_t k = 0; k < classes.size(); ++k)
    if (classes[k].counted)
      for (auto& free : vesicles.counts[k].free) free.assign(voxels, 0);
}

double fluid_outside_cells(const Cells& cells, const VesicleEnvironment& environment,
                           std::span<const std::uint8_t> in_region) {
  return sum_of(fluid_volumes(cells, environment, in_region));
}

std::uint64_t spread_counts(VesicleCounts& counts, const Cells& cells, const VesicleEnvironment& environment,
                            std::span<const std::uint8_t> in_region, std::uint64_t number, AgentId key) {
  const std::vector<double> volume = fluid_volumes(cells, environment, in_region);
  double rest = sum_of(volume);
  if (!(rest > 0)) return 0;
  const auto last = static_cast<std::size_t>(
      std::find_if(volume.rbegin(), volume.rend(), [](double v) { return v > 0; }).base() - volume.begin() - 1);
  std::uint64_t left = number;
  for (std::size_t v = 0; v <= last && left > 0; ++v) {  // a multinomial number, one binomial number after the other
    if (!(volume[v] > 0)) continue;
    const std::uint64_t here = v == last ? left
                                         : environment.noise.binomial(left, std::min(1.0, volume[v] / rest),
                                                                      Stream::vesicle_counts, child_id(key, v), 0);
    counts.free[1][v] += here;
    left -= here;
    rest -= volume[v];
  }
  return number;
}

void add_counted_copies(const Vesicles& vesicles, const Cells& cells, const VesicleEnvironment& environment,
                        double time, std::span<std::vector<double>> copies) {
  for (std::size_t k = 0; k < vesicles.counts.size(); ++k) {
    const VesicleCounts& counts = vesicles.counts[k];
    for (const ProteinLoad& load : environment.classes[k].proteins) {
      const double each = load.mean * enzyme_activity(environment.classes[k], time);
      auto& here = copies[index(load.protein)];
      for (const auto& free : counts.free)
        for (std::size_t v = 0; v < free.size(); ++v) here[v] += each * static_cast<double>(free[v]);
      for (const auto& adsorbed : counts.adsorbed)
        for (std::size_t c = 0; c < adsorbed.size(); ++c)
          if (adsorbed[c] > 0)
            here[environment.grid->voxel_at(cells.position(c))] += each * static_cast<double>(adsorbed[c]);
    }
  }
}

namespace {

/// Half of what a cell holds in one place goes to its daughter.
void share_counts(std::vector<std::uint64_t>& held, std::size_t klass, VesiclePlace place, std::size_t parent,
                  std::size_t daughter, const VesicleAccounts& accounts, const Noise& noise, AgentId key) {
  const std::uint64_t number =
      noise.binomial(held[parent], 0.5, Stream::vesicle_division, key, static_cast<std::uint64_t>(place));
  held[parent] -= number;
  held[daughter] += number;
  accounts.move(klass, number, {place, parent}, {place, daughter});
}

}  // namespace

void rehost_counts(Vesicles& vesicles, const VesicleAccounts& accounts, const HostChanges& changes, const Grid& grid,
                   const RegionMap& regions, const Box& box, std::span<const VesicleClass> classes,
                   const Noise& noise) {
  const Cells& cells = *accounts.cells;
  for (std::size_t k = 0; k < vesicles.counts.size(); ++k) {
    VesicleCounts& counts = vesicles.counts[k];
    if (counts.free[1].empty()) continue;
    for_each_held(counts, [&](auto& per_cell) { per_cell.resize(cells.size(), 0); });
    for (std::size_t c = 0; c < changes.removed.size(); ++c)
      for (const std::size_t cargo : {0, 1})
        for (const VesiclePlace place : {VesiclePlace::adsorbed, VesiclePlace::endosomal}) {
          std::vector<std::uint64_t>& held = (counts.*info(place).counted)[cargo];
          if (held[c] == 0) continue;
          if (const std::uint32_t daughter = changes.daughter[c]; daughter != kGone)
            share_counts(held, k, place, c, daughter, accounts, noise,
                         child_id(cells.id[daughter] ^ name_key(classes[k].name), cargo));
          if (changes.removed[c] == 0) continue;
          const VesiclePlace then = info(place).without_host;
          accounts.move(k, held[c], {place, c}, {then});
          if (then == VesiclePlace::free) counts.free[cargo][outlet(cells, c, grid, regions, box)] += held[c];
          held[c] = 0;
        }
  }
}

void renumber_hosts_of_counts(Vesicles& vesicles, std::span<const std::uint32_t> new_index, std::size_t kept) {
  for (VesicleCounts& counts : vesicles.counts)
    for_each_held(counts, [&](auto& per_cell) {
      for (std::size_t c = 0; c < per_cell.size(); ++c)
        if (new_index[c] != kGone) per_cell[new_index[c]] = per_cell[c];
      if (!per_cell.empty()) per_cell.resize(kept);
    });
}

}  // namespace interstice
