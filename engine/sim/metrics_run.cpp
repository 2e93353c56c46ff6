/// @file
/// Metrics of one run: primary field, vesicles, budget.
#include "engine/sim/metrics_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "engine/core/constants.h"

namespace interstice {
namespace {

constexpr std::array<const char*, 8> kPlaces{"free",     "adsorbed", "endosomal", "in_reservoir",
                                             "released", "degraded", "cleared",   "left"};
constexpr double kMoleculesPerFmol = kAvogadro * 1e-15;
/// Times at which the primary field is quoted [s].
constexpr std::array<double, 9> kQuotedTimes{1, 5, 10, 30, 60, 300, 600, 1800, 3600};

std::string label_of(std::string place) {
  std::replace(place.begin(), place.end(), '_', ' ');
  return place;
}

double first_of(const SeriesTable& series, const std::string& column) {
  const auto* values = series.find(column);
  return values == nullptr || values->empty() ? 0.0 : values->front();
}
double last_of(const SeriesTable& series, const std::string& column) {
  const auto* values = series.find(column);
  return values == nullptr || values->empty() ? 0.0 : values->back();
}

double places(const RunOutcome& run, const std::string& klass, bool at_end, std::initializer_list<const char*> which) {
  double sum = 0;
  for (const char* place : which) {
    const std::string column = fmt::format("vesicles.{}.{}", klass, place);
    sum += at_end ? last_of(run.series, column) : first_of(run.series, column);
  }
  return sum;
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
  const bool in_reservoirs = !problem.reservoirs.empty() && !reaction.in_region.empty() && reaction.in_region[0];
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
    const bool touches = std::any_of(reaction.reactants.begin(), reaction.reactants.end(),
                                     [&](const Stoichiometry& s) { return in[index(s.species)] != 0; });
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

/// Enzymes work wherever the vesicle is outside; cargo needs release; anything else needs contact.
Engagement engagement_of(const Problem& problem) {
  Engagement engagement = Engagement::none;
  for (const ActiveModel& model : problem.models) {
    const Engagement own = !model.reactions.empty()         ? Engagement::present
                           : model.name == "cargo_delivery" ? Engagement::delivered
                                                            : Engagement::adsorbed;
    if (engagement != Engagement::none && engagement != own) return Engagement::present;
    engagement = own;
  }
  return engagement;
}

}  // namespace

ArmFacts describe_arm(const Problem& problem, std::string name, const PrimaryField* primary) {
  ArmFacts facts;
  facts.name = std::move(name);
  facts.sham = problem.chemotaxis_variant != 0;
  facts.vesicles = !problem.doses.empty();
  facts.engagement = engagement_of(problem);
  for (const ActiveModel& model : problem.models) {
    facts.delay = facts.models.empty() ? model.delay : std::min(facts.delay, model.delay);
    facts.models.push_back(model.name);
  }
  for (const VesicleClass& klass : problem.vesicle_classes) facts.vesicle_classes.push_back(klass.name);
  for (const Species& species : problem.species) facts.species.push_back(species.name);
  const auto at =
      primary == nullptr ? facts.species.end() : std::find(facts.species.begin(), facts.species.end(), primary->field);
  if (at != facts.species.end()) describe_chain(problem, static_cast<std::size_t>(at - facts.species.begin()), facts);
  return facts;
}

std::vector<double> amounts(const State& state, const Problem& problem) {
  std::vector<double> total(problem.species.size(), 0.0);
  for (std::size_t s = 0; s < total.size(); ++s) {
    const auto field = state.fields[static_cast<SpeciesId>(s)];
    double volume_times_concentration = 0;  // [um^3 uM]
    for (std::size_t v = 0; v < field.size(); ++v)
      volume_times_concentration += problem.regions.regions[problem.regions.of_voxel[v]].volume_fraction * field[v];
    volume_times_concentration *= problem.grid.voxel_volume();
    for (std::size_t r = 0; r < problem.reservoirs.size(); ++r)
      volume_times_concentration += problem.reservoirs[r].volume * state.reservoirs[r].concentration[s];
    total[s] = volume_times_concentration * kMoleculesPerUmCubedPerMicromolar;
  }
  return total;
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

std::optional<double> vesicles_present(const RunOutcome& run, const ArmFacts& arm) {
  if (!arm.vesicles) return std::nullopt;
  double sum = 0;
  for (const auto& klass : arm.vesicle_classes) sum += places(run, klass, false, {"free", "adsorbed", "endosomal"});
  return sum;
}

std::optional<double> vesicles_engaged(const RunOutcome& run, const ArmFacts& arm) {
  if (!arm.vesicles || arm.engagement == Engagement::none) return std::nullopt;
  if (arm.engagement == Engagement::present) return vesicles_present(run, arm);
  double sum = 0;
  for (const auto& klass : arm.vesicle_classes)
    sum += arm.engagement == Engagement::delivered
               ? places(run, klass, true, {"released"})
               : places(run, klass, true, {"adsorbed", "endosomal", "released", "degraded"});
  return sum;
}

void measure_vesicles(const RunOutcome& run, const ArmFacts& arm, std::vector<Metric>& out) {
  if (!arm.vesicles) return;
  out.push_back(
      {"ev.present", "EVs present", "EV", "real vesicles in the patch at the start", vesicles_present(run, arm), ""});
  if (const auto engaged = vesicles_engaged(run, arm))
    out.push_back(
        {"ev.engaged", "EVs engaged", "EV",
         "delivered for cargo (released in the cytosol), adsorbed or further for contact, present for enzymes or "
         "several mechanisms; at the end of the run",
         engaged, ""});
  for (const auto& klass : arm.vesicle_classes) {
    double dosed = 0;
    for (const char* place : kPlaces) dosed += places(run, klass, false, {place});
    for (const char* place : kPlaces)
      out.push_back({fmt::format("fate.{}.{}", klass, place), fmt::format("share of {}: {}", klass, label_of(place)),
                     "1", "of the vesicles dosed, at the end of the run",
                     dosed > 0 ? std::optional(places(run, klass, true, {place}) / dosed) : std::nullopt, ""});
  }
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
    const double cleared = last_of(run.series, "cleared." + species),
                 decayed = last_of(run.series, "decayed." + species);
    const double boundary = last_of(run.series, "boundary." + species);
    start += run.amount_at_start[s];
    secreted += last_of(run.series, "secreted." + species);
    inflow += boundary;
    sinks += run.amount_at_end[s] + cleared + decayed;
    part("left", species, run.amount_at_end[s], "in patch and reservoirs at the end of the run");
    part("cleared", species, cleared, "taken up by cells over the run");
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
                   "(start + released + inflow - left - cleared - decayed) / (start + released)",
                   (start + secreted + inflow - sinks) / (start + secreted), ""});
}

void measure_flux(const RunOutcome& run, const ArmFacts& arm, std::vector<Metric>& out) {
  if (arm.chain.empty()) return;
  double by_ev = 0, by_host = 0;
  for (const auto& name : arm.made_by_ev) by_ev += last_of(run.series, "reaction." + name);
  for (const auto& name : arm.made_by_host) by_host += last_of(run.series, "reaction." + name);
  out.push_back({"flux.made_by_EVs", "made by enzymes on EVs", "fmol",
                 "extent of the EV reactions that make the primary substance", by_ev / kMoleculesPerFmol, ""});
  out.push_back({"flux.made_by_host", "made by enzymes of the host", "fmol",
                 "extent of the host reactions that make the primary substance", by_host / kMoleculesPerFmol, ""});
  for (std::size_t r = 0; r < arm.made_by_host.size(); ++r)
    out.push_back({"flux.host." + arm.made_by_host[r],
                   fmt::format("of the host: {} ({})", arm.made_by_host[r], arm.host_works[r]), "fmol",
                   "extent of this host reaction",
                   last_of(run.series, "reaction." + arm.made_by_host[r]) / kMoleculesPerFmol, ""});
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
  measure_budget(run, arm, metrics);
  measure_flux(run, arm, metrics);
  return metrics;
}

}  // namespace interstice
