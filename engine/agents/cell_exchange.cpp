#include "engine/agents/cell_exchange.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "engine/agents/cell_mechanics.h"
#include "engine/agents/cell_sense.h"
#include "engine/core/error.h"

namespace interstice {

namespace {

constexpr std::size_t kGrain = 128;  ///< cells per block

/// rates[c * most_secretions + k]: secretion k of the cell's state [molecules/s].
void evaluate_secretion(const Cells& cells, const FieldSet& fields, const CellEnvironment& environment, double now,
                        CellScratch& scratch, const Threads& threads) {
  const CellRules& rules = *environment.rules;
  const std::size_t width = rules.most_secretions();
  scratch.numbers.assign(cells.size() * width, 0.0);
  if (width == 0) return;
  if (rules.any_contacts())
    scratch.neighbours.rebuild(cells, environment.box, 2 * std::max(rules.largest_radius(), 0.5) + kContactGap);
  threads.for_blocks(cells.size(), kGrain, [&](std::size_t begin, std::size_t end) {
    std::vector<double> values(rules.layout().count(), 0.0);
    for (std::size_t c = begin; c < end; ++c) {
      const std::size_t type = index(cells.type[c]);
      const CellState& state = environment.types[type].states[cells.state[c]];
      if (state.secretions.empty()) continue;
      sense(cells, c, environment.grid->voxel_at(cells.position(c)), rules.for_secretion(type, cells.state[c]), fields,
            scratch.neighbours, environment, now, values);
      for (std::size_t k = 0; k < state.secretions.size(); ++k) {
        const double rate = state.secretions[k].rate(values);
        if (!std::isfinite(rate))
          throw NumericalError(fmt::format("\"{}\" gives {} (secretion of a {} that is {}) check what it is divided by",
                                           state.secretions[k].rate.text(), rate, environment.types[type].name,
                                           state.name));
        scratch.numbers[c * width + k] = std::max(0.0, rate);
      }
    }
  });
}

/// Share of the state's spill that falls into the step, per second of the step [1/s].
double spilling(const Cells& cells, std::size_t c, const CellStep& step) {
  const double since = cells.state_since[c], until = cells.state_until[c];
  const double overlap = std::min(step.time + step.dt, until) - std::max(step.time, since);
  return overlap > 0 && std::isfinite(until) ? overlap / (until - since) / step.dt : 0;
}

}  // namespace

void add_cell_exchange(const Cells& cells, const FieldSet& fields, const CellEnvironment& environment,
                       const CellStep& transport, Exchange& exchange, CellScratch& scratch, const Threads& threads) {
  const CellRules& rules = *environment.rules;
  const std::size_t width = rules.most_secretions();
  evaluate_secretion(cells, fields, environment, transport.time, scratch, threads);
  for (std::size_t c = 0; c < cells.size(); ++c) {
    const std::size_t type_index = index(cells.type[c]);
    const CellType& type = environment.types[type_index];
    const CellState& state = type.states[cells.state[c]];
    const std::size_t voxel = environment.grid->voxel_at(cells.position(c));
    for (std::size_t k = 0; k < state.secretions.size(); ++k)
      exchange.secretion[state.secretions[k].species][voxel] += scratch.numbers[c * width + k];
    if (!state.spills.empty()) {
      const double share = spilling(cells, c, transport);
      for (const Spill& spill : state.spills) exchange.secretion[spill.species][voxel] += spill.amount * share;
    }
    for (const Uptake& uptake : type.uptake) exchange.clearance[uptake.species][voxel] += uptake.clearance;
    for (const auto& [reaction, copies] : rules.enzymes(type_index))
      exchange.copies[SpeciesId{reaction}][voxel] += copies;
  }
}

}  // namespace interstice
