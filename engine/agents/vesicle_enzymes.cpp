#include "engine/agents/vesicle_enzymes.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <limits>

#include "engine/agents/vesicle_kernel.h"
#include "engine/core/pinned_math.h"

namespace interstice {
namespace {

double activity(const VesicleClass& klass, double time) {
  constexpr double kLn2 = 0.69314718055994530942;
  return std::isinf(klass.enzyme_half_life) ? 1.0 : pinned::exp(-kLn2 * time / klass.enzyme_half_life);
}

constexpr std::size_t kVoxelGrain = 1U << 16;  ///< voxels per block of work
constexpr std::size_t kBatch = 256;            ///< vesicles whose voxels are found in one go

/// Part number t of n things shared out among `parts`.
std::size_t part_begin(std::size_t n, std::size_t t, std::size_t parts) { return n * t / parts; }

/// Borders of the voxels that each part of the vesicles adds to: as the vesicles lie in memory, most add to their own.
void share_out_voxels(const Vesicles& vesicles, const Grid& grid, std::vector<std::uint32_t>& borders,
                      std::size_t parts) {
  borders.assign(parts + 1, 0);
  borders[parts] = static_cast<std::uint32_t>(grid.voxel_count());
  for (std::size_t t = 1; t < parts; ++t) {
    const std::size_t v = part_begin(vesicles.size(), t, parts);
    borders[t] = v < vesicles.size() ? static_cast<std::uint32_t>(grid.voxel_at(vesicles.position(v))) : borders[parts];
  }
  std::sort(borders.begin(), borders.end());
}

/// One class: copies of all its vesicles per voxel. Whole numbers in doubles, so that any order gives the same sum.
class ClassDeposit {
 public:
  ClassDeposit(const Vesicles& vesicles, const Grid& grid, VesicleClassId klass, const VesicleClass& properties,
               std::span<std::vector<double>> sums, DepositScratch& scratch)
      : vesicles_(vesicles), grid_(grid), klass_(klass), sums_(sums), scratch_(scratch) {
    for (const ProteinLoad& load : properties.proteins)
      if (load.mean > 0) proteins_.push_back(static_cast<std::uint32_t>(index(load.protein)));
  }

  /// Adds what part number t of the vesicles exposes in its own voxels, and notes the rest.
  void add_own(std::size_t t, std::size_t parts) const {
    for (std::size_t to = 0; to < parts; ++to) scratch_.elsewhere[t * parts + to].clear();
    const std::size_t end = part_begin(vesicles_.size(), t + 1, parts);
    std::array<std::uint32_t, kBatch> voxel;
    for (std::size_t begin = part_begin(vesicles_.size(), t, parts); begin < end; begin += kBatch) {
      const std::size_t count = std::min(kBatch, end - begin);
      voxels_at(grid_, &vesicles_.x[begin], &vesicles_.y[begin], &vesicles_.z[begin], {voxel.data(), count});
      if (all_expose(begin, {voxel.data(), count}, t))
        add_all(begin, {voxel.data(), count});
      else
        add_some(begin, {voxel.data(), count}, t, parts);
    }
  }

  /// Adds what other parts noted for the voxels of part t.
  void add_noted(std::size_t t, std::size_t parts) const {
    for (std::size_t from = 0; from < parts; ++from)
      for (const auto& [voxel, vesicle] : scratch_.elsewhere[from * parts + t])
        for (const std::uint32_t p : proteins_) sums_[p][voxel] += vesicles_.proteins[p][vesicle];
  }

 private:
  void note(std::size_t t, std::size_t parts, std::uint32_t voxel, std::uint32_t vesicle) const {
    const auto above = std::upper_bound(scratch_.borders.begin() + 1, scratch_.borders.end() - 1, voxel);
    const auto to = static_cast<std::size_t>(above - (scratch_.borders.begin() + 1));
    scratch_.elsewhere[t * parts + to].push_back({voxel, vesicle});
  }
  [[nodiscard]] bool own(std::uint32_t voxel, std::size_t t) const {
    return voxel - scratch_.borders[t] < scratch_.borders[t + 1] - scratch_.borders[t];
  }
  /// Are all of a batch of this class and outside endosomes, in voxels of part t?
  [[nodiscard]] bool all_expose(std::size_t begin, std::span<const std::uint32_t> voxel, std::size_t t) const {
    const VesicleState* state = &vesicles_.state[begin];
    const VesicleClassId* klass = &vesicles_.klass[begin];
    const std::uint32_t low = scratch_.borders[t], width = scratch_.borders[t + 1] - low;
    unsigned others = 0;
    for (std::size_t i = 0; i < voxel.size(); ++i)
      others |= unsigned(state[i] == VesicleState::endosomal) | unsigned(klass[i] != klass_) |
                unsigned(voxel[i] - low >= width);
    return others == 0;
  }
  void add_all(std::size_t begin, std::span<const std::uint32_t> voxel) const {
    for (const std::uint32_t p : proteins_) {
      double* sum = sums_[p].data();
      const std::uint16_t* copies = &vesicles_.proteins[p][begin];
      for (std::size_t i = 0; i < voxel.size(); ++i) sum[voxel[i]] += copies[i];
    }
  }
  void add_some(std::size_t begin, std::span<const std::uint32_t> voxel, std::size_t t, std::size_t parts) const {
    for (std::size_t i = 0; i < voxel.size(); ++i) {
      const std::size_t v = begin + i;
      if (vesicles_.state[v] == VesicleState::endosomal || vesicles_.klass[v] != klass_) continue;
      if (own(voxel[i], t))
        for (const std::uint32_t p : proteins_) sums_[p][voxel[i]] += vesicles_.proteins[p][v];
      else
        note(t, parts, voxel[i], static_cast<std::uint32_t>(v));
    }
  }

