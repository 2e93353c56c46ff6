/// @file
/// What happens to cells does not depend on steps: random hazards, durations, injuries and divisions, with steps from
/// far too short to far too long, against exact values.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "engine/core/error.h"
#include "support/deviations.h"
#include "support/run_scenario.h"

namespace interstice {
namespace {

constexpr int kCases = 200;

/// Steps of a run that lasts about `length` [s]: whole milliseconds, a cell step of 0.01 to 10 s.
struct Steps {
  int transport_ms, cells_ms, vesicles_ms, until_ms;
  Steps(Random& random, double length) {
    transport_ms = std::max(2, static_cast<int>(1000 * random.about(0.01, 10)));
    cells_ms = transport_ms;
    if (const int parts = random.whole(1, 4); transport_ms % parts == 0) transport_ms /= parts;
    vesicles_ms = transport_ms;
    if (const int parts = random.whole(1, 3); transport_ms % parts == 0) vesicles_ms /= parts;
    until_ms = cells_ms * std::max(1, static_cast<int>(length * 1000 / cells_ms));
  }
  [[nodiscard]] double until() const { return until_ms / 1000.0; }
  [[nodiscard]] std::string text() const {
    return fmt::format("time: [{{until: {} ms, transport: {} ms, vesicles: {} ms, cells: {} ms, series: {} ms}}]",
                       until_ms, transport_ms, vesicles_ms, cells_ms, until_ms);
  }
};

std::string tissue(const Steps& steps, int cells, const std::string& states, const std::string& more = "") {
  return fmt::format(R"(schema: 2
domain: {{size: [200 um, 200 um, 200 um], spacing: 100 um}}
{}
species: {{A: {{diffusivity: 0 um^2/s}}, B: {{diffusivity: 0 um^2/s}}}}
cell_types:
  c: {{radius: 0.2 um, mobile: false, initial_state: a, states: {{{}}}}}
cells: {{c: {{count: {}}}}}
{}
)",
                     steps.text(), states, cells, more);
}

TEST(CellEvents, RivalWaysOutAreTakenByTheirTimes) {
  Random random(1);
  Deviations deviations;
  constexpr int kCells = 1000;
  for (int k = 0; k < kCases; ++k) {
    const double b = random.about(0.05, 2), c = random.about(0.05, 2), injury = random.about(0.05, 2);
    const double lasts = random.about(0.05, 20), ends = random.about(0.05, 20);
    const Steps steps(random, 3 / (b + c));
    const SeriesTable series = test::run_series(tissue(
        steps, kCells,
        fmt::format(
            "a: {{duration: {} s, then: d, transitions: [{{to: b, hazard: \"{} [1/s]\"}}, {{to: c, hazard: "
            "\"{} [1/s]\"}}]}}, b: {{injurable: false}}, c: {{injurable: false}}, d: {{injurable: false}}, e: {{}}",
            lasts, b, c),
        fmt::format("injury: [{{cell: c, to: e, hazard: {} 1/s, until: {} s}}]", injury, ends)));
    const double until = std::min(steps.until(), lasts), first = std::min(until, ends), all = b + c + injury;
    const double with = -std::expm1(-all * first) / all;  // integrals of survival
    const double without = std::exp(-all * first) * -std::expm1(-(b + c) * (until - first)) / (b + c);
    const double stays = std::exp(-all * first - (b + c) * (until - first));
    const auto check = [&](const char* state, double p) {
      deviations.add(series.last(fmt::format("cells.c.{}", state)), kCells * p, std::sqrt(kCells * p * (1 - p)));
    };
    check("b", b * (with + without));
    check("c", c * (with + without));
    check("e", injury * with);
    check(steps.until() < lasts ? "a" : "d", stays);
  }
  deviations.expect_chance(4.0 / 3);  // the four add up to one
}

/// E x and E x^2 over the entry into a state at rate `enters`, given both for what is left of the run then.
struct Moments {
  double first = 0, second = 0;
};
template <class Given>
Moments after_entry(double enters, double until, const Given& given) {
  Moments sum;
  constexpr int kParts = 4000;
  for (int i = 0; i < kParts; ++i) {
    const double at = (i + 0.5) * until / kParts, weight = enters * std::exp(-enters * at) * until / kParts;
    const Moments m = given(until - at);
    sum.first += weight * m.first;
    sum.second += weight * m.second;
  }
  return sum;
}

TEST(CellEvents, SecretionAndSpillsAreThoseOfTheTimeInTheState) {
  Random random(2);
  Deviations deviations;
  constexpr int kCells = 400;
  for (int k = 0; k < kCases; ++k) {
    const double enters = random.about(0.1, 2), leaves = random.about(0.05, 2), lasts = random.about(0.05, 10);
    const bool at_once = random.whole(0, 1) == 0;
    const Steps steps(random, random.about(0.5, 5) / enters);
    const SeriesTable series = test::run_series(tissue(
        steps, kCells,
        fmt::format("a: {{transitions: [{{to: p, hazard: \"{} [1/s]\"}}]}}, p: {{duration: {} s, then: z, secretes: "
                    "{{A: \"1000 [molecule/s]\"}}, spills: {{B: 1000 molecule}}, spill_rest: {}, transitions: "
                    "[{{to: z, hazard: \"{} [1/s]\"}}]}}, z: {{}}",
                    enters, lasts, at_once ? "at_once" : "lost", leaves)));
    const auto stay = [&](double left) {  // of the time in p
      const double most = std::min(left, lasts), gone = std::exp(-leaves * most);
      return Moments{(1 - gone) / leaves, 2 / (leaves * leaves) * (1 - gone * (1 + leaves * most))};
    };
    const auto spilt = [&](double left) {  // of the share
      if (!at_once) return Moments{stay(left).first / lasts, stay(left).second / (lasts * lasts)};
      if (left >= lasts) return Moments{1, 1};
      const double still = std::exp(-leaves * left), share = left / lasts;
      return Moments{1 - still + still * share, 1 - still + still * share * share};
    };
    const auto check = [&](const char* species, const Moments& m) {
      deviations.add(series.last(fmt::format("secreted.{}", species)) / 1000, kCells * m.first,
                     std::sqrt(kCells * (m.second - m.first * m.first)));
    };
    check("A", after_entry(enters, steps.until(), stay));
    check("B", after_entry(enters, steps.until(), spilt));
  }
  deviations.expect_chance(2);
}

TEST(CellEvents, StatesMayBeShorterThanAnyStep) {
  Random random(3);
  for (int k = 0; k < kCases; ++k) {
    const double a = random.about(0.001, 20), p = random.about(0.001, 20), q = random.about(0.001, 20);
    const Steps steps(random, random.about(0.5, 2) * (a + p + q));
    const SeriesTable series = test::run_series(
        tissue(steps, 3,
               fmt::format("a: {{duration: {} s, then: p}}, p: {{duration: {} s, then: q, secretes: {{A: \"1000 "
                           "[molecule/s]\"}}}}, q: {{duration: {} s, then: z, spills: {{B: 1000 molecule}}}}, z: {{}}",
                           a, p, q)));
    const double in_p = std::clamp(steps.until() - a, 0.0, p), in_q = std::clamp(steps.until() - a - p, 0.0, q);
    EXPECT_NEAR(series.last("secreted.A"), 3000 * in_p, 1e-6 * 3000 * p) << steps.text();
    EXPECT_NEAR(series.last("secreted.B"), 3000 * in_q / q, 1e-6 * 3000) << steps.text();
  }
}

TEST(CellEvents, CyclesOfAnyLengthDivideOnTime) {
  Random random(4);
  for (int k = 0; k < kCases; ++k) {
    const double cycle = random.about(0.05, 5);
    Steps steps(random, random.between(0.3, 6) * cycle);
    if (steps.until() > 9 * cycle) continue;  // too many cells
    const SeriesTable series = test::run_series(tissue(
        steps, 4,
        fmt::format("a: {{duration: {} s, then: m}}, m: {{duration: 1 us, then: a, transitions: [{{to: a, hazard: "
                    "\"1e12 [1/s]\", divides: true}}]}}",
                    cycle)));
    const double cycles = steps.until() / cycle;
    if (std::abs(cycles - std::round(cycles)) < 1e-3) continue;  // m and the moment of the hazard take a while
    EXPECT_EQ(series.last("cells.c.a") + series.last("cells.c.m"), 4 * std::exp2(std::floor(cycles))) << steps.text();
  }
}

TEST(CellEvents, PopulationsGrowAsTheirHazardSays) {
  Random random(5);
  Deviations deviations;
  constexpr int kCells = 50;
  for (int k = 0; k < kCases; ++k) {
    const double rate = random.about(0.1, 2);
    const Steps steps(random, random.between(0.5, 3) / rate);
    if (steps.until() * rate > 4) continue;
    const SeriesTable series = test::run_series(tissue(
        steps, kCells, fmt::format("a: {{transitions: [{{to: a, hazard: \"{} [1/s]\", divides: true}}]}}", rate)));
    const double growth = std::exp(rate * steps.until());
    deviations.add(series.last("cells.c.a"), kCells * growth, std::sqrt(kCells * growth * (growth - 1)));  // Yule
  }
  deviations.expect_chance();
}

TEST(CellEvents, CellsThatBecomeOthersLoseNoTime) {
  Random random(7);
  for (int k = 0; k < kCases; ++k) {
    const double before = random.about(0.01, 10), after = random.about(0.01, 10);
    const Steps steps(random, random.about(0.5, 3) * (before + after));
    const SeriesTable series = test::run_series(fmt::format(
        R"(schema: 2
domain: {{size: [200 um, 200 um, 200 um], spacing: 100 um}}
{}
species: {{A: {{diffusivity: 0 um^2/s}}, B: {{diffusivity: 0 um^2/s}}}}
cell_types:
  c: {{mobile: false, initial_state: a, states: {{a: {{duration: {} s, then: b}}, b: {{becomes: d}}}}}}
  d:
    mobile: false
    initial_state: x
    states:
      x: {{duration: {} s, then: gone, secretes: {{A: "1000 [molecule/s]"}}, spills: {{B: 1000 molecule}}}}
      gone: {{removed: true}}
cells: {{c: {{count: 3}}}}
)",
        steps.text(), before, after));
    const double inside = std::clamp(steps.until() - before, 0.0, after);
    EXPECT_NEAR(series.last("secreted.A"), 3000 * inside, 1e-6 * 3000 * after) << steps.text();
    EXPECT_NEAR(series.last("secreted.B"), 3000 * inside / after, 1e-6 * 3000) << steps.text();
    EXPECT_EQ(series.last("cells.c.a") + series.last("cells.d.x"), steps.until() < before + after ? 3 : 0);
  }
}

