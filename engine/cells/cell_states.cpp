#include "engine/cells/cell_states.h"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <limits>

#include "engine/core/error.h"
#include "engine/core/name_key.h"
#include "engine/core/pinned_math.h"

namespace interstice {

namespace {

constexpr double kClockResolution = 0.5e-9;  ///< times are whole nanoseconds [s]

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

/// Injuries are rivals, as transitions are: one number says whether any strikes, and which.
std::optional<Decision> injury(const Cells& cells, std::size_t c, const CellType& type, std::size_t voxel,
                               const CellEnvironment& environment, const CellStep& step) {
  const auto threatens = [&](const Injury& threat) {
    if (threat.type != cells.type[c] || !(threat.hazard > 0) || step.time >= threat.until) return false;
    const auto& region = threat.in_region;
    return (region.empty() || region[environment.regions->of_voxel[voxel]] != 0) &&
           !spared(type, cells.state[c], threat.to_state);
  };
  double total = 0;
  for (const Injury& threat : environment.injuries) total += threatens(threat) ? threat.hazard : 0;
  if (!(total > 0)) return std::nullopt;
  const double strikes = -pinned::expm1(-total * step.dt);
  const double u = environment.noise.uniform(Stream::cell_injury, cells.id[c], step.step);
  if (u >= strikes) return std::nullopt;
  double chosen = u / strikes * total;  // given that one strikes, u / strikes is uniform in (0, 1)
  Decision decision{0, step.time + step.dt, false};
  for (const Injury& threat : environment.injuries) {
    if (!threatens(threat)) continue;
    decision.target = threat.to_state;
    if (chosen < threat.hazard) break;
    chosen -= threat.hazard;
  }
  return decision;
}

}  // namespace

double draw(const Distribution& distribution, const Noise& noise, Stream stream, AgentId id, std::uint64_t key) {
  switch (distribution.kind) {
    case Distribution::Kind::constant:
      return distribution.a;
    case Distribution::Kind::uniform:
      return distribution.a + (distribution.b - distribution.a) * noise.uniform(stream, id, key);
    case Distribution::Kind::lognormal:
      return distribution.a * pinned::exp(pinned::log(distribution.b) * noise.normals(stream, id, key)[0]);
    case Distribution::Kind::normal:
      return distribution.a + distribution.b * noise.normals(stream, id, key)[0];
    case Distribution::Kind::exponential:
      return -distribution.a * pinned::log(noise.uniform(stream, id, key));
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

void enter_state(Cells& cells, std::size_t c, std::uint8_t target, double since, const CellEnvironment& environment) {
  cells.state[c] = target;
  cells.state_since[c] = since;
  ++cells.transitions[c];
  draw_duration(cells, c, environment);
}

std::optional<Decision> decide(const Cells& cells, std::size_t c, std::span<const double> values, std::size_t voxel,
                               const CellEnvironment& environment, const CellStep& step) {
  const CellType& type = environment.types[index(cells.type[c])];
  const CellState& state = type.states[cells.state[c]];
  const double end = step.time + step.dt;
  if (cells.state_until[c] <= end + kClockResolution) {
    const bool spills = !type.states[state.then].spills.empty();
    return Decision{state.then, spills ? end : std::min(cells.state_until[c], end), false};
  }
  for (const Transition& t : state.transitions)
    if (!t.when.empty() && finite(t.when(values), t.when, type, state) > 0.5) return Decision{t.target, end, t.divides};
  if (const auto injured = injury(cells, c, type, voxel, environment, step)) return injured;

  std::array<double, CellRules::kMaxTransitions> cumulated{};
  const std::size_t rivals = state.transitions.size();
  double total = 0;
  for (std::size_t i = 0; i < rivals; ++i) {
    const Transition& t = state.transitions[i];
    if (!t.hazard.empty()) total += std::max(0.0, finite(t.hazard(values), t.hazard, type, state));
    cumulated[i] = total;
  }
  if (!(total > 0)) return std::nullopt;
  const double fires = -pinned::expm1(-total * step.dt);
  const double u = environment.noise.uniform(Stream::cell_transition, cells.id[c], step.step, cells.transitions[c]);
  if (u >= fires) return std::nullopt;
  const double chosen = u / fires * total;  // given that one fires, u / fires is uniform in (0, 1)
  std::size_t i = 0;
  while (i + 1 < rivals && chosen >= cumulated[i]) ++i;
  return Decision{state.transitions[i].target, end, state.transitions[i].divides};
}

}  // namespace interstice
