/// @file
/// Checks the chosen steps against the physics before step 0, and estimates what the run will take.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

#include "engine/cells/cell_footprint.h"
#include "engine/core/constants.h"
#include "engine/fields/regions.h"
#include "engine/fields/transport.h"
#include "engine/sim/preflight_fields.h"
#include "engine/sim/preflight_vesicles.h"
#include "engine/sim/simulation.h"

namespace interstice {
namespace {

constexpr double kMostChangePerStep = 1;  ///< rate * dt up to which a front between two reactants is right within 1 %

/// Fastest first-order rate that a reaction reaches by itself [1/s]; enzyme copies on agents are not counted.
double fastest_rate(const Reaction& reaction) {
  switch (reaction.law) {
    case Reaction::Law::mass_action: {
      const int order = std::accumulate(reaction.reactants.begin(), reaction.reactants.end(), 0,
                                        [](int sum, const Stoichiometry& s) { return sum + s.coefficient; });
      return order == 1 ? reaction.mass_action.k : 0;
    }
    case Reaction::Law::michaelis_menten:
      return reaction.michaelis_menten.vmax / reaction.michaelis_menten.Km;
    case Reaction::Law::hill:
      return reaction.hill.vmax / reaction.hill.K;
  }
  return 0;
}

/// Enzymes on dosed vesicles: kcat * copies per volume / Km, before inhibition [1/s].
double dosed_rate(const Problem& problem, const ActiveModel& model) {
  double rate = 0;
  for (const Dose& dose : problem.doses)
    for (const ProteinLoad& load : problem.vesicle_classes[index(dose.klass)].proteins)
      for (const ProteinId protein : model.proteins)
        for (const ReactionId id : model.reactions) {
          const MichaelisMenten& kinetics = problem.chemistry.reactions[index(id)].michaelis_menten;
          if (load.protein == protein)
            rate = std::max(rate,
                            kinetics.kcat * load.mean * dose.density / kMoleculesPerUmCubedPerMicromolar / kinetics.Km);
        }
  return rate;
}

void check_reactions(const Problem& problem, const Phase& phase, std::vector<std::string>& findings) {
  const double dt = seconds(phase.transport);
  const auto check = [&](const std::string& name, double rate) {
    if (rate * dt <= kMostChangePerStep) return;
    findings.push_back(fmt::format(
        "{} turns over {:.2g} times in one transport step of {:.3g} s (until {:.3g} s): steady states are right, but "
        "while fields change, what flows between voxels is seen a step late; at most {:.2g} s would do",
        name, rate * dt, dt, seconds(phase.until), kMostChangePerStep / rate));
  };
  for (const Reaction& reaction : problem.chemistry.reactions)
    check("reaction " + reaction.name, fastest_rate(reaction));
  for (const ActiveModel& model : problem.models) check("model " + model.name, dosed_rate(problem, model));
}

bool placed(const Problem& problem, std::size_t type) {
  return std::any_of(problem.placements.begin(), problem.placements.end(), [type](const CellPlacement& placement) {
    return index(placement.type) == type && placement.count > 0;
  });
}

/// An agent needs room for all that it stands for, or it never adsorbs.
void check_weights(const Problem& problem, std::vector<std::string>& findings) {
  for (const Dose& dose : problem.doses) {
    const VesicleClass& klass = problem.vesicle_classes[index(dose.klass)];
    for (std::size_t t = 0; t < problem.cell_types.size(); ++t) {
      const CellType& type = problem.cell_types[t];
      const double sites = type.contact.sites_per_area * 4 * kPi * type.radius * type.radius;
      if (!placed(problem, t) || !(type.contact.adsorption > 0) || static_cast<double>(klass.weight) <= sites) continue;
      findings.push_back(
          fmt::format("an agent of {} stands for {} vesicles but one {} has room for {:.4g}: none will ever "
                      "adsorb; use a weight "
                      "well below that",
                      klass.name, klass.weight, type.name, sites));
    }
  }
}

/// Share of every region that the cells placed at the start fill, and its volume [um^3].
struct Filling {
  std::vector<double> share, volume;
};
Filling filling_of(const Problem& problem) {
  const std::size_t regions = problem.regions.regions.size();
  Filling filling{std::vector<double>(regions), std::vector<double>(regions)};
  const std::vector<std::size_t> voxels = voxels_of_regions(problem.regions);
  for (std::size_t r = 0; r < regions; ++r)
    filling.volume[r] = static_cast<double>(voxels[r]) * problem.grid.voxel_volume();
  for (const CellPlacement& placement : problem.placements) {
    for (std::size_t k = 0; k < placement.given.position.size(); ++k) {
      const std::size_t r = problem.regions.of_voxel[problem.grid.voxel_at(placement.given.position[k])];
      const double radius = placement.given.radius[k];
      filling.share[r] += 4 * kPi / 3 * radius * radius * radius / filling.volume[r];
    }
    if (!placement.given.position.empty()) continue;
    const auto allowed = [&](std::size_t r) { return placement.in_region.empty() || placement.in_region[r] != 0; };
    const double radius = problem.cell_types[index(placement.type)].radius;
    double room = 0;
    for (std::size_t r = 0; r < regions; ++r) room += allowed(r) ? filling.volume[r] : 0;
    for (std::size_t r = 0; r < regions; ++r)
      if (allowed(r) && room > 0)
        filling.share[r] += static_cast<double>(placement.count) * 4 / 3 * kPi * radius * radius * radius / room;
  }
  return filling;
}

/// Cells that have no room to lie side by side, and doses that fall into cells.
void check_room(const Problem& problem, std::vector<std::string>& findings) {
  constexpr double kDensest = 0.6, kMostLost = 0.1;  // just below random close packing, 0.64; of a dose
  const Filling filling = filling_of(problem);
  for (std::size_t r = 0; r < filling.share.size(); ++r)
    if (filling.share[r] > kDensest)
      findings.push_back(
          fmt::format("cells fill {:.0f} % of {}: they overlap and hide surface from each other; spheres "
                      "thrown in at random fill {:.0f} % at most",
                      100 * filling.share[r], problem.regions.regions[r].name, 100 * kDensest));
  for (const Dose& dose : problem.doses) {
    double lost = 0, all = 0;
    for (std::size_t r = 0; r < filling.share.size(); ++r) {
      if (dose.in_region[r] == 0) continue;
      lost += std::min(1.0, filling.share[r]) * filling.volume[r];
      all += filling.volume[r];
    }
    if (all > 0 && lost / all > kMostLost)
      findings.push_back(fmt::format("about {:.0f} % of a dose of {} fall into cells and are left out",
                                     100 * lost / all, problem.vesicle_classes[index(dose.klass)].name));
  }
}

void check_cells(const Problem& problem, const Phase& phase, std::vector<std::string>& findings) {
  const double dt = seconds(phase.cells);
  for (const CellType& type : problem.cell_types) {
    if (type.motility.speed.empty() || dt <= type.motility.persistence) continue;
    findings.push_back(
        fmt::format("{} turns about every {:.3g} s but decides only every {:.3g} s (until {:.3g} s): it turns "
                    "within a step, which its gradient and its surroundings do not follow; at most {:.2g} s would do",
                    type.name, type.motility.persistence, dt, seconds(phase.until), type.motility.persistence));
  }
}

/// Of what cells are to the grid (cells/cell_footprint.h): a share per voxel of each cell's box; and for two species
/// at a time, what is given and taken in the voxels that meet cells.
double footprint_memory(const Problem& problem) {
  if (std::ranges::none_of(problem.species, [](const Species& s) { return s.diffuses_everywhere(); })) return 0;
  constexpr double share = 8, place = 8 + 2 * 64;
  const auto voxels = static_cast<double>(problem.grid.voxel_count());
  double shares = 0;
  for (const CellPlacement& placement : problem.placements) {
    const double radius = problem.cell_types[index(placement.type)].radius;
    shares += static_cast<double>(placement.count) * mean_footprint(radius, problem.grid);
  }
  return share * shares + place * std::min(shares, voxels);
}

}  // namespace

std::vector<std::string> check_steps(const Problem& problem) {
  std::vector<std::string> findings;
  check_weights(problem, findings);
  check_room(problem, findings);
  check_counted_vesicles(problem, findings);
  check_voxels(problem, findings);
  for (const Phase& phase : problem.schedule.phases) {
    check_vesicle_step(problem, phase, findings);
    check_reactions(problem, phase, findings);
    check_cells(problem, phase, findings);
  }
  return findings;
}

double estimate_memory(const Problem& problem) {
  const double voxels = static_cast<double>(problem.grid.voxel_count());
  const double species = static_cast<double>(problem.species.size());
  const std::vector<std::size_t> of_region = voxels_of_regions(problem.regions);
  double vesicles = 0;
  for (const Dose& dose : problem.doses) {
    const auto weight = static_cast<double>(problem.vesicle_classes[index(dose.klass)].weight);
    for (std::size_t r = 0; r < of_region.size(); ++r)
      if (dose.in_region[r] != 0)
        vesicles += dose.density * static_cast<double>(of_region[r]) * problem.grid.voxel_volume() / weight;
  }
  double cells = 0;
  for (const CellPlacement& placement : problem.placements) cells += static_cast<double>(placement.count);
  const auto supplied = static_cast<double>(species_with_supply(problem.chemistry, problem.species).size());
  const double per_voxel = 4 * supplied + 8 * (2 * species + static_cast<double>(problem.proteins.size()) + 5) + 1;
  const double per_vesicle = 64 + 2 * static_cast<double>(problem.proteins.size()) +
                             (problem.vesicle_columns.empty() ? 0 : 4) +
                             8 * static_cast<double>(problem.vesicle_columns.size());
  const double per_cell = 256 + 16 * static_cast<double>(problem.columns.size());
  return 16e6 + voxels * per_voxel + vesicles * per_vesicle + cells * per_cell + footprint_memory(problem);
}

}  // namespace interstice
