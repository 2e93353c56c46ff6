/// @file
/// Species and reactions.

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "engine/core/units.h"
#include "engine/scenario/build/build_problem.h"

namespace interstice {

namespace {

/// The face's condition: the species' own (face, axis, all), else what the domain's wall is.
FaceCondition face_condition(const BuildContext& context, const Value& v, std::size_t face, const Problem& problem) {
  const Value& own = v["boundary"];
  const std::string name = kFaceNames[face];
  const bool periodic = problem.walls[face] == Wall::periodic;
  for (const std::string& key : {name, name.substr(0, 1), std::string("all")}) {
    const Value* side = own.find(key);
    if (side == nullptr) continue;
    if (!side->sound()) return NoFlux{};
    if ((side->text == "periodic") != periodic && context.root["domain"]["boundary"].sound())
      context.report(*side, fmt::format("{} is {} for the domain (a species cannot differ in this)", name,
                                        periodic ? "periodic" : "not periodic"));
    if (periodic) return Periodic{};
    if (const Value* fixed = side->find("fixed")) return FixedValue{fixed->number};
    if (const Value* r = side->find("reservoir")) {
      ToReservoir to{
          ReservoirId{static_cast<std::uint8_t>(key_index(context.root["reservoirs"], r->text).value_or(0))}};
      if (side->has("permeability")) to.permeability = (*side)["permeability"].number;
      return to;
    }
    if (side->has("permeability")) return Permeable{(*side)["permeability"].number, (*side)["outside"].number};
    return NoFlux{};
  }
  if (periodic) return Periodic{};
  if (problem.walls[face] == Wall::absorbing) return FixedValue{0};
  if (problem.walls[face] == Wall::reservoir) return ToReservoir{problem.reservoir_of_face[face]};
  return NoFlux{};
}

double diffusivity_in(const BuildContext& context, const Value& v, std::size_t region, const std::string& species) {
  if (v.keys.empty()) return v.number;
  const Value& regions = context.root["regions"];
  const std::string& medium = regions.items[region]["medium"].text;
  for (const std::string& key : {regions.keys[region], medium, std::string("default")})
    if (const Value* d = v.find(key)) return d->number;
  if (v.sound() && regions.sound() && !context.complained(v.path))
    context.report(v, fmt::format("no diffusivity of {} for region '{}' (expected a value for {}, {} or default)",
                                  species, regions.keys[region], regions.keys[region], medium));
  return 0;
}

double initial_in(const Value& v, const std::string& place) {
  if (v.keys.empty()) return v.number;
  if (const Value* own = v.find(place)) return own->number;
  return v["default"].number;
}

/// "2 A + B -> C" with species checked.
class EquationReader {
 public:
  EquationReader(const BuildContext& context, const Value& at) : context_(context), at_(at) {}

  bool read(Reaction& reaction) {
    const auto arrow = at_.text.find("->");
    if (arrow == std::string::npos) {
      complain(0, fmt::format("'{}' has no arrow (expected for example 'ATP -> ADP' or '2 A + B -> C')", at_.text));
      return false;
    }
    side(0, arrow, reaction.reactants);
    side(arrow + 2, at_.text.size(), reaction.products);
    for (auto* terms : {&reaction.reactants, &reaction.products})
      std::ranges::sort(*terms, {}, &Stoichiometry::species);
    if (good_ && reaction.reactants.empty() && reaction.products.empty()) complain(0, "nothing reacts");
    return good_;
  }

 private:
  void complain(std::size_t column, std::string message) {
    Place place = at_.place;
    if (place.line > 0 && at_.style != '|' && at_.style != '>')
      place.column += static_cast<int>(column) + (at_.style == ' ' ? 0 : 1);
    context_.diagnostics.report(place, at_.path, std::move(message));
    good_ = false;
  }

  void side(std::size_t begin, std::size_t end, std::vector<Stoichiometry>& out) {
    if (blank(begin, end)) return;
    for (std::size_t start = begin; start <= end;) {
      const std::size_t plus = std::min(at_.text.find('+', start), end);
      term(start, plus, out);
      start = plus + 1;
    }
  }

  [[nodiscard]] bool blank(std::size_t begin, std::size_t end) const {
    return at_.text.find_first_not_of(" \t\n", begin) >= end;
  }

  void term(std::size_t begin, std::size_t end, std::vector<Stoichiometry>& out) {
    if (blank(begin, end)) return complain(begin, "a species is missing beside '+'");
    begin = at_.text.find_first_not_of(" \t\n", begin);
    int coefficient = 1;
    const char* const text = at_.text.data();
    const auto [stop, error] = std::from_chars(text + begin, text + end, coefficient);
    std::size_t name_at = error == std::errc{} ? static_cast<std::size_t>(stop - text) : begin;
    name_at = std::min(at_.text.find_first_not_of(" \t\n*", name_at), end);
    std::string name = at_.text.substr(name_at, end - name_at);
    while (!name.empty() && std::isspace(static_cast<unsigned char>(name.back())) != 0) name.pop_back();
    if (coefficient < 1 || coefficient > 100) return complain(begin, "a coefficient is a whole number from 1 to 100");
    const Value& species = context_.root["species"];
    const auto id = key_index(species, name);
    if (!id) {
      good_ = false;
      if (!context_.diagnostics.incomplete)
        complain(name_at, fmt::format("unknown species '{}'{}", name, did_you_mean(name, species.keys)));
      return;
    }
    const auto sid = static_cast<SpeciesId>(*id);
    const auto same = std::ranges::find_if(out, [sid](const auto& s) { return s.species == sid; });
    if (same == out.end())
      out.push_back({sid, coefficient});
    else
      same->coefficient += coefficient;
  }

