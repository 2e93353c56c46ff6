/// @file
/// A scenario ready to be measured: its problem, workspace and state, and the stages of `advance` (sim/step.cpp) one by
/// one, each as the step calls it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/core/parallel.h"
#include "engine/sim/problem.h"
#include "engine/sim/workspace.h"

namespace interstice::bench {

/// The problem of a scenario text with the built-in models.
Problem problem_of(const std::string& scenario);

class World {
 public:
  /// `scenario` is YAML text; what it includes is looked for as for any scenario.
  World(const std::string& scenario, const Threads& threads);
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  Problem problem;
  Workspace workspace;  ///< points into `problem`
  State state;

  /// The whole step.
  void advance(const Threads& threads);

  // Its stages. Each works over the interval of the scenario's first phase and leaves the clock as it was, except that
  // the number of the step, which keys the noise, goes up.
  void locate_agents();                             ///< voxel of every cell
  void deposit(const Threads& threads);             ///< enzyme copies that vesicles expose
  void exchange(const Threads& threads);            ///< models, and what cells give and take
  void react(const Threads& threads);               ///< local kinetics
  void diffuse(const Threads& threads);             ///< with what cells, models and decay give and take
  void move_vesicles(const Threads& threads);       ///< positions and contact
  void turn_over_vesicles(const Threads& threads);  ///< desorption, internalisation, endosomes, clearance
  void update_cells(const Threads& threads);        ///< sense, decide, act, steer; then the population

  [[nodiscard]] const DiffusionSolver& diffusion() const { return diffusion_; }

  /// Gives every voxel a concentration of its own, so that nothing is uniform by chance [uM].
  void roughen_fields(double lowest, double highest);

 private:
  [[nodiscard]] const Phase& phase() const { return problem.schedule.phases.front(); }

  ReactionSolver reactions_;
  DiffusionSolver diffusion_;
  FieldSet reacted_;  ///< all species at once, unlike in the step: the stages are timed one by one
  std::vector<std::uint8_t> fates_;
};

}  // namespace interstice::bench
