/// @file
// labels: slow
/// Steps that are longer than the way: vesicles between walls and reservoirs on opposite sides, and in corners, with
/// steps up to ten times the time of diffusion through the box, against exact values.
#include <gtest/gtest.h>

#include <Eigen/Eigenvalues>
#include <array>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "engine/vesicles/counts/vesicle_counts.h"
#include "support/deviations.h"
#include "support/vesicle_world.h"

namespace interstice {
namespace {

constexpr int kCases = 200;
constexpr double kInfinite = std::numeric_limits<double>::infinity();

/// What is behind one face: nothing; a wall that takes vesicles, perfectly (infinite) or not; or a reservoir.
struct Side {
  double reactivity = 0;  ///< [um/s]
  int reservoir = -1;
};

/// The way of one vesicle along an axis, in `cells` equal parts of the way between its two sides, which come first and
/// last. Vesicles go from place to place at constant rates, so all chances are sums of exponentials.
class Way {
 public:
  /// `volume` of each side's reservoir, relative to that of the box; infinite for what keeps all that it gets.
  Way(int cells, double length, double D, std::array<Side, 2> sides, std::array<double, 2> volume) {
    const int n = cells + 2;
    const double h = length / cells;
    capacity_.assign(n, 1.0 / cells);
    for (int s = 0; s < 2; ++s) capacity_[s == 0 ? 0 : n - 1] = std::isfinite(volume[s]) ? volume[s] : 1e6;
    Eigen::MatrixXd flow = Eigen::MatrixXd::Zero(n, n);  // between places, per density there
    const auto join = [&](int a, int b, double rate) {
      flow(a, b) += rate, flow(b, a) += rate, flow(a, a) -= rate, flow(b, b) -= rate;
    };
    for (int i = 1; i + 1 < n - 1; ++i) join(i, i + 1, D / (h * h) / cells);
    for (int s = 0; s < 2; ++s) {
      const double kappa = sides[s].reservoir >= 0 ? kInfinite : sides[s].reactivity;
      const double rate = std::isinf(kappa) ? 2 * D / h : kappa / (1 + kappa * h / (2 * D));
      join(s == 0 ? 0 : n - 2, s == 0 ? 1 : n - 1, rate / length);
    }
    for (int i = 0; i < n; ++i)
      for (int j = 0; j < n; ++j) flow(i, j) /= std::sqrt(capacity_[i] * capacity_[j]);
    const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(flow);
    for (int k = 0; k < n; ++k) {
      rates_.push_back(solver.eigenvalues()[k]);
      std::array<double, 3> sum{}, all{};
      for (int i = 0; i < n; ++i) {
        const int place = i == 0 ? 0 : i < n - 1 ? 1 : 2;
        sum[place] += std::sqrt(capacity_[i]) * solver.eigenvectors()(i, k);
        all[place] += capacity_[i];
      }
      to_.push_back(sum);
      from_.push_back({sum[0] / all[0], sum[1] / all[1], sum[2] / all[2]});
    }
  }
  /// That who was in one place (0: the lower side, 1: anywhere in between, 2: the upper side) is later in another.
  [[nodiscard]] double chance(int from, int to, double time) const {
    double p = 0;
    for (std::size_t k = 0; k < rates_.size(); ++k) p += from_[k][from] * to_[k][to] * std::exp(rates_[k] * time);
    return std::min(1.0, std::max(0.0, p));
  }

