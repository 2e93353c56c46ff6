#include "engine/cells/cell_states.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "engine/core/error.h"
#include "engine/core/name_key.h"
#include "engine/core/pinned_math.h"

namespace interstice {

namespace {

/// Whether the injury has nothing left to do: the cell is in its state or in one that follows it by itself.
bool spared(const CellType& type, std::uint8_t state, std::uint8_t injured) {
  for (std::size_t k = 0; k < type.states.size(); ++k) {
    if (state == injured) return true;
    const CellState& now = type.states[injured];
    if (!now.duration || now.then == type.initial_state) return false;
    injured = now.then;
  }
  return false;
}

double finite(double value, const Expression& formula, const CellType& type, const CellState& state) {
  if (std::isfinite(value)) return value;
  throw NumericalError(
      fmt::format("\"{}\" gives {} for a {} that is {} (is something divided by a number that became 0?)",
                  formula.text(), value, type.name, state.name));
}

/// When an injury strikes first, and to which state.
struct Strike {
  double at = std::numeric_limits<double>::infinity();
  std::uint8_t to = 0;
};

/// Hazards of injuries end one after the other: an exponential number is used up stretch by stretch.
Strike first_strike(const Cells& cells, std::size_t c, const CellType& type, std::size_t voxel,
                    const CellEnvironment& environment, double from, std::uint64_t step, std::uint32_t draw) {
  const auto threatens = [&](const Injury& threat, double time) {
    if (threat.type != cells.type[c] || !(threat.hazard > 0) || time >= threat.until) return false;
    const auto& region = threat.in_region;
    return (region.empty() || region[environment.regions->of_voxel[voxel]] != 0) &&
           type.states[cells.state[c]].injurable && !spared(type, cells.state[c], threat.to_state);
  };
  const auto uniform = [&](std::uint32_t k) {
    return environment.noise.uniform(Stream::cell_injury, cells.id[c], step, draw + k);
  };
  double left = -1, time = from;
  while (true) {
    double total = 0, end = std::numeric_limits<double>::infinity();
    for (const Injury& threat : environment.injuries)
      if (threatens(threat, time)) total += threat.hazard, end = std::min(end, threat.until);
    if (!(total > 0)) return {};
    if (left < 0) left = -pinned::log(uniform(0));
    if (time + left / total < end) {
      Strike strike{time + left / total, 0};
      double chosen = total * uniform(1);
      for (const Injury& threat : environment.injuries) {
        if (!threatens(threat, time)) continue;
        strike.to = threat.to_state;
        if (chosen < threat.hazard) break;
        chosen -= threat.hazard;
      }
      return strike;
    }
    left -= total * (end - time);
    time = end;
  }
}

/// Marsaglia and Tsang 2000, ACM Trans. Math. Softw. 26:363; a shape below 1 by the gamma number of the shape above.
double draw_gamma(const Distribution& distribution, const Noise& noise, Stream stream, AgentId id, std::uint64_t key) {
  const double mean = distribution.a, sd = distribution.b;
  if (!(sd > 0)) return mean;
  const double shape = mean / sd * (mean / sd), scale = sd * (sd / mean);
  const double d = (shape < 1 ? shape + 1 : shape) - 1.0 / 3, c = 1 / std::sqrt(9 * d);
  double x = 0;
  for (std::uint32_t k = 1;; k += 2) {
    const double z = noise.normals(stream, id, key, k)[0], v = (1 + c * z) * (1 + c * z) * (1 + c * z);
    if (!(v > 0)) continue;
    if (pinned::log(noise.uniform(stream, id, key, k + 1)) >= 0.5 * z * z + d - d * v + d * pinned::log(v)) continue;
    x = d * v;
    break;
  }
  if (shape < 1) x *= pinned::exp(pinned::log(noise.uniform(stream, id, key, 0)) / shape);
  return scale * x;
}

}  // namespace

double draw(const Distribution& distribution, const Noise& noise, Stream stream, AgentId id, std::uint64_t key) {
  switch (distribution.kind) {
    case Distribution::Kind::constant:
      return distribution.a;
    case Distribution::Kind::uniform:
      return distribution.a + (distribution.b - distribution.a) * noise.uniform(stream, id, key);
    case Distribution::Kind::integers: {
      const double count = distribution.b - distribution.a + 1;
      return std::min(distribution.b, distribution.a + std::floor(count * noise.uniform(stream, id, key)));
    }
    case Distribution::Kind::lognormal:
      return distribution.a * pinned::exp(pinned::log(distribution.b) * noise.normals(stream, id, key)[0]);
    case Distribution::Kind::normal:
      return distribution.a + distribution.b * noise.normals(stream, id, key)[0];
    case Distribution::Kind::exponential:
      return -distribution.a * pinned::log(noise.uniform(stream, id, key));
    case Distribution::Kind::truncated_normal:
      for (std::uint32_t k = 0;; ++k)  // the mean is above 0, so every second draw serves
        if (const double x = distribution.a + distribution.b * noise.normals(stream, id, key, k)[0]; x > 0) return x;
    case Distribution::Kind::gamma:
      return draw_gamma(distribution, noise, stream, id, key);
  }
  return distribution.a;
}

void draw_column(Cells& cells, std::size_t c, const ColumnDynamics& column, const CellEnvironment& environment) {
  const std::size_t k = index(column.column);
  const bool random = column.initial.kind != Distribution::Kind::constant;
  const AgentId key = random ? child_id(cells.id[c], name_key(environment.columns[k].name)) : 0;
  cells.columns[k][c] = draw(column.initial, environment.noise, Stream::cell_column, key, 0);
}

void draw_duration(Cells& cells, std::size_t c, const CellEnvironment& environment) {
  const CellState& state = environment.types[index(cells.type[c])].states[cells.state[c]];
  cells.state_until[c] = state.duration
                             ? cells.state_since[c] + draw(*state.duration, environment.noise, Stream::cell_duration,
                                                           cells.id[c], cells.transitions[c])
                             : std::numeric_limits<double>::infinity();
}

void leave_undecided(Cells& cells, std::size_t c, double from) {
  cells.leaves_at[c] = from;
  cells.leaves_to[c] = kUndecided;
  cells.leaves_divided[c] = 0;
}

void enter_state(Cells& cells, std::size_t c, std::uint8_t target, double since, const CellEnvironment& environment) {
  cells.state[c] = target;
  cells.state_since[c] = since;
  ++cells.transitions[c];
  draw_duration(cells, c, environment);
  leave_undecided(cells, c, since);
}

const Transition* due_transition(const Cells& cells, std::size_t c, std::span<const double> values,
                                 const CellEnvironment& environment) {
  const CellType& type = environment.types[index(cells.type[c])];
  const CellState& state = type.states[cells.state[c]];
  for (const Transition& t : state.transitions)
    if (!t.when.empty() && finite(t.when(values), t.when, type, state) > 0.5) return &t;
  return nullptr;
}

void decide_leaving(Cells& cells, std::size_t c, std::span<const double> values, std::size_t voxel,
                    const CellEnvironment& environment, double from, std::uint64_t step) {
  const CellType& type = environment.types[index(cells.type[c])];
  const CellState& state = type.states[cells.state[c]];
  const std::uint32_t draw = 2 * cells.transitions[c];
  const Strike strike = first_strike(cells, c, type, voxel, environment, from, step, draw);
  cells.leaves_at[c] = strike.at;
  cells.leaves_to[c] = strike.to;
  cells.leaves_divided[c] = 0;

  std::array<double, CellRules::kMaxTransitions> cumulated{};
  const std::size_t rivals = state.transitions.size();
  double total = 0;
  for (std::size_t i = 0; i < rivals; ++i) {
    const Transition& t = state.transitions[i];
    if (!t.hazard.empty()) total += std::max(0.0, finite(t.hazard(values), t.hazard, type, state));
    cumulated[i] = total;
  }
  if (!(total > 0)) return;
  const auto uniform = [&](std::uint32_t k) {
    return environment.noise.uniform(Stream::cell_transition, cells.id[c], step, draw + k);
  };
  const double at = from - pinned::log(uniform(0)) / total;
  if (at >= strike.at) return;
  const double chosen = total * uniform(1);
  std::size_t i = 0;
  while (i + 1 < rivals && chosen >= cumulated[i]) ++i;
  cells.leaves_at[c] = at;
  cells.leaves_to[c] = state.transitions[i].target;
  cells.leaves_divided[c] = state.transitions[i].divides;
}

void change_state(Cells& cells, std::size_t c, std::uint8_t target, bool divides, double since,
                  const CellEnvironment& environment, std::uint8_t& fate) {
  enter_state(cells, c, target, since, environment);
  const CellState& state = environment.types[index(cells.type[c])].states[target];
  if (state.removed)
    fate = static_cast<std::uint8_t>(CellFate::remove);
  else if (state.becomes && fate != static_cast<std::uint8_t>(CellFate::remove))
    fate = static_cast<std::uint8_t>(CellFate::become);
  else if (divides && fate == static_cast<std::uint8_t>(CellFate::none))
    fate = static_cast<std::uint8_t>(CellFate::divide);
}

}  // namespace interstice
