/// @file
/// Cell types with their formulas.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
#include <tuple>

#include "engine/cells/cell_symbols.h"
#include "engine/scenario/build/build_problem.h"
#include "engine/scenario/build/formula_reader.h"

namespace interstice {

namespace {

double in_unit(const BuildContext& context, const Value& v, const std::string& unit) {
  if (!v.valid || v.text == "0") return 0;  // nothing is nothing in any unit
  try {
    return parse_quantity(v.text).in(unit);
  } catch (const InputError&) {
    context.report(v, fmt::format("'{}' has the wrong unit (expected a number with a unit like {})", v.text, unit));
    return 0;
  }
}

/// `unit` empty: the spec has converted the numbers.
Distribution distribution(const BuildContext& context, const Value& v, const std::string& unit) {
  const auto number = [&](const Value& n) { return unit.empty() ? n.number : in_unit(context, n, unit); };
  if (!v.sound()) return {};
  if (const Value* u = v.find("uniform")) {
    const Distribution d{Distribution::Kind::uniform, number(u->items[0]), number(u->items[1])};
    if (d.a > d.b) context.report(u->items[0], "the lowest is above the highest");
    return d;
  }
  if (const Value* l = v.find("lognormal")) {
    const Distribution d{Distribution::Kind::lognormal, number((*l)["median"]), (*l)["gsd"].number};
    if (d.a <= 0) context.report((*l)["median"], "the median of a log-normal distribution must be above 0");
    return d;
  }
  if (const Value* n = v.find("normal")) return {Distribution::Kind::normal, number((*n)["mean"]), number((*n)["sd"])};
  for (const auto& [word, kind] : {std::pair("truncated_normal", Distribution::Kind::truncated_normal),
                                   std::pair("gamma", Distribution::Kind::gamma)})
    if (const Value* d = v.find(word)) {
      if (number((*d)["mean"]) <= 0) context.report((*d)["mean"], "the mean of what stays above 0 must be above 0");
      return {kind, number((*d)["mean"]), number((*d)["sd"])};
    }
  if (const Value* e = v.find("exponential")) return {Distribution::Kind::exponential, number((*e)["mean"]), 1};
  return {Distribution::Kind::constant, number(v), 1};
}

/// Which states spill what the cell holds, or follow one that does by themselves.
std::vector<bool> dying_states(const CellType& type) {
  std::vector<bool> dying(type.states.size());
  for (std::size_t first = 0; first < dying.size(); ++first)
    if (!type.states[first].spills.empty())
      for (std::size_t k = 0, now = first; k < dying.size(); ++k, now = type.states[now].then) {
        dying[now] = true;
        if (!type.states[now].duration) break;
      }
  return dying;
}

std::string column_unit(const Value& column) {
  const Value& unit = column["unit"];
  if (!unit.valid) return "1";
  try {
    return parse_unit(unit.text).offset == 0 ? unit.text : "1";
  } catch (const InputError&) {
    return "1";
  }
}

template <class Add>
void for_species(const BuildContext& context, const Value& map, Add add) {
  for (std::size_t i = 0; i < map.items.size(); ++i)
    if (const auto s = key_index(context.root["species"], map.keys[i])) add(static_cast<SpeciesId>(*s), map.items[i]);
}

/// The first condition that holds wins, so conditions keep their order. Hazards are rivals, whose order means nothing:
/// they are sorted by what they do.
bool before(const Transition& a, const Transition& b) {
  const auto key = [](const Transition& t) {
    const bool condition = !t.when.empty();
    return std::tuple(!condition, condition ? 0 : t.target, !condition && t.divides,
                      condition ? std::string() : t.hazard.text());
  };
  return key(a) < key(b);
}

/// Builds one cell type.
class CellTypeBuilder {
 public:
  CellTypeBuilder(const BuildContext& context, const Value& v, std::string name, const Problem& problem,
                  std::vector<Symbol> symbols, FormulaCells cells)
      : context_(context), v_(v), problem_(problem), formulas_(context, std::move(symbols), std::move(cells)) {
    type_.name = std::move(name);
  }