  const BuildContext& context_;
  const Value& at_;
  bool good_ = true;
};

void mass_action(const BuildContext& context, const Value& v, Reaction& r) {
  r.law = Reaction::Law::mass_action;
  const Value& k = v["k"];
  int order = 0;
  for (const auto& s : r.reactants) order += s.coefficient;
  const std::string unit = order == 1 ? "1/s" : order == 0 ? "uM/s" : fmt::format("uM^-{}/s", order - 1);
  if (!k.valid) return;
  try {
    r.mass_action.k = parse_quantity(k.text).in(unit);
    if (r.mass_action.k < 0) context.report(k, fmt::format("{} is negative", k.text));
  } catch (const InputError&) {
    context.report(k, fmt::format("'{}' has the wrong unit (expected {} for {} reactant{})", k.text, unit, order,
                                  order == 1 ? "" : "s"));
  }
}

void michaelis_menten(const BuildContext& context, const Value& v, Reaction& r) {
  r.law = Reaction::Law::michaelis_menten;
  r.michaelis_menten = {.substrate = r.reactants[0].species,
                        .vmax = v["vmax"].number,
                        .kcat = v["kcat"].number,
                        .Km = v["Km"].number,
                        .inhibitors = {}};
  const Value& inhibitors = v["inhibitors"];
  for (std::size_t i = 0; i < inhibitors.items.size(); ++i)
    if (const auto s = key_index(context.root["species"], inhibitors.keys[i]))
      r.michaelis_menten.inhibitors.push_back({static_cast<SpeciesId>(*s), inhibitors.items[i].number});
  r.enzyme = v["enzyme"].text;
  if (v.has("enzyme") != v.has("kcat") && v.sound())
    context.report(v.has("enzyme") ? v["enzyme"] : v["kcat"], "`enzyme` and `kcat` go together");
  else if (!v.has("enzyme") && !v.has("vmax") && v.sound())
    context.report(v, "has no rate (expected enzyme and kcat, or vmax)");
}

/// Keys that belong to another law would be ignored silently: refuse them.
void refuse_others(const BuildContext& context, const Value& v, std::string_view law,
                   std::initializer_list<const char*> others) {
  for (const char* key : others)
    if (v.has(key)) context.report(v[key], fmt::format("'{}' means nothing in a {} reaction", key, law));
}

void reaction_law(const BuildContext& context, const Value& v, Reaction& r) {
  const int laws = static_cast<int>(v.has("k")) + static_cast<int>(v.has("Km")) + static_cast<int>(v.has("K"));
  if (laws != 1) {
    if (v.valid) context.report(v, "needs exactly one of k (mass action), Km (Michaelis-Menten), K (Hill)");
    return;
  }
  if (!v.has("k") && r.reactants.size() != 1) {
    context.report(v["equation"], "this law has exactly one reactant (more than one take mass action, k)");
    return;
  }
  if (v.has("k")) {
    refuse_others(context, v, "mass action", {"kcat", "enzyme", "vmax", "inhibitors", "n"});
    mass_action(context, v, r);
  } else if (v.has("Km")) {
    refuse_others(context, v, "Michaelis-Menten", {"n"});
    michaelis_menten(context, v, r);
  } else {
    refuse_others(context, v, "Hill", {"kcat", "enzyme", "inhibitors"});
    if (!v.has("vmax") && v.valid) context.report(v, "has no rate (expected vmax)");
    r.law = Reaction::Law::hill;
    r.hill = {r.reactants[0].species, v["vmax"].number, v["K"].number, v.has("n") ? v["n"].number : 1};
  }
}

}  // namespace

void build_species(const BuildContext& context, Problem& problem) {
  const Value& all = context.root["species"];
  const Value& regions = context.root["regions"];
  for (std::size_t i = 0; i < all.items.size(); ++i) {
    const Value& v = all.items[i];
    Species s;
    s.name = all.keys[i];
    s.decay = v["decay"].number;
    for (std::size_t r = 0; r < regions.items.size(); ++r) {
      s.diffusivity.push_back(diffusivity_in(context, v["diffusivity"], r, s.name));
      s.initial.push_back(initial_in(v["initial"], regions.keys[r]));
    }
    for (const std::string& reservoir : context.root["reservoirs"].keys)
      s.reservoir_initial.push_back(initial_in(v["initial"], reservoir));
    for (std::size_t face = 0; face < 6; ++face) s.faces[face] = face_condition(context, v, face, problem);
    problem.species.push_back(std::move(s));
    problem.clearance_Km.push_back(v["uptake_Km"].number);
  }
}

void build_reactions(const BuildContext& context, Problem& problem) {
  const Value &all = context.root["reactions"], &regions = context.root["regions"];
  for (std::size_t i = 0; i < all.items.size(); ++i) {
    const Value& v = all.items[i];
    Reaction r;
    r.name = all.keys[i];
    if (!v["equation"].valid || !EquationReader(context, v["equation"]).read(r)) continue;
    reaction_law(context, v, r);
    const auto mask = region_mask(context, v["in"]);
    if (!std::ranges::all_of(mask, [](auto allowed) { return allowed != 0; }))
      r.in_region.assign(mask.begin(), mask.end());
    r.in_reservoirs = context.painting.empty() || mask[*key_index(regions, context.painting.front())] != 0;
    r.timing = {v["from"].number, v["until"].number, v["half_life"].number};
    if (v["until"].valid && v["from"].valid && r.timing.until <= r.timing.from)
      context.report(v["until"], fmt::format("it stops before it starts ({})", v["from"].text));
    problem.chemistry.reactions.push_back(std::move(r));
  }
}

}  // namespace interstice
