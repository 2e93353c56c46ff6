/// @file
/// Vesicle classes and doses.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <set>

#include "engine/core/name_key.h"
#include "engine/core/pinned_math.h"
#include "engine/fields/regions.h"
#include "engine/scenario/build/build_problem.h"
#include "engine/scenario/build/protein_mass.h"
#include "engine/sim/preflight_vesicles.h"

namespace interstice {

double water_viscosity(double temperature) {
  const double celsius = temperature - 273.15, below = 20 - celsius;
  const double exponent = below / (celsius + 96) * (1.2364 - 1.37e-3 * below + 5.7e-6 * below * below);
  return 1.002e-3 * pinned::exp(std::numbers::ln10 * exponent);  // 1.002 mPa s at 20 degC
}

namespace {

/// Surface proteins that vesicles carry or listed models read; the same in every arm.
std::vector<std::string> protein_names(const BuildContext& context) {
  std::set<std::string> names;
  for (const Value& klass : context.root["vesicles"].items)
    names.insert(klass["proteins"].keys.begin(), klass["proteins"].keys.end());
  for (const std::string& model : context.root["models"].keys)
    if (const RegisteredModel* m = context.registry.find(model))
      for (const std::string_view p : m->descriptor.proteins) names.emplace(p);
  return {names.begin(), names.end()};
}

/// Extracellular volume of the patch in the regions that are dosed [um^3].
double dosed_volume(const Problem& problem, const std::vector<std::uint8_t>& in_region) {
  const auto volumes = region_volumes(problem.regions, problem.grid);
  double sum = 0;
  for (std::size_t r = 0; r < volumes.size() && r < in_region.size(); ++r)
    if (in_region[r] != 0 && problem.regions.regions[r].vesicle_partition > 0) sum += volumes[r];
  return sum;
}

/// Real vesicles per um^3 of fluid.
double density_of(const BuildContext& context, const Value& v, double patch_volume) {
  const int ways =
      static_cast<int>(v.has("dose")) + static_cast<int>(v.has("number")) + static_cast<int>(v.has("density"));
  if (ways != 1) {
    if (v.valid) context.report(v, "needs exactly one of dose (protein mass), number (EV), density (EV per volume)");
    return 0;
  }
  if (v.has("density")) {
    if (v.has("volume") && v.sound()) context.report(v["volume"], "a density needs no volume");
    return v["density"].number;
  }
  const Value& volume = v["volume"];
  if (v.has("number")) {
    if (!v.has("volume") && patch_volume <= 0 && v.sound())
      context.report(v["in"], "the dosed regions hold no fluid that vesicles may enter");
    const double space = v.has("volume") ? volume.number : patch_volume;
    return space > 0 ? v["number"].number / space : 0;
  }
  if (!v.has("volume")) {
    if (v.valid && v["dose"].valid && !context.diagnostics.incomplete)
      context.report(v["dose"], "a dose needs the `volume` of fluid that it is given into, such as `volume: 100 ul`");
    return 0;
  }
  return volume.number > 0 ? v["dose"].number * v["particles_per_ug"].number / volume.number : 0;
}

/// Counts of real vesicles are exact up to here; far more than any patch or syringe holds.
constexpr double kMostVesicles = 1e15;
constexpr double kMostAgents = 1e9;  ///< more would not fit into memory

/// Refuses what cannot be counted; false then. Zero-volume and out-of-range inputs were refused before.
bool countable(const BuildContext& context, const Value& v, double vesicles, const char* where) {
  if (vesicles <= kMostVesicles) return true;
  const char* key = v.has("dose") ? "dose" : v.has("number") ? "number" : "density";
  if (v.sound())
    context.report(v[key],
                   fmt::format("this is {:.3g} EV in {} (expected at most {:.0e}) give less, or into more volume",
                               vesicles, where, kMostVesicles));
  return false;
}

void fates(const BuildContext& context, const Value& v, VesicleClass& klass) {
  const Value &endosome = v["endosome"], &fusogen = v["fusogen"];
  const double released = endosome["released_fraction"].number, recycled = endosome["recycled_fraction"].number;
  if (released + recycled > 0.95) {
    if (endosome.sound())
      context.report(endosome["released_fraction"],
                     fmt::format("released {} and recycled {} leave less than 5 % to be degraded (expected a sum of at "
                                 "most 0.95)",
                                 released, recycled));
    return;
  }
  // k_exit = k_lysosome / (1 - f_released - f_recycled); a fusogen shifts the shares, not the time
  if (endosome["lysosome_half_life"].valid)
    klass.endosome_exit = std::numbers::ln2 / endosome["lysosome_half_life"].number / (1 - released - recycled);
  klass.released_fraction = std::min(1.0, released * fusogen["release"].number);
  klass.recycled_fraction = recycled * (1 - klass.released_fraction) / (1 - released);
  klass.fusogen_uptake = fusogen["uptake"].number;
}

void proteins(const Value& v, const Problem& problem, VesicleClass& klass) {
  const Value& loads = v["proteins"];
  for (std::size_t i = 0; i < loads.items.size(); ++i) {
    const auto found = std::ranges::find(problem.proteins, loads.keys[i]);
    klass.proteins.push_back({.protein = static_cast<ProteinId>(found - problem.proteins.begin()),
                              .mean = loads.items[i]["mean"].number,
                              .positive_fraction = loads.items[i]["positive_fraction"].number,
                              .sigma = loads.items[i]["sigma"].number,
                              .key = name_key(loads.keys[i])});
  }
  std::ranges::sort(klass.proteins, {}, [](const ProteinLoad& p) { return index(p.protein); });
}

/// All protein of a vesicle is 1 ug / particles_per_ug; what it carries on its surface must be a part of that.
void check_protein_mass(const BuildContext& context, const Value& v) {
  constexpr double kKilodaltonPerMicrogram = 6.02214076e14, kUsualShare = 0.05;
  const Value &loads = v["proteins"], &per_mass = v["particles_per_ug"];
  if (!loads.sound() || !per_mass.valid) return;
  const double available = kKilodaltonPerMicrogram / per_mass.number;
  const std::string limit = fmt::format("1 ug in {} is {:.3g} kDa per vesicle", per_mass.text, available);
  double mean_mass = 0;
  for (std::size_t i = 0; i < loads.items.size(); ++i) {
    const Value& load = loads.items[i];
    const double mass = load["mass"].valid ? load["mass"].number : protein_mass(loads.keys[i]);
    const double copies = load["mean"].number / load["positive_fraction"].number;
    mean_mass += mass * load["mean"].number;
    if (mass * copies <= available) continue;
    return context.report(
        load["mean"],
        fmt::format("{:.4g} copies of {} on a vesicle that carries it weigh more than all its protein "
                    "({}; a copy has {} kDa) expected a mean of at most {:.3g}",
                    copies, loads.keys[i], limit, mass, available / mass * load["positive_fraction"].number));
  }
  const double share = mean_mass / available;
  if (share > 1)
    context.report(loads, fmt::format("together they weigh {:.3g} times all protein of a vesicle ({}) lower the means",
                                      share, limit));
  else if (share > kUsualShare)
    context.diagnostics.warn(loads.place, loads.path,
                             fmt::format("they are {:.0f} % of all protein of a vesicle ({}); above 5 % is hardly "
                                         "conceivable",
                                         100 * share, limit));
}

std::uint64_t weight_of(const BuildContext& context, const Value& v, double vesicles_in_patch) {
  if (v.has("weight") && v.has("agents")) {
    context.report(v["agents"], "either `weight` or `agents`, not both");
    return 1;
  }
  if (v.has("agents") && v["agents"].valid)
    return static_cast<std::uint64_t>(std::max(1.0, std::round(vesicles_in_patch / v["agents"].number)));
  return v.has("weight") && v["weight"].valid ? static_cast<std::uint64_t>(v["weight"].number) : 1;
}

/// Refuses cells that counts cannot meet, where voxels are no cubes.
void cells_meet_counts(const BuildContext& context, const Value& v, const Problem& problem) {
  for (std::size_t t = 0; t < problem.cell_types.size(); ++t) {
    const CellType& type = problem.cell_types[t];
    std::vector<double> radii{type.radius};
    for (const CellPlacement& placement : problem.placements)
      if (index(placement.type) == t)
        radii.insert(radii.end(), placement.given.radius.begin(), placement.given.radius.end());
    const auto far = std::ranges::find_if(radii, [&](double r) { return !counted_vesicles_reach(r, problem.grid); });
    if (!(type.contact.adsorption > 0) || far == radii.end()) continue;
    context.report(
        v["representation"],
        fmt::format("cells of type {} have a radius of {:g} um and so reach more voxels of {:g} um to {:g} um "
                    "than counts solve for (expected edges that differ less) use such, or "
                    "`representation: agents`",
                    type.name, *far, problem.grid.finest(), problem.grid.coarsest()));
    return;
  }
}

/// How the class is represented: counted, or as agents of a weight.
void represent(const BuildContext& context, const Value& v, double vesicles_in_patch, VesicleClass& klass) {
  klass.counted = v["representation"].text == "counts";
  if (!klass.counted) {
    klass.weight = weight_of(context, v, vesicles_in_patch);
    if (vesicles_in_patch > kMostAgents * klass.weight && v.sound())
      context.report(v, fmt::format("this would be {:.3g} agents (expected at most {:.0e}) set a larger `weight`, or "
                                    "`agents`, or `representation: counts`",
                                    vesicles_in_patch / klass.weight, kMostAgents));
    return;
  }
  if (const Value& species = context.root["species"]; species.has("vesicles_" + klass.name))
    context.report(v["representation"],
                   fmt::format("snapshots would call the counts like the species vesicles_{}; rename one", klass.name));
  for (const char* key : {"weight", "agents"})
    if (v.has(key))
      context.report(v[key], fmt::format("counts have no agents leave it out (`{}: null` drops it), or use "
                                         "`representation: agents`",
                                         key));
  for (const std::string& model : context.root["models"].keys) {
    const RegisteredModel* listed = context.registry.find(model);
    if (listed != nullptr && !listed->descriptor.vesicle_columns.empty())
      context.report(v["representation"],
                     fmt::format("the model {} follows vesicles one by one (expected agents) leave out the model, or "
                                 "use `representation: agents`",
                                 model));
  }
}

/// When a class is dosed, the earliest first.
std::vector<Nanoseconds> times_of(const BuildContext& context, const Value& at, const Problem& problem) {
  std::vector<Nanoseconds> times;
  for (const Value& time : at.items) {
    const bool late = time.number * 1e9 >= static_cast<double>(problem.schedule.end());  // and maybe beyond all numbers
    times.push_back(late ? problem.schedule.end() : static_cast<Nanoseconds>(std::llround(time.number * 1e9)));
    if (time.valid && late && !context.complained("time"))
      context.report(time, fmt::format("the run ends before {}", time.text));
  }
  std::ranges::sort(times);
  return times;
}

}  // namespace

void build_vesicles(const BuildContext& context, Problem& problem) {
  problem.proteins = protein_names(context);
  const Value& all = context.root["vesicles"];
  const Value& temperature = context.root["temperature"];
  for (std::size_t i = 0; i < all.items.size(); ++i) {
    const Value& v = all.items[i];
    VesicleClass klass;
    klass.name = all.keys[i];
    klass.median_diameter = v["diameter"]["median"].number;
    klass.geometric_sd = v["diameter"]["gsd"].number;
    klass.temperature = temperature.number;
    klass.water_viscosity = temperature.valid ? water_viscosity(temperature.number) : klass.water_viscosity;
    klass.enzyme_half_life = v["enzyme_half_life"].number;
    klass.desorption = v["desorption"].number;
    klass.internalisation = v["internalisation"].number;
    fates(context, v, klass);
    proteins(v, problem, klass);
    check_protein_mass(context, v);
    Dose dose{.klass = static_cast<VesicleClassId>(i),
              .density = 0,
              .in_region = region_mask(context, v["in"]),
              .reservoirs = {}};
    const double patch = dosed_volume(problem, dose.in_region);
    dose.density = density_of(context, v, patch);
    const double in_patch = dose.density * patch;
    if (countable(context, v, in_patch, "the patch")) represent(context, v, in_patch, klass);
    if (klass.counted && !context.complained("domain")) cells_meet_counts(context, v, problem);
    for (const Value& r : v["reservoirs"].items)
      if (const auto id = key_index(context.root["reservoirs"], r.text))
        dose.reservoirs.push_back(ReservoirId{static_cast<std::uint8_t>(*id)});
    for (const ReservoirId r : dose.reservoirs)
      if (index(r) < problem.reservoirs.size() &&
          !countable(context, v, dose.density * problem.reservoirs[index(r)].share(), "a reservoir"))
        break;
    std::ranges::sort(dose.reservoirs);
    dose.reservoirs.erase(std::ranges::unique(dose.reservoirs).begin(), dose.reservoirs.end());
    problem.vesicle_classes.push_back(std::move(klass));
    for (const Nanoseconds at : times_of(context, v["at"], problem)) {
      dose.at = at;
      problem.doses.push_back(dose);
      ++dose.ordinal;
    }
  }
}

}  // namespace interstice