  CellType build() {
    type_.radius = v_["radius"].valid ? v_["radius"].number : 5;
    type_.mobile = v_["mobile"].number != 0;
    type_.responds_to_evs = v_["responds_to_evs"].number != 0;
    type_.contact = {v_["contact"]["adsorption"].number, v_["contact"]["sites"].number};
    for_species(context_, v_["uptake"], [this](SpeciesId s, const Value& n) { type_.uptake.push_back({s, n.number}); });
    const Value& enzymes = v_["enzymes"];
    for (std::size_t i = 0; i < enzymes.items.size(); ++i) {
      const Value& copies = enzymes.items[i];
      const bool varies = copies.spec != nullptr && copies.spec->kind == Spec::Kind::formula;
      type_.enzymes.push_back({enzymes.keys[i], copies.number, varies ? formulas_.read(copies, "1") : Expression()});
    }
    const Value& states = v_["states"];
    type_.initial_state = state_index(context_, states, v_["initial_state"]);
    for (std::size_t i = 0; i < states.items.size(); ++i) state(states.keys[i], states.items[i]);
    const std::vector<bool> dying = dying_states(type_);
    for (std::size_t i = 0; i < type_.states.size(); ++i) {
      const Value& v = states.items[i];
      type_.states[i].injurable = v.has("injurable") ? v["injurable"].number != 0 : !dying[i];
      const auto into_spill = [&](const Value& at, bool divides, const Value& to) {
        if (divides && at.sound() && to.valid && !type_.states[state_index(context_, states, to)].spills.empty())
          context_.report(at,
                          "a cell that divides into a state that spills would spill twice; divide first, and let the "
                          "daughters die");
      };
      for (const Value& t : v["transitions"].items) into_spill(t, t["divides"].number != 0, t["to"]);
      into_spill(v, type_.states[i].then_divides && v.has("then"), v["then"]);
    }
    columns();
    motility();
    reporters();
    type_.gatherings = formulas_.take_gatherings();
    return std::move(type_);
  }

 private:
  void state(const std::string& name, const Value& v) {
    CellState s;
    s.name = name;
    s.removed = v["removed"].number != 0;
    if (const auto type = key_index(context_.root["cell_types"], v["becomes"].text); v["becomes"].valid && type)
      s.becomes = static_cast<CellTypeId>(*type);
    if (s.becomes && (s.removed || v.has("duration") || !v["transitions"].items.empty()))
      context_.report(v["becomes"],
                      "a cell that becomes another leaves this state at once; nothing else happens in it");
    if (v.has("duration")) s.duration = distribution(context_, v["duration"], "");
    if (s.duration && s.duration->kind == Distribution::Kind::normal)
      context_.report(v["duration"],
                      "a normal distribution goes below 0, which no duration does; use truncated_normal, "
                      "lognormal or gamma");
    s.then_divides = v["divides"].number != 0;
    if (s.then_divides && !v.has("duration") && v.valid)
      context_.report(v["divides"], "a cell divides as a duration ends, and there is none (expected `duration`)");
    if (v.has("then")) s.then = state_index(context_, v_["states"], v["then"]);
    if (v.has("duration") != v.has("then") && v.valid)
      context_.report(v, "`duration` and `then` go together (how long, and what follows)");
    if (!v["spills"].keys.empty() && !v.has("duration") && !v.has("then") && v.valid)
      context_.report(v["spills"], "contents are spilled over the duration of a state; give it a `duration`");
    for_species(context_, v["secretes"], [&](SpeciesId id, const Value& rate) {
      s.secretions.push_back({id, formulas_.read(rate, "molecule/s")});
    });
    for_species(context_, v["spills"], [&](SpeciesId id, const Value& n) { s.spills.push_back({id, n.number}); });
    s.loses_rest = v["spill_rest"].text == "lost";
    const Value& recruits = v["recruits"];
    for (std::size_t i = 0; i < recruits.items.size(); ++i)
      if (const auto type = key_index(context_.root["cell_types"], recruits.keys[i]))
        s.recruits.push_back(recruitment(*type, recruits.items[i]));
    for (const Value& t : v["transitions"].items) s.transitions.push_back(transition(t));
    std::ranges::stable_sort(s.transitions, before);
    type_.states.push_back(std::move(s));
  }

  /// A rate, or a rate and what newcomers bring along.
  Recruitment recruitment(std::size_t type, const Value& v) {
    const bool more = v.has("rate") || v.has("with");
    Recruitment r{.type = static_cast<CellTypeId>(type), .rate = formulas_.read(more ? v["rate"] : v, "cell/s")};
    const Value& with = v["with"];
    const Value& newcomer = context_.root["cell_types"].items[type];
    for (std::size_t i = 0; i < with.items.size(); ++i) {
      const auto column = std::ranges::find(problem_.columns, with.keys[i], &ColumnSpec::name);
      if (column == problem_.columns.end() || (column->owner.empty() && !newcomer["columns"].has(with.keys[i]))) {
        context_.diagnostics.report(
            with.key_places[i], with.items[i].path,
            fmt::format("a {} has no column '{}' (its own and those of interaction models can be given)",
                        context_.root["cell_types"].keys[type], with.keys[i]));
        continue;
      }
      r.bring.push_back({.column = static_cast<ColumnId>(column - problem_.columns.begin()),
                         .value = formulas_.read(with.items[i], column->unit)});
    }
    return r;
  }

