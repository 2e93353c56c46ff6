/// @file
/// What is measured: one workload for every line of the budget, of any size. tests/benchmarks measures the same ones.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "tools/bench/texts.h"
#include "tools/bench/world.h"

namespace interstice::bench {

/// Something that can be done again and again, and what one time of it comes to.
struct Workload {
  std::shared_ptr<World> world;
  std::function<void(const Threads&)> step;
  double elements = 0;  ///< updates per step, of `element`
  std::string element;  ///< for example "voxel species step"
  double bytes = 0;     ///< of the state that one step reads or writes
};

/// Diffusion and decay of `species` species, with D dt/dx^2 = 0.5 for the fastest: one implicit step of the scheme for
/// each. A run cuts every transport interval into such steps.
Workload diffusion_step(std::uint64_t voxels, int species, Tissue tissue, const Threads& threads);
/// The same over a transport interval of 0.5 s at 770 um^2/s and 10 um: 8 implicit steps for each species.
Workload diffusion_interval(std::uint64_t voxels, int species, Tissue tissue, const Threads& threads);
/// Brownian step in a closed box.
Workload free_vesicle_step(std::uint64_t vesicles, const Threads& threads);

/// Stages in the tissue of whole_dose.yaml; they may share a world.
std::shared_ptr<World> make_tissue(std::uint64_t voxels, std::uint64_t vesicles, std::uint64_t cells,
                                   const Threads& threads);
/// Deposit of enzymes, motion with contact, turnover.
Workload full_vesicle_step(std::shared_ptr<World> tissue);
/// ATP -> ADP -> AMP -> adenosine by enzymes on EVs and cells, with secretion, uptake and decay.
Workload reaction_step(std::shared_ptr<World> tissue);
/// Models, and what cells give and take.
Workload exchange_step(std::shared_ptr<World> tissue);
/// Diffusion of all species of the tissue over its transport interval.
Workload transport_step(std::shared_ptr<World> tissue);
/// The cells of the tissue.
Workload tissue_cell_step(std::shared_ptr<World> tissue);
/// Everything that a step does when all stages are due.
Workload whole_step(std::shared_ptr<World> tissue);

/// Neutrophils and macrophages sense, advance their columns, change state and choose where to go.
Workload cell_step(std::uint64_t cells, const Threads& threads);

/// Bytes of the state per element.
double bytes_per_free_vesicle();
double bytes_per_vesicle(const Vesicles& vesicles);
double bytes_per_cell(const Cells& cells);

}  // namespace interstice::bench
