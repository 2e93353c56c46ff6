#include "engine/agents/vesicle_enzymes.h"

#include <cmath>

#include "engine/core/pinned_math.h"

namespace interstice {
namespace {

double activity(const VesicleClass& klass, double time) {
  constexpr double kLn2 = 0.69314718055994530942;
  return std::isinf(klass.enzyme_half_life) ? 1.0 : pinned::exp(-kLn2 * time / klass.enzyme_half_life);
}

/// Proteins that any class carries.
std::vector<std::uint32_t> carried(std::span<const VesicleClass> classes, std::size_t protein_count) {
  std::vector<std::uint8_t> found(protein_count, 0);
  for (const VesicleClass& klass : classes)
    for (const ProteinLoad& load : klass.proteins)
      if (load.mean > 0) found[index(load.protein)] = 1;
  std::vector<std::uint32_t> proteins;
  for (std::uint32_t p = 0; p < protein_count; ++p)
    if (found[p] != 0) proteins.push_back(p);
  return proteins;
}

}  // namespace

void deposit_exposed_copies(const Vesicles& vesicles, std::span<const ReservoirState> reservoirs,
                            const VesicleEnvironment& environment, double time,
                            std::vector<std::vector<double>>& copies,
                            std::vector<std::vector<double>>& reservoir_copies, const Threads& threads) {
  const std::size_t voxels = environment.grid->voxel_count(), class_count = environment.classes.size();
  const auto proteins = carried(environment.classes, vesicles.proteins.size());
  copies.assign(vesicles.proteins.size(), std::vector<double>(voxels, 0.0));
  reservoir_copies.assign(vesicles.proteins.size(), std::vector<double>(reservoirs.size(), 0.0));
  if (proteins.empty()) return;

  // One set of integer sums per block; which vesicles share a block does not change an integer sum.
  const std::size_t sums = proteins.size() * class_count * voxels;
  const std::size_t grain = std::max<std::size_t>(4096, (vesicles.size() + threads.count() - 1) / threads.count());
  const std::size_t blocks = (vesicles.size() + grain - 1) / grain;
  std::vector<std::vector<std::uint64_t>> partial(blocks);
  threads.for_blocks(vesicles.size(), grain, [&](std::size_t begin, std::size_t end) {
    auto& sum = partial[begin / grain];
    sum.assign(sums, 0);
    const Grid grid = *environment.grid;  // a copy, which no store can change
    for (std::size_t v = begin; v < end; ++v) {
      unsigned any = 0;
      for (const std::uint32_t p : proteins) any |= vesicles.proteins[p][v];
      if (any == 0 || vesicles.state[v] == VesicleState::endosomal) continue;
      std::uint64_t* here = &sum[index(vesicles.klass[v]) * voxels + grid.voxel_at(vesicles.position(v))];
      for (const std::uint32_t p : proteins) {
        *here += vesicles.proteins[p][v];
        here += class_count * voxels;
      }
    }
  });
  for (std::size_t i = 0; i < proteins.size(); ++i)
    for (std::size_t k = 0; k < class_count; ++k) {
      const double real = environment.classes[k].weight * activity(environment.classes[k], time);
      auto& total = copies[proteins[i]];
      for (std::size_t voxel = 0; voxel < voxels; ++voxel) {
        std::uint64_t sum = 0;
        for (const auto& block : partial) sum += block[(i * class_count + k) * voxels + voxel];
        total[voxel] += real * static_cast<double>(sum);
      }
    }
  for (std::size_t k = 0; k < class_count; ++k)
    for (const ProteinLoad& load : environment.classes[k].proteins)
      for (std::size_t r = 0; r < reservoirs.size(); ++r)
        reservoir_copies[index(load.protein)][r] +=
            load.mean * activity(environment.classes[k], time) * static_cast<double>(reservoirs[r].vesicles[k]);
}

}  // namespace interstice
