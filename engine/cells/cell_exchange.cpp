#include "engine/cells/cell_exchange.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "engine/cells/cell_mechanics.h"
#include "engine/core/constants.h"
#include "engine/core/error.h"

namespace interstice {

namespace {

constexpr std::size_t kExchangeGrain = 128;  ///< cells, or voxels that meet any, per block

/// Share of the state's spill that falls into the step, per second of the step [1/s].
double spilling(const Cells& cells, std::size_t c, const CellStep& step) {
  const double since = cells.state_since[c], until = cells.state_until[c];
  const double overlap = std::min(step.time + step.dt, until) - std::max(step.time, since);
  return overlap > 0 && std::isfinite(until) ? overlap / (until - since) / step.dt : 0;
}

/// Secretion k of a cell's state [molecules/s].
double secretion_rate(const CellType& type, const CellState& state, std::size_t k, std::span<const double> values) {
  const double rate = state.secretions[k].rate(values);
  if (!std::isfinite(rate))
    throw NumericalError(fmt::format("\"{}\" gives {} (secretion of a {} that is {}) check what it is divided by",
                                     state.secretions[k].rate.text(), rate, type.name, state.name));
  return std::max(0.0, rate);
}

/// Copies of a surface enzyme whose number is a formula.
double copies_of(const CellType& type, const SurfaceEnzyme& enzyme, std::span<const double> values) {
  const double copies = enzyme.formula(values);
  if (!std::isfinite(copies))
    throw NumericalError(fmt::format("\"{}\" gives {} (copies of {} of a {}) check what it is divided by",
                                     enzyme.formula.text(), copies, enzyme.protein, type.name));
  return std::max(0.0, copies);
}

/// The cell at work: what it senses and what it gives.
struct Giver {
  const Cells& cells;
  const FieldSet& fields;
  const CellEnvironment& environment;
  const CellSurroundings& around;
  const CellStep& step;
  std::vector<double> values;

