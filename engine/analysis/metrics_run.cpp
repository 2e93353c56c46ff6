/// @file
/// Metrics of one run: what an arm is, primary field, budget.
#include "engine/analysis/metrics_run.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/analysis/phenotype.h"
#include "engine/core/constants.h"

namespace interstice {
namespace {

std::string label_of(std::string place) {
  std::replace(place.begin(), place.end(), '_', ' ');
  return place;
}

/// Species that reactions connect with `start`, directly or through others.
std::vector<char> connected(const Problem& problem, std::size_t start) {
  std::vector<char> in(problem.species.size(), 0);
  in[start] = 1;
  for (bool grown = true; grown;) {
    grown = false;
    for (const Reaction& reaction : problem.chemistry.reactions) {
      std::vector<std::size_t> members;
      for (const auto* side : {&reaction.reactants, &reaction.products})
        for (const Stoichiometry& s : *side) members.push_back(index(s.species));
      if (std::none_of(members.begin(), members.end(), [&](std::size_t s) { return in[s] != 0; })) continue;
      for (const std::size_t s : members) {
        grown = grown || in[s] == 0;
        in[s] = 1;
      }
    }
  }
  return in;
}

/// Which host enzyme a reaction stands for: copies that cells carry, or a rate that is spread over regions.
std::string host_work(const Problem& problem, const Reaction& reaction) {
  std::string regions;
  for (std::size_t g = 0; g < reaction.in_region.size(); ++g)
    if (reaction.in_region[g]) regions += (regions.empty() ? "" : ", ") + problem.regions.regions[g].name;
  const bool in_reservoirs = !problem.reservoirs.empty() && !reaction.in_region.empty() && reaction.in_reservoirs;
  const std::string where = regions.empty() ? "everywhere" : "in " + regions + (in_reservoirs ? " and reservoirs" : "");
  const bool lumped = reaction.enzyme.empty() || reaction.michaelis_menten.vmax > 0;
  std::string work = reaction.enzyme.empty() ? "" : reaction.enzyme + " copies on cells and in reservoirs";
  if (lumped) work += (work.empty() ? "" : ", and ") + std::string("a lumped rate ") + where;
  return work;
}

void describe_chain(const Problem& problem, std::size_t primary, ArmFacts& facts) {
  const auto in = connected(problem, primary);
  for (std::size_t s = 0; s < in.size(); ++s)
    if (in[s] != 0) facts.chain.push_back(problem.species[s].name);
  std::vector<char> by_model(problem.chemistry.reactions.size(), 0);
  for (const ActiveModel& model : problem.models)
    for (const ReactionId reaction : model.reactions) by_model[index(reaction)] = 1;
  for (std::size_t r = 0; r < by_model.size(); ++r) {
    const Reaction& reaction = problem.chemistry.reactions[r];
    const auto molecules = [&](const std::vector<Stoichiometry>& side) {
      double count = 0;
      for (const Stoichiometry& s : side) count += in[index(s.species)] != 0 ? s.coefficient : 0;
      return count;
    };
    if (const double taken = molecules(reaction.reactants) - molecules(reaction.products); taken != 0)
      facts.chain_ends.push_back({reaction.name, taken});
    if (std::any_of(reaction.products.begin(), reaction.products.end(),
                    [&](const Stoichiometry& s) { return index(s.species) == primary; }))
      (by_model[r] != 0 ? facts.made_by_ev : facts.made_by_host).push_back(reaction.name);
    if (!facts.made_by_host.empty() && facts.made_by_host.size() > facts.host_works.size())
      facts.host_works.push_back(host_work(problem, reaction));
  }
}

/// The extracellular volume of a region, or of all [um^3].
double fluid_volume(const Problem& problem, const std::string& region) {
  double volume = 0;
  for (const std::uint8_t r : problem.regions.of_voxel)
    if (region == "all" || problem.regions.regions[r].name == region)
      volume += problem.regions.regions[r].volume_fraction * problem.grid.voxel_volume();
  return volume;
}

/// Whether a symbol below `species` (the fields come first) is read by any formula of the type.
void mark_sensed(const CellType& type, std::vector<char>& sensed) {
  for_each_formula(type, [&](const Expression& formula) {
    for (const std::size_t symbol : formula.symbols_used())
      if (symbol < sensed.size()) sensed[symbol] = 1;
  });
  for (const ChemotacticSignal& signal : type.motility.signals) sensed[index(signal.species)] = 1;
}

/// Species that cells secrete at a rate that depends on their condition and that cells sense: an effect of vesicles
/// on one cell can reach others through them.
std::vector<std::string> relays_of(const Problem& problem) {
  std::vector<char> sensed(problem.species.size(), 0), varies(problem.species.size(), 0);
  for (const CellType& type : problem.cell_types) {
    mark_sensed(type, sensed);
    for (const CellState& state : type.states)
      for (const Secretion& secretion : state.secretions)
        if (!secretion.rate.constant()) varies[index(secretion.species)] = 1;
  }
  std::vector<std::string> relays;
  for (std::size_t s = 0; s < sensed.size(); ++s)
    if (sensed[s] != 0 && varies[s] != 0) relays.push_back(problem.species[s].name);
  return relays;
}

}  // namespace

ArmFacts describe_arm(const Problem& problem, std::string name, const PrimaryField* primary) {
  ArmFacts facts;
  facts.name = std::move(name);
  facts.sham = problem.chemotaxis_variant != 0;
  facts.vesicles = !problem.doses.empty();
  facts.relays = relays_of(problem);
  for (const CellType& type : problem.cell_types)
    if (!type.responds_to_evs) facts.unresponsive.push_back(type.name);
  for (const ActiveModel& model : problem.models) {
    facts.delay = facts.models.empty() ? model.delay : std::min(facts.delay, model.delay);
    facts.models.push_back(model.name);
  }
  describe_vesicles(problem, facts);
  for (const Species& species : problem.species) facts.species.push_back(species.name);
  if (primary != nullptr) facts.primary_volume = fluid_volume(problem, primary->region);
  const auto at =
      primary == nullptr ? facts.species.end() : std::find(facts.species.begin(), facts.species.end(), primary->field);
  if (at != facts.species.end()) describe_chain(problem, static_cast<std::size_t>(at - facts.species.begin()), facts);
  return facts;
}

void measure_budget(const RunOutcome& run, const ArmFacts& arm, std::vector<Metric>& out) {
  if (arm.chain.empty()) return;
  const Absence unfinished{Status::undefined, "known when the run is finished"};
  double start = 0, secreted = 0, others = 0, sinks = 0;  // others: dosed, from outside, made of other substances
  std::vector<Metric> parts;
  const auto part = [&](const char* kind, const std::string& species, double molecules, const char* description) {
    parts.push_back(make_metric(Family::budget, fmt::format("{}.{}", kind, species),
                                fmt::format("{} {}", species, label_of(kind)), "fmol", description,
                                molecules / kMoleculesPerFmol, unfinished));
  };
  for (const auto& species : arm.chain) {
    const auto s =
        static_cast<std::size_t>(std::find(arm.species.begin(), arm.species.end(), species) - arm.species.begin());
    const double taken_up = run.series.last("taken_up." + species), decayed = run.series.last("decayed." + species);
    const double boundary = run.series.last("boundary." + species);
    start += run.amount_at_start[s];
    secreted += run.series.last("secreted." + species);
    others += std::max(boundary, 0.0) + run.series.last("dosed." + species) - run.series.first("dosed." + species);
    sinks += run.amount_at_end[s] + taken_up + decayed + std::max(-boundary, 0.0);
    part("left", species, run.amount_at_end[s], "in patch and reservoirs at the end of the run");
    part("taken_up", species, taken_up, "taken up by cells over the run");
    part("decayed", species, decayed, "lost by first-order decay over the run");
    part("through_boundary", species, 0 - boundary, "net outflow through open faces over the run");
  }
  for (const ChainEnd& end : arm.chain_ends) {
    const double taken = end.taken * run.series.last("reaction." + end.reaction);
    (taken > 0 ? sinks : others) += std::abs(taken);
    if (end.taken > 0) part("reacted", end.reaction, taken, "became other substances, or none, over the run");
  }
  const auto total = [&](const char* subject, const char* label, const char* description, double molecules) {
    out.push_back(
        make_metric(Family::budget, subject, label, "fmol", description, molecules / kMoleculesPerFmol, unfinished));
  };
  total("at_start", "there at the start", "all species of the chain, patch and reservoirs", start);
  total("supplied", "released by cells", "all species of the chain, over the run", secreted);
  out.insert(out.end(), parts.begin(), parts.end());
  if (start + secreted + others != 0)
    out.push_back(
        make_metric(Family::budget, "residual", "what the budget does not explain, share", "1",
                    "(start + released + dosed + inflow + made - left - taken_up - decayed - reacted) / what was added",
                    (start + secreted + others - sinks) / (start + secreted + others), unfinished));
}

std::vector<Metric> measure_run(const RunOutcome& run, const ArmFacts& arm, const Questions& questions,
                                const Pairing& pairing, const std::set<std::string>& noisy) {
  std::vector<Metric> metrics;
  const PrimaryField* primary = questions.primary;
  if (questions.phenotype != nullptr) measure_phenotype(run, arm, *questions.phenotype, pairing, metrics);
  if (primary != nullptr) measure_series(run, arm, primary_metrics(*primary, run.series.time.back()), pairing, metrics);
  measure_cells(run, arm, pairing, questions.influenced, noisy, metrics);
  measure_vesicles(run, arm, metrics);
  if (primary != nullptr) measure_footprint(run, arm, *primary, pairing, metrics);
  measure_budget(run, arm, metrics);
  measure_series(run, arm, flux_metrics(arm), pairing, metrics);
  measure_series(run, arm, questions.outcomes, pairing, metrics);
  return metrics;
}

}  // namespace interstice
