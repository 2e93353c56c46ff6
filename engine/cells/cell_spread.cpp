#include "engine/cells/cell_spread.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cmath>
#include <utility>

#include "engine/cells/cell_sense.h"

namespace interstice {
namespace {

constexpr std::size_t kSpreadGrain = 256;    ///< cells per block
constexpr std::size_t kSortGrain = 1 << 12;  ///< voxels per block
constexpr std::size_t kBits = 64;

/// The voxels that a cell meets, with parts of Exchange::Share::kWhole that add up to it.
class Parts {
 public:
  explicit Parts(const CellEnvironment& environment) : environment_(environment) {}

  void find(const Cells& cells, std::size_t c) {
    parts_.clear();
    centre_ = static_cast<std::uint32_t>(environment_.grid->voxel_at(cells.position(c)));
    if (!environment_.rules->any_spreads()) {
      parts_.emplace_back(centre_, kWhole);
      return;
    }
    const Footprint place(cells.position(c), cells.radius[c], *environment_.grid, environment_.box);
    double sum = 0;
    std::int64_t given = 0;  // of what the voxels so far should have, so that rounding does not add up
    place.for_each([&](std::size_t voxel, double weight) {
      sum += weight;
      const std::int64_t up_to_here = std::min<std::int64_t>(std::llround(sum * Exchange::Share::kWhole), kWhole);
      parts_.emplace_back(static_cast<std::uint32_t>(voxel), up_to_here - given);
      given = up_to_here;
    });
    parts_.back().second += kWhole - given;
  }
  [[nodiscard]] const auto& list() const { return parts_; }
  [[nodiscard]] std::uint32_t centre() const { return centre_; }

 private:
  static constexpr auto kWhole = static_cast<std::int64_t>(Exchange::Share::kWhole);
  const CellEnvironment& environment_;
  std::uint32_t centre_ = 0;
  std::vector<std::pair<std::uint32_t, std::int64_t>> parts_;
};

/// visit(cell, parts) for all cells, side by side.
template <class Visit>
void for_all_parts(const Cells& cells, const CellEnvironment& environment, const Threads& threads, const Visit& visit) {
  threads.for_blocks(cells.size(), kSpreadGrain, [&](std::size_t begin, std::size_t end) {
    Parts parts(environment);
    for (std::size_t c = begin; c < end; ++c) {
      parts.find(cells, c);
      visit(static_cast<std::uint32_t>(c), parts);
    }
  });
}

}  // namespace

bool CellSpread::as_before(const Cells& cells) {
  const std::array<const std::vector<double>*, 4> now{&cells.x, &cells.y, &cells.z, &cells.radius};
  if (places_.size() == now.size() && places_[0] == cells.x && places_[1] == cells.y && places_[2] == cells.z &&
      places_[3] == cells.radius)
    return true;
  places_.resize(now.size());
  lies_still_.assign(cells.size(), 1);
  for (std::size_t c = 0; c < cells.size(); ++c)
    for (std::size_t k = 0; k < now.size(); ++k)
      if (c >= places_[k].size() || places_[k][c] != (*now[k])[c]) lies_still_[c] = 0;
  for (std::size_t k = 0; k < now.size(); ++k) places_[k] = *now[k];
  return false;
}

void CellSpread::list_voxels() {
  rank_.resize(met_.size());
  voxels_.clear();
  for (std::size_t word = 0; word < met_.size(); ++word) {
    rank_[word] = static_cast<std::uint32_t>(voxels_.size());
    for (std::uint64_t left = met_[word]; left != 0; left &= left - 1)
      voxels_.push_back(static_cast<std::uint32_t>(word * kBits) + static_cast<std::uint32_t>(std::countr_zero(left)));
  }
}

std::uint32_t CellSpread::place_of(std::uint32_t voxel) const {
  const std::uint64_t before = met_[voxel / kBits] & ((std::uint64_t{1} << voxel % kBits) - 1);
  return rank_[voxel / kBits] + static_cast<std::uint32_t>(std::popcount(before));
}

void CellSpread::find_left(const Cells& cells, const CellEnvironment& environment, const Threads& threads) {
  left_.resize(cells.size());
  if (!environment.rules->any_spreads()) return;
  threads.for_blocks(cells.size(), kSpreadGrain, [&](std::size_t begin, std::size_t end) {
    for (std::size_t c = begin; c < end; ++c)
      if (lies_still_[c] == 0) left_[c] = left_resistance(cells, c, environment);
  });
}

void CellSpread::find(const Cells& cells, const CellEnvironment& environment, const Threads& threads) {
  if (as_before(cells)) return;
  find_left(cells, environment, threads);
  // Threads share the arrays: bits and counts are the same whoever comes first, and what lies in a voxel is sorted.
  met_.assign((environment.grid->voxel_count() + kBits - 1) / kBits, 0);
  for_all_parts(cells, environment, threads, [this](std::uint32_t, const Parts& parts) {
    for (const auto& [voxel, part] : parts.list())
      std::atomic_ref(met_[voxel / kBits]).fetch_or(std::uint64_t{1} << voxel % kBits, std::memory_order_relaxed);
  });
  list_voxels();
  first_.assign(voxels_.size() + 2, 0);
  for_all_parts(cells, environment, threads, [this](std::uint32_t, const Parts& parts) {
    for (const auto& [voxel, part] : parts.list())
      std::atomic_ref(first_[place_of(voxel) + 2]).fetch_add(1, std::memory_order_relaxed);
  });
  for (std::size_t place = 2; place < first_.size(); ++place) first_[place] += first_[place - 1];
  shares_.resize(first_.back());
  for_all_parts(cells, environment, threads, [this](std::uint32_t cell, const Parts& parts) {
    for (const auto& [voxel, part] : parts.list()) {
      const std::uint32_t at = std::atomic_ref(first_[place_of(voxel) + 1]).fetch_add(1, std::memory_order_relaxed);
      shares_[at] = {cell, voxel == parts.centre() ? 1U : 0U, static_cast<std::uint32_t>(part)};
    }
  });
  threads.for_blocks(voxels_.size(), kSortGrain, [this](std::size_t begin, std::size_t end) {
    for (std::size_t place = begin; place < end; ++place)
      std::sort(shares_.begin() + first_[place], shares_.begin() + first_[place + 1],
                [](const Share& a, const Share& b) { return a.cell < b.cell; });
  });
}

}  // namespace interstice