  Transition transition(const Value& v) {
    Transition t;
    t.target = state_index(context_, v_["states"], v["to"]);
    t.divides = v["divides"].number != 0;
    if (v.has("hazard") == v.has("when") && v.valid)
      context_.report(v, "needs either a hazard (a rate) or `when` (a condition)");
    t.hazard = formulas_.read(v["hazard"], "1/s");
    t.when = formulas_.read(v["when"], "1");
    return t;
  }

  void columns() {
    const Value& all = v_["columns"];
    for (std::size_t i = 0; i < all.items.size(); ++i) {
      const Value& v = all.items[i];
      const std::string unit = column_unit(v);
      const auto spec = std::ranges::find_if(problem_.columns, [&](const auto& c) { return c.name == all.keys[i]; });
      if (spec == problem_.columns.end()) continue;
      type_.columns.push_back({.column = static_cast<ColumnId>(spec - problem_.columns.begin()),
                               .initial = distribution(context_, v["initial"], unit),
                               .gain = formulas_.read(v["gain"], unit == "1" ? "1/s" : fmt::format("({})/s", unit)),
                               .loss = formulas_.read(v["loss"], "1/s")});
    }
  }

  void motility() {
    const Value& v = v_["motility"];
    type_.motility.speed = formulas_.read(v["speed"], "um/s");
    if (v["persistence"].valid) type_.motility.persistence = v["persistence"].number;
    type_.motility.max_bias = v["max_bias"].number;
    type_.motility.settling = v["settling"].number;
    type_.motility.gain = formulas_.read(v["gain"], "1");
    for_species(context_, v["toward"], [this](SpeciesId s, const Value& signal) {
      type_.motility.signals.push_back({s, signal["Kd"].number, signal["weight"].number});
    });
  }

  void reporters() {
    const Value& all = v_["reporters"];
    for (std::size_t i = 0; i < all.items.size(); ++i) {
      const Value& v = all.items[i];
      type_.reporters.push_back({.name = all.keys[i],
                                 .value = formulas_.read(v["value"], "1"),
                                 .range = v["range"].number,
                                 .delay = v["delay"].number,
                                 .receptor = v["kind"].text == "receptor"});
    }
  }

