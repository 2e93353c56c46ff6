/// @file
/// How much of a substance, or how many vesicles, lie how far from a region or how deep below a face: shells of equal
/// width. An observation that nothing
/// depends on; its columns of the time series are what `reduce: reach` (reach.h) reduces.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/core/ids.h"
#include "engine/fields/field_set.h"
#include "engine/fields/grid.h"
#include "engine/fields/species.h"
#include "engine/vesicles/vesicles.h"

namespace interstice {

struct Problem;
struct State;

struct Profile {
  std::string name;
  SpeciesId species{};
  double width = 0;                      ///< of a shell [um]
  std::vector<std::uint16_t> of_voxel;   ///< shell 0 is the region itself, k > 0 what is up to k widths away from it
  std::vector<double> molecules_per_uM;  ///< per region: of a voxel
  std::optional<VesicleClassId> vesicles{};  ///< what is looked at in place of a species: vesicles of a class ...
  std::vector<VesicleState> states{};        ///< ... in these states
  /// A face from which depth counts; shell 0 then begins there, and is as wide as the others.
  struct Face {
    int axis;            ///< 0, 1, 2
    double at;           ///< [um]
    std::size_t shells;  ///< to the opposite face
    double last = 1;     ///< how much of its width the last of them has before that face
  };
  std::optional<Face> below{};

  [[nodiscard]] std::size_t shell_count() const;
  /// Of a vesicle or cell: below a face it does not depend on voxels.
  [[nodiscard]] std::size_t shell_at(Vec3 place, const Grid& grid) const;
  /// How far shell k reaches [um].
  [[nodiscard]] double outer_edge(std::size_t shell) const {
    return static_cast<double>(shell + (below ? 1 : 0)) * width;
  }
  [[nodiscard]] const char* unit() const { return vesicles ? "EV" : "molecule"; }
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

/// out[k] <- real vesicles in shell k; those on and in a cell are where its centre is.
void measure_vesicle_profile(const Profile& profile, const State& state, const Problem& problem, std::span<double> out);

}  // namespace interstice
