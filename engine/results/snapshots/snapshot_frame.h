/// @file
/// What one snapshot shows, copied from the state as it is written: fields and agents rounded to float32, of agents
/// only those that are shown. The files can then be written while the run goes on.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "engine/sim/problem.h"

namespace interstice {

/// One array of the agents: its name in the file (with unit), and the unit ("" for categories and ids).
struct AgentColumn {
  std::string name, unit;
  std::uint64_t width = 1;  ///< 3 for vectors
  std::variant<std::vector<float>, std::vector<std::int64_t>, std::vector<std::uint8_t>, std::vector<std::uint16_t>>
      values;
};

/// One vertex per shown agent. Without agents a placeholder with id -1 at NaN keeps every reader content.
struct AgentFrame {
  std::uint64_t shown = 0, total = 0;
  std::vector<float> points;         ///< x, y, z of each [um]
  std::vector<AgentColumn> columns;  ///< in the order of the file
  [[nodiscard]] std::uint64_t vertices() const { return points.size() / 3; }
};

struct SnapshotFrame {
  std::uint64_t number = 0, step = 0;
  double time = 0;  ///< [s]
  std::string state_sha256;
  std::vector<std::vector<float>> fields;     ///< of the shown species, x fastest [uM]
  std::vector<std::vector<float>> densities;  ///< of free vesicles of classes that are counted [EV/ml of tissue]
  AgentFrame cells, vesicles;
};

// Each replaces what the frame holds; its memory is used again.
void copy_fields(const State& state, std::span<const SpeciesId> shown, std::vector<std::vector<float>>& fields);
void copy_densities(const State& state, const Problem& problem, std::vector<std::vector<float>>& densities);
void copy_cells(const State& state, const Problem& problem, std::span<const std::uint32_t> shown, AgentFrame& frame);
void copy_vesicles(const State& state, const Problem& problem, std::span<const std::uint32_t> shown, AgentFrame& frame);

/// Indices of the vesicles that a sample of `count` shows, in storage order: those whose hashed id is smallest, so
/// that a vesicle once shown stays shown while it lives and no other enters.
std::vector<std::uint32_t> sample_vesicles(std::span<const AgentId> ids, std::uint64_t count);

}  // namespace interstice
