/// @file
/// The statechart against exact laws: exponential survival, rival hazards, log-normal durations, injury.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

#include "engine/cells/cell_states.h"
#include "unit/cells/cell_world.h"

namespace interstice {
namespace {

using testing::CellWorld;

CellState state(const std::string& name) {
  CellState s;
  s.name = name;
  return s;
}

/// A type that stands still with states a, b, c.
CellType& three_states(CellWorld& world) {
  CellType& type = world.add_type();
  type.mobile = false;
  type.radius = 0.1;
  type.states = {state("a"), state("b"), state("c")};
  return type;
}

std::size_t count(const CellWorld& world, std::uint8_t wanted) {
  return static_cast<std::size_t>(std::count(world.cells.state.begin(), world.cells.state.end(), wanted));
}

TEST(CellStates, SurvivalIsExponentialWhateverTheStep) {
  for (const double dt : {30.0, 600.0, 3600.0}) {
    CellWorld world;
    CellType& type = three_states(world);
    type.states[0].transitions.push_back({.target = 1, .hazard = world.formula("0.5 [1/h]", "1/s"), .when = {}});
    world.build();
    world.seed(20000);
    const int steps = static_cast<int>(7200 / dt);
    for (int s = 0; s < steps; ++s) world.update(s, dt);
    const double expected = std::exp(-1.0), sd = std::sqrt(expected * (1 - expected) / 20000);
    EXPECT_NEAR(count(world, 0) / 20000.0, expected, 3.5 * sd) << "dt " << dt;
  }
}

TEST(CellStates, RivalHazardsFireInProportion) {
  CellWorld world;
  CellType& type = three_states(world);
  type.states[0].transitions.push_back({.target = 1, .hazard = world.formula("3 [1/h]", "1/s"), .when = {}});
  type.states[0].transitions.push_back({.target = 2, .hazard = world.formula("1 [1/h]", "1/s"), .when = {}});
  world.build();
  world.seed(20000);
  for (int s = 0; s < 2; ++s) world.update(s, 900);
  const double left = std::exp(-4 * 0.5), share = 0.75;
  const double gone = 20000.0 - count(world, 0);
  EXPECT_NEAR(count(world, 0) / 20000.0, left, 3.5 * std::sqrt(left * (1 - left) / 20000));
  EXPECT_NEAR(count(world, 1) / gone, share, 3.5 * std::sqrt(share * (1 - share) / gone));
}

TEST(CellStates, HazardFollowsTheLocalConcentration) {
  CellWorld world;
  const SpeciesId tnf = world.add_species("TNF");
  CellType& type = three_states(world);
  type.states[0].transitions.push_back(
      {.target = 1, .hazard = world.formula("6 [1/h] * H(TNF, 50 [pM])", "1/s"), .when = {}});
  world.build();
  for (std::size_t v = 0; v < world.grid.voxel_count(); ++v)
    world.fields[tnf][v] = world.grid.centre(v).x < 50 ? 0 : 150e-6;
  world.seed(20000);
  world.update(0, 600);
  std::size_t far = 0, near = 0, near_gone = 0;
  for (std::size_t c = 0; c < world.cells.size(); ++c) {
    if (world.cells.x[c] < 50) far += world.cells.state[c];
    if (world.cells.x[c] >= 50) ++near, near_gone += world.cells.state[c];
  }
  const double expected = 1 - std::exp(-6 * 0.75 / 6);
  EXPECT_EQ(far, 0u);
  EXPECT_NEAR(near_gone / static_cast<double>(near), expected, 3.5 * std::sqrt(expected * (1 - expected) / near));
}

TEST(CellStates, DurationsAreLogNormal) {
  CellWorld world;
  CellType& type = three_states(world);
  type.states[0].duration = {Distribution::Kind::lognormal, 5400, 1.5};
  type.states[0].then = 1;
  world.build();
  world.seed(20000);
  std::vector<double> logs;
  for (const double until : world.cells.state_until) logs.push_back(std::log(until));
  const double mean = std::accumulate(logs.begin(), logs.end(), 0.0) / 20000;
  double variance = 0;
  for (const double l : logs) variance += (l - mean) * (l - mean) / 20000;
  EXPECT_NEAR(mean, std::log(5400), 3.5 * std::log(1.5) / std::sqrt(20000.0));
  EXPECT_NEAR(std::sqrt(variance), std::log(1.5), 3.5 * std::log(1.5) / std::sqrt(40000.0));
  const auto before = world.cells.state_until;
  for (int s = 0; s < 90; ++s) world.update(s, 60);
  for (std::size_t c = 0; c < 20000; ++c)
    ASSERT_EQ(world.cells.state[c], before[c] <= 5400 ? 1 : 0) << "duration " << before[c];
}

TEST(CellStates, ConsecutiveDurationsDoNotDrift) {
  CellWorld world;
  CellType& type = three_states(world);
  type.states[0].duration = type.states[1].duration = {Distribution::Kind::constant, 70, 0};
  type.states[0].then = 1;
  type.states[1].then = 0;
  world.build();
  world.seed(1);
  for (int s = 0; s < 100; ++s) world.update(s, 30);
  EXPECT_EQ(world.cells.transitions[0], 42u) << "3000 s hold 42 stays of 70 s";
  EXPECT_DOUBLE_EQ(world.cells.state_since[0], 42 * 70.0);
}

TEST(CellStates, WhenFiresAtOnceAndOnlyThen) {
  CellWorld world;
  const ColumnId held = world.add_column("held", "h");
  CellType& type = three_states(world);
  type.columns.push_back({held, {}, world.formula("0.5 [h/h]", "h/s"), {}});
  type.states[0].transitions.push_back({.target = 2, .hazard = {}, .when = world.formula("held >= 1 [h]", "1")});
  world.build();
  world.seed(3);
  for (int s = 0; s < 11; ++s) world.update(s, 600);
  EXPECT_EQ(count(world, 2), 0u);
  for (int s = 11; s < 13; ++s) world.update(s, 600);
  EXPECT_EQ(count(world, 2), 3u);
}

TEST(CellStates, InjuryHitsItsRegionAndSparesTheDying) {
  CellWorld world;
  CellType& type = three_states(world);
  type.states[1].duration = {Distribution::Kind::constant, 1e6, 0};
  type.states[1].then = 2;
  world.regions.regions = {{.name = "healthy"}, {.name = "defect"}};
  world.injuries.push_back({.type = CellTypeId{0},
                            .to_state = 1,
                            .count_at_start = 0,
                            .near = {},
                            .hazard = 1.0 / 3600,
                            .in_region = {0, 1}});
  world.build();
  for (std::size_t v = 0; v < world.grid.voxel_count(); ++v) world.regions.of_voxel[v] = world.grid.centre(v).z > 50;
  world.seed(20000);
  for (std::size_t c = 0; c < 100; ++c) world.cells.state[c] = 2, world.cells.transitions[c] = 5;
  for (int s = 0; s < 4; ++s) world.update(s, 900);
  std::size_t inside = 0, hit = 0;
  for (std::size_t c = 100; c < world.cells.size(); ++c) {
    if (world.cells.z[c] <= 50) {
      ASSERT_EQ(world.cells.state[c], 0);
      continue;
    }
    ++inside, hit += world.cells.state[c] == 1;
    ASSERT_LE(world.cells.transitions[c], 1u) << "an injured cell is not injured again";
  }
  for (std::size_t c = 0; c < 100; ++c) ASSERT_EQ(world.cells.state[c], 2) << "it follows the injured state";
  const double expected = 1 - std::exp(-1.0);
  EXPECT_NEAR(hit / static_cast<double>(inside), expected, 3.5 * std::sqrt(expected * (1 - expected) / inside));
}

TEST(CellStates, InjuryEndsWhenItsTimeIsOver) {
  CellWorld world;
  three_states(world);
  world.injuries.push_back({.type = CellTypeId{0},
                            .to_state = 1,
                            .count_at_start = 0,
                            .near = {},
                            .hazard = 1.0 / 3600,
                            .in_region = {},
                            .until = 1800});
  world.build();
  world.seed(20000);
  const auto hit = [&world] {
    return static_cast<double>(std::ranges::count_if(world.cells.transitions, [](auto n) { return n > 0; })) / 20000;
  };
  for (int s = 0; s < 2; ++s) world.update(s, 900);
  const double expected = 1 - std::exp(-0.5), then = hit();
  EXPECT_NEAR(then, expected, 3.5 * std::sqrt(expected * (1 - expected) / 20000));
  world.update(2, 900);
  EXPECT_EQ(hit(), then);
}

TEST(CellStates, DrawsFromEveryDistribution) {
  const Noise noise(3);
  for (const auto& [mean, sd] : {std::pair(5.0, 1.0), {5.0, 4.0}, {2.0, 3.0}}) {
    double gamma = 0, squares = 0;
    for (AgentId id = 0; id < 20000; ++id) {
      const double x = draw({Distribution::Kind::gamma, mean, sd}, noise, Stream::cell_column, id, 0);
      EXPECT_GT(x, 0);
      EXPECT_GT(draw({Distribution::Kind::truncated_normal, mean, sd}, noise, Stream::cell_column, id, 0), 0);
      gamma += x / 20000, squares += x * x / 20000;
    }
    EXPECT_NEAR(gamma, mean, 3.5 * sd / std::sqrt(20000.0));
    EXPECT_NEAR(std::sqrt(squares - gamma * gamma), sd, 0.05 * sd);
  }
  double truncated = 0;
  for (AgentId id = 0; id < 20000; ++id)
    truncated += draw({Distribution::Kind::truncated_normal, 1, 1}, noise, Stream::cell_column, id, 0) / 20000;
  EXPECT_NEAR(truncated, 1 + std::exp(-0.5) / std::sqrt(2 * std::numbers::pi) / 0.841344746,
              3.5 * 0.8 / std::sqrt(20000.0));
  double uniform = 0, exponential = 0;
  for (AgentId id = 0; id < 20000; ++id) {
    uniform += draw({Distribution::Kind::uniform, 2, 6}, noise, Stream::cell_column, id, 0) / 20000;
    exponential += draw({Distribution::Kind::exponential, 5, 0}, noise, Stream::cell_column, id, 0) / 20000;
  }
  EXPECT_EQ(draw({Distribution::Kind::constant, 3, 0}, noise, Stream::cell_column, 1, 0), 3);
  EXPECT_NEAR(uniform, 4, 3.5 * 4 / std::sqrt(12 * 20000.0));
  EXPECT_NEAR(exponential, 5, 3.5 * 5 / std::sqrt(20000.0));
}

}  // namespace
}  // namespace interstice
