/// @file
/// Metrics of one run: what an arm is, primary field, budget.
#include "engine/analysis/metrics_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "engine/core/constants.h"

namespace interstice {
namespace {

constexpr double kMoleculesPerFmol = kAvogadro * 1e-15;
/// Times at which the primary field is quoted [s].
constexpr std::array<double, 9> kQuotedTimes{1, 5, 10, 30, 60, 300, 600, 1800, 3600};

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
    const auto in_chain = [&](const Stoichiometry& s) { return in[index(s.species)] != 0; };
    const bool touches =
        std::ranges::any_of(reaction.reactants, in_chain) || std::ranges::any_of(reaction.products, in_chain);
    const bool one_to_one = reaction.reactants.size() == 1 && reaction.products.size() == 1 &&
                            reaction.reactants[0].coefficient == 1 && reaction.products[0].coefficient == 1;
    if (touches && !one_to_one) facts.chain_is_one_to_one = false;
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

void measure_primary(const RunOutcome& run, const PrimaryField& primary, std::vector<Metric>& out) {
  const auto* value = run.series.find(primary.series());
  if (value == nullptr) return;
  const auto& time = run.series.time;
  const std::string what = fmt::format("mean {} in {}", primary.field, primary.region);
  for (const double threshold : primary.thresholds) {
    const auto reached = time_to_reach(time, *value, threshold);
    out.push_back({fmt::format("primary.time_to.{:g}uM", threshold),
                   fmt::format("{} reaches {:g} uM after", what, threshold), "s",
                   "first time at the threshold, straight lines between rows of the time series", reached,
                   reached ? "" : fmt::format("not within {:g} s", time.empty() ? 0.0 : time.back())});
  }
  out.push_back({"primary.peak", what + ", peak", "uM", "largest value", peak(*value), ""});
  out.push_back({"primary.time_of_peak", what + ", time of the peak", "s", "when the peak is first reached",
                 time_of_peak(time, *value), ""});
  out.push_back({"primary.auc", what + ", area under the curve", "uM min", "integral over the run (trapezoids)",
                 area_under_curve(time, *value) / 60, ""});
  for (const double t : kQuotedTimes)
    if (const auto then = value_at(time, *value, t))
      out.push_back({fmt::format("primary.at.{:g}s", t), fmt::format("{} after {:g} s", what, t), "uM",
                     "value at that time, straight lines between rows", then, ""});
}

void measure_budget(const RunOutcome& run, const ArmFacts& arm, std::vector<Metric>& out) {
  if (arm.chain.empty()) return;
  double start = 0, secreted = 0, inflow = 0, sinks = 0;
  std::vector<Metric> parts;
  const auto part = [&](const char* kind, const std::string& species, double molecules, const char* description) {
    parts.push_back({fmt::format("budget.{}.{}", kind, species), fmt::format("{} {}", species, label_of(kind)), "fmol",
                     description, molecules / kMoleculesPerFmol, ""});
  };
  for (const auto& species : arm.chain) {
    const auto s =
        static_cast<std::size_t>(std::find(arm.species.begin(), arm.species.end(), species) - arm.species.begin());
    const double taken_up = run.series.last("taken_up." + species), decayed = run.series.last("decayed." + species);
    const double boundary = run.series.last("boundary." + species);
    start += run.amount_at_start[s];
    secreted += run.series.last("secreted." + species);
    inflow += boundary;
    sinks += run.amount_at_end[s] + taken_up + decayed;
    part("left", species, run.amount_at_end[s], "in patch and reservoirs at the end of the run");
    part("taken_up", species, taken_up, "taken up by cells over the run");
    part("decayed", species, decayed, "lost by first-order decay over the run");
    part("through_boundary", species, -boundary, "net outflow through open faces over the run");
  }
  out.push_back({"budget.at_start", "there at the start", "fmol", "all species of the chain, patch and reservoirs",
                 start / kMoleculesPerFmol, ""});
  out.push_back({"budget.supplied", "released by cells", "fmol", "all species of the chain, over the run",
                 secreted / kMoleculesPerFmol, ""});
  out.insert(out.end(), parts.begin(), parts.end());
  if (arm.chain_is_one_to_one && start + secreted > 0)
    out.push_back({"budget.residual", "what the budget does not explain, share", "1",
                   "(start + released + inflow - left - taken_up - decayed) / (start + released)",
                   (start + secreted + inflow - sinks) / (start + secreted), ""});
}

void measure_flux(const RunOutcome& run, const ArmFacts& arm, std::vector<Metric>& out) {
  if (arm.chain.empty()) return;
  double by_ev = 0, by_host = 0;
  for (const auto& name : arm.made_by_ev) by_ev += run.series.last("reaction." + name);
  for (const auto& name : arm.made_by_host) by_host += run.series.last("reaction." + name);
  out.push_back({"flux.made_by_EVs", "made by enzymes on EVs", "fmol",
                 "extent of the EV reactions that make the primary substance", by_ev / kMoleculesPerFmol, ""});
  out.push_back({"flux.made_by_host", "made by enzymes of the host", "fmol",
                 "extent of the host reactions that make the primary substance", by_host / kMoleculesPerFmol, ""});
  for (std::size_t r = 0; r < arm.made_by_host.size(); ++r)
    out.push_back({"flux.host." + arm.made_by_host[r],
                   fmt::format("of the host: {} ({})", arm.made_by_host[r], arm.host_works[r]), "fmol",
                   "extent of this host reaction",
                   run.series.last("reaction." + arm.made_by_host[r]) / kMoleculesPerFmol, ""});
  out.push_back({"flux.ev_share", "share of the EVs", "1", "made by enzymes on EVs / made in all",
                 by_ev + by_host > 0 ? std::optional(by_ev / (by_ev + by_host)) : std::nullopt,
                 by_ev + by_host > 0 ? "" : "none was made"});
}

std::vector<Metric> measure_run(const RunOutcome& run, const ArmFacts& arm, const PrimaryField* primary,
                                const Pairing& pairing, const InfluenceRule& rule, const std::set<std::string>& noisy) {
  std::vector<Metric> metrics;
  if (primary != nullptr) measure_primary(run, *primary, metrics);
  measure_cells(run, arm, pairing, rule, noisy, metrics);
  measure_vesicles(run, arm, metrics);
  if (primary != nullptr) measure_footprint(run, arm, *primary, pairing, metrics);
  measure_budget(run, arm, metrics);
  measure_flux(run, arm, metrics);
  return metrics;
}

}  // namespace interstice
