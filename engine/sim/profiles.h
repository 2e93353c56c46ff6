/// @file
/// How much of a substance lies how far from a region: shells of equal width around it. An observation that nothing
/// depends on; its columns of the time series are what `reduce: reach` (reach.h) reduces.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "engine/core/ids.h"
#include "engine/fields/field_set.h"
#include "engine/fields/grid.h"
#include "engine/fields/species.h"

namespace interstice {

struct Profile {
  std::string name;
  SpeciesId species{};
  double width = 0;                      ///< of a shell [um]
  std::vector<std::uint16_t> of_voxel;   ///< shell 0 is the region itself, k > 0 what is up to k widths away from it
  std::vector<double> molecules_per_uM;  ///< per region: of a voxel

  [[nodiscard]] std::size_t shell_count() const;
  /// How far shell k reaches [um].
  [[nodiscard]] double outer_edge(std::size_t shell) const { return static_cast<double>(shell) * width; }
  /// What timeseries.csv calls it: profile.<name>.<outer edge in um>.
  [[nodiscard]] std::string column(std::size_t shell) const;
};

/// Distance [um] of each voxel's centre from the nearest voxel of the regions in `in_region`, counted from that voxel's
/// surface; 0 inside. Through periodic faces the shorter way counts.
std::vector<double> distances_from(std::span<const std::uint8_t> in_region, std::span<const std::uint8_t> of_voxel,
                                   const Grid& grid, std::array<bool, 3> periodic);

/// out[k] <- molecules in shell k.
void measure_profile(const Profile& profile, const FieldSet& fields, std::span<const std::uint8_t> region_of_voxel,
                     std::span<double> out);

}  // namespace interstice
