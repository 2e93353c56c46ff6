/// @file
/// Cells: structure of arrays. What a cell does is in its CellType (cell_type.h), which comes from YAML.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/core/ids.h"
#include "engine/core/vec3.h"

namespace interstice {

struct Cells {
  std::vector<AgentId> id;
  std::vector<AgentId> ancestor;  ///< id of the founder, shared by all descendants
  std::vector<CellTypeId> type;
  std::vector<std::uint8_t> state;                      ///< index into CellType::states
  std::vector<double> x, y, z;                          ///< [um]
  std::vector<double> vx, vy, vz;                       ///< decided at the cell step, used at every vesicle step [um/s]
  std::vector<double> heading_x, heading_y, heading_z;  ///< unit vector of the persistent walk
  std::vector<double> radius;                           ///< [um]
  std::vector<double> state_since;                      ///< [s]
  std::vector<double> state_until;                      ///< [s], infinity where the state has no duration
  std::vector<std::uint32_t> births;                    ///< how often it has divided
  std::vector<std::uint32_t> transitions;               ///< how often it has changed state
  std::vector<std::uint64_t> bound;                     ///< real vesicles adsorbed
  std::vector<std::uint64_t> internal;                  ///< real vesicles in endosomes
  std::vector<std::uint64_t> adsorptions;               ///< real adsorption events so far
  std::vector<std::uint64_t> releases;                  ///< real vesicles that have released their cargo so far
  std::vector<std::vector<double>> columns;             ///< [ColumnId][cell]

  [[nodiscard]] std::size_t size() const { return id.size(); }
  [[nodiscard]] Vec3 position(std::size_t c) const { return {x[c], y[c], z[c]}; }
  [[nodiscard]] Vec3 velocity(std::size_t c) const { return {vx[c], vy[c], vz[c]}; }
};

/// What daughters get of a parent's number.
enum class AtDivision : std::uint8_t { copy, halve, increment, clear };

/// A named number carried by every cell: declared by cell types and by interaction models.
struct ColumnSpec {
  std::string name;
  std::string unit;
  double initial = 0;
  std::string owner;  ///< the model that alone may write it, or "" for cell types
  AtDivision at_division = AtDivision::copy;
  /// Before idle columns were dropped; the noise of first values goes by it.
  std::optional<std::size_t> place_before{};
};

}  // namespace interstice