 private:
  std::vector<double> capacity_, rates_;
  std::vector<std::array<double, 3>> from_, to_;  ///< weights of each mode
};

void set_side(VesicleWorld& world, int face, const Side& side) {
  world.reactivity[face] = side.reactivity;
  world.reservoir_of_face[face] = side.reservoir;
  world.periodic[face / 2] = false;
}

/// A step of some times the time of diffusion, and how many of them.
struct SlabSteps {
  double dt;
  int number;
  SlabSteps(Random& random, double length, double D) {
    const double tau = random.about(0.02, 10);
    dt = tau * length * length / D;
    number = std::max(1, static_cast<int>(std::lround(random.about(0.05, 3) / tau)));
  }
  [[nodiscard]] double time() const { return dt * number; }
};

void pass(VesicleWorld& world, const SlabSteps& steps) {
  const Threads threads(2);
  for (int i = 0; i < steps.number; ++i, world.tick()) world.advance(steps.dt, threads);
  ASSERT_EQ(world.ledger[0].total(), world.ledger[0].dosed);
}

/// A face that takes vesicles: closed, one that takes some over the time, or a perfect sink.
Side random_wall(Random& random, double length, double time) {
  const int kind = random.whole(0, 3);
  return {kind == 0 ? 0 : kind == 1 ? kInfinite : random.about(0.1, 3) * length / time, -1};
}

constexpr double kLeast = 8;  ///< variance of a number that is near enough to normal
void add(Deviations& deviations, double found, double expected, double variance) {
  if (variance >= kLeast) deviations.add(found, expected, std::sqrt(variance));
}

TEST(VesicleSlabs, WallsOnOppositeSidesTakeWhatTheyShouldWhateverTheStep) {
  Random random(1);
  Deviations deviations;
  for (int k = 0; k < kCases; ++k) {
    const int voxels = random.whole(1, 6);
    const double D = random.about(0.3, 6), length = random.about(3, 60);
    VesicleWorld world(2, 2, voxels, length / voxels);
    world.noise = Noise{static_cast<std::uint64_t>(k) + 1};
    world.set_diffusivity(D);
    const SlabSteps steps(random, length, D);
    const std::array sides{random_wall(random, length, steps.time()), random_wall(random, length, steps.time())};
    for (const int s : {0, 1}) set_side(world, 4 + s, sides[s]);
    const Vec3 size = world.grid.size();
    world.seed(3000 / (size.x * size.y * size.z));
    const auto n = static_cast<double>(world.ledger[0].dosed);
    pass(world, steps);
    const double stays = Way(40, length, D, sides, {kInfinite, kInfinite}).chance(1, 1, steps.time());
    add(deviations, static_cast<double>(world.ledger[0].free), n * stays, n * stays * (1 - stays));
  }
  EXPECT_GT(deviations.number(), kCases / 2);
  deviations.expect_chance();
}

TEST(VesicleSlabs, ReservoirsOnOppositeSidesExchangeWhatTheyShouldWhateverTheStep) {
  Random random(2);
  Deviations deviations;
  for (int k = 0; k < kCases; ++k) {
    const int voxels = random.whole(1, 6);
    const double D = random.about(0.3, 6), length = random.about(3, 60);
    VesicleWorld world(2, 2, voxels, length / voxels);
    world.noise = Noise{static_cast<std::uint64_t>(k) + 1};
    world.set_diffusivity(D);
    const SlabSteps steps(random, length, D);
    const Vec3 size = world.grid.size();
    const double box = size.x * size.y * size.z;
    std::array<Side, 2> sides;
    std::array volume{random.about(10, 300), random.about(10, 300)};
    for (const int s : {0, 1}) {
      if (s == 1 && random.whole(0, 2) == 0) {
        sides[s] = random_wall(random, length, steps.time()), volume[s] = kInfinite;
      } else {
        sides[s].reservoir = static_cast<int>(world.reservoirs.size());
        world.add_reservoir(volume[s] * box);
        world.reservoirs.back().name += std::to_string(s);
      }
      set_side(world, 4 + s, sides[s]);
    }
    const double density = random.whole(0, 1) * 2000 / box;
    world.seed(density, {});
    std::array<double, 3> start{0, static_cast<double>(world.ledger[0].dosed), 0};
    for (const int s : {0, 1}) {
      if (sides[s].reservoir < 0) continue;
      const auto number = static_cast<std::uint64_t>(random.whole(0, 1) * random.about(500, 5000) * volume[s]);
      start[2 * s] = static_cast<double>(number);
      world.reservoir_states[sides[s].reservoir].vesicles[0] = number;
      world.ledger[0].in_reservoir += number;
      world.ledger[0].dosed += number;
    }
    pass(world, steps);
    const Way way(40, length, D, sides, volume);
    const std::array found{
        static_cast<double>(world.reservoir_states[0].vesicles[0]), static_cast<double>(world.ledger[0].free),
        static_cast<double>(sides[1].reservoir >= 0 ? world.reservoir_states[1].vesicles[0] : world.ledger[0].left)};
    for (int to = 0; to < 3; ++to) {
      double expected = 0, variance = 0;
      for (int from = 0; from < 3; ++from) {
        const double p = way.chance(from, to, steps.time());
        expected += start[from] * p;
        variance += start[from] * p * (1 - p);
      }
      add(deviations, found[to], expected, variance);
    }
  }
  EXPECT_GT(deviations.number(), kCases / 2);
  deviations.expect_chance(1.5);  // the three add up
}

TEST(VesicleSlabs, InCornersTheFaceThatIsReachedFirstTakes) {
  Random random(3);
  Deviations deviations;
  for (int k = 0; k < kCases; ++k) {
    const std::array n{random.whole(1, 3), random.whole(1, 3), random.whole(1, 3)};
    const double D = random.about(0.3, 6), spacing = random.about(3, 20);
    VesicleWorld world(n[0], n[1], n[2], spacing);
    world.noise = Noise{static_cast<std::uint64_t>(k) + 1};
    world.set_diffusivity(D);
    const double shortest = spacing * std::min({n[0], n[1], n[2]});
    const SlabSteps steps(random, shortest, D);
    const Vec3 size = world.grid.size();
    const double box = size.x * size.y * size.z;
    std::vector<Way> way;
    for (int axis = 0; axis < 3; ++axis) {  // the first leads into a reservoir, the second into another
      std::array<Side, 2> sides{random_wall(random, shortest, steps.time()),
                                random_wall(random, shortest, steps.time())};
      if (axis < 2) {
        sides[0] = {0, axis};
        world.add_reservoir(1e5 * box);
        world.reservoirs.back().name += std::to_string(axis);
        if (sides[1].reactivity > 0) sides[1] = sides[0];
      }
      for (const int s : {0, 1}) set_side(world, 2 * axis + s, sides[s]);
      way.emplace_back(40, spacing * n[axis], D, sides, std::array{kInfinite, kInfinite});
    }
    world.seed(4000 / box);
    const auto dosed = static_cast<double>(world.ledger[0].dosed);
    pass(world, steps);
    constexpr int kTimes = 120;
    std::array<double, 3> taken{}, there{1, 1, 1};
    for (int i = 1; i <= kTimes; ++i) {  // most happens soon
      const double time = steps.time() * std::pow(static_cast<double>(i) / kTimes, 3.0);
      std::array<double, 3> still{};
      for (int a = 0; a < 3; ++a) still[a] = way[a].chance(1, 1, time);
      for (int a = 0; a < 3; ++a) {
        const int b = (a + 1) % 3, c = (a + 2) % 3;
        taken[a] += (there[a] - still[a]) *
                    ((there[b] * there[c] + still[b] * still[c]) / 3 + (there[b] * still[c] + still[b] * there[c]) / 6);
      }
      there = still;
    }
    const std::array found{static_cast<double>(world.reservoir_states[0].vesicles[0]),
                           static_cast<double>(world.reservoir_states[1].vesicles[0]),
                           static_cast<double>(world.ledger[0].left)};
    for (int a = 0; a < 3; ++a) add(deviations, found[a], dosed * taken[a], dosed * taken[a] * (1 - taken[a]));
  }
  EXPECT_GT(deviations.number(), kCases / 2);
  deviations.expect_chance(1.5);
}

/// Of the density n behind a perfect face, what a box of volume V holds per n V, and has cleared, after a time, where
/// vesicles are cleared at a rate k (Danckwerts 1951).
struct Entered {
  double inside = 0, cleared = 0;
  Entered(double rate, double k, double time) {  // rate: D/L^2
    const auto came_in = [rate](double t) {
      double still_empty = 0;
      for (int n = 0; n < 400; ++n) {
        const double q = (n + 0.5) * kPi, decayed = std::exp(-q * q * rate * t);
        if (decayed < 1e-12) break;
        still_empty += 2 / (q * q) * decayed;
      }
      return 1 - still_empty;
    };
    constexpr int kParts = 400;
    double weighted = 0;  // k times the integral of what had come in without clearance, by its age
    for (int i = 0; i < kParts; ++i) {
      const double x = (i + 0.5) / kParts, at = time * x * x, dt = 2 * time * x / kParts;
      const double came = came_in(at);
      weighted += 0.5 * k * came * std::exp(-k * at) * dt;
      cleared += k * (came * std::exp(-k * at) + weighted) * dt;
      weighted += 0.5 * k * came * std::exp(-k * at) * dt;
    }
    inside = came_in(time) * std::exp(-k * time) + weighted;
  }
};

TEST(VesicleSlabs, WhatComesInFromAReservoirAndIsClearedDoesNotDependOnTheStep) {
  Random random(4);
  Deviations deviations;
  for (int k = 0; k < kCases; ++k) {
    const int voxels = random.whole(1, 6);
    const double D = random.about(0.3, 6), length = random.about(3, 60);
    VesicleWorld world(2, 2, voxels, length / voxels);
    world.noise = Noise{static_cast<std::uint64_t>(k) + 1};
    world.set_diffusivity(D);
    SlabSteps steps(random, length, D);
    const double clearance = world.regions.regions[0].vesicle_clearance = random.about(0.03, 10) / steps.dt;
    while (clearance * steps.time() > 20 && steps.number > 1) --steps.number;
    const std::array sides{Side{0, 0}, Side{}};
    for (const int s : {0, 1}) set_side(world, 4 + s, sides[s]);
    const Vec3 size = world.grid.size();
    const double box = size.x * size.y * size.z;
    const Entered entered(D / (length * length), clearance, steps.time());
    const double number = 3000 / (entered.inside + entered.cleared);  // per box
    world.add_reservoir(1e4 * box);
    world.reservoir_states[0].vesicles[0] = static_cast<std::uint64_t>(1e4 * number);
    world.ledger[0].dosed = world.ledger[0].in_reservoir = world.reservoir_states[0].vesicles[0];
    pass(world, steps);
    add(deviations, static_cast<double>(world.ledger[0].free), number * entered.inside, number * entered.inside);
    add(deviations, static_cast<double>(world.ledger[0].lost), number * entered.cleared, number * entered.cleared);
  }
  EXPECT_GT(deviations.number(), kCases);
  deviations.expect_chance();
}

/// How many vesicles cells take from a reservoir behind one face in 120 s: 1e9 cells/ml, which take them up within a
/// few cell diameters of it.
double taken_from_behind_a_face(double dt, std::uint64_t seed) {
  VesicleWorld world(4, 4, 8, 10);
  world.noise = Noise{seed};
  world.set_diffusivity(3);
  world.cell_types[0].contact.adsorption = 0.1;
  Random random(7);
  for (int i = 0; i < 128; ++i)
    world.add_cell({random.between(0, 40), random.between(0, 40), random.between(3.5, 76.5)}, 3.5);
  set_side(world, 4, {0, 0});
  set_side(world, 5, {});
  world.add_reservoir(1e7);
  world.reservoir_states[0].vesicles[0] = 4000000;
  world.ledger[0].dosed = world.ledger[0].in_reservoir = 4000000;
  const Threads threads(2);
  for (int i = 0; i < static_cast<int>(120 / dt + 0.5); ++i, world.tick()) world.advance(dt, threads);
  EXPECT_EQ(world.ledger[0].total(), world.ledger[0].dosed);
  return static_cast<double>(world.ledger[0].adsorbed);
}

TEST(VesicleSlabs, DenseTissueBehindAReservoirTakesTheSameWhateverTheStep) {
  double fine = 0;
  for (const std::uint64_t seed : {1, 2}) fine += taken_from_behind_a_face(0.1, seed);
  EXPECT_GT(fine, 12000);
  for (const double dt : {2.0, 10.0, 60.0}) {
    double some = 0;
    for (const std::uint64_t seed : {1, 2}) some += taken_from_behind_a_face(dt, seed);
    EXPECT_NEAR(some / fine, 1, 0.05) << dt;  // a standard error of 1.1 %
  }
}

}  // namespace
}  // namespace interstice
