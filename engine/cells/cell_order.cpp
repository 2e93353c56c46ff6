#include "engine/cells/cell_order.h"

#include <algorithm>
#include <numeric>
#include <tuple>
#include <vector>

namespace interstice {
namespace {

constexpr std::size_t kFew = 4096;

/// The lower 21 bits of n with two zeros between each.
std::uint64_t spread_bits(std::uint64_t n) {
  n &= 0x1fffff;
  n = (n | n << 32) & 0x1f00000000ffff;
  n = (n | n << 16) & 0x1f0000ff0000ff;
  n = (n | n << 8) & 0x100f00f00f00f00f;
  n = (n | n << 4) & 0x10c30c30c30c30c3;
  return (n | n << 2) & 0x1249249249249249;
}

std::uint64_t along_curve(const Grid& grid, Vec3 p) {
  const std::size_t voxel = grid.voxel_at(p), nx = static_cast<std::size_t>(grid.nx),
                    ny = static_cast<std::size_t>(grid.ny);
  return spread_bits(voxel % nx) | spread_bits(voxel / nx % ny) << 1 | spread_bits(voxel / (nx * ny)) << 2;
}

}  // namespace

void sort_cells(Cells& cells, std::span<const ColumnSpec> columns, const Grid& grid) {
  if (cells.size() < kFew) return;
  std::vector<std::uint64_t> curve(cells.size());
  for (std::size_t c = 0; c < cells.size(); ++c) curve[c] = along_curve(grid, cells.position(c));
  std::vector<std::size_t> order(cells.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, {}, [&](std::size_t c) { return std::tuple(curve[c], cells.id[c]); });
  for_each_array(cells, columns, [&order](const RowInfo&, auto& values) {
    auto sorted = values;
    for (std::size_t c = 0; c < order.size(); ++c) sorted[c] = values[order[c]];
    values = std::move(sorted);
  });
}

}  // namespace interstice
