/// @file
/// What is doubtful about where the cells of the start were placed.
#include <fmt/format.h>

#include "engine/cells/cell_surface.h"
#include "engine/sim/simulation.h"
#include "engine/sim/workspace.h"

namespace interstice {

std::vector<std::string> check_placement(const Simulation& simulation) {
  constexpr double kMostHidden = 0.05;  // of a cell's surface
  const Problem& problem = simulation.problem();
  const CellRules rules(problem.cell_types, problem.species, problem.columns, problem.chemistry,
                        problem.reservoirs.size(), problem.vesicle_classes.size(), problem.placements);
  const auto hidden = hidden_surface(simulation.state().cells, cell_environment_of(problem, rules), kMostHidden);
  std::vector<std::string> findings;
  for (std::size_t t = 0; t < hidden.size(); ++t) {
    const HiddenSurface& of = hidden[t];
    const std::string& name = problem.cell_types[t].name;
    if (of.in_others > 0)
      findings.push_back(fmt::format(
          "{} of {} {} hide more than {:.0f} % of their surface in other cells when they are placed ({:.0f} % on "
          "average), where no EV meets them; {}place fewer, or give them more room",
          of.in_others, of.cells, name, 100 * kMostHidden, 100 * of.share_in_others,
          problem.cell_types[t].mobile ? "those that move are pushed apart as far as there is room; " : ""));
    if (of.outside > 0)
      findings.push_back(fmt::format(
          "{} of {} {} stick out of the domain by more than {:.0f} % of their surface ({:.0f} % on average), where no "
          "EV meets them; their place along a wall is full, or thinner than they are: make it at least {:.3g} um wide",
          of.outside, of.cells, name, 100 * kMostHidden, 100 * of.share_outside, 2 * problem.cell_types[t].radius));
  }
  return findings;
}

}  // namespace interstice
