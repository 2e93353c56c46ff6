/// @file
/// Scratch of a run: solvers, environments and buffers that follow from the Problem. Holds nothing between steps that
/// the State does not hold.
#pragma once

#include <vector>

#include "engine/cells/cell_update.h"
#include "engine/fields/exchange.h"
#include "engine/fields/transport.h"
#include "engine/sim/model_bridge.h"
#include "engine/sim/problem.h"
#include "engine/vesicles/agents/vesicle_scratch.h"
#include "engine/vesicles/counts/vesicle_counts.h"
#include "engine/vesicles/vesicle_environment.h"

namespace interstice {

/// What the cell stages see of a problem; points into `problem` and `rules`.
CellEnvironment cell_environment_of(const Problem& problem, const CellRules& rules);
VesicleEnvironment vesicle_environment_of(const Problem& problem);

struct Workspace {
  /// Points into `problem`, which must stay where it is.
  explicit Workspace(const Problem& problem);
  Workspace(const Workspace&) = delete;
  Workspace& operator=(const Workspace&) = delete;

  VesicleEnvironment vesicle_environment;
  CellRules cell_rules;
  CellEnvironment cell_environment;
  FieldTransport transport;
  ModelBridge models;

  Exchange exchange;
  std::vector<std::vector<double>> exposed_in_reservoirs;
  bool vesicles_changed = true;  ///< since State::exposed_copies were found
  std::vector<std::uint32_t> cell_voxel;
  VesicleScratch vesicle_scratch;
  CountsScratch counts_scratch;
  CellScratch cell_scratch;
  std::vector<std::uint8_t> fates;  ///< of cells that came within the step
};

}  // namespace interstice
