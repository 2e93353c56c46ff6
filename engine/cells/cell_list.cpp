#include "engine/cells/cell_list.h"

#include <algorithm>

namespace interstice {

std::array<std::pair<double, double>, 3> CellList::extent_of(const Cells& cells, double reach) const {
  const std::array<double, 3> size{box_.size.x, box_.size.y, box_.size.z};
  const std::array<const std::vector<double>*, 3> along{&cells.x, &cells.y, &cells.z};
  std::array<std::pair<double, double>, 3> extent;
  for (int a = 0; a < 3; ++a) {
    extent[a] = {0, size[a]};
    if (box_.periodic[a] || cells.size() == 0) continue;
    const auto [lowest, highest] = std::ranges::minmax(*along[a]);
    if (highest - lowest < 0.5 * size[a]) extent[a] = {lowest, std::max(highest - lowest, reach)};
  }
  return extent;
}

void CellList::choose_bins(const Cells& cells, double reach) {
  const auto extent = extent_of(cells, reach);
  // Where cells are few, more bins than twice their number would only be walked through empty.
  const double room = extent[0].second * extent[1].second * extent[2].second;
  const double width = std::max(reach, std::cbrt(room / (2.0 * static_cast<double>(cells.size()) + 1)));
  for (int a = 0; a < 3; ++a) {
    const auto [from, length] = extent[a];
    from_[a] = from;
    bins_[a] = std::clamp(static_cast<int>(length / width), 1, 256);
    low_[a] = bins_[a] > 2 || (bins_[a] == 2 && !box_.periodic[a]) ? -1 : 0;
    high_[a] = bins_[a] > 1 ? 1 : 0;
    bins_per_um_[a] = bins_[a] / length;
  }
}

void CellList::rebuild(const Cells& cells, const Box& box, double reach) {
  box_ = box;
  choose_bins(cells, reach);
  start_.assign(static_cast<std::size_t>(bins_[0]) * bins_[1] * bins_[2] + 1, 0);
  cells_.resize(cells.size());
  bin_.resize(cells.size());
  for (std::size_t c = 0; c < cells.size(); ++c) {
    const auto b = bin_coordinates(cells.position(c));
    bin_[c] = static_cast<std::uint32_t>(b[0] + bins_[0] * (b[1] + bins_[1] * b[2]));
    ++start_[bin_[c]];
  }
  std::uint32_t end = 0;
  for (std::uint32_t& count : start_) count = end += count;
  for (std::size_t c = cells.size(); c-- > 0;) cells_[--start_[bin_[c]]] = static_cast<std::uint32_t>(c);
}

std::array<int, 3> CellList::bin_coordinates(Vec3 p) const {
  const auto along = [this](double x, int axis) {
    return std::clamp(static_cast<int>((x - from_[axis]) * bins_per_um_[axis]), 0, bins_[axis] - 1);
  };
  return {along(p.x, 0), along(p.y, 1), along(p.z, 2)};
}

}  // namespace interstice
