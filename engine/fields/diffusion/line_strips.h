/// @file
/// Lines along one axis, cut into strips of neighbouring lines that are solved together.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "engine/fields/diffusion/conductance.h"

namespace interstice {

/// Most lines in a strip. Along x a strip is kRowsTogether rows, which are transposed to be solved.
inline constexpr std::size_t kStripLines = 32;
inline constexpr std::size_t kRowsTogether = 16;

/// Geometry. Position p of a lane (line of a strip) is voxel first(strip, lane) + p * stride.
struct LineStrips {
  std::size_t n = 1;            ///< positions along a line
  std::size_t stride = 1;       ///< voxels from one position to the next
  std::size_t lane_stride = 1;  ///< voxels from one lane to the next
  std::size_t per_layer = 1;    ///< strips in a plane across z (for x and y: in all planes one after the other)
  std::size_t layers = 1;
  std::size_t layer_lines = 1;   ///< lines in a layer
  std::size_t layer_stride = 0;  ///< voxels from one layer to the next
  std::size_t most_lanes = 1;

  LineStrips() = default;
  LineStrips(const Grid& grid, int axis);

  [[nodiscard]] std::size_t count() const { return per_layer * layers; }
  [[nodiscard]] std::size_t lanes(std::size_t strip) const {
    return std::min(most_lanes, layer_lines - strip % per_layer * most_lanes);
  }
  [[nodiscard]] std::size_t first(std::size_t strip, std::size_t lane = 0) const {
    return strip / per_layer * layer_stride + (strip % per_layer * most_lanes + lane) * lane_stride;
  }
};

/// Strips with equal coefficients: tissue is made of few regions, so that most are like another.
struct StripSets {
  struct Set {
    std::size_t strip = 0;         ///< one that belongs to it
    std::size_t width = 1;         ///< numbers per position: 1 where all lanes are alike, else most_lanes
    std::size_t width_before = 0;  ///< sum of widths of the sets before, each rounded up to whole vectors
  };
  std::vector<std::uint32_t> of;  ///< per strip
  std::vector<Set> sets;
  std::size_t total_width = 0;

  StripSets() = default;
  StripSets(const Conductance& conductance, const LineStrips& strips);
};

}  // namespace interstice
