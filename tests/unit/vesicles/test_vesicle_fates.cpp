/// @file
/// The kinetics of vesicles: agents and counts against the Markov chain that the table of fates says, over random rates
/// and steps from far too short to far too long.
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <random>

#include "engine/vesicles/counts/vesicle_counts.h"
#include "engine/vesicles/fates.h"
#include "support/vesicle_world.h"

namespace interstice {
namespace {

/// A place, and whether cargo is still there.
constexpr std::size_t kStates = 2 * kPlaces.size();
using Vector = std::array<double, kStates>;
using Matrix = std::array<Vector, kStates>;  ///< [to][from]

std::size_t state(VesiclePlace place, std::size_t cargo) { return 2 * static_cast<std::size_t>(place) + cargo; }

Matrix product(const Matrix& a, const Matrix& b) {
  Matrix c{};
  for (std::size_t i = 0; i < kStates; ++i)
    for (std::size_t k = 0; k < kStates; ++k)
      for (std::size_t j = 0; j < kStates; ++j) c[i][j] += a[i][k] * b[k][j];
  return c;
}

Matrix power(Matrix a, std::uint64_t n) {
  Matrix all{};
  for (std::size_t i = 0; i < kStates; ++i) all[i][i] = 1;
  for (; n > 0; n /= 2, a = product(a, a))
    if (n % 2 == 1) all = product(a, all);
  return all;
}

/// Each state leaves with 1 - exp(-rate dt), by one of its fates; read from the rows of the table.
Matrix one_step(const VesicleClass& klass, const Surroundings& around, double dt) {
  Matrix step{};
  for (std::size_t p = 0; p < kPlaces.size(); ++p)
    for (const std::size_t cargo : {0, 1}) {
      const auto here = static_cast<VesiclePlace>(p);
      double all = 0;
      const auto open = [&](const Fate& f) { return f.from == here && (cargo == 1 || !f.needs_cargo); };
      for (const Fate& fate : kFates)
        if (open(fate)) all += std::max(0.0, fate.rate(klass, around));
      const double leaves = -std::expm1(-all * dt);
      step[state(here, cargo)][state(here, cargo)] = 1 - leaves;
      for (const Fate& fate : kFates)
        if (open(fate) && all > 0)
          step[state(fate.to, fate.takes_cargo ? 0 : cargo)][state(here, cargo)] +=
              leaves * std::max(0.0, fate.rate(klass, around)) / all;
    }
  return step;
}

/// Of those that began adsorbed with cargo, the shares in each place after the steps.
std::array<double, kPlaces.size()> shares(const Matrix& chain) {
  std::array<double, kPlaces.size()> share{};
  for (std::size_t p = 0; p < kPlaces.size(); ++p)
    share[p] = chain[2 * p][state(VesiclePlace::adsorbed, 1)] + chain[2 * p + 1][state(VesiclePlace::adsorbed, 1)];
  return share;
}

struct Trial {
  VesicleClass klass;
  double clearance = 0, dt = 0;
  int steps = 0;
};

/// Rates over three decades, steps from a thousandth to a hundred times the fastest exit's time.
Trial random_trial(std::mt19937& random, double dt_in_times) {
  std::uniform_real_distribution<double> u;
  const auto rate = [&] { return std::pow(10.0, -4 + 3 * u(random)); };
  Trial trial;
  trial.klass.geometric_sd = 1;
  trial.klass.desorption = rate(), trial.klass.internalisation = rate(), trial.klass.endosome_exit = rate();
  trial.klass.released_fraction = u(random);
  trial.klass.recycled_fraction = (1 - trial.klass.released_fraction) * u(random);
  trial.clearance = rate();
  const double fastest =
      std::max({trial.klass.desorption + trial.klass.internalisation, trial.klass.endosome_exit, trial.clearance});
  trial.dt = dt_in_times / fastest;
  trial.steps = std::clamp(static_cast<int>(2 / dt_in_times), 3, 400);
  return trial;
}

/// A cell that nothing sticks to, with vesicles on it.
struct FateWorld : VesicleWorld {
  CountsScratch counts_scratch;