  void sense_in(std::size_t c, std::size_t voxel, std::size_t state, std::optional<StateMoment> as = {}) {
    sense(cells, c, voxel, environment.rules->for_secretion(index(cells.type[c]), state), fields, around, environment,
          step.time, values, as);
  }
};

/// Adds what a cell gave while it was in a state to its amounts per second of the step.
void add_stretch(Giver& giver, const Stretch& done, std::size_t voxel, double* amounts) {
  const std::size_t type_index = index(giver.cells.type[done.cell]);
  const CellRules& rules = *giver.environment.rules;
  const CellType& type = giver.environment.types[type_index];
  const CellState& state = type.states[done.state];
  const auto& [secretions, spills] = rules.exchange_plan(type_index).states[done.state];
  if (!secretions.empty() && done.to > done.from) {
    giver.sense_in(done.cell, voxel, done.state, StateMoment{done.state, done.from - done.since});
    for (std::size_t k = 0; k < secretions.size(); ++k)
      amounts[secretions[k]] += secretion_rate(type, state, k, giver.values) * ((done.to - done.from) / giver.step.dt);
  }
  for (std::size_t k = 0; k < spills.size(); ++k)
    amounts[spills[k]] += state.spills[k].amount * done.spilt / giver.step.dt;
}

/// What the fluid does not see of what a cell takes and gives, since the cell stands in a field of its own
/// (cell_footprint.h). Returns, per species, what it secretes and takes up at once.
void see_near_field(const Giver& giver, std::size_t c, std::size_t voxel, const LeftResistance& resistance,
                    double* amounts, std::span<double> taken_at_once) {
  const CellEnvironment& environment = giver.environment;
  const CellExchangePlan& plan = environment.rules->exchange_plan(index(giver.cells.type[c]));
  if (plan.near.empty()) return;
  const std::size_t region = environment.regions->of_voxel[voxel];
  for (const auto& near : plan.near) {
    const double resistance_here = left_for(near.species, region, resistance, environment);
    double enzymes = 0;
    for (const auto& enzyme : near.enzymes) enzymes += amounts[enzyme.copies] * enzyme.per_copy;
    const double share = 1 / (1 + (near.uptake + enzymes) * resistance_here);
    for (const auto& enzyme : near.enzymes) amounts[enzyme.copies] *= share;
    if (!near.clearance) continue;
    amounts[*near.clearance] *= share;
    if (!near.secretion) continue;
    const double Km = environment.rules->clearance_Km(near.species);
    const double secreted = amounts[*near.secretion] / kMoleculesPerUmCubedPerMicromolar;
    const double beside_enzymes = resistance_here / (1 + enzymes * resistance_here);
    const double own = at_surface(0, beside_enzymes, secreted, near.uptake, Km);
    const double at_once = std::min(secreted, near.uptake * own / (Km > 0 ? 1 + own / Km : 1));
    amounts[*near.secretion] -= at_once * kMoleculesPerUmCubedPerMicromolar;
    taken_at_once[near.species] += at_once * kMoleculesPerUmCubedPerMicromolar;
    if (near.capacity) amounts[*near.capacity] = std::max(0.0, amounts[*near.capacity] - at_once);
  }
}

/// Sets what cell c gives and takes per second, all voxels together.
void set_given(Giver& giver, std::size_t c, std::size_t voxel, std::span<const Stretch> stretches, double* amounts) {
  const std::size_t type_index = index(giver.cells.type[c]), state_index = giver.cells.state[c];
  const CellType& type = giver.environment.types[type_index];
  const CellState& state = type.states[state_index];
  const CellExchangePlan& plan = giver.environment.rules->exchange_plan(type_index);
  const auto& [secretions, spills] = plan.states[state_index];
  const bool stayed = stretches.empty();
  if ((stayed && !secretions.empty()) || !plan.varying.empty()) {
    giver.sense_in(c, voxel, state_index);
    for (const auto& [column, enzyme] : plan.varying)
      amounts[column] += copies_of(type, type.enzymes[enzyme], giver.values);
    for (std::size_t k = 0; stayed && k < secretions.size(); ++k)
      amounts[secretions[k]] += secretion_rate(type, state, k, giver.values);
  }
  if (stayed && !spills.empty()) {
    const double share = spilling(giver.cells, c, giver.step);
    for (std::size_t k = 0; k < spills.size(); ++k) amounts[spills[k]] += state.spills[k].amount * share;
  }
  for (const Stretch& done : stretches) add_stretch(giver, done, voxel, amounts);
  for (const auto& [column, amount] : plan.steady) amounts[column] += amount;
}

/// Every cell's amounts, and what they secrete and take up at once.
void find_given(const Cells& cells, const FieldSet& fields, const CellEnvironment& environment,
                const CellStep& transport, CellScratch& scratch, std::vector<double>& taken_at_once,
                const Threads& threads) {
  const CellRules& rules = *environment.rules;
  const std::size_t width = rules.exchange_quantities().size(), species = fields.species_count();
  const std::size_t blocks = (cells.size() + kExchangeGrain - 1) / kExchangeGrain;
  scratch.given.assign(cells.size() * width, 0.0);
  std::vector<double> at_once(blocks * species, 0.0);
  threads.for_blocks(cells.size(), kExchangeGrain, [&](std::size_t begin, std::size_t end) {
    Giver giver{cells, fields, environment, scratch.around, transport, std::vector(rules.layout().count(), 0.0)};
    const auto own = std::span(at_once).subspan(begin / kExchangeGrain * species, species);
    for (std::size_t c = begin; c < end; ++c) {
      const std::size_t voxel = environment.grid->voxel_at(cells.position(c));
      double* amounts = scratch.given.data() + c * width;
      set_given(giver, c, voxel, scratch.stretches.of(c), amounts);
      see_near_field(giver, c, voxel, scratch.spread.left(c), amounts, own);
    }
  });
  taken_at_once.assign(species, 0.0);
  for (std::size_t k = 0; k < at_once.size(); ++k) taken_at_once[k % species] += at_once[k];
  scratch.any_given.assign(width, 0);
  for (std::size_t first = 0; first < scratch.given.size(); first += width)
    for (std::size_t q = 0; q < width; ++q) scratch.any_given[q] |= scratch.given[first + q] != 0 ? 1 : 0;
}

}  // namespace

void add_cell_exchange(const Cells& cells, const FieldSet& fields, const CellEnvironment& environment,
                       const CellStep& transport, Exchange& exchange, CellScratch& scratch, const Threads& threads) {
  const CellRules& rules = *environment.rules;
  exchange.quantities = rules.exchange_quantities();
  exchange.spread = rules.spreads_quantity();
  if (rules.secretion_reads_contacts() && !scratch.stretches.any())  // follow_cells has looked before any changed
    scratch.around.look_around(cells, fields, environment, transport.time, threads);
  scratch.spread.find(cells, environment, threads);
  find_given(cells, fields, environment, transport, scratch, exchange.taken_at_once, threads);
  scratch.spread.lend(exchange);
  exchange.given = scratch.given;
  exchange.any_given = scratch.any_given;
}

void release_late(const Cells& cells, std::span<const Stretch> stretches, const FieldSet& fields,
                  const CellEnvironment& environment, const CellStep& step, CellScratch& scratch) {
  const auto& quantities = environment.rules->exchange_quantities();
  const CellStep now{step.step, step.time + step.dt, 1};  // so that amounts per second are amounts
  Giver giver{cells, fields, environment, scratch.around, now, std::vector(environment.rules->layout().count(), 0.0)};
  std::vector<double> amounts(quantities.size());
  for (const Stretch& done : stretches) {
    std::ranges::fill(amounts, 0.0);
    const std::size_t voxel = environment.grid->voxel_at(cells.position(done.cell));
    add_stretch(giver, done, voxel, amounts.data());
    const Footprint place(cells.position(done.cell), cells.radius[done.cell], *environment.grid, environment.box);
    for (std::size_t q = 0; q < quantities.size(); ++q) {
      if (amounts[q] <= 0) continue;
      const auto release = [&](std::size_t where, double weight) {
        scratch.late.push_back({static_cast<std::uint32_t>(where), SpeciesId{quantities[q].of}, weight * amounts[q]});
      };
      if (environment.rules->spreads_quantity()[q] != 0)
        place.for_each(release);
      else
        release(voxel, 1);
    }
  }
}

}  // namespace interstice
