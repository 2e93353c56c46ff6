/// @file
/// Which cells meet which voxels, and with what weight: all footprints turned round, so that voxels can be filled side
/// by side and cells of a voxel are summed in storage order; and what the grid lacks of each. Kept while cells lie
/// still.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/cells/cell_footprint.h"
#include "engine/cells/cell_rules.h"
#include "engine/cells/cells.h"
#include "engine/core/parallel.h"

namespace interstice {

class CellSpread {
 public:
  using Share = Exchange::Share;

  /// For the cells as they lie now. Cells that have not moved since cost a comparison.
  void find(const Cells& cells, const CellEnvironment& environment, const Threads& threads);
  [[nodiscard]] const LeftResistance& left(std::size_t cell) const { return left_[cell]; }
  /// Refers to this from `exchange`.
  void lend(Exchange& exchange) const {
    exchange.voxels = voxels_;
    exchange.first = std::span(first_).first(voxels_.size() + 1);
    exchange.shares = shares_;
  }

 private:
  bool as_before(const Cells& cells);
  void find_left(const Cells& cells, const CellEnvironment& environment, const Threads& threads);
  void list_voxels();
  [[nodiscard]] std::uint32_t place_of(std::uint32_t voxel) const;

  std::vector<std::vector<double>> places_;    ///< x, y, z and radius for which this holds
  std::vector<std::uint8_t> lies_still_;       ///< per cell: it is where it was when this was last found
  std::vector<std::uint64_t> met_;             ///< a bit per voxel
  std::vector<std::uint32_t> rank_;            ///< per word of met_: how many are met before
  std::vector<std::uint32_t> voxels_, first_;  ///< per place; where its shares begin
  std::vector<Share> shares_;
  std::vector<LeftResistance> left_;  ///< per cell
};

}  // namespace interstice