  FateWorld(const Trial& trial, std::uint64_t number, bool counted, std::uint64_t seed) : VesicleWorld(3, 3, 3, 10) {
    noise = Noise(seed);
    classes[0] = trial.klass;
    classes[0].counted = counted;
    set_diffusivity(1e-9);  // nobody goes anywhere
    regions.regions[0].vesicle_clearance = trial.clearance;
    add_cell({15, 15, 15}, 5);
    begin_vesicle_counts(vesicles, classes, grid.voxel_count());
    if (counted) {
      vesicles.counts[0].adsorbed = {std::vector<std::uint64_t>{0}, {number}};
      vesicles.counts[0].endosomal = {std::vector<std::uint64_t>{0}, {0}};
    } else {
      for (std::uint64_t i = 0; i < number; ++i) {
        append_vesicle(vesicles, VesicleClassId{0}, classes[0], noise, child_id(seed, i), {15, 15, 20});
        vesicles.state.back() = VesicleState::adsorbed;
        vesicles.host.back() = 0;
      }
    }
    cells.bound[0] = number;
    ledger[0].dosed = ledger[0].adsorbed = number;
  }
  void run(const Trial& trial) {
    const Threads threads(1);
    now.dt = trial.dt;
    for (int i = 0; i < trial.steps; ++i, tick()) {
      if (classes[0].counted)
        step_vesicle_counts(vesicles, cells, ledger, reservoir_states, environment(), now, counts_scratch, threads);
      else
        turn_over_vesicles(vesicles, cells, ledger, environment(), now, scratch, threads);
    }
  }
};

void expect_chain(const Trial& trial, std::uint64_t number, bool counted, std::uint64_t seed) {
  FateWorld world(trial, number, counted, seed);
  world.run(trial);
  const auto share = shares(power(one_step(trial.klass, {.clearance = trial.clearance}, trial.dt), trial.steps));
  const auto n = static_cast<double>(number);
  for (std::size_t p = 0; p < kPlaces.size(); ++p)
    EXPECT_NEAR(static_cast<double>(kPlaces[p].number(world.ledger[0])), n * share[p],
                5 * std::sqrt(n * share[p] * (1 - share[p])) + 1)
        << (counted ? "counts " : "agents ") << kPlaces[p].name() << " dt " << trial.dt << " steps " << trial.steps;
  EXPECT_EQ(world.ledger[0].total(), number);
  EXPECT_EQ(world.cells.bound[0], world.ledger[0].adsorbed);
  EXPECT_EQ(world.cells.internal[0], world.ledger[0].endosomal);
  EXPECT_EQ(world.cells.releases[0], world.ledger[0].released);
  EXPECT_EQ(world.cells.adsorptions[0], 0U);
  VesicleLedger arrays = world.ledger[0];
  count_vesicles(world.vesicles, world.classes, {&arrays, 1});
  EXPECT_EQ(arrays.total(), number);
}

TEST(VesicleFates, AgentsAndCountsFollowOneChainWhateverTheStep) {
  std::mt19937 random(11);
  std::uint64_t seed = 0;
  for (const double dt_in_times : {0.005, 0.05, 0.3, 1.0, 5.0, 100.0})
    for (int i = 0; i < 6; ++i) {
      const Trial trial = random_trial(random, dt_in_times);
      expect_chain(trial, 4000, false, ++seed);
      expect_chain(trial, 1000000, true, ++seed);
    }
}

TEST(VesicleFates, ShortStepsAddUpToTheExponentialOfTheRates) {
  std::mt19937 random(12);
  for (int i = 0; i < 20; ++i) {
    const Trial trial = random_trial(random, 0.005);
    const Surroundings around{.clearance = trial.clearance};
    const double time = trial.dt * trial.steps;
    constexpr std::uint64_t kMany = 1ULL << 26;
    const auto coarse = shares(power(one_step(trial.klass, around, trial.dt), trial.steps));
    const auto exact = shares(power(one_step(trial.klass, around, time / static_cast<double>(kMany)), kMany));
    for (std::size_t p = 0; p < kPlaces.size(); ++p) EXPECT_NEAR(coarse[p], exact[p], 0.005) << kPlaces[p].name();
  }
}

TEST(VesicleFates, EveryFateKeepsTheBooks) {
  for (const Fate& fate : kFates) {
    std::vector<VesicleLedger> ledger(2);
    std::vector<ReservoirState> reservoirs(1);
    reservoirs[0].vesicles = {0, 9};
    Cells cells;
    for (auto* counts : {&cells.bound, &cells.internal, &cells.adsorptions, &cells.releases}) counts->assign(1, 9);
    const VesicleAccounts accounts{ledger, reservoirs, &cells};
    accounts.dose(1, 9, {fate.from, 0});
    accounts.move(1, 4, {fate.from, 0}, {fate.to, 0});
    EXPECT_EQ(info(fate.from).number(ledger[1]), 5U) << fate.name;
    EXPECT_EQ(info(fate.to).number(ledger[1]), 4U) << fate.name;
    EXPECT_EQ(ledger[1].total(), ledger[1].dosed) << fate.name;
    EXPECT_EQ(ledger[0].total(), 0U) << fate.name;
  }
}

}  // namespace
}  // namespace interstice
