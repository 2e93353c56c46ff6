#include "engine/cells/cell_rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <type_traits>
#include <utility>

#include "engine/core/constants.h"
#include "engine/core/error.h"

namespace interstice {

namespace {

/// Volume of fluid that a copy of a surface enzyme clears at low concentrations [um^3/s].
double per_copy(const Reaction& reaction) {
  const MichaelisMenten& kinetics = reaction.michaelis_menten;
  return kinetics.kcat / kinetics.Km / kMoleculesPerUmCubedPerMicromolar;
}

bool acts_on(const SurfaceEnzyme& enzyme, const Reaction& reaction, SpeciesId substrate) {
  return enzyme.protein == reaction.enzyme && reaction.law == Reaction::Law::michaelis_menten &&
         reaction.michaelis_menten.substrate == substrate;
}

/// Collects what formulas read. With `gatherings`, those of the type, also what they choose by.
class Needs {
 public:
  explicit Needs(const CellSymbolLayout& layout, std::span<const Gathering> gatherings = {})
      : layout_(layout), gatherings_(gatherings) {}

  void add(const Expression& formula) {
    for (const std::size_t s : formula.symbols_used()) {
      if (s < layout_.species)
        needed_.species.push_back(static_cast<std::uint32_t>(s));
      else if (s < layout_.ev_bound())
        needed_.columns.push_back(static_cast<std::uint32_t>(s - layout_.species));
      else if (s == layout_.ev_bound())
        needed_.ev_bound = true;
      else if (s == layout_.ev_internal())
        needed_.ev_internal = true;
      else if (s == layout_.age_in_state())
        needed_.age_in_state = true;
      else if (s >= layout_.time() && s <= layout_.place(2))
        needed_.time_and_place = true;
      else if (s == layout_.state())
        continue;  // always known
      else if (s < layout_.held(0))
        needed_.contacts.push_back(static_cast<std::uint32_t>(s - layout_.contacts(0)));
      else if (s < layout_.gathered(0))
        needed_.held.push_back(static_cast<std::uint32_t>(s - layout_.held(0)));
      else if (s < layout_.count())
        add_gathered(s - layout_.gathered(0));
      else
        throw InputError(
            fmt::format("formula \"{}\" reads a name that has no value (symbol {}) compile it against the "
                        "symbols of this scenario",
                        formula.text(), s));
    }
  }
  /// What the cell itself does to the diffusing species among these. Its secretions may read more of them.
  void add_own_fields(const CellType& type, const CellState& state, std::span<const std::vector<double>> diffusivity,
                      const Chemistry& chemistry) {
    const auto reads = [this](SpeciesId s) {
      return std::ranges::find(needed_.species, static_cast<std::uint32_t>(index(s))) != needed_.species.end();
    };
    if (std::ranges::any_of(state.secretions, [&](const Secretion& s) { return reads(s.species); }))
      for (const Secretion& s : state.secretions) add(s.rate);
    for (std::uint32_t s = 0; s < diffusivity.size(); ++s) {
      if (diffusivity[s].empty() || !reads(SpeciesId{s})) continue;
      OwnField own{.species = s, .uptake = 0, .enzymes = 0, .secretions = {}};
      for (const Uptake& uptake : type.uptake)
        if (uptake.species == SpeciesId{s}) own.uptake += uptake.clearance;
      for (const Secretion& secretion : state.secretions)
        if (secretion.species == SpeciesId{s}) own.secretions.push_back(&secretion.rate);
      for (const Reaction& reaction : chemistry.reactions)
        for (const SurfaceEnzyme& enzyme : type.enzymes)
          if (acts_on(enzyme, reaction, SpeciesId{s})) own.enzymes += enzyme.copies * per_copy(reaction);
      if (own.uptake + own.enzymes > 0 || !own.secretions.empty()) needed_.own.push_back(std::move(own));
    }
  }
  [[nodiscard]] NeededSymbols result() {
    for (auto* list : {&needed_.species, &needed_.columns, &needed_.contacts, &needed_.held, &needed_.gathered}) {
      std::sort(list->begin(), list->end());
      list->erase(std::unique(list->begin(), list->end()), list->end());
    }
    return needed_;
  }

