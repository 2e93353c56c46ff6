#include "engine/cells/cell_exchange.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "engine/cells/cell_mechanics.h"
#include "engine/core/error.h"

namespace interstice {

namespace {

constexpr std::size_t kExchangeGrain = 128;  ///< cells, or voxels with cells, per block

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

/// Adds what cell c does to the amounts of its voxel.
void add_cell(const Cells& cells, std::size_t c, std::size_t voxel, const FieldSet& fields,
              const CellEnvironment& environment, const CellStep& transport, const CellSurroundings& around,
              std::span<double> values, double* amounts) {
  const CellRules& rules = *environment.rules;
  const std::size_t type_index = index(cells.type[c]), state_index = cells.state[c];
  const CellType& type = environment.types[type_index];
  const CellState& state = type.states[state_index];
  const CellExchangePlan& plan = rules.exchange_plan(type_index);
  const auto& [secretions, spills] = plan.states[state_index];
  if (!secretions.empty() || !plan.varying.empty()) {
    sense(cells, c, voxel, rules.for_secretion(type_index, state_index), fields, around, environment, transport.time,
          values);
    for (const auto& [column, enzyme] : plan.varying) amounts[column] += copies_of(type, type.enzymes[enzyme], values);
    for (std::size_t k = 0; k < secretions.size(); ++k)
      amounts[secretions[k]] += secretion_rate(type, state, k, values);
  }
  if (!spills.empty()) {
    const double share = spilling(cells, c, transport);
    for (std::size_t k = 0; k < spills.size(); ++k) amounts[spills[k]] += state.spills[k].amount * share;
  }
  for (const auto& [column, amount] : plan.steady) amounts[column] += amount;
}

}  // namespace

void add_cell_exchange(const Cells& cells, const FieldSet& fields, const CellEnvironment& environment,
                       const CellStep& transport, Exchange& exchange, CellScratch& scratch, const Threads& threads) {
  const CellRules& rules = *environment.rules;
  const std::size_t width = rules.exchange_quantities().size();
  exchange.quantities = rules.exchange_quantities();
  if (rules.secretion_reads_contacts()) scratch.around.look_around(cells, fields, environment, transport.time, threads);
  sort_by_voxel(cells, *environment.grid, exchange.voxels, scratch, threads);
  exchange.amounts.assign(exchange.voxels.size() * width, 0.0);
  threads.for_blocks(exchange.voxels.size(), kExchangeGrain, [&](std::size_t begin, std::size_t end) {
    std::vector<double> values(rules.layout().count(), 0.0);
    for (std::size_t place = begin; place < end; ++place)
      for (std::uint32_t k = scratch.first_cell[place]; k < scratch.first_cell[place + 1]; ++k)
        add_cell(cells, static_cast<std::uint32_t>(scratch.by_voxel[k]), exchange.voxels[place], fields, environment,
                 transport, scratch.around, values, exchange.amounts.data() + place * width);
  });
}

}  // namespace interstice
