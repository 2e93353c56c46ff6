#include "engine/agents/vesicle_seeding.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <utility>
#include <vector>

#include "engine/agents/vesicle_map.h"
#include "engine/agents/vesicle_properties.h"
#include "engine/core/simd_targets.h"

namespace interstice {
namespace {

/// Number of whole things where `mean` are wanted: the fraction decides with a keyed draw.
std::uint64_t rounded(double mean, const Noise& noise, AgentId key) {
  const double whole = std::floor(mean);
  return static_cast<std::uint64_t>(whole) + (noise.uniform(Stream::vesicle_seeding, key, 0) < mean - whole ? 1U : 0U);
}

/// Fluid volume of the dosed voxels, cumulated [um^3].
struct DosedVolume {
  std::vector<std::size_t> voxel;
  std::vector<double> cumulated;

  DosedVolume(const VesicleEnvironment& environment, std::span<const std::uint8_t> in_region) {
    const RegionMap& regions = *environment.regions;
    double total = 0;
    for (std::size_t v = 0; v < regions.of_voxel.size(); ++v) {
      const std::uint8_t r = regions.of_voxel[v];
      const Region& region = regions.regions[r];
      if (r >= in_region.size() || in_region[r] == 0 || vesicle_capacity(region) <= 0) continue;
      total += region.volume_fraction * environment.grid->voxel_volume();
      voxel.push_back(v);
      cumulated.push_back(total);
    }
  }
  [[nodiscard]] double total() const { return cumulated.empty() ? 0.0 : cumulated.back(); }
  [[nodiscard]] std::size_t at(double share) const {
    const auto found = std::upper_bound(cumulated.begin(), cumulated.end(), share * total());
    return voxel[std::min<std::size_t>(found - cumulated.begin(), voxel.size() - 1)];
  }
};

/// A vesicle to be placed.
struct Seed {
  std::size_t voxel = 0;
  AgentId id = 0;
  Vec3 position;  ///< [um]
};

Vec3 draw_position(const DosedVolume& volume, const Grid& grid, const Noise& noise, AgentId id) {
  const auto u = [&](std::uint32_t draw) { return noise.uniform(Stream::vesicle_seeding, id, 0, draw); };
  const Vec3 centre = grid.centre(volume.at(u(0)));
  return centre + grid.spacing * Vec3{u(1) - 0.5, u(2) - 0.5, u(3) - 0.5};
}

}  // namespace

void seed_dose(Vesicles& vesicles, std::span<VesicleLedger> ledger, std::span<ReservoirState> reservoirs,
               const Cells& cells, const VesicleEnvironment& environment, const VesicleDose& dose) {
  require_fused_multiply_add();
  const std::size_t k = index(dose.klass);
  const VesicleClass& klass = environment.classes[k];
  const std::uint64_t weight = klass.weight;
  assert(weight >= 1);
  const AgentId source = child_id(0x646f73652d455673ULL + k, dose.ordinal);
  const DosedVolume volume(environment, dose.in_region);
  const double largest = cells.radius.empty() ? 1.0 : *std::max_element(cells.radius.begin(), cells.radius.end());
  CellList list;
  list.rebuild(cells, environment.box, largest);

  const std::uint64_t candidates =
      rounded(dose.density * volume.total() / static_cast<double>(weight), environment.noise, child_id(source, ~0ULL));
  std::vector<Seed> seeds;
  for (std::uint64_t ordinal = 0; ordinal < candidates; ++ordinal) {
    const AgentId id = child_id(source, ordinal);
    const Vec3 p = draw_position(volume, *environment.grid, environment.noise, id);
    bool in_cell = false;
    list.visit_near(p, [&](std::uint32_t c) {
      const Vec3 d = environment.box.separation(p, cells.position(c));
      in_cell |= dot(d, d) < cells.radius[c] * cells.radius[c];
    });
    if (!in_cell) seeds.push_back({environment.grid->voxel_at(p), id, p});
  }
  // Neighbours in space become neighbours in memory, which makes everything that looks around them faster.
  std::sort(seeds.begin(), seeds.end(),
            [](const Seed& a, const Seed& b) { return std::pair(a.voxel, a.id) < std::pair(b.voxel, b.id); });
  for (const Seed& seed : seeds) append_vesicle(vesicles, dose.klass, klass, environment.noise, seed.id, seed.position);
  ledger[k].dosed += weight * seeds.size();
  ledger[k].free += weight * seeds.size();
  for (const ReservoirId r : dose.reservoirs) {
    const std::uint64_t count = rounded(dose.density * environment.reservoirs[index(r)].share(), environment.noise,
                                        child_id(source, ~1ULL - index(r)));
    reservoirs[index(r)].vesicles[k] += count;
    ledger[k].dosed += count;
    ledger[k].in_reservoir += count;
  }
}

}  // namespace interstice
