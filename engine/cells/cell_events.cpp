#include "engine/cells/cell_events.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "engine/cells/cell_exchange.h"
#include "engine/cells/cell_states.h"
#include "engine/core/error.h"

namespace interstice {
namespace {

constexpr double kClockResolution = 0.5e-9;  ///< times are whole nanoseconds [s]
constexpr int kMostChanges = 10000;          ///< of one cell within a step

/// Follows cells one after the other.
class Follower {
 public:
  Follower(Cells& cells, const FieldSet& fields, const CellEnvironment& environment, const CellSurroundings& around,
           const CellStep& step, double begin)
      : cells_(cells),
        fields_(fields),
        environment_(environment),
        around_(around),
        step_(step),
        begin_(begin),
        values_(environment.rules->layout().count(), 0.0) {}

  /// Appends the stretches of cell c to the end of the step, from its beginning or from when all is undecided.
  void follow(std::size_t c, std::uint8_t& fate, std::vector<Stretch>& out) {
    const double end = step_.time + step_.dt;
    double from = cells_.leaves_to[c] == kUndecided ? std::max(begin_, cells_.leaves_at[c]) : begin_;
    for (int changes = 0; changes < kMostChanges; ++changes) {
      if (cells_.leaves_to[c] == kUndecided) decide(c, from);
      const double until = cells_.state_until[c], early = cells_.leaves_at[c];
      const bool stays = std::min(until, early) > end + kClockResolution;
      const double to = stays ? end : std::clamp(std::min(until, early), from, end);
      if (stays && changes == 0 && from == begin_) return;  // its arrays say it all
      const bool leaves_early = early < until;
      const bool divides = leaves_early ? cells_.leaves_divided[c] != 0 : state(c).then_divides && !stays;
      out.push_back(stretch(c, from, to, stays, leaves_early));
      if (stays) return;
      change_state(cells_, c, leaves_early ? cells_.leaves_to[c] : state(c).then, divides, to, environment_, fate);
      if (divides || state(c).removed || state(c).becomes) return;
      from = to;
    }
    throw NumericalError(
        fmt::format("a {} changes its state more than {} times in {:g} s, the last time to {}; look "
                    "at its hazards and durations, or take shorter steps",
                    environment_.types[index(cells_.type[c])].name, kMostChanges, step_.dt, state(c).name));
  }

 private:
  [[nodiscard]] const CellState& state(std::size_t c) const {
    return environment_.types[index(cells_.type[c])].states[cells_.state[c]];
  }

  void decide(std::size_t c, double from) {
    const std::size_t voxel = environment_.grid->voxel_at(cells_.position(c));
    sense(cells_, c, voxel, environment_.rules->for_update(index(cells_.type[c]), cells_.state[c]), fields_, around_,
          environment_, step_.time, values_, StateMoment{cells_.state[c], from - cells_.state_since[c]});
    decide_leaving(cells_, c, values_, voxel, environment_, from, step_.step);
  }

  /// What a state still holds is spilled as the cell leaves it, unless it leaves early and the rest is lost.
  [[nodiscard]] Stretch stretch(std::size_t c, double from, double to, bool stays, bool early) const {
    const double since = cells_.state_since[c], until = cells_.state_until[c];
    const bool partly = stays || (early && state(c).loses_rest);
    double share = 0;
    if (std::isfinite(until))  // a duration may be too short to tell its end from its beginning
      share = until > since ? ((partly ? to : until) - std::max(from, since)) / (until - since) : 1;
    return {static_cast<std::uint32_t>(c), cells_.state[c], from, to, since, std::clamp(share, 0.0, 1.0)};
  }

  Cells& cells_;
  const FieldSet& fields_;
  const CellEnvironment& environment_;
  const CellSurroundings& around_;
  const CellStep& step_;
  double begin_;
  std::vector<double> values_;
};

bool has_event(const Cells& cells, std::size_t c, double end) {
  return cells.leaves_to[c] == kUndecided ||
         std::min(cells.state_until[c], cells.leaves_at[c]) <= end + kClockResolution;
}

bool any_event(const Cells& cells, double end, const Threads& threads) {
  return threads.sum_blocks(cells.size(), 8 * kCellGrain, [&](std::size_t begin, std::size_t finish) {
    std::size_t events = 0;
    for (std::size_t c = begin; c < finish; ++c) events += has_event(cells, c, end);
    return static_cast<double>(events);
  }) > 0;
}

}  // namespace

void follow_cells(Cells& cells, const FieldSet& fields, const CellEnvironment& environment, const CellStep& transport,
                  std::span<std::uint8_t> fate, CellScratch& scratch, const Threads& threads) {
  const double end = transport.time + transport.dt;
  scratch.stretches.clear(cells.size());
  if (!any_event(cells, end, threads)) return;
  if (environment.rules->any_contacts())
    scratch.around.look_around(cells, fields, environment, transport.time, threads);
  scratch.stretches.open();
  threads.for_blocks(cells.size(), kCellGrain, [&](std::size_t begin, std::size_t finish) {
    Follower follower(cells, fields, environment, scratch.around, transport, transport.time);
    auto& out = scratch.stretches.of_block(begin);
    for (std::size_t c = begin; c < finish; ++c)
      if (has_event(cells, c, end)) follower.follow(c, fate[c], out);
  });
}

bool follow_newcomers(Cells& cells, const FieldSet& fields, const CellEnvironment& environment, const CellStep& step,
                      std::span<std::uint8_t> fate, CellScratch& scratch, const Threads& threads) {
  const double end = step.time + step.dt;
  std::vector<std::size_t> newcomers;
  for (std::size_t c = 0; c < cells.size(); ++c)
    if (cells.leaves_to[c] == kUndecided && cells.leaves_at[c] < end) newcomers.push_back(c);
  if (newcomers.empty()) return false;
  if (environment.rules->any_contacts()) scratch.around.look_around(cells, fields, environment, end, threads);
  Follower follower(cells, fields, environment, scratch.around, step, -1);
  std::vector<Stretch> stretches;
  bool again = false;
  for (const std::size_t c : newcomers) {
    follower.follow(c, fate[c], stretches);
    again = again || fate[c] != static_cast<std::uint8_t>(CellFate::none);
  }
  release_late(cells, stretches, fields, environment, step, scratch);
  return again;
}

}  // namespace interstice
