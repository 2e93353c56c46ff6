#include "engine/agents/vesicle_enzymes.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <limits>

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

/// Adds the copies that the vesicles [begin, end) expose to sum[protein of the list][class][voxel].
void add_copies(const Vesicles& vesicles, std::size_t begin, std::size_t end, Grid grid,
                std::span<const std::uint32_t> proteins, std::size_t class_count, std::uint64_t* sum) {
  constexpr std::size_t kBatch = 256;
  const std::size_t voxels = grid.voxel_count();
  std::array<std::uint32_t, kBatch> place{};  // kNowhere, or class and voxel
  constexpr std::uint32_t kNowhere = std::numeric_limits<std::uint32_t>::max();
  assert(class_count * voxels < kNowhere);
  for (; begin < end; begin += kBatch) {
    const std::size_t count = std::min(kBatch, end - begin);
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t v = begin + i;
      const std::size_t at = index(vesicles.klass[v]) * voxels + grid.voxel_at(vesicles.position(v));
      place[i] = vesicles.state[v] == VesicleState::endosomal ? kNowhere : static_cast<std::uint32_t>(at);
    }
    for (std::size_t p = 0; p < proteins.size(); ++p) {
      const std::uint16_t* copies = vesicles.proteins[proteins[p]].data() + begin;
      std::uint64_t* of_protein = sum + p * class_count * voxels;
      for (std::size_t i = 0; i < count; ++i)
        if (place[i] != kNowhere) of_protein[place[i]] += copies[i];
    }
  }
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
    add_copies(vesicles, begin, end, *environment.grid, proteins, class_count, sum.data());
  });
  for (std::size_t i = 0; i < proteins.size(); ++i)
    for (std::size_t k = 0; k < class_count; ++k) {
      const double real = static_cast<double>(environment.classes[k].weight) * activity(environment.classes[k], time);
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