TEST(CellEvents, ACycleKeepsWhatItOvershot) {
  for (const int step_ms : {50, 300, 400, 700}) {
    const int until_ms = step_ms * (7200 / step_ms);
    const SeriesTable series = test::run_series(fmt::format(R"(schema: 2
domain: {{size: [200 um, 200 um, 200 um], spacing: 100 um}}
time: [{{until: {1} ms, transport: {0} ms, vesicles: {0} ms, cells: {0} ms, series: {1} ms}}]
species: {{A: {{diffusivity: 0 um^2/s}}}}
cell_types:
  c:
    radius: 0.2 um
    mobile: false
    columns: {{cycle: {{initial: 0.0001, gain: "1 / 1 [s]", at_division: decrement}}}}
    initial_state: a
    states: {{a: {{transitions: [{{to: a, when: "cycle >= 1", divides: true}}]}}}}
cells: {{c: {{count: 1}}}}
)",
                                                            step_ms, until_ms));
    EXPECT_EQ(series.last("cells.c.a"), std::exp2(until_ms / 1000)) << step_ms;
  }
}

TEST(CellEvents, WhatADyingCellHoldsIsSpilledWhateverStrikesIt) {
  Random random(6);
  for (const char* rest : {"", "injurable: true, "})
    for (const char* way : {"", ", transitions: [{to: n, when: \"age_in_state > 3 [s]\"}]"}) {
      const Steps steps(random, 60);
      const SeriesTable series = test::run_series(tissue(
          steps, 100,
          fmt::format(
              "a: {{}}, d: {{duration: 20 s, {}spills: {{A: 1000 molecule}}, then: gone{}}}, n: {{duration: 1 s, "
              "then: gone}}, gone: {{removed: true}}",
              rest, way),
          "injury: [{cell: c, to: d, at_start: {count: 100}}, {cell: c, to: n, hazard: 1 1/s}]"));
      EXPECT_NEAR(series.last("secreted.A"), 1e5, 1e-4) << rest << way << steps.text();
      EXPECT_EQ(series.last("cells.c.d"), 0);
    }
}

TEST(CellEvents, WhatChangesWithoutEndIsAnError) {
  EXPECT_THROW(test::run_series(R"(schema: 2
domain: {size: [20 um, 20 um, 20 um], spacing: 10 um}
time: [{until: 10 s, transport: 1 s, vesicles: 1 s, cells: 1 s, series: 1 s}]
species: {A: {diffusivity: 0 um^2/s}}
cell_types:
  c:
    initial_state: a
    states: {a: {transitions: [{to: b, hazard: "1e9 [1/s]"}]}, b: {transitions: [{to: a, hazard: "1e9 [1/s]"}]}}
cells: {c: {count: 1}}
)"),
               NumericalError);
}

}  // namespace
}  // namespace interstice
