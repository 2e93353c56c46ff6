#include "engine/sim/schedule.h"

#include <algorithm>

namespace interstice {
namespace {

const Phase& phase_at(const Schedule& schedule, Nanoseconds now) {
  const auto it = std::find_if(schedule.phases.begin(), schedule.phases.end(),
                               [now](const Phase& phase) { return now < phase.until; });
  return it == schedule.phases.end() ? schedule.phases.back() : *it;
}

/// The next moment at which anything is due: the earliest stage, or the end of the phase.
Nanoseconds next_moment(const Phase& phase, const Clock& clock) {
  return std::min({phase.until, clock.last_transport + phase.transport, clock.last_vesicles + phase.vesicles,
                   clock.last_cells + phase.cells});
}

}  // namespace

Tick Clock::tick(const Schedule& schedule) const {
  const Phase& phase = phase_at(schedule, now);
  const Nanoseconds end = next_moment(phase, *this);
  const bool phase_ends = end == phase.until;  // all stages meet where the steps change
  Tick tick{.step = step, .time = seconds(now), .dt = seconds(end - now)};
  tick.transport_due = phase_ends || end == last_transport + phase.transport;
  tick.vesicles_due = phase_ends || end == last_vesicles + phase.vesicles;
  tick.cells_due = phase_ends || end == last_cells + phase.cells;
  tick.transport_dt = tick.transport_due ? seconds(end - last_transport) : 0;
  tick.vesicles_dt = tick.vesicles_due ? seconds(end - last_vesicles) : 0;
  tick.cells_dt = tick.cells_due ? seconds(end - last_cells) : 0;
  return tick;
}

Nanoseconds Clock::end_of_step(const Schedule& schedule) const { return next_moment(phase_at(schedule, now), *this); }

void Clock::advance(const Schedule& schedule) {
  const Tick due = tick(schedule);
  now = end_of_step(schedule);
  if (due.transport_due) last_transport = now;
  if (due.vesicles_due) last_vesicles = now;
  if (due.cells_due) last_cells = now;
  ++step;
}

double Clock::next_cells_dt(const Schedule& schedule) const {
  const Phase& phase = phase_at(schedule, now);
  return seconds(finished(schedule) ? phase.cells : std::min(phase.until - now, phase.cells));
}

}  // namespace interstice
