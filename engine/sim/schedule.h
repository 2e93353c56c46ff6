/// @file
/// Phases, so that a fast start and a slow rest each get their step. Time is counted in whole nanoseconds.
#pragma once

#include <cstdint>
#include <tuple>
#include <vector>

#include "engine/core/state_row.h"

namespace interstice {

using Nanoseconds = std::int64_t;
constexpr double seconds(Nanoseconds t) { return static_cast<double>(t) / 1e9; }

/// Until `until`, stages run at these intervals. Each is a whole multiple of the smallest of the first three.
struct Phase {
  Nanoseconds until = 0, transport = 0, vesicles = 0, cells = 0;
  Nanoseconds series = 0;  ///< between rows of the time series
};

struct Schedule {
  std::vector<Phase> phases;
  [[nodiscard]] Nanoseconds end() const { return phases.empty() ? 0 : phases.back().until; }
};

/// One step: which stages are due at its end, and over which interval each of them then works.
struct Tick {
  std::uint64_t step = 0;
  double time = 0, dt = 0;  ///< start and length [s]
  bool transport_due = false, vesicles_due = false, cells_due = false;
  double transport_dt = 0, vesicles_dt = 0, cells_dt = 0;  ///< [s], 0 when not due
};

/// The simulation clock. The last step of a phase ends exactly at its `until`.
struct Clock {
  std::uint64_t step = 0;
  Nanoseconds now = 0, last_transport = 0, last_vesicles = 0, last_cells = 0;

  [[nodiscard]] Tick tick(const Schedule& schedule) const;
  [[nodiscard]] Nanoseconds end_of_step(const Schedule& schedule) const;  ///< of the one that begins now
  void advance(const Schedule& schedule);
  /// Length of the cell step that begins now [s]. Phases have steps of their own, so it may differ from the last one.
  [[nodiscard]] double next_cells_dt(const Schedule& schedule) const;
  [[nodiscard]] bool finished(const Schedule& schedule) const { return now >= schedule.end(); }
};

inline constexpr auto kClockRows =
    std::tuple(row({"step", "1", Per::run, Hashed::tissue}, &Clock::step),
               row({"now", "ns", Per::run, Hashed::tissue}, &Clock::now),
               row({"last_transport", "ns", Per::run, Hashed::tissue}, &Clock::last_transport),
               row({"last_vesicles", "ns", Per::run, Hashed::tissue}, &Clock::last_vesicles),
               row({"last_cells", "ns", Per::run, Hashed::tissue}, &Clock::last_cells));
static_assert(bytes_listed(kClockRows) == sizeof(Clock), "every member has a row");

}  // namespace interstice
