/// @file
/// Vesicle classes that are counted: whole numbers per voxel and per cell in place of agents, for doses with
/// many vesicles per voxel. All that agents do is drawn here for many at once: they diffuse by hops between voxels,
/// adsorb from the voxels around a cell, come off, enter, are recycled, lost and transferred. Single vesicles are not
/// told apart: all vesicles of a class have its mean diffusivity and mean surface copies. Numbers are whole and draws
/// keyed by voxel or cell, so that no vesicle is lost and threads do not matter.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/cells/cells.h"
#include "engine/core/parallel.h"
#include "engine/vesicles/counts/vesicle_counts_room.h"
#include "engine/vesicles/fates.h"
#include "engine/vesicles/vesicle_environment.h"

namespace interstice {

/// Working memory of the stages below.
struct CountsScratch {
  /// What a cell takes per second from a voxel.
  struct Draw {
    std::uint32_t voxel = 0, cell = 0;
    double rate = 0;  ///< [1/s] per vesicle there
  };
  /// How a cell reaches vesicles: found once, as long as no cell moves or grows.
  struct Around {
    CountsReach reach;  ///< without places: not found yet
    double kappa = -1;  ///< [um/s], for which ...
    double rate = 0;    ///< ... its rate per density there is this [um^3/s]
  };
  CountsRoom room;
  std::vector<std::vector<Around>> around;  ///< [VesicleClassId][cell]
  std::vector<std::vector<Draw>> draws;     ///< per block of cells
  std::vector<Draw> all_draws;              ///< by voxel, then by cell
  std::vector<std::uint64_t> down, up;      ///< per voxel: hops along one axis
};

/// No vesicles yet in the classes that are counted.
void begin_vesicle_counts(Vesicles& vesicles, std::span<const VesicleClass> classes, std::size_t voxels);

/// Spreads `number` vesicles with cargo evenly over the fluid of regions, outside cells. Returns how many found room:
/// all, or none where there is no fluid. `key` keys the draws.
std::uint64_t spread_counts(VesicleCounts& counts, const Cells& cells, const VesicleEnvironment& environment,
                            std::span<const std::uint8_t> in_region, std::uint64_t number, AgentId key);

/// Volume of the fluid outside cells in the dosed regions [um^3].
double fluid_outside_cells(const Cells& cells, const VesicleEnvironment& environment,
                           std::span<const std::uint8_t> in_region);

/// One vesicle step of every class that is counted: contact with cells, hops and walls, then what becomes of bound
/// ones, and clearance. Counts go to the cells and the ledger as those of agents do. Cells have moved already.
void step_vesicle_counts(Vesicles& vesicles, Cells& cells, std::span<VesicleLedger> ledger,
                         std::span<ReservoirState> reservoirs, const VesicleEnvironment& environment,
                         const VesicleStep& step, CountsScratch& scratch, const Threads& threads);

/// One of the equal parts of a vesicle step.
struct Substep {
  int number = 0, count = 1;
};

/// Into how many parts a step is cut, so that at most half of a voxel's vesicles hop along one axis in one of them.
int hop_substeps(std::size_t klass, const VesicleEnvironment& environment, double dt, const CountsScratch& scratch);

/// Diffusion by hops between neighbouring voxels. Rates keep the equilibrium: density in fluid outside cells times the
/// partition of the region.
void hop_counts(std::size_t klass, VesicleCounts& counts, const VesicleAccounts& accounts,
                const VesicleEnvironment& environment, const VesicleStep& step, const Substep& substep,
                CountsScratch& scratch, const Threads& threads);

/// Adds what counted vesicles expose: mean copies x activity, free ones where they are, adsorbed ones at the centre
/// of their cell. `copies` [protein][voxel].
void add_counted_copies(const Vesicles& vesicles, const Cells& cells, const VesicleEnvironment& environment,
                        double time, std::span<std::vector<double>> copies);

/// Cells that divide (`daughter`, an index, or ~0) share bound vesicles with their daughters by fair draws; those that
/// go (`removed`) lose them to where kPlaces says.
struct HostChanges {
  std::span<const std::uint8_t> removed;
  std::span<const std::uint32_t> daughter;
};
void rehost_counts(Vesicles& vesicles, const VesicleAccounts& accounts, const HostChanges& changes, const Grid& grid,
                   const RegionMap& regions, const Box& box, std::span<const VesicleClass> classes, const Noise& noise);

/// Drops the cells whose new index is ~0 and gives the others theirs.
void renumber_hosts_of_counts(Vesicles& vesicles, std::span<const std::uint32_t> new_index, std::size_t kept);

}  // namespace interstice