  const BuildContext& context_;
  const Value& v_;
  const Problem& problem_;
  FormulaReader formulas_;
  CellType type_;
};

/// The type's parameters as constants behind the common symbols, and 0 for species that it can do without.
std::vector<Symbol> with_parameters(const BuildContext& context, const Value& type, std::vector<Symbol> symbols) {
  const Value& parameters = type["parameters"];
  std::set<std::string> taken;
  for (const Value& name : type["optional"].items)
    if (name.valid && std::ranges::none_of(symbols, [&](const Symbol& s) { return s.name == name.text; }))
      symbols.push_back({.name = name.text, .dimension = parse_unit("uM").dimension, .scale = 1, .constant = 0.0});
  for (const Symbol& s : symbols) taken.insert(s.name);
  for (std::size_t i = 0; i < parameters.items.size(); ++i) {
    const Value& v = parameters.items[i];
    if (taken.contains(parameters.keys[i])) {
      context.diagnostics.report(parameters.key_places[i], v.path,
                                 "a species, a column or a name of the engine is called so already; choose another");
      continue;
    }
    Symbol symbol;
    symbol.name = parameters.keys[i];
    if (v.valid) {
      const Quantity q = parse_quantity(v.text);
      symbol.dimension = q.unit.dimension;
      symbol.constant = q.value * q.unit.scale + q.unit.offset;  // native, scale 1
      const std::string mechanism = v.note && v.note->edge ? v.note->edge->mechanism : "";
      if ((mechanism == "cargo" || mechanism == "contact") && !q.unit.dimension.dimensionless())
        context.report(v, fmt::format("'{}' has a unit (the strength of a {} edge is a number, 0 removes the edge)",
                                      v.text, mechanism));
    }
    symbols.push_back(symbol);
  }
  return symbols;
}

/// What formulas may ask of reservoirs: every species, which stand first among the symbols, and every vesicle class.
void hold_in_reservoirs(const BuildContext& context, std::span<const Symbol> symbols, FormulaCells& cells) {
  cells.reservoirs = context.root["reservoirs"].keys;
  cells.held.assign(symbols.begin(),
                    symbols.begin() + static_cast<std::ptrdiff_t>(context.root["species"].keys.size()));
  const Unit density = parse_unit("EV/um^3");
  for (const std::string& name : context.root["vesicles"].keys)
    cells.held.push_back({.name = name, .dimension = density.dimension, .scale = density.scale});
}

AtDivision at_division(const Value& column) {
  const std::string& word = column["at_division"].text;
  return word == "halve"       ? AtDivision::halve
         : word == "increment" ? AtDivision::increment
         : word == "decrement" ? AtDivision::decrement
         : word == "clear"     ? AtDivision::clear
                               : AtDivision::copy;
}

void add_column(const BuildContext& context, const Value& columns, std::size_t i, Problem& problem) {
  const Value& v = columns.items[i];
  const std::string& name = columns.keys[i];
  const Value& unit = v["unit"];
  try {
    if (unit.valid && parse_unit(unit.text).offset != 0)
      context.report(unit, fmt::format("{} has a zero point of its own; use K", unit.text));
  } catch (const InputError& e) {
    context.report(unit, e.what());
  }
  if (context.root["species"].has(name) || name == "ev_bound" || name == "ev_internal" || name == "age_in_state" ||
      name == "time" || name == "x" || name == "y" || name == "z" || name.starts_with("contacts_"))
    context.diagnostics.report(columns.key_places[i], v.path,
                               "a species or a name of the engine is called so already; choose another");
  const auto known = std::ranges::find_if(problem.columns, [&](const auto& c) { return c.name == name; });
  if (known == problem.columns.end())
    problem.columns.push_back(
        {.name = name, .unit = column_unit(v), .initial = 0, .owner = "", .at_division = at_division(v)});
  else if (!known->owner.empty())
    context.diagnostics.report(columns.key_places[i], v.path,
                               fmt::format("this column belongs to the model {}; choose another name", known->owner));
  else if (known->unit != column_unit(v) && unit.valid)
    context.report(unit, fmt::format("another cell type has this column in {}; use the same unit", known->unit));
  else if (known->at_division != at_division(v) && v["at_division"].sound())
    context.report(v, "another cell type has this column with another `at_division`; use the same");
}

}  // namespace

void build_columns(const BuildContext& context, Problem& problem) {
  std::vector<const RegisteredModel*> models;
  for (const RegisteredModel& m : context.registry.all()) models.push_back(&m);
  std::ranges::sort(models, {}, [](const RegisteredModel* m) { return m->descriptor.name; });
  for (const RegisteredModel* m : models)
    for (const ModelColumnSpec& c : m->descriptor.columns)
      problem.columns.push_back({std::string(c.name), std::string(c.unit), c.initial, std::string(m->descriptor.name),
                                 c.amount ? AtDivision::halve : AtDivision::copy});
  for (const Value& type : context.root["cell_types"].items)
    for (std::size_t i = 0; i < type["columns"].items.size(); ++i) add_column(context, type["columns"], i, problem);
  std::ranges::sort(problem.columns, {}, &ColumnSpec::name);
}

void build_cell_types(const BuildContext& context, Problem& problem) {
  const Value& types = context.root["cell_types"];
  std::vector<Symbol> symbols;
  try {
    symbols = cell_symbols(context.root["species"].keys, problem.columns, types.keys);
  } catch (const InputError& e) {
    if (context.diagnostics.empty()) context.report(types, e.what());
    return;  // a clash of names that has been reported at its place
  }
  FormulaCells cells;
  cells.types = types.keys;
  for (const Value& type : types.items) cells.states.push_back(type["states"].keys);
  hold_in_reservoirs(context, symbols, cells);
  for (const RegisteredModel& m : context.registry.all()) cells.models.emplace_back(m.descriptor.name);
  cells.active_models = context.active_models;
  const std::size_t species = context.root["species"].keys.size();
  const CellSymbolLayout layout{.species = species,
                                .columns = problem.columns.size(),
                                .cell_types = types.keys.size(),
                                .reservoirs = cells.reservoirs.size(),
                                .vesicle_classes = cells.held.size() - species};
  cells.state_symbol = layout.state();
  cells.first_held = layout.held(0);
  cells.first_gathered = layout.gathered(0);
  for (std::size_t i = 0; i < types.items.size(); ++i) {
    cells.own = static_cast<std::uint32_t>(i);
    problem.cell_types.push_back(CellTypeBuilder(context, types.items[i], types.keys[i], problem,
                                                 with_parameters(context, types.items[i], symbols), cells)
                                     .build());
  }
}

}  // namespace interstice
