#include "engine/cells/cell_exchange.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "engine/cells/cell_mechanics.h"
#include "engine/core/error.h"

namespace interstice {

namespace {

constexpr std::size_t kExchangeGrain = 128;  ///< voxels with cells per block

/// Sorts the cells by voxel, in storage order within one, and lists the voxels that have any.
void sort_by_voxel(const Cells& cells, const Grid& grid, std::vector<std::uint32_t>& voxels, CellScratch& scratch,
                   const Threads& threads) {
  auto& order = scratch.by_voxel;
  // The order of the last call is nearly right: few cells change their voxel in a step.
  if (order.size() != cells.size()) {
    order.resize(cells.size());
    for (std::size_t c = 0; c < order.size(); ++c) order[c] = c;
  }
  threads.for_blocks(order.size(), 8 * kExchangeGrain, [&](std::size_t begin, std::size_t end) {
    for (std::size_t k = begin; k < end; ++k) {
      const std::uint32_t c = static_cast<std::uint32_t>(order[k]);
      order[k] = static_cast<std::uint64_t>(grid.voxel_at(cells.position(c))) << 32 | c;
    }
  });
  if (!std::is_sorted(order.begin(), order.end())) std::sort(order.begin(), order.end());
  voxels.clear();
  scratch.first_cell.clear();
  for (std::size_t k = 0; k < order.size(); ++k) {
    const auto voxel = static_cast<std::uint32_t>(order[k] >> 32);
    if (k > 0 && voxel == voxels.back()) continue;
    voxels.push_back(voxel);
    scratch.first_cell.push_back(static_cast<std::uint32_t>(k));
  }
  scratch.first_cell.push_back(static_cast<std::uint32_t>(order.size()));
}

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

  void sense_in(std::size_t c, std::size_t voxel, std::size_t state) {
    sense(cells, c, voxel, environment.rules->for_secretion(index(cells.type[c]), state), fields, around, environment,
          step.time, values);
  }
};

/// Adds what a cell gave while it was in a state to amounts per second of the step.
void add_stretch(Giver& giver, const Stretch& done, std::size_t voxel, double* amounts) {
  const std::size_t type_index = index(giver.cells.type[done.cell]);
  const CellRules& rules = *giver.environment.rules;
  const CellType& type = giver.environment.types[type_index];
  const CellState& state = type.states[done.state];
  const auto& [secretions, spills] = rules.exchange_plan(type_index).states[done.state];
  if (!secretions.empty() && done.to > done.from) {
    giver.sense_in(done.cell, voxel, done.state);
    giver.values[rules.layout().age_in_state()] = done.from - done.since;
    giver.values[rules.layout().state()] = done.state;
    for (std::size_t k = 0; k < secretions.size(); ++k)
      amounts[secretions[k]] += secretion_rate(type, state, k, giver.values) * ((done.to - done.from) / giver.step.dt);
  }
  for (std::size_t k = 0; k < spills.size(); ++k)
    amounts[spills[k]] += state.spills[k].amount * done.spilt / giver.step.dt;
}

/// Adds what cell c does to the amounts of its voxel.
void add_cell(Giver& giver, std::size_t c, std::size_t voxel, std::span<const Stretch> stretches, double* amounts) {
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

}  // namespace

void add_cell_exchange(const Cells& cells, const FieldSet& fields, const CellEnvironment& environment,
                       const CellStep& transport, Exchange& exchange, CellScratch& scratch, const Threads& threads) {
  const CellRules& rules = *environment.rules;
  const std::size_t width = rules.exchange_quantities().size();
  exchange.quantities = rules.exchange_quantities();
  if (rules.secretion_reads_contacts() && !scratch.stretches.any())  // follow_cells has looked before any changed
    scratch.around.look_around(cells, fields, environment, transport.time, threads);
  sort_by_voxel(cells, *environment.grid, exchange.voxels, scratch, threads);
  exchange.amounts.assign(exchange.voxels.size() * width, 0.0);
  threads.for_blocks(exchange.voxels.size(), kExchangeGrain, [&](std::size_t begin, std::size_t end) {
    Giver giver{cells, fields, environment, scratch.around, transport, std::vector(rules.layout().count(), 0.0)};
    for (std::size_t place = begin; place < end; ++place)
      for (std::uint32_t k = scratch.first_cell[place]; k < scratch.first_cell[place + 1]; ++k) {
        const auto c = static_cast<std::uint32_t>(scratch.by_voxel[k]);
        add_cell(giver, c, exchange.voxels[place], scratch.stretches.of(c), exchange.amounts.data() + place * width);
      }
  });
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
    for (std::size_t q = 0; q < quantities.size(); ++q)
      if (amounts[q] > 0)
        scratch.late.push_back({static_cast<std::uint32_t>(voxel), SpeciesId{quantities[q].of}, amounts[q]});
  }
}

}  // namespace interstice
