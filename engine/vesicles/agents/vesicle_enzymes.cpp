#include "engine/vesicles/agents/vesicle_enzymes.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <limits>

#include "engine/vesicles/agents/vesicle_kernel.h"
#include "engine/vesicles/vesicle_properties.h"

namespace interstice {
namespace {

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

  /// Sets what part number t of the vesicles exposes in its own voxels, and notes the rest.
  void set_own(std::size_t t, std::size_t parts) const {
    for (std::size_t to = 0; to < parts; ++to) scratch_.elsewhere[t * parts + to].clear();
    const std::size_t end = part_begin(vesicles_.size(), t + 1, parts);
    std::uint32_t cleared = scratch_.borders[t];
    std::array<std::uint32_t, kBatch> voxel;
    for (std::size_t begin = part_begin(vesicles_.size(), t, parts); begin < end; begin += kBatch) {
      const std::size_t count = std::min(kBatch, end - begin);
      const VoxelRange range =
          voxels_at(grid_, &vesicles_.x[begin], &vesicles_.y[begin], &vesicles_.z[begin], {voxel.data(), count});
      if (range.last >= cleared) cleared = clear(cleared, range.last + 1, t);
      const bool all_own = range.first >= scratch_.borders[t] && range.last < scratch_.borders[t + 1];
      if (count == kBatch && all_own && all_expose(begin))
        add_all(begin, voxel);
      else
        add_some(begin, {voxel.data(), count}, t, parts);
    }
    clear(cleared, scratch_.borders[t + 1], t);
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
  /// Are all of a whole batch of this class and outside endosomes?
  [[nodiscard]] bool all_expose(std::size_t begin) const {
    const VesicleState* state = &vesicles_.state[begin];
    const VesicleClassId* klass = &vesicles_.klass[begin];
    std::uint8_t others = 0;  // as narrow as what it comes from, for the sake of vectors
    for (std::size_t i = 0; i < kBatch; ++i) {
      others |= static_cast<std::uint8_t>(state[i] == VesicleState::endosomal);
      others |= static_cast<std::uint8_t>(klass[i] != klass_);
    }
    return others == 0;
  }
  /// Sets the part's voxels from `begin` to zero, at least up to `end`: just before they are added to, while they stay
  /// in the cache. Returns up to where.
  std::uint32_t clear(std::uint32_t begin, std::uint32_t end, std::size_t t) const {
    constexpr std::uint32_t kLeast = 4096;
    end = std::min(std::max(end, begin + kLeast), scratch_.borders[t + 1]);
    for (const std::uint32_t p : proteins_) std::fill(&sums_[p][0] + begin, &sums_[p][0] + end, 0.0);
    return end;
  }
  /// Neighbours in memory are often in the same voxel, and one addition to it has to wait for the one before: so all
  /// quarters of the batch are added in turn.
  void add_all(std::size_t begin, const std::array<std::uint32_t, kBatch>& voxel) const {
    constexpr std::size_t kQuarter = kBatch / 4;
    for (const std::uint32_t p : proteins_) {
      double* sum = sums_[p].data();
      const std::uint16_t* copies = &vesicles_.proteins[p][begin];
      for (std::size_t i = 0; i < kQuarter; ++i)
        for (std::size_t k = i; k < kBatch; k += kQuarter) sum[voxel[k]] += copies[k];
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

/// Makes room for the voxels. What a class carries it sets itself; the rest is zero.
void make_room(std::vector<std::vector<double>>& sums, std::size_t voxels, const VesicleClass* sets,
               const Threads& threads) {
  for (std::size_t p = 0; p < sums.size(); ++p) {
    sums[p].resize(voxels);
    const auto carries = [p](const ProteinLoad& load) { return index(load.protein) == p && load.mean > 0; };
    if (sets != nullptr && std::ranges::any_of(sets->proteins, carries)) continue;
    for_voxels(voxels, threads, [to = sums[p].data()](std::size_t voxel) { to[voxel] = 0; });
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
  make_room(copies, voxels, class_count > 0 ? &environment.classes[0] : nullptr, threads);
  share_out_voxels(vesicles, *environment.grid, scratch.borders, parts);
  scratch.elsewhere.resize(parts * parts);
  if (class_count > 1) scratch.of_class.resize(copies.size());
  for (std::size_t k = 0; k < class_count; ++k) {
    const VesicleClass& klass = environment.classes[k];
    if (k > 0) make_room(scratch.of_class, voxels, &klass, threads);
    auto& sums = k == 0 ? copies : scratch.of_class;
    const ClassDeposit deposit(vesicles, *environment.grid, VesicleClassId{static_cast<std::uint8_t>(k)}, klass, sums,
                               scratch);
    threads.for_blocks(parts, 1, [&](std::size_t t, std::size_t) { deposit.set_own(t, parts); });
    threads.for_blocks(parts, 1, [&](std::size_t t, std::size_t) { deposit.add_noted(t, parts); });
    const double real = static_cast<double>(klass.weight) * enzyme_activity(klass, time);
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
            load.mean * enzyme_activity(environment.classes[k], time) * static_cast<double>(reservoirs[r].vesicles[k]);
}

void deposit_exposed_copies(const Vesicles& vesicles, std::span<const ReservoirState> reservoirs,
                            const VesicleEnvironment& environment, double time,
                            std::vector<std::vector<double>>& copies,
                            std::vector<std::vector<double>>& reservoir_copies, const Threads& threads) {
  DepositScratch scratch;
  deposit_exposed_copies(vesicles, reservoirs, environment, time, copies, reservoir_copies, scratch, threads);
}

}  // namespace interstice
