/// @file
/// The reaction stage: conserved moieties, positivity, order, budget, reservoirs, masks, threads.
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <random>

#include "engine/core/constants.h"
#include "engine/fields/reactions/conserved.h"
#include "engine/fields/reactions/reactions.h"
#include "unit/fields/beaker.h"

namespace interstice {
namespace {

using namespace testing;
constexpr SpeciesId A{0}, B{1}, C{2}, D{3};

TEST(Conserved, MoietiesAreTheLeftNullSpace) {
  Chemistry chemistry;
  chemistry.reactions = {mass_action({{A, 1}, {B, 1}}, {{C, 1}}, 1), mass_action({{A, 18}, {C, 1}}, {{D, 1}}, 1)};
  const auto moieties = conserved_moieties(chemistry, 4);
  ASSERT_EQ(moieties.size(), 2u);
  for (const auto& m : moieties) {
    for (const auto& row : stoichiometric_matrix(chemistry, 4)) {
      double sum = 0;
      for (std::size_t s = 0; s < 4; ++s) sum += m[s] * row[s];
      EXPECT_NEAR(sum, 0, 1e-13);
    }
  }
  EXPECT_EQ(conserved_moieties({}, 3).size(), 3u);
}

/// A+B->C, C->A+B, 2A->B+C, B+C->2A, an enzyme with inhibitors, Hill, 18 D + C -> A: random rates.
Chemistry random_network(std::mt19937& random) {
  std::uniform_real_distribution<double> exponent(-4, 4);
  const auto k = [&] { return std::pow(10, exponent(random)); };
  Chemistry chemistry;
  chemistry.reactions = {
      mass_action({{A, 1}, {B, 1}}, {{C, 1}}, k()),           mass_action({{C, 1}}, {{A, 1}, {B, 1}}, k()),
      mass_action({{A, 2}}, {{B, 1}, {C, 1}}, k()),           mass_action({{B, 1}, {C, 1}}, {{A, 2}}, k()),
      michaelis_menten(A, D, k(), k(), {{B, k()}, {C, k()}}), mass_action({{D, 1}}, {{A, 1}}, k())};
  Reaction hill;
  hill.law = Reaction::Law::hill;
  hill.reactants = {{C, 1}}, hill.products = {{D, 1}};
  hill.hill = {.substrate = C, .vmax = k(), .K = k(), .n = 2.5};
  chemistry.reactions.push_back(hill);
  return chemistry;
}

TEST(Reactions, RandomStiffNetworksStayPositiveAndKeepTheirMoieties) {
  std::mt19937 random(11);
  std::uniform_real_distribution<double> exponent(-6, 3), uniform(0, 1);
  for (const double tolerance : {ReactionOptions{}.tolerance, std::numeric_limits<double>::infinity()}) {
    for (int network = 0; network < 250; ++network) {
      Beaker b(4, 100);
      b.chemistry = random_network(random);
      b.options.tolerance = tolerance;
      b.allocate();
      for (std::uint32_t s = 0; s < 4; ++s) {
        for (double& c : b.c[SpeciesId{s}]) c = uniform(random) < 0.2 ? 0 : std::pow(10, exponent(random));
      }
      const FieldSet before = b.c;
      const auto moieties = conserved_moieties(b.chemistry, 4);
      const ReactionSolver solver = b.solver();
      for (int n = 0; n < 2; ++n) b.step(solver, 0.5);
      for (std::size_t voxel = 0; voxel < 100; ++voxel) {
        for (std::uint32_t s = 0; s < 4; ++s) ASSERT_GE(b.at(s, voxel), 0);
        for (const auto& m : moieties) {
          double start = 0, end = 0, scale = 0;
          for (std::uint32_t s = 0; s < 4; ++s) {
            start += m[s] * before[SpeciesId{s}][voxel], end += m[s] * b.at(s, voxel);
            scale += std::abs(m[s]) * before[SpeciesId{s}][voxel];
          }
          ASSERT_NEAR(start, end, 1e-12 * scale) << "network " << network << " voxel " << voxel;
        }
      }
    }
  }
}

TEST(Reactions, ForcedSingleStepsAreOfSecondOrder) {
  const auto run = [](double dt, double tolerance) {
    Beaker b = purine_beaker({.k_ATP = 1, .k_ADP = 0.7, .cd39 = 3, .cd73 = 8, .k_ado = 0.5});
    b.options.tolerance = tolerance;
    b.at(ATP) = 6, b.at(AMP) = 2;
    const ReactionSolver solver = b.solver();
    for (int n = 0; n < std::lround(2.4 / dt); ++n) b.step(solver, dt);
    return std::array{b.at(ATP), b.at(ADP), b.at(AMP), b.at(ADO)};
  };
  const double once = std::numeric_limits<double>::infinity();
  const auto exact = run(0.0005, once), coarse = run(0.1, once), medium = run(0.05, once), fine = run(0.025, once);
  for (std::size_t s = 0; s < 4; ++s) {
    EXPECT_NEAR(std::log2(std::abs(coarse[s] - exact[s]) / std::abs(medium[s] - exact[s])), 2, 0.2) << s;
    EXPECT_NEAR(std::log2(std::abs(medium[s] - exact[s]) / std::abs(fine[s] - exact[s])), 2, 0.2) << s;
  }
}

TEST(Reactions, ForcedStiffStepsNeitherGrowNorOscillate) {
  Beaker b = purine_beaker({.k_ATP = 1e3, .k_ADP = 50, .cd39 = 0, .cd73 = 1e4, .k_ado = 0});
  b.options.tolerance = std::numeric_limits<double>::infinity();
  b.at(ATP) = 6;
  const ReactionSolver solver = b.solver();
  double previous = 0;
  for (int n = 0; n < 40; ++n) {
    b.step(solver, 0.5);
    EXPECT_GE(b.at(ADO), previous * (1 - 1e-14));
    EXPECT_LE(b.at(ADO), 6 * (1 + 1e-14));
    previous = b.at(ADO);
  }
  EXPECT_NEAR(b.at(ADO), 6, 1e-6);
}

// c' = k c^2 is c0 / (1 - k c0 t): beyond 1 / (k c0) there is no concentration, and none is made up.
TEST(Reactions, WhatGrowsBeyondBoundsEndsAtOnceAndIsAccurateBefore) {
  std::mt19937 random(3);
  std::uniform_real_distribution<double> exponent(-3, 3);
  for (int trial = 0; trial < 20; ++trial) {
    const double k = std::pow(10, exponent(random)), start = std::pow(10, exponent(random)), end = 1 / (k * start);
    const auto after = [&](double dt) {
      Beaker b(1);
      b.chemistry.reactions.push_back(mass_action({{SpeciesId{0}, 2}}, {{SpeciesId{0}, 3}}, k));
      b.allocate();
      b.at(0) = start;
      b.step(b.solver(), dt);
      return b.at(0);
    };
    EXPECT_NEAR(after(0.5 * end), 2 * start, 0.02 * start) << k << " " << start;
    for (const double far : {1.01, 2.0, 1e3, 1e6}) EXPECT_FALSE(std::isfinite(after(far * end))) << far;
  }
}

// Out of nothing, at once, and gone as fast: steep, but within bounds whatever the step.
TEST(Reactions, WhatIsMadeOfNothingIsNotTakenForRunningAway) {
  for (const double fast : {1.0, 1e3, 1e6, 1e9})
    for (const double dt : {1e-3, 1.0, 1e3}) {
      Beaker b(2);
      b.chemistry.reactions.push_back(mass_action({}, {{A, 1}}, 1e3));
      b.chemistry.reactions.push_back(mass_action({{A, 1}}, {{B, 1}}, fast));
      b.chemistry.reactions.push_back(mass_action({{A, 1}, {B, 1}}, {{B, 2}}, fast));
      b.allocate();
      b.step(b.solver(), dt);
      EXPECT_NEAR(b.at(0) + b.at(1), 1e3 * dt, 1e-9 * 1e3 * dt) << fast << " " << dt;
    }
}

TEST(Reactions, DecayAloneIsExactAndBooked) {
  Beaker b(1, 70);
  b.species[0].decay = 0.3;
  b.allocate();
  for (double& c : b.c[A]) c = 2;
  const ReactionSolver solver = b.solver();
  for (int n = 0; n < 8; ++n) b.step(solver, 0.5);
  for (const double c : b.c[A]) EXPECT_NEAR(c / (2 * std::exp(-1.2)), 1, 1e-14);
  const double molecules = 70 * 1000 * kMoleculesPerUmCubedPerMicromolar;
  EXPECT_NEAR(b.budget.decayed[0] / ((2 - b.at(0)) * molecules), 1, 1e-13);
}

TEST(Reactions, SecretionAgainstLossReachesTheSteadyValueAtAnyStep) {
  for (const double dt : {0.05, 0.5, 10.0}) {
    for (const double Km : {0.0, 5.0}) {
      Beaker b(1);
      b.species[0].decay = 0.1;
      b.regions.regions[0].volume_fraction = 0.2;
      b.allocate();
      const double volume = 0.2 * 1000 * kMoleculesPerUmCubedPerMicromolar;  // molecules per uM
      b.secretion[A][0] = 0.5 * volume;
      b.clearance[A][0] = 40;  // 0.2 /s
      b.clearance_Km[0] = Km;
      const ReactionSolver solver = b.solver();
      for (double time = 0; time < 300; time += dt) b.step(solver, dt);
      const double c = b.at(0), uptake = 0.2 * c / (Km > 0 ? 1 + c / Km : 1.0);
      EXPECT_NEAR((uptake + 0.1 * c) / 0.5, 1, 1e-8) << "dt " << dt << " Km " << Km;
      EXPECT_NEAR((b.budget.secreted[0] - b.budget.taken_up[0] - b.budget.decayed[0]) / (c * volume), 1, 1e-10);
      EXPECT_NEAR(b.budget.taken_up[0] / b.budget.decayed[0], uptake / (0.1 * c), 0.05);
    }
  }
}

TEST(Reactions, UptakeTakesNoMoreThanThereIs) {
  Beaker b(1);
  b.allocate();
  b.at(0) = 1;
  b.clearance[A][0] = 1e9;
  b.step(b.solver(), 1);
  EXPECT_GE(b.at(0), 0);
  EXPECT_NEAR(b.budget.taken_up[0] / (1000 * kMoleculesPerUmCubedPerMicromolar), 1, 1e-14);
}

TEST(Reactions, CopiesMakeTheRateAndRegionsConfineIt) {
  Beaker b(2, 3);
  b.regions.regions.push_back({.name = "tissue", .volume_fraction = 0.5});
  b.regions.of_voxel = {0, 1, 1};
  Reaction r = michaelis_menten(A, B, 0, 15);
  r.michaelis_menten.kcat = 100;
  b.chemistry.reactions = {r, mass_action({{B, 1}}, {{A, 1}}, 0.01)};
  b.chemistry.reactions[1].in_region = {true, false};
  b.allocate();
  for (double& c : b.c[A]) c = 5;
  for (double& c : b.copies[SpeciesId{0}]) c = 3600;
  b.copies[SpeciesId{0}][2] = 0;
  b.step(b.solver(), 1e-3);
  const double rate = 100 * 3600 / (1000 * kMoleculesPerUmCubedPerMicromolar) * 5 / 20;  // [uM/s] at alpha 1
  EXPECT_NEAR(b.at(1, 0) / (rate * 1e-3), 1, 1e-4);
  EXPECT_NEAR(b.at(1, 1) / (2 * rate * 1e-3), 1, 1e-4);
  EXPECT_EQ(b.at(1, 2), 0);
  b.at(1, 2) = 4;
  b.step(b.solver(), 1);
  EXPECT_EQ(b.at(1, 2), 4);  // the back reaction does not run in this region
}

TEST(Reactions, ReservoirReactsLikeAVoxelOfItsVolume) {
  Beaker b(2);
  Reaction r = michaelis_menten(A, B, 0, 15);
  r.michaelis_menten.kcat = 100;
  b.chemistry.reactions = {r};
  b.reservoirs.push_back(
      {.name = "r", .volume = 4000, .represents = 4, .vesicle_transfers = {}, .enzyme_copies = {3 * 3600}});
  b.allocate();
  b.at(0) = 5, b.state[0].concentration[0] = 5;
  b.copies[SpeciesId{0}][0] = 3600;
  const ReactionSolver solver = b.solver();
  const std::vector<std::vector<double>> on_vesicles{{900}};  // in the share of one of four patches
  for (int n = 0; n < 20; ++n) {
    b.react(solver, 0.5, Threads(1), on_vesicles);
    std::swap(b.c, b.reacted), std::swap(b.state, b.reacted_state);
  }
  EXPECT_NEAR(b.state[0].concentration[0] / b.at(0), 1, 1e-13);
  EXPECT_NEAR(b.state[0].concentration[1] / b.at(1), 1, 1e-13);
  // The patch's own molecules and a quarter of the reservoir's.
  EXPECT_NEAR(b.budget.reacted[0] / (2 * b.at(1) * 1000 * kMoleculesPerUmCubedPerMicromolar), 1, 1e-12);
}

TEST(Reactions, GroupsOneByOneGiveTheBitsOfAllAtOnce) {
  const auto made = [] {
    Beaker b(7, 40000);  // four purines, three lone species
    b.chemistry = purine_chemistry({.k_ATP = 0.3, .k_ADP = 2, .cd39 = 5, .cd73 = 20});
    b.species[5].decay = 0.2;
    b.reservoirs.push_back({.name = "r", .volume = 4e5, .vesicle_transfers = {}, .enzyme_copies = {}});
    b.allocate();
    for (std::uint32_t s = 0; s < 7; ++s) {
      for (std::size_t v = 0; v < 40000; ++v) b.at(s, v) = 1e-4 * static_cast<double>((v + s) % 1000);
      b.state[0].concentration[s] = s;
    }
    for (double& c : b.secretion[SpeciesId{6}]) c = 100;
    return b;
  };
  Beaker all = made(), turns = made();
  const ReactionSolver at_once = all.solver(), in_turn = turns.solver();
  all.react(at_once, 0.5);
  ASSERT_EQ(in_turn.groups().size(), 2u);
  FieldSet held = FieldSet::empty(7, 40000);
  turns.reacted_state = turns.state;
  const Exchange given = turns.exchange();
  for (const ClusterRange& group : in_turn.groups()) {
    const std::vector<SpeciesId> species = in_turn.species(group);
    held.hold_only(species);
    in_turn.react(group, {.dt = 0.5, .exchange = given, .vesicle_copies = {}, .supply = {}}, turns.c, turns.state, held,
                  turns.reacted_state, turns.budget, Threads(1));
    for (const SpeciesId s : species) {
      EXPECT_EQ(std::memcmp(held[s].data(), all.reacted[s].data(), 40000 * sizeof(double)), 0) << index(s);
    }
    EXPECT_LE(species.size(), 4u);
  }
  EXPECT_EQ(turns.reacted_state[0].concentration, all.reacted_state[0].concentration);
  EXPECT_EQ(turns.budget.reacted, all.budget.reacted);
  EXPECT_EQ(turns.budget.secreted, all.budget.secreted);
  EXPECT_EQ(turns.budget.decayed, all.budget.decayed);
}

TEST(Reactions, SharedChannelsBookWhatEachReactionDid) {
  // The same enzyme three times: from cells and vesicles by copies, and lumped in one region.
  Beaker b(2, 100);
  b.regions.regions.push_back({.name = "tissue", .volume_fraction = 0.25});
  for (std::size_t v = 0; v < 50; ++v) b.regions.of_voxel[v] = 1;
  Reaction copies = michaelis_menten(A, B, 0, 15), lumped = michaelis_menten(A, B, 0.3, 15);
  copies.michaelis_menten.kcat = 100;
  lumped.in_region = {true, false};
  b.chemistry.reactions = {copies, lumped, copies};
  b.allocate();
  for (double& c : b.c[A]) c = 5;
  for (std::size_t v = 0; v < 100; ++v) {
    b.copies[SpeciesId{0}][v] = v % 3 == 0 ? 3600 : 0;
    b.copies[SpeciesId{2}][v] = 900;
  }
  std::array<double, 3> expected{};
  b.step(b.solver(), 0.1);
  for (std::size_t v = 0; v < 100; ++v) {
    const double volume = v < 50 ? 250 : 1000, molecules = volume * kMoleculesPerUmCubedPerMicromolar;
    const std::array strength{v % 3 == 0 ? 100 * 3600 / molecules : 0.0, v < 50 ? 0.0 : 0.3, 100 * 900 / molecules};
    for (int r = 0; r < 3; ++r)
      expected[r] += b.at(1, v) * molecules * strength[r] / (strength[0] + strength[1] + strength[2]);
  }
  for (int r = 0; r < 3; ++r) EXPECT_NEAR(b.budget.reacted[r] / expected[r], 1, 1e-13) << r;
}

TEST(Reactions, VoxelsWhereNothingHappensKeepTheirBits) {
  Beaker b(2, 300);
  Reaction r = michaelis_menten(A, B, 0, 15);
  r.michaelis_menten.kcat = 100;
  b.chemistry.reactions = {r};
  b.allocate();
  for (std::size_t v = 0; v < 300; ++v) b.at(0, v) = 0.1 + 0.01 * static_cast<double>(v);
  b.copies[SpeciesId{0}][10] = 3600;
  const FieldSet before = b.c;
  b.step(b.solver(), 0.5);
  for (std::size_t v = 0; v < 300; ++v) EXPECT_EQ(b.at(0, v) == before[A][v], v != 10) << v;
}

TEST(Reactions, EveryOrderThatMaySufficeIsAccurate) {
  // From steps that change next to nothing, taken by Euler's method, to fast ones cut into substeps.
  for (const double k : {1e-5, 6e-5, 1e-3, 0.01, 0.1, 1.0, 3.0}) {
    Beaker b(3, 64);
    b.chemistry.reactions = {mass_action({{A, 1}}, {{B, 1}}, k), mass_action({{B, 1}}, {{C, 1}}, 0.3 * k)};
    b.allocate();
    for (double& c : b.c[A]) c = 2;
    const ReactionSolver solver = b.solver();
    const int steps = static_cast<int>(std::ceil(1.5 / k));
    for (int n = 0; n < steps; ++n) b.step(solver, 1);
    const double left = 2 * std::exp(-k * steps);
    const double middle = 2 / 0.7 * (std::exp(-0.3 * k * steps) - std::exp(-k * steps));
    EXPECT_NEAR(b.at(0) / left, 1, 2e-4) << "k dt " << k;
    EXPECT_NEAR(b.at(1) / middle, 1, 2e-4) << "k dt " << k;
    EXPECT_NEAR(b.at(0) + b.at(1) + b.at(2), 2, 2e-12);
  }
}

TEST(Reactions, SameBitsOnAnyNumberOfThreads) {
  std::vector<double> expected;
  for (const int count : {1, 2, 3, 8, 16}) {
    Beaker b = purine_beaker({.k_ATP = 0.3, .k_ADP = 2, .cd39 = 5, .cd73 = 20, .k_ado = 0.1}, 3001);
    for (std::size_t v = 0; v < 3001; ++v) b.at(ATP, v) = 0.01 * static_cast<double>(v), b.at(AMP, v) = 3;
    const Threads threads(count);
    const ReactionSolver solver = b.solver();
    for (int n = 0; n < 3; ++n) b.step(solver, 0.5, threads);
    std::vector<double> bits = b.budget.reacted;
    for (std::uint32_t s = 0; s < 4; ++s) bits.insert(bits.end(), b.c[SpeciesId{s}].begin(), b.c[SpeciesId{s}].end());
    bits.push_back(b.budget.decayed[ADO]);
    if (count == 1) expected = bits;
    ASSERT_EQ(std::memcmp(bits.data(), expected.data(), bits.size() * sizeof(double)), 0) << count << " threads";
  }
}

}  // namespace
}  // namespace interstice
