#include "engine/cells/cell_spread.h"

#include <bit>
#include <cmath>

#include "engine/cells/cell_footprint.h"

namespace interstice {
namespace {

constexpr std::size_t kSpreadGrain = 128;  ///< cells per block
constexpr std::size_t kBits = 64;

}  // namespace

bool CellSpread::as_before(const Cells& cells) {
  const bool same = places_.size() == 4 && places_[0] == cells.x && places_[1] == cells.y && places_[2] == cells.z &&
                    places_[3] == cells.radius;
  if (same) return true;
  places_.resize(4);
  places_[0] = cells.x, places_[1] = cells.y, places_[2] = cells.z, places_[3] = cells.radius;
  return false;
}

void CellSpread::list_meetings(const Cells& cells, const CellEnvironment& environment, const Threads& threads) {
  const Grid& grid = *environment.grid;
  meetings_.resize((cells.size() + kSpreadGrain - 1) / kSpreadGrain);
  threads.for_blocks(cells.size(), kSpreadGrain, [&](std::size_t begin, std::size_t end) {
    auto& meetings = meetings_[begin / kSpreadGrain];
    meetings.clear();
    for (std::size_t c = begin; c < end; ++c) {
      const auto cell = static_cast<std::uint32_t>(c);
      const std::size_t centre = grid.voxel_at(cells.position(c));
      if (!environment.rules->any_spreads()) {
        meetings.push_back({static_cast<std::uint32_t>(centre), cell, -1});
        continue;
      }
      const Footprint place(cells.position(c), cells.radius[c], grid, environment.box);
      place.for_each([&](std::size_t voxel, double weight) {
        meetings.push_back({static_cast<std::uint32_t>(voxel), cell, voxel == centre ? -weight : weight});
      });
    }
  });
}

void CellSpread::turn_round(std::size_t voxel_count) {
  met_.assign((voxel_count + kBits - 1) / kBits, 0);
  for (const auto& block : meetings_)
    for (const Meeting& m : block) met_[m.voxel / kBits] |= std::uint64_t{1} << m.voxel % kBits;
  rank_.resize(met_.size());
  voxels_.clear();
  for (std::size_t word = 0; word < met_.size(); ++word) {
    rank_[word] = static_cast<std::uint32_t>(voxels_.size());
    for (std::uint64_t left = met_[word]; left != 0; left &= left - 1)
      voxels_.push_back(static_cast<std::uint32_t>(word * kBits) + static_cast<std::uint32_t>(std::countr_zero(left)));
  }
  const auto place_of = [this](std::uint32_t voxel) {
    const std::uint64_t before = met_[voxel / kBits] & ((std::uint64_t{1} << voxel % kBits) - 1);
    return rank_[voxel / kBits] + static_cast<std::uint32_t>(std::popcount(before));
  };
  first_.assign(voxels_.size() + 2, 0);
  for (const auto& block : meetings_)
    for (const Meeting& m : block) ++first_[place_of(m.voxel) + 2];
  for (std::size_t place = 2; place < first_.size(); ++place) first_[place] += first_[place - 1];
  shares_.resize(first_.back());
  for (const auto& block : meetings_)
    for (const Meeting& m : block)
      shares_[first_[place_of(m.voxel) + 1]++] = {m.cell, m.weight < 0 ? 1U : 0U, std::abs(m.weight)};
}

void CellSpread::find(const Cells& cells, const CellEnvironment& environment, const Threads& threads) {
  if (as_before(cells)) return;
  list_meetings(cells, environment, threads);
  turn_round(environment.grid->voxel_count());
}

}  // namespace interstice