 private:
  void add_gathered(std::size_t k) {
    needed_.gathered.push_back(static_cast<std::uint32_t>(k));
    if (k < gatherings_.size()) add(gatherings_[k].own);
  }

  CellSymbolLayout layout_;
  std::span<const Gathering> gatherings_;
  NeededSymbols needed_;
};

void check_states(const CellType& type) {
  if (type.states.empty() || type.initial_state >= type.states.size())
    throw InputError(
        fmt::format("cell type {} has no state to begin in (a cell is always in a state) give it states "
                    "and one of them as initial_state",
                    type.name));
  for (const CellState& state : type.states) {
    const bool lasts =
        state.duration && (state.duration->kind != Distribution::Kind::constant || state.duration->a > 0);
    if (!state.spills.empty() && !lasts)
      throw InputError(
          fmt::format("state {} of {} spills but has no duration (contents leave evenly while it lasts) "
                      "give it one, for example 60 s",
                      state.name, type.name));
    if (state.transitions.size() > CellRules::kMaxTransitions)
      throw InputError(fmt::format("state {} of {} has {} transitions (at most {}) split it", state.name, type.name,
                                   state.transitions.size(), CellRules::kMaxTransitions));
    if (state.duration && state.then >= type.states.size())
      throw InputError(fmt::format("state {} of {} ends into a state that does not exist", state.name, type.name));
  }
}

void check(const CellType& type) {
  check_states(type);
  if (type.columns.size() > CellRules::kMaxColumns)
    throw InputError(fmt::format("cell type {} drives {} columns (at most {}) split it", type.name, type.columns.size(),
                                 CellRules::kMaxColumns));
  if (!type.motility.speed.empty() && !(type.motility.persistence > 0))
    throw InputError(fmt::format("persistence of {} is {} s (a walk needs a positive one) give for example 2 min",
                                 type.name, type.motility.persistence));
  if (!(type.radius > 0))
    throw InputError(fmt::format("radius of {} is {} um (it must be positive)", type.name, type.radius));
}

/// Types that cells have at the start or may come to have. The others must not matter, not even for how neighbours are
/// looked for: that decides the order in which their pushes are added.
std::vector<char> occurring(std::span<const CellType> types, std::span<const CellPlacement> placements) {
  std::vector<char> occurs(types.size(), placements.empty() ? 1 : 0);
  std::vector<std::size_t> next;
  const auto add = [&](CellTypeId type) {
    if (std::exchange(occurs[index(type)], 1) == 0) next.push_back(index(type));
  };
  for (const CellPlacement& placement : placements)
    if (placement.count > 0) add(placement.type);
  while (!next.empty()) {
    const CellType& type = types[next.back()];
    next.pop_back();
    for (const CellState& state : type.states) {
      if (state.becomes) add(*state.becomes);
      for (const Recruitment& recruitment : state.recruits) add(recruitment.type);
    }
  }
  return occurs;
}

template <class... Conditions>
bool holds_any_of(const FaceCondition& face) {
  return (std::holds_alternative<Conditions>(face) || ...);
}

/// Is the first reactant, on which an enzyme acts, one that diffuses?
bool substrate_diffuses(const Reaction& reaction, std::span<const Species> species) {
  return !reaction.reactants.empty() && species[index(reaction.reactants.front().species)].diffuses_everywhere();
}

/// See CellRules::mirrored.
double mirrored_in(const FaceCondition& wall) {
  if (holds_any_of<FixedValue>(wall)) return -1;
  if (const auto* to = std::get_if<ToReservoir>(&wall)) return std::isinf(to->permeability) ? -1 : 0;
  return holds_any_of<Permeable>(wall) ? 0 : 1;
}

}  // namespace

CellRules::CellRules(std::span<const CellType> types, std::span<const Species> species,
                     std::span<const ColumnSpec> columns, const Chemistry& chemistry, std::size_t reservoirs,
                     std::size_t vesicle_classes, std::span<const CellPlacement> placements,
                     std::span<const double> clearance_Km)
    : layout_{.species = species.size(),
              .columns = columns.size(),
              .cell_types = types.size(),
              .reservoirs = reservoirs,
              .vesicle_classes = vesicle_classes} {
  for (const Species& s : species) {
    auto& faces = open_.emplace_back();
    for (std::size_t f = 0; f < faces.size(); ++f)
      faces[f] = holds_any_of<FixedValue, Permeable, ToReservoir>(s.faces[f]);
    auto& mirrored = mirrored_.emplace_back();
    std::ranges::transform(s.faces, mirrored.begin(), mirrored_in);
    held_.push_back(s.held);
    diffusivity_.push_back(s.diffuses_everywhere() ? s.diffusivity : std::vector<double>());
    any_spreads_ = any_spreads_ || s.diffuses_everywhere();
  }
  clearance_Km_.assign(clearance_Km.begin(), clearance_Km.end());
  clearance_Km_.resize(species.size(), 0.0);
  for (const Reaction& r : chemistry.reactions) substrate_spreads_.push_back(substrate_diffuses(r, species));
  for (const CellType& type : types) layout_.gatherings = std::max(layout_.gatherings, type.gatherings.size());
  for (const CellType& type : types) {
    check(type);
    resolve_offers(type);
    resolve_type(type, chemistry);
    plan_exchange(type, chemistry);
    any_mobile_ = any_mobile_ || type.mobile;
  }
  const std::vector<char> occurs = occurring(types, placements);
  for (std::size_t t = 0; t < types.size(); ++t)
    if (occurs[t] != 0) largest_radius_ = std::max(largest_radius_, types[t].radius);
  for (const CellPlacement& placement : placements)
    for (const double radius : placement.given.radius) largest_radius_ = std::max(largest_radius_, radius);
}

void CellRules::resolve_offers(const CellType& type) {
  first_offer_.push_back(offers_.size());
  for (const Gathering& gathering : type.gatherings) {
    Needs offering(layout_), asking(layout_);
    offering.add(gathering.offer);
    offering.add(gathering.theirs);
    asking.add(gathering.own);
    offers_.push_back({&gathering, offering.result()});
    if (!offers_.back().needed.contacts.empty())
      throw InputError(
          fmt::format("\"{}\" counts contacts for cells that {} gathers from (only own numbers can be offered) give "
                      "those cells a column for it",
                      gathering.offer.text(), type.name));
    if (!asking.result().contacts.empty())
      throw InputError(
          fmt::format("\"{}\" of {} counts contacts to choose cells by (they are counted at the same time) give it a "
                      "column for it",
                      gathering.own.text(), type.name));
  }
}

void CellRules::resolve_type(const CellType& type, const Chemistry& chemistry) {
  auto& update = update_.emplace_back();
  auto& secretion = secretion_.emplace_back();
  for (const CellState& state : type.states) {
    Needs deciding(layout_, type.gatherings), secreting(layout_, type.gatherings);
    for (const ColumnDynamics& column : type.columns) {
      deciding.add(column.gain);
      deciding.add(column.loss);
    }
    for (const Transition& transition : state.transitions) {
      deciding.add(transition.hazard);
      deciding.add(transition.when);
    }
    for (const Recruitment& recruitment : state.recruits) {
      deciding.add(recruitment.rate);
      for (const BroughtAlong& brought : recruitment.bring) deciding.add(brought.value);
    }
    deciding.add(type.motility.speed);
    deciding.add(type.motility.gain);
    for (const Secretion& s : state.secretions) secreting.add(s.rate);
    for (const SurfaceEnzyme& enzyme : type.enzymes) secreting.add(enzyme.formula);
    for (Needs* needs : {&deciding, &secreting}) needs->add_own_fields(type, state, diffusivity_, chemistry);
    update.push_back(deciding.result());
    secretion.push_back(secreting.result());
    const auto meets = [](const NeededSymbols& n) { return !n.contacts.empty() || !n.gathered.empty(); };
    secretion_reads_contacts_ = secretion_reads_contacts_ || meets(secretion.back());
    any_contacts_ = any_contacts_ || secretion_reads_contacts_ || meets(update.back());
  }
  Needs reading(layout_, type.gatherings);
  for (const Reporter& reporter : type.reporters) reading.add(reporter.value);
  reporters_.push_back(reading.result());
  any_contacts_ = any_contacts_ || !reporters_.back().contacts.empty() || !reporters_.back().gathered.empty();
  most_reporters_ = std::max(most_reporters_, type.reporters.size());
}

std::uint32_t CellRules::exchange_column(Exchange::Kind kind, std::uint32_t of) {
  const Exchange::Quantity wanted{kind, of};
  const auto known = std::find(exchange_quantities_.begin(), exchange_quantities_.end(), wanted);
  const auto column = static_cast<std::uint32_t>(known - exchange_quantities_.begin());
  if (known != exchange_quantities_.end()) return column;
  exchange_quantities_.push_back(wanted);
  spreads_quantity_.push_back(kind == Exchange::Kind::copies ? substrate_spreads_[of] : spreads(of));
  return column;
}

void CellRules::add_near_enzyme(CellExchangePlan& plan, const Reaction& reaction, std::uint32_t copies) const {
  if (reaction.law != Reaction::Law::michaelis_menten) return;
  const auto substrate = static_cast<std::uint32_t>(index(reaction.michaelis_menten.substrate));
  if (!spreads(substrate)) return;
  auto near = std::ranges::find(plan.near, substrate, &CellExchangePlan::NearSpecies::species);
  if (near == plan.near.end()) near = plan.near.insert(near, {.species = substrate});
  near->enzymes.push_back({copies, per_copy(reaction)});
}

void CellRules::plan_exchange(const CellType& type, const Chemistry& chemistry) {
  using Kind = Exchange::Kind;
  CellExchangePlan& plan = exchange_plans_.emplace_back();
  for (const Uptake& uptake : type.uptake) {
    const auto s = static_cast<std::uint32_t>(index(uptake.species));
    const std::uint32_t clearance = exchange_column(Kind::clearance, s);
    plan.steady.push_back({clearance, uptake.clearance});
    if (!spreads(s) || uptake.clearance == 0) continue;
    CellExchangePlan::NearSpecies& near = plan.near.emplace_back();
    near.species = s;
    near.uptake = uptake.clearance;
    near.clearance = clearance;
    if (clearance_Km_[s] > 0) {
      near.capacity = exchange_column(Kind::capacity, s);
      plan.steady.push_back({*near.capacity, uptake.clearance * clearance_Km_[s]});
    }
    for (const CellState& state : type.states)
      if (std::ranges::any_of(state.secretions, [&](const Secretion& one) { return one.species == uptake.species; }) ||
          std::ranges::any_of(state.spills, [&](const Spill& one) { return one.species == uptake.species; }))
        near.secretion = exchange_column(Kind::secretion, s);
  }
  for (std::uint32_t r = 0; r < chemistry.reactions.size(); ++r)
    for (std::uint32_t e = 0; e < type.enzymes.size(); ++e) {
      const SurfaceEnzyme& enzyme = type.enzymes[e];
      if (enzyme.protein != chemistry.reactions[r].enzyme) continue;
      add_near_enzyme(plan, chemistry.reactions[r], exchange_column(Kind::copies, r));
      if (!enzyme.formula.empty())
        plan.varying.push_back({exchange_column(Kind::copies, r), e});
      else if (enzyme.copies > 0)
        plan.steady.push_back({exchange_column(Kind::copies, r), enzyme.copies});
    }
  for (const CellState& state : type.states) {
    auto& [secretions, spills] = plan.states.emplace_back();
    for (const Secretion& s : state.secretions)
      secretions.push_back(exchange_column(Kind::secretion, index(s.species)));
    for (const Spill& s : state.spills) spills.push_back(exchange_column(Kind::secretion, index(s.species)));
  }
}

}  // namespace interstice
