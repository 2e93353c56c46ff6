/// @file
/// What the engine knows of a diffusing substance, of the tissue regions it diffuses in, and of the walls.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <variant>
#include <vector>

#include "engine/core/ids.h"
#include "engine/core/state_row.h"

namespace interstice {

/// What happens at one face of the domain.
struct NoFlux {};
struct FixedValue {
  double concentration = 0;  ///< [uM]
};
struct Permeable {          ///< Robin: flux = permeability (outside - c)
  double permeability = 0;  ///< [um/s]
  double outside = 0;       ///< [uM]
};
struct Periodic {};  ///< must stand on both faces of the axis
struct ToReservoir {
  ReservoirId reservoir{};
  double permeability = std::numeric_limits<double>::infinity();  ///< of the face [um/s]
};
using FaceCondition = std::variant<NoFlux, FixedValue, Permeable, Periodic, ToReservoir>;

/// A way in which molecules go from one well-mixed place to another. Places are the reservoirs, then the regions.
struct SpeciesTransfer {
  std::size_t from = 0, to = 0;
  double rate = 0;  ///< [1/s]
};

struct Species {
  std::string name;
  std::vector<double> diffusivity;        ///< per region [um^2/s]
  double decay = 0;                       ///< first order, beyond enzymes and cells [1/s]
  std::vector<double> initial;            ///< per region [uM]
  std::vector<double> initial_field{};    ///< per voxel [uM], where it differs within a region; else empty
  std::vector<double> held{};             ///< per region: what it is held at [uM], NaN: it is free; empty: nowhere
  std::vector<double> reservoir_initial;  ///< per reservoir [uM]
  std::array<FaceCondition, 6> faces;     ///< indexed by Face
  std::vector<SpeciesTransfer> transfers;

  [[nodiscard]] bool diffuses_everywhere() const {
    return diffuses() && std::all_of(diffusivity.begin(), diffusivity.end(), [](double d) { return d > 0; });
  }
  [[nodiscard]] bool diffuses() const {
    return std::any_of(diffusivity.begin(), diffusivity.end(), [](double d) { return d > 0; });
  }
};

/// A kind of tissue.
struct Region {
  std::string name;
  double volume_fraction = 1;    ///< share of the volume that is extracellular fluid, 0 < alpha <= 1
  double viscosity = 1;          ///< seen by vesicles, relative to water
  double vesicle_partition = 1;  ///< equilibrium density of vesicles relative to free fluid; 0 keeps them out
  double vesicle_clearance = 0;  ///< non-cellular loss of free vesicles [1/s]
};

/// Which region each voxel belongs to.
struct RegionMap {
  std::vector<Region> regions;
  std::vector<std::uint8_t> of_voxel;  ///< per voxel, index into regions
};

/// A way in which vesicles leave a reservoir.
struct VesicleTransfer {
  int reservoir = -1;  ///< where they go, or -1 ...
  int region = -1;     ///< ... and evenly into the fluid of this region
  double rate = 0;     ///< [1/s]
};

/// A well-mixed volume behind a face, for example the synovial fluid beyond the simulated film. Identical patches may
/// share it: what one patch takes, all of them take. Patch plus reservoir/represents is conserved, so vesicles, which
/// are counted exactly, are counted in this patch's share.
struct Reservoir {
  std::string name;
  double volume = 0;             ///< of the whole reservoir [um^3]
  double represents = 1;         ///< identical patches that share it
  double vesicle_clearance = 0;  ///< [1/s]
  std::vector<VesicleTransfer> vesicle_transfers;
  std::vector<double> enzyme_copies;  ///< host copies in the whole reservoir, by ReactionId [molecules]

  [[nodiscard]] double share() const { return volume / represents; }  ///< of one patch [um^3]
};

/// A reservoir's contents.
struct ReservoirState {
  std::vector<double> concentration;    ///< per species [uM]
  std::vector<double> supply;           ///< per species: what all but reactions brought in the last interval [uM/s]
  std::vector<std::uint64_t> vesicles;  ///< real vesicles per class in this patch's share
};

inline constexpr auto kReservoirRows =
    std::tuple(row({"concentration", "uM", Per::species, Hashed::tissue}, &ReservoirState::concentration),
               row({"supply", "uM/s", Per::species, Hashed::tissue}, &ReservoirState::supply),
               row({"vesicles", "EV", Per::vesicle_class}, &ReservoirState::vesicles));
static_assert(bytes_listed(kReservoirRows) == sizeof(ReservoirState), "every member has a row");

}  // namespace interstice
