#include <gtest/gtest.h>

#include "engine/sim/schedule.h"

namespace interstice {
namespace {

constexpr Nanoseconds kMilli = 1'000'000, kSecond = 1'000 * kMilli;

TEST(Schedule, StagesAreDueAtTheirIntervalsAndPhasesEndTogether) {
  const Schedule schedule{
      {{.until = kSecond, .transport = 100 * kMilli, .vesicles = 50 * kMilli, .cells = 300 * kMilli},
       {.until = 3 * kSecond, .transport = 500 * kMilli, .vesicles = kSecond, .cells = kSecond}}};
  Clock clock;
  double foretold = clock.next_cells_dt(schedule);
  double transport = 0, vesicles = 0, cells = 0, total = 0;
  int transport_steps = 0, vesicle_steps = 0, cell_steps = 0;
  while (!clock.finished(schedule)) {
    const Tick tick = clock.tick(schedule);
    EXPECT_EQ(tick.time, seconds(clock.now));
    transport += tick.transport_dt;
    vesicles += tick.vesicles_dt;
    cells += tick.cells_dt;
    total += tick.dt;
    transport_steps += tick.transport_due ? 1 : 0;
    vesicle_steps += tick.vesicles_due ? 1 : 0;
    cell_steps += tick.cells_due ? 1 : 0;
    EXPECT_EQ(tick.cells_due ? tick.cells_dt : foretold, foretold);
    clock.advance(schedule);
    if (tick.cells_due) foretold = clock.next_cells_dt(schedule);
  }
  EXPECT_EQ(clock.now, 3 * kSecond);
  for (const double covered : {transport, vesicles, cells, total}) EXPECT_NEAR(covered, 3.0, 1e-12);
  EXPECT_EQ(foretold, 1.0);  // of a step that will not come
  EXPECT_EQ(transport_steps, 10 + 4);
  EXPECT_EQ(vesicle_steps, 20 + 2);
  EXPECT_EQ(cell_steps, 4 + 2);  // 0.3, 0.6, 0.9, 1.0 s, then 2 and 3 s
}

}  // namespace
}  // namespace interstice
