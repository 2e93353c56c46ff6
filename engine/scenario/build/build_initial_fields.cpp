/// @file
/// What a formula of the place says of the fields at the start, the regions in which a species is held at a value, and
/// doses of species.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <tuple>

#include "engine/core/constants.h"
#include "engine/fields/regions.h"
#include "engine/scenario/build/build_problem.h"
#include "engine/scenario/build/formula_reader.h"

namespace interstice {

namespace {

/// The values of a formula in the voxels of the flagged regions.
void fill(const BuildContext& context, const Value& v, const std::vector<std::uint8_t>& in_region,
          const Problem& problem, std::vector<double>& field) {
  std::vector<Symbol> place;
  const Unit length = parse_unit("um");
  for (const char* axis : {"x", "y", "z"})
    place.push_back({.name = axis, .dimension = length.dimension, .scale = length.scale});
  const Expression formula = FormulaReader(context, std::move(place)).read(v, "uM");
  for (std::size_t k = 0; k < field.size(); ++k) {
    if (in_region[problem.regions.of_voxel[k]] == 0) continue;
    const Vec3 p = problem.grid.centre(k);
    field[k] = formula(std::array{p.x, p.y, p.z});
    if (field[k] >= 0 && std::isfinite(field[k])) continue;
    context.report(v, fmt::format("gives {:.4g} uM at ({:g}, {:g}, {:g}) um (expected 0 or more everywhere)", field[k],
                                  p.x, p.y, p.z));
    return;
  }
}

/// A formula of the place cannot stand for a reservoir, which would begin at 0 without a word.
void ask_for_reservoirs(const BuildContext& context, const Value& v) {
  const bool everywhere = v.has("formula");
  if (!everywhere && !(v.has("default") && v["default"].has("formula"))) return;
  for (const std::string& reservoir : context.root["reservoirs"].keys)
    if (everywhere || !v.has(reservoir))
      context.report(everywhere ? v : v["default"],
                     fmt::format("says nothing of the reservoir {0}, which has no places (expected {0}: CONCENTRATION "
                                 "beside `default: {{formula: ...}}`)",
                                 reservoir));
}

void initial_field(const BuildContext& context, const Value& v, Species& species, const Problem& problem) {
  ask_for_reservoirs(context, v);
  const Value& regions = context.root["regions"];
  std::vector<std::uint8_t> all(regions.keys.size(), 1);
  const auto begin = [&] {
    if (!species.initial_field.empty()) return;
    for (const std::uint8_t r : problem.regions.of_voxel) species.initial_field.push_back(species.initial[r]);
  };
  if (v.has("formula")) {
    begin();
    return fill(context, v["formula"], all, problem, species.initial_field);
  }
  for (std::size_t i = 0; i < v.items.size(); ++i) {
    if (!v.items[i].has("formula")) continue;
    if (context.root["reservoirs"].has(v.keys[i])) {
      context.report(v.items[i], "a reservoir is well mixed: a place in it means nothing (expected a concentration)");
      continue;
    }
    std::vector<std::uint8_t> here(regions.keys.size(), 0);
    for (std::size_t r = 0; r < here.size(); ++r)
      here[r] = v.keys[i] == regions.keys[r] || (v.keys[i] == "default" && !v.has(regions.keys[r])) ? 1 : 0;
    begin();
    fill(context, v.items[i]["formula"], here, problem, species.initial_field);
  }
}

void held_regions(const BuildContext& context, const Value& v, const Value& initial, Species& species,
                  const Problem& problem) {
  const Value& regions = context.root["regions"];
  if (v.items.empty()) return;
  species.held.assign(regions.keys.size(), std::numeric_limits<double>::quiet_NaN());
  for (std::size_t i = 0; i < v.items.size(); ++i) {
    const auto r = key_index(regions, v.keys[i]);
    if (!r || !v.items[i].valid) continue;
    species.held[*r] = species.initial[*r] = v.items[i].number;
    if (initial.has(v.keys[i]))
      context.diagnostics.warn(initial[v.keys[i]].place, initial[v.keys[i]].path,
                               fmt::format("has no effect: {} is held at {}", v.keys[i], v.items[i].text));
    for (std::size_t k = 0; k < species.initial_field.size(); ++k)
      if (problem.regions.of_voxel[k] == *r) species.initial_field[k] = v.items[i].number;
    if (std::ranges::find(problem.regions.of_voxel, static_cast<std::uint8_t>(*r)) == problem.regions.of_voxel.end() &&
        !context.complained("regions"))
      context.report(v.items[i], "no voxel is left of this region (others are painted over it)");
  }
}

/// Volume that an amount is given into [um^3].
double volume_of(const BuildContext& context, const Value& v, const SpeciesDose& dose, const Problem& problem) {
  const auto volumes = region_volumes(problem.regions, problem.grid);
  double fluid = 0, reservoirs = 0;
  for (std::size_t r = 0; r < volumes.size(); ++r) fluid += dose.in_region[r] != 0 ? volumes[r] : 0;
  for (const ReservoirId r : dose.reservoirs) reservoirs += problem.reservoirs[index(r)].volume;
  if (v.has("amount") && fluid > 0 && reservoirs > 0 && v.sound())
    context.report(
        v["amount"],
        "how it is shared by regions and reservoirs is not said (expected `in` or `reservoirs`; `in: []` for "
        "reservoirs alone) give a concentration, or two doses");
  if (fluid + reservoirs == 0 && v.sound() && !context.complained("regions") && !context.complained("domain"))
    context.report(v["in"].given ? v["in"] : v, "it is given nowhere (no voxel and no reservoir is dosed)");
  return fluid + reservoirs;
}

void species_dose(const BuildContext& context, const Value& v, SpeciesId species, Problem& problem) {
  SpeciesDose dose{.species = species, .in_region = region_mask(context, v["in"]), .reservoirs = {}};
  for (const Value& r : v["reservoirs"].items)
    if (const auto id = key_index(context.root["reservoirs"], r.text))
      dose.reservoirs.push_back(ReservoirId{static_cast<std::uint8_t>(*id)});
  std::ranges::sort(dose.reservoirs);
  dose.reservoirs.erase(std::ranges::unique(dose.reservoirs).begin(), dose.reservoirs.end());
  if (v.has("amount") == v.has("concentration") && v.valid)
    context.report(v, "needs exactly one of amount (molecules or moles) and concentration (that it adds)");
  const double volume = volume_of(context, v, dose, problem);
  const auto& held = problem.species[index(species)].held;
  for (std::size_t r = 0; r < held.size(); ++r)
    if (dose.in_region[r] != 0 && !std::isnan(held[r]))
      context.diagnostics.warn(v.place, v.path,
                               fmt::format("has no effect in {}, where {} is held at a value",
                                           problem.regions.regions[r].name, problem.species[index(species)].name));
  dose.concentration = v["concentration"].number;
  if (v.has("amount") && volume > 0)
    dose.concentration = v["amount"].number / (volume * kMoleculesPerUmCubedPerMicromolar);
  dose.over = v.has("over") ? to_nanoseconds(context, v["over"]) : 0;
  for (const Value& at : v["at"].items) {
    const bool late = at.number * 1e9 >= static_cast<double>(problem.schedule.end());  // and maybe beyond all numbers
    dose.at = late ? problem.schedule.end() : static_cast<Nanoseconds>(std::llround(at.number * 1e9));
    if (at.valid && !context.complained("time")) {
      if (late)
        context.report(at, fmt::format("the run ends before {}", at.text));
      else if (dose.at + dose.over > problem.schedule.end())
        context.diagnostics.warn(at.place, at.path, "the run ends before all of this infusion is given");
    }
    problem.species_doses.push_back(dose);
  }
}

}  // namespace

void build_initial_fields(const BuildContext& context, Problem& problem) {
  const Value& all = context.root["species"];
  for (std::size_t i = 0; i < all.items.size(); ++i) {
    Species& species = problem.species[i];
    if (all.items[i]["initial"].sound() && !context.complained("domain"))
      initial_field(context, all.items[i]["initial"], species, problem);
    held_regions(context, all.items[i]["fixed"], all.items[i]["initial"], species, problem);
  }
}

void build_species_doses(const BuildContext& context, Problem& problem) {
  const Value& all = context.root["species"];
  for (std::size_t i = 0; i < all.items.size(); ++i) {
    const Value& doses = all.items[i]["doses"];
    if (!doses.sound()) continue;
    if (doses.keys.empty())
      for (const Value& dose : doses.items) species_dose(context, dose, static_cast<SpeciesId>(i), problem);
    else
      species_dose(context, doses, static_cast<SpeciesId>(i), problem);
  }
  std::ranges::sort(problem.species_doses, {}, [](const SpeciesDose& d) {
    return std::tuple(d.at, d.over, index(d.species), d.concentration, d.in_region, d.reservoirs);
  });
}

}  // namespace interstice