  const Vesicles& vesicles_;
  Grid grid_;
  VesicleClassId klass_;
  std::span<std::vector<double>> sums_;
  DepositScratch& scratch_;
  std::vector<std::uint32_t> proteins_;
};

template <class Act>
void for_voxels(std::size_t voxels, const Threads& threads, Act act) {
  threads.for_blocks(voxels, kVoxelGrain, [&](std::size_t begin, std::size_t end) {
    for (std::size_t voxel = begin; voxel < end; ++voxel) act(voxel);
  });
}

void clear(std::vector<std::vector<double>>& sums, std::size_t voxels, const Threads& threads) {
  for (auto& sum : sums) {
    sum.resize(voxels);
    for_voxels(voxels, threads, [to = sum.data()](std::size_t voxel) { to[voxel] = 0; });
  }
}

}  // namespace

void deposit_exposed_copies(const Vesicles& vesicles, std::span<const ReservoirState> reservoirs,
                            const VesicleEnvironment& environment, double time,
                            std::vector<std::vector<double>>& copies,
                            std::vector<std::vector<double>>& reservoir_copies, DepositScratch& scratch,
                            const Threads& threads) {
  const std::size_t voxels = environment.grid->voxel_count(), class_count = environment.classes.size();
  const auto parts = static_cast<std::size_t>(threads.count());
  assert(voxels < std::numeric_limits<std::uint32_t>::max());
  copies.resize(vesicles.proteins.size());
  clear(copies, voxels, threads);
  share_out_voxels(vesicles, *environment.grid, scratch.borders, parts);
  scratch.elsewhere.resize(parts * parts);
  if (class_count > 1) scratch.of_class.resize(copies.size());
  for (std::size_t k = 0; k < class_count; ++k) {
    const VesicleClass& klass = environment.classes[k];
    if (k > 0) clear(scratch.of_class, voxels, threads);
    auto& sums = k == 0 ? copies : scratch.of_class;
    const ClassDeposit deposit(vesicles, *environment.grid, VesicleClassId{static_cast<std::uint8_t>(k)}, klass, sums,
                               scratch);
    threads.for_blocks(parts, 1, [&](std::size_t t, std::size_t) { deposit.add_own(t, parts); });
    threads.for_blocks(parts, 1, [&](std::size_t t, std::size_t) { deposit.add_noted(t, parts); });
    const double real = static_cast<double>(klass.weight) * activity(klass, time);
    for (const ProteinLoad& load : klass.proteins) {
      double* total = copies[index(load.protein)].data();
      const double* sum = sums[index(load.protein)].data();
      if (k > 0) for_voxels(voxels, threads, [=](std::size_t voxel) { total[voxel] += real * sum[voxel]; });
      if (k == 0 && real != 1) for_voxels(voxels, threads, [=](std::size_t voxel) { total[voxel] *= real; });
    }
  }
  reservoir_copies.resize(vesicles.proteins.size());
  for (auto& of_protein : reservoir_copies) of_protein.assign(reservoirs.size(), 0.0);
  for (std::size_t k = 0; k < class_count; ++k)
    for (const ProteinLoad& load : environment.classes[k].proteins)
      for (std::size_t r = 0; r < reservoirs.size(); ++r)
        reservoir_copies[index(load.protein)][r] +=
            load.mean * activity(environment.classes[k], time) * static_cast<double>(reservoirs[r].vesicles[k]);
}

void deposit_exposed_copies(const Vesicles& vesicles, std::span<const ReservoirState> reservoirs,
                            const VesicleEnvironment& environment, double time,
                            std::vector<std::vector<double>>& copies,
                            std::vector<std::vector<double>>& reservoir_copies, const Threads& threads) {
  DepositScratch scratch;
  deposit_exposed_copies(vesicles, reservoirs, environment, time, copies, reservoir_copies, scratch, threads);
}

}  // namespace interstice
