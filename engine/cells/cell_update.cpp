#include "engine/cells/cell_update.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "engine/cells/cell_exchange.h"
#include "engine/cells/cell_mechanics.h"
#include "engine/cells/cell_motility.h"
#include "engine/cells/cell_states.h"
#include "engine/core/error.h"
#include "engine/core/name_key.h"
#include "engine/core/pinned_math.h"

namespace interstice {

namespace {

constexpr std::size_t kLookAhead = 8;  ///< cells stand anywhere in the fields: these are fetched so far ahead

/// Asks for what cell c will read of the fields. Inlined, because GCC takes a call that only prefetches for one without
/// effect and drops it.
[[gnu::always_inline]] inline void fetch_fields(const Cells& cells, std::size_t c, const FieldSet& fields,
                                                const CellEnvironment& environment) {
  const Grid& grid = *environment.grid;
  const std::size_t type = index(cells.type[c]), voxel = grid.voxel_at(cells.position(c)), voxels = grid.voxel_count();
  for (const std::uint32_t s : environment.rules->for_update(type, cells.state[c]).species)
    __builtin_prefetch(&fields[SpeciesId{s}][voxel]);
  const std::size_t row = static_cast<std::size_t>(grid.nx), plane = row * grid.ny;
  for (const ChemotacticSignal& signal : environment.types[type].motility.signals)
    for (const std::size_t away : {row, plane})
      for (const std::size_t near : {voxel + away, voxel - away})
        if (near < voxels) __builtin_prefetch(&fields[signal.species][near]);
}

/// What the cells need to see: all of it, or only who is near, or nothing.
void look_around(const Cells& cells, const FieldSet& fields, const CellEnvironment& environment, double now,
                 CellSurroundings& around, const Threads& threads) {
  if (environment.rules->any_contacts())
    around.look_around(cells, fields, environment, now, threads);
  else if (environment.rules->any_mobile())
    around.find_neighbours(cells, environment);
}

/// x(t + dt) for x' = gain - loss x with gain and loss held.
double relaxed(double x, double gain, double loss, double dt) {
  const double exponent = loss * dt;
  const double held = exponent == 0 ? dt : -pinned::expm1(-exponent) / loss;
  return x + (gain - loss * x) * held;
}

/// All columns from the values at the start of the step; the new ones then stand in `values` for the decision.
void advance_columns(Cells& cells, std::size_t c, const CellType& type, const CellSymbolLayout& layout, double dt,
                     std::span<double> values) {
  std::array<double, CellRules::kMaxColumns> advanced;
  for (std::size_t k = 0; k < type.columns.size(); ++k) {
    const ColumnDynamics& column = type.columns[k];
    advanced[k] = relaxed(cells.columns[index(column.column)][c], column.gain(values), column.loss(values), dt);
    if (!std::isfinite(advanced[k]))
      throw NumericalError(
          fmt::format("a column of a {} becomes {} (gain \"{}\", loss \"{}\") check what it is divided by", type.name,
                      advanced[k], column.gain.text(), column.loss.text()));
  }
  for (std::size_t k = 0; k < type.columns.size(); ++k) {
    const std::size_t column = index(type.columns[k].column);
    cells.columns[column][c] = advanced[k];
    values[layout.column(column)] = advanced[k];
  }
}

/// How many newcomers the state of cell c has drawn in over the step.
void recruit(const Cells& cells, std::size_t c, const CellType& type, std::span<const double> values,
             const CellEnvironment& environment, const CellStep& step, std::vector<Arrival>& arrivals) {
  for (const Recruitment& recruitment : type.states[cells.state[c]].recruits) {
    const double mean = recruitment.rate(values) * step.dt;
    if (!std::isfinite(mean))
      throw NumericalError(fmt::format("\"{}\" recruits {} cells in {} s beside a {}; check what it is divided by",
                                       recruitment.rate.text(), mean, step.dt, type.name));
    if (!(mean > 0)) continue;
    const AgentId key = child_id(cells.id[c], name_key(environment.types[index(recruitment.type)].name));
    const auto number = environment.noise.poisson(mean, Stream::cell_recruitment, key, step.step);
    if (number == 0) continue;
    Arrival arrival{static_cast<std::uint32_t>(c), recruitment.type, number};
    for (const auto& [column, formula] : recruitment.bring) {
      arrival.bring.emplace_back(column, formula(values));
      if (!std::isfinite(arrival.bring.back().second))
        throw NumericalError(
            fmt::format("newcomers beside a {} bring \"{}\" along, which is {}; check what it is "
                        "divided by",
                        type.name, formula.text(), arrival.bring.back().second));
    }
    arrivals.push_back(std::move(arrival));
  }
}

/// Share of what the state of the cell spills that is left and leaves with it.
double unspilt(const Cells& cells, std::size_t c, double now, const CellEnvironment& environment) {
  const double since = cells.state_since[c], until = cells.state_until[c];
  const CellState& state = environment.types[index(cells.type[c])].states[cells.state[c]];
  return state.spills.empty() || state.loses_rest || !(until > since) ? 0 : (until - now) / (until - since);
}

/// A condition that holds acts now; else the cell decides when it leaves. One that is about to divide, or to become
/// another, decides when it has.
void look_ahead(Cells& cells, std::size_t c, std::span<const double> values, std::size_t voxel,
                const CellEnvironment& environment, const CellStep& coming, std::uint8_t& fate,
                std::vector<Stretch>& cut_short) {
  if (cells.leaves_to[c] == kUndecided) return;
  if (const Transition* due = due_transition(cells, c, values, environment)) {
    if (const double rest = unspilt(cells, c, coming.time, environment); rest > 0)
      cut_short.push_back(
          {static_cast<std::uint32_t>(c), cells.state[c], coming.time, coming.time, cells.state_since[c], rest});
    change_state(cells, c, due->target, due->divides, coming.time, environment, fate);
  } else {
    decide_leaving(cells, c, values, voxel, environment, coming.time, coming.step);
  }
}

/// Velocity for the coming step.
Vec3 steer(Cells& cells, std::size_t c, const FieldSet& fields, std::span<const double> values,
           const CellList& neighbours, const CellEnvironment& environment, const CellStep& step) {
  const CellType& type = environment.types[index(cells.type[c])];
  Vec3 velocity = separating_velocity(cells, c, neighbours, environment, step.dt);
  velocity.z -= type.motility.settling;
  const double speed = type.motility.speed(values);
  if (!(speed > 0)) return velocity;
  const double gain = type.motility.gain.empty() ? 1 : type.motility.gain(values);
  const ChemotacticBias bias =
      type.motility.max_bias > 0 ? chemotactic_bias(type, cells.radius[c], cells.position(c), gain, fields, environment)
                                 : ChemotacticBias{};
  Vec3 heading{cells.heading_x[c], cells.heading_y[c], cells.heading_z[c]};
  velocity += speed * walk(heading, cells.id[c], type.motility.persistence, bias, environment, step);
  cells.heading_x[c] = heading.x;
  cells.heading_y[c] = heading.y;
  cells.heading_z[c] = heading.z;
  return velocity;
}

void set_velocity(Cells& cells, std::size_t c, Vec3 velocity) {
  cells.vx[c] = velocity.x;
  cells.vy[c] = velocity.y;
  cells.vz[c] = velocity.z;
}

}  // namespace

void update_cells(Cells& cells, const FieldSet& fields, const CellEnvironment& environment, const CellStep& past,
                  double coming_dt, std::span<const double> drift, std::span<std::uint8_t> fate, CellScratch& scratch,
                  const Threads& threads) {
  const CellRules& rules = *environment.rules;
  const CellStep coming{past.step + 1, past.time + past.dt, coming_dt};
  look_around(cells, fields, environment, coming.time, scratch.around, threads);
  scratch.arrivals.resize((cells.size() + kCellGrain - 1) / kCellGrain);
  scratch.cut_short.resize(scratch.arrivals.size());
  threads.for_blocks(cells.size(), kCellGrain, [&](std::size_t begin, std::size_t end) {
    std::vector<double> values(rules.layout().count(), 0.0);
    auto& arrivals = scratch.arrivals[begin / kCellGrain];
    auto& cut_short = scratch.cut_short[begin / kCellGrain];
    arrivals.clear();
    cut_short.clear();
    for (std::size_t c = begin; c < end; ++c) {
      if (c + kLookAhead < end) fetch_fields(cells, c + kLookAhead, fields, environment);
      const std::size_t type_index = index(cells.type[c]);
      const CellType& type = environment.types[type_index];
      const std::size_t voxel = environment.grid->voxel_at(cells.position(c));
      sense(cells, c, voxel, rules.for_update(type_index, cells.state[c]), fields, scratch.around, environment,
            coming.time, values);
      advance_columns(cells, c, type, rules.layout(), past.dt, values);
      recruit(cells, c, type, values, environment, past, arrivals);
      look_ahead(cells, c, values, voxel, environment, coming, fate[c], cut_short);
      Vec3 velocity;
      if (type.mobile) {
        velocity = steer(cells, c, fields, values, scratch.around.list, environment, coming);
        if (!drift.empty()) velocity += Vec3{drift[3 * c], drift[3 * c + 1], drift[3 * c + 2]};
      }
      set_velocity(cells, c, velocity);
    }
  });
  for (const auto& block : scratch.cut_short) release_late(cells, block, fields, environment, past, scratch);
}

void steer_cells(Cells& cells, const FieldSet& fields, const CellEnvironment& environment, const CellStep& coming,
                 CellScratch& scratch, const Threads& threads) {
  const CellRules& rules = *environment.rules;
  if (!rules.any_mobile()) return;
  look_around(cells, fields, environment, coming.time, scratch.around, threads);
  threads.for_blocks(cells.size(), kCellGrain, [&](std::size_t begin, std::size_t end) {
    std::vector<double> values(rules.layout().count(), 0.0);
    for (std::size_t c = begin; c < end; ++c) {
      const std::size_t type = index(cells.type[c]);
      if (!environment.types[type].mobile) continue;
      sense(cells, c, environment.grid->voxel_at(cells.position(c)), rules.for_update(type, cells.state[c]), fields,
            scratch.around, environment, coming.time, values);
      set_velocity(cells, c, steer(cells, c, fields, values, scratch.around.list, environment, coming));
    }
  });
}

void evaluate_reporters(const Cells& cells, const FieldSet& fields, const CellEnvironment& environment, double time,
                        std::vector<double>& values, CellScratch& scratch, const Threads& threads) {
  const CellRules& rules = *environment.rules;
  const std::size_t width = rules.most_reporters();
  values.assign(cells.size() * width, 0.0);
  if (width == 0) return;
  if (rules.any_contacts()) scratch.around.look_around(cells, fields, environment, time, threads);
  threads.for_blocks(cells.size(), kCellGrain, [&](std::size_t begin, std::size_t end) {
    std::vector<double> symbols(rules.layout().count(), 0.0);
    for (std::size_t c = begin; c < end; ++c) {
      const std::size_t type = index(cells.type[c]);
      const std::size_t voxel = environment.grid->voxel_at(cells.position(c));
      sense(cells, c, voxel, rules.for_reporters(type), fields, scratch.around, environment, time, symbols);
      const auto& reporters = environment.types[type].reporters;
      for (std::size_t r = 0; r < reporters.size(); ++r) values[c * width + r] = reporters[r].value(symbols);
    }
  });
}

}  // namespace interstice
