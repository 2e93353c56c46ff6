/// @file
/// Problem: what never changes after set-up. State: what evolves and is saved. See workspace.h for the scratch.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/cells/cell_placement.h"
#include "engine/cells/cell_type.h"
#include "engine/cells/cells.h"
#include "engine/core/noise.h"
#include "engine/fields/budget.h"
#include "engine/fields/chemistry.h"
#include "engine/fields/field_set.h"
#include "engine/fields/grid.h"
#include "engine/fields/species.h"
#include "engine/model/interaction_model.h"
#include "engine/sim/labels.h"
#include "engine/sim/profiles.h"
#include "engine/sim/schedule.h"
#include "engine/sim/species_doses.h"
#include "engine/vesicles/vesicles.h"

namespace interstice {

/// A built interaction model and where its declared names lie in this problem.
struct ActiveModel {
  std::string name, version, origin, sha256;
  Mechanism mechanism = Mechanism::none;
  double delay = 0;  ///< [s]
  std::shared_ptr<const InteractionModel> model;
  std::vector<ColumnId> columns;
  std::vector<SpeciesId> fields;
  std::vector<ProteinId> proteins;
  std::vector<ReactionId> reactions;
  std::vector<std::optional<ColumnId>> reads;  ///< none where no cell type has the column
  std::size_t first_vesicle_column = 0, vesicle_columns = 0;
  std::size_t first_tally = 0, tallies = 0;
};

/// A number that vesicles carry, or that a model as a whole has.
struct NamedNumber {
  std::string name, unit;
};

/// What a face of the domain is to agents; species may have conditions of their own (Species::faces).
enum class Wall : std::uint8_t { reflecting, periodic, absorbing, reservoir, reactive };

/// A dose: uniform in the fluid of the named regions and reservoirs.
struct Dose {
  VesicleClassId klass{};
  Nanoseconds at = 0;  ///< given at the end of the step in which this falls; 0: before the first
  double density = 0;  ///< real vesicles per um^3
  std::vector<std::uint8_t> in_region;
  std::vector<ReservoirId> reservoirs;
  std::uint32_t ordinal = 0;  ///< among the doses of the class; its noise goes by it
};

struct Problem {
  std::string title;
  Grid grid;
  std::array<Wall, 6> walls{};                     ///< indexed by Face
  std::array<ReservoirId, 6> reservoir_of_face{};  ///< where walls[face] is Wall::reservoir
  std::array<double, 6> reactivity_of_face{};      ///< to vesicles [um/s], where walls[face] is Wall::reactive
  Schedule schedule;
  Noise noise;
  std::uint64_t chemotaxis_variant = 0;  ///< other chemotaxis noise for the sham arm

  RegionMap regions;
  std::vector<Species> species;
  Chemistry chemistry;
  std::vector<Reservoir> reservoirs;
  std::vector<double> clearance_Km;  ///< per species [uM], 0 = linear
  std::vector<SpeciesDose> species_doses;

  std::vector<ColumnSpec> columns;
  std::vector<CellType> cell_types;
  std::vector<CellPlacement> placements;
  std::vector<Injury> injuries;

  std::vector<std::string> proteins;
  std::vector<VesicleClass> vesicle_classes;
  std::vector<Dose> doses;

  std::vector<ActiveModel> models;           ///< sorted by name
  std::vector<NamedNumber> vesicle_columns;  ///< of the active models
  std::vector<NamedNumber> tallies;          ///< of the active models: model.<model>.<tally>

  std::vector<Label> labels;
  std::vector<Profile> profiles;
};

struct State {
  Clock clock;
  FieldSet fields;
  /// Per species that reacts and diffuses, per voxel: what all but reactions brought in the last transport step [uM/s].
  std::vector<std::vector<float>> supply;
  std::vector<ReservoirState> reservoirs;
  Cells cells;
  Vesicles vesicles;
  std::vector<VesicleLedger> ledger;  ///< per vesicle class
  Budget budget;                      ///< what the chemistry has done so far
  std::vector<double> tallies;        ///< what the models have counted so far
  /// Enzyme copies on vesicles [molecules] as models last saw them, at the start of the last transport step:
  /// [ProteinId][voxels, then reservoirs].
  std::vector<std::vector<double>> exposed_copies;
  std::vector<LabelState> labels;  ///< an observation: nothing above depends on it, and the state hash leaves it out
};

}  // namespace interstice
