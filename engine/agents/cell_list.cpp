#include "engine/agents/cell_list.h"

#include <algorithm>

namespace interstice {

void CellList::rebuild(const Cells& cells, const Box& box, double reach) {
  box_ = box;
  const std::array<double, 3> size{box.size.x, box.size.y, box.size.z};
  for (int a = 0; a < 3; ++a) {
    bins_[a] = std::clamp(static_cast<int>(size[a] / reach), 1, 256);
    low_[a] = bins_[a] > 2 || (bins_[a] == 2 && !box.periodic[a]) ? -1 : 0;
    high_[a] = bins_[a] > 1 ? 1 : 0;
  }
  const std::size_t bin_count = static_cast<std::size_t>(bins_[0]) * bins_[1] * bins_[2];
  start_.assign(bin_count + 1, 0);
  cells_.resize(cells.size());
  const auto bin_of = [&](std::size_t c) {
    const auto b = bin_coordinates(cells.position(c));
    return static_cast<std::size_t>(b[0]) +
           static_cast<std::size_t>(bins_[0]) * (b[1] + static_cast<std::size_t>(bins_[1]) * b[2]);
  };
  for (std::size_t c = 0; c < cells.size(); ++c) ++start_[bin_of(c) + 1];
  for (std::size_t b = 0; b < bin_count; ++b) start_[b + 1] += start_[b];
  std::vector<std::uint32_t> next(start_.begin(), start_.end() - 1);
  for (std::size_t c = 0; c < cells.size(); ++c) cells_[next[bin_of(c)]++] = static_cast<std::uint32_t>(c);
}

std::array<int, 3> CellList::bin_coordinates(Vec3 p) const {
  const auto along = [](double x, double size, int bins) {
    return std::clamp(static_cast<int>(std::floor(x / size * bins)), 0, bins - 1);
  };
  return {along(p.x, box_.size.x, bins_[0]), along(p.y, box_.size.y, bins_[1]), along(p.z, box_.size.z, bins_[2])};
}

}  // namespace interstice
