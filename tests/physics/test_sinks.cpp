/// @file
/// Decay, uptake and reactions beside diffusion: steady states do not depend on the step, whatever it is; transients
/// are exact, or of second order where uptake saturates; amounts are kept. 200 random tissues each.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <random>

#include "engine/core/constants.h"
#include "engine/fields/transport.h"
#include "unit/fields/beaker.h"
#include "unit/fields/tissue.h"

namespace interstice {
namespace {

using testing::Tissue;

using Mersenne = std::mt19937_64;
double uniform(Mersenne& random, double from, double to) {
  return std::uniform_real_distribution<double>(from, to)(random);
}
/// Evenly spread in the logarithm.
double between(Mersenne& random, double from, double to) {
  return std::exp(uniform(random, std::log(from), std::log(to)));
}

/// A small box of two regions with fixed walls across x, decay, and sources and sinks in a third of its voxels.
struct SinkBox {
  explicit SinkBox(Mersenne& random, bool saturable)
      : tissue(static_cast<int>(uniform(random, 3, 9)), static_cast<int>(uniform(random, 1, 5)),
               static_cast<int>(uniform(random, 1, 5)), 10),
        secretion(1, tissue.grid.voxel_count()),
        clearance(1, tissue.grid.voxel_count()) {
    tissue.regions.regions.push_back({.name = "dense", .volume_fraction = uniform(random, 0.1, 1)});
    for (auto& region : tissue.regions.of_voxel) region = random() % 3 == 0;
    Species& species = tissue.add(0);
    species.diffusivity = {between(random, 10, 1000), between(random, 10, 1000)};
    species.decay = random() % 4 == 0 ? 0 : between(random, 1e-3, 10);
    species.faces[0] = FixedValue{uniform(random, 0, 1)};
    species.faces[1] = FixedValue{uniform(random, 0, 1)};
    tissue.allocate();
    for (std::size_t v = 0; v < tissue.grid.voxel_count(); ++v) {
      tissue.field()[v] = uniform(random, 0, 1);
      if (random() % 3 != 0) continue;
      clearance[SpeciesId{0}][v] = between(random, 1, 1e5);
      secretion[SpeciesId{0}][v] = between(random, 1, 1e5);
    }
    exchange.clearance_Km = {saturable ? between(random, 0.01, 10) : 0.0};
    exchange.arrays = {{{Exchange::Kind::secretion, 0}, secretion[SpeciesId{0}]},
                       {{Exchange::Kind::clearance, 0}, clearance[SpeciesId{0}]}};
  }
  void step(DiffusionSolver& solver, double dt) {
    tissue.reacted = FieldSet::empty(1, tissue.grid.voxel_count());
    tissue.reacted_state = tissue.state;
    tissue.diffuse(solver, dt, Threads(1), exchange);
  }
  /// Fastest exchange of a voxel with a neighbour, slowest way through the box [1/s], for choosing steps.
  [[nodiscard]] double rate() const { return tissue.species[0].diffusivity[0] / 100; }

  Tissue tissue;
  FieldSet secretion, clearance;
  Exchange exchange;
};

/// The steady state by fields that change no more.
void settle(SinkBox& box, double dt) {
  DiffusionSolver solver = box.tissue.solver();
  double change = 1;
  for (int n = 0; n < 200000 && change > 1e-13; ++n) {
    const FieldSet before = box.tissue.c;
    box.step(solver, dt);
    change = 0;
    for (std::size_t v = 0; v < box.tissue.field().size(); ++v) {
      const double c = box.tissue.field()[v];
      change = std::max(change, std::abs(c - before[SpeciesId{0}][v]) / (c + 1e-3));
    }
  }
  ASSERT_LE(change, 1e-13);
}

void expect_steady_states_agree(bool saturable) {
  Mersenne random(saturable ? 11 : 7);
  for (int n = 0; n < 200; ++n) {
    SinkBox fine(random, saturable);
    SinkBox coarse = fine;
    coarse.exchange.arrays[0].values = coarse.secretion[SpeciesId{0}];
    coarse.exchange.arrays[1].values = coarse.clearance[SpeciesId{0}];
    settle(fine, 0.3);
    settle(coarse, between(random, 1, 100));
    for (std::size_t v = 0; v < fine.tissue.field().size(); ++v)
      ASSERT_NEAR(coarse.tissue.field()[v] / fine.tissue.field()[v], 1, 1e-9) << "case " << n << " voxel " << v;
  }
}

TEST(Sinks, SteadyStatesDoNotDependOnTheStep) { expect_steady_states_agree(false); }
TEST(Sinks, SteadyStatesOfSaturableUptakeDoNotDependOnTheStep) { expect_steady_states_agree(true); }

// In a voxel whose cells have no transporters the most that is taken up is 0.
TEST(Sinks, SaturableUptakeOfNothingIsNone) {
  Mersenne random(23);
  for (int n = 0; n < 50; ++n) {
    SinkBox without(random, true);
    SinkBox with = without;
    for (double& most : with.clearance[SpeciesId{0}]) most = 0;
    with.exchange.arrays[0].values = with.secretion[SpeciesId{0}];
    with.exchange.arrays[1].values = with.clearance[SpeciesId{0}];
    without.exchange.arrays = {{{Exchange::Kind::secretion, 0}, without.secretion[SpeciesId{0}]}};
    DiffusionSolver solver = with.tissue.solver(), other = without.tissue.solver();
    for (int step = 0; step < 5; ++step) {
      with.step(solver, 3);
      without.step(other, 3);
    }
    for (std::size_t v = 0; v < with.tissue.field().size(); ++v)
      ASSERT_NEAR(with.tissue.field()[v] / without.tissue.field()[v], 1, 1e-12) << "case " << n << " voxel " << v;
  }
}

TEST(Sinks, DecayInASlab) {
  // Fixed 1 uM at both ends of 100 um, D 100 um^2/s, decay 0.1 /s: cosh(x/lambda), lambda 31.6 um. Voxels of 2.5 um.
  for (const double dt : {0.1, 2.5, 10.0, 100.0}) {
    Tissue t(40, 1, 1, 2.5);
    Species& s = t.add(100);
    s.decay = 0.1;
    s.faces[0] = s.faces[1] = FixedValue{1};
    t.allocate();
    DiffusionSolver solver = t.solver();
    for (double time = 0; time < 400; time += dt) t.step(solver, dt);
    const double lambda = std::sqrt(1000.0);
    for (std::size_t v = 0; v < 40; ++v) {
      const double x = 2.5 * (static_cast<double>(v) + 0.5) - 50;
      EXPECT_NEAR(t.field()[v] / (std::cosh(x / lambda) / std::cosh(50 / lambda)), 1, 1e-3) << dt << " s, voxel " << v;
    }
  }
}

TEST(Sinks, KeepAmountsAndStayPositive) {
  Mersenne random(3);
  for (int n = 0; n < 200; ++n) {
    SinkBox box(random, n % 2 == 0);
    Tissue& t = box.tissue;
    DiffusionSolver solver = t.solver();
    t.field()[random() % t.field().size()] = 1e4;  // a spill
    const double volume = kMoleculesPerUmCubedPerMicromolar, before = t.content();
    const double dt = between(random, 0.01, 100);
    double most = before;
    for (int k = 0; k < 20; ++k) {
      box.step(solver, dt);
      for (const double c : t.field()) ASSERT_GE(c, 0);
      most = std::max(most, t.content());
    }
    const double given = t.budget.secreted[0] / volume, taken = t.budget.taken_up[0] / volume;
    const double decayed = t.budget.decayed[0] / volume, came = t.budget.through_boundary[0] / volume;
    const double scale = before + given + taken + decayed + std::abs(came);
    EXPECT_NEAR((t.content() - before - given + taken + decayed - came) / scale, 0, 1e-12) << n;
    EXPECT_GE(taken, 0);
    EXPECT_GE(decayed, 0);
  }
}

// Within what single precision leaves of a change.
TEST(Sinks, FlatFieldsDecayExactlyHoweverLittleThereIs) {
  for (const double start : {1e-15, 1e-9, 1.0, 1e6}) {
    for (const double dt : {0.01, 1.0, 30.0}) {
      Tissue t(4, 4, 4, 10);
      t.add(300).decay = 0.07;
      t.allocate();
      for (double& c : t.field()) c = start;
      DiffusionSolver solver = t.solver();
      for (int k = 0; k < 10; ++k) t.step(solver, dt);
      for (const double c : t.field()) EXPECT_NEAR(c / (start * std::exp(-0.7 * dt)), 1, 2e-6);
    }
  }
}

/// A source and sinks in a row of 12 voxels of 50 um, after 40 s in intervals of dt; the largest difference from
/// `exact`, or the field itself.
FieldSet after(double dt, double Km) {
  Tissue t(12, 1, 1, 50);
  t.add(100);
  t.allocate();
  FieldSet secretion(1, 12), clearance(1, 12);
  secretion[SpeciesId{0}][3] = 1e5;
  for (std::size_t v = 0; v < 12; ++v) clearance[SpeciesId{0}][v] = 1.4e3 * static_cast<double>(v);
  Exchange exchange;
  exchange.clearance_Km = {Km};
  exchange.arrays = {{{Exchange::Kind::secretion, 0}, secretion[SpeciesId{0}]},
                     {{Exchange::Kind::clearance, 0}, clearance[SpeciesId{0}]}};
  DiffusionSolver solver = t.solver();
  t.reacted = FieldSet::empty(1, 12);
  for (double time = 0; time < 40 - dt / 2; time += dt) t.diffuse(solver, dt, Threads(1), exchange);
  return t.c;
}

double difference(const FieldSet& c, const FieldSet& exact) {
  double most = 0, largest = 0;
  for (std::size_t v = 0; v < 12; ++v) {
    most = std::max(most, std::abs(c[SpeciesId{0}][v] - exact[SpeciesId{0}][v]));
    largest = std::max(largest, exact[SpeciesId{0}][v]);
  }
  return most / largest;
}

TEST(Sinks, TransientsOfLinearUptakeAreExact) {
  const FieldSet exact = after(0.01, 0);
  for (const double dt : {40.0, 8.0, 4.0, 2.0, 0.5}) EXPECT_LT(difference(after(dt, 0), exact), 5e-4) << dt;
}

TEST(Sinks, TransientsOfSaturableUptakeAreOfSecondOrder) {
  const FieldSet exact = after(0.01, 2);
  const double coarse = difference(after(8, 2), exact), half = difference(after(4, 2), exact),
               quarter = difference(after(2, 2), exact);
  std::printf("saturable uptake, steps of 8, 4, 2 s: %.2g %.2g %.2g\n", coarse, half, quarter);
  for (const double Km : {0.02, 0.5, 20.0}) EXPECT_LT(difference(after(40, Km), after(0.01, Km)), 5e-3) << Km;
  EXPECT_LT(coarse, 2e-3);
  EXPECT_GT(coarse / half, 3.2);
  EXPECT_GT(half / quarter, 3.2);
}

/// A at one end and B at the other meet and annihilate: rate and width of the steady zone.
struct Zone {
  double rate = 0, width = 0;
};
Zone zone(double k, double D_B, double dt) {
  Tissue t(40, 1, 1, 2.5);
  t.add(100).faces = {FixedValue{1}, FixedValue{0}, NoFlux{}, NoFlux{}, NoFlux{}, NoFlux{}};
  t.add(D_B).faces = {FixedValue{0}, FixedValue{1}, NoFlux{}, NoFlux{}, NoFlux{}, NoFlux{}};
  Chemistry chemistry;
  chemistry.reactions.push_back(testing::mass_action({{SpeciesId{0}, 1}, {SpeciesId{1}, 1}}, {}, k));
  t.allocate();
  t.budget.resize(2, 1);
  std::vector<std::vector<float>> supply(2, std::vector<float>(40));
  FieldTransport transport(t.grid, t.regions, t.species, chemistry, {});
  Exchange nothing;
  for (double time = 0; time < 600; time += dt)
    transport.advance({t.c, t.state, supply, t.budget}, nothing, {}, dt, Threads(1));
  Zone zone;
  double middle = 0, square = 0;
  for (std::size_t v = 0; v < 40; ++v) {
    const double rate = k * t.field(0)[v] * t.field(1)[v], x = 2.5 * static_cast<double>(v);
    zone.rate += rate, middle += rate * x, square += rate * x * x;
  }
  zone.width = std::sqrt(square / zone.rate - (middle / zone.rate) * (middle / zone.rate));
  return zone;
}

TEST(Balance, WhereAMeetsBDoesNotDependOnTheStep) {
  for (const double D_B : {100.0, 25.0}) {
    const Zone fine = zone(1, D_B, 0.05);
    for (const double dt : {0.5, 1.0, 2.0, 4.0, 10.0}) {
      const Zone coarse = zone(1, D_B, dt);
      EXPECT_NEAR(coarse.width / fine.width, 1, 2e-4) << "D " << D_B << ", dt " << dt;
      EXPECT_NEAR(coarse.rate / fine.rate, 1, 2e-4) << "D " << D_B << ", dt " << dt;
    }
  }
}

}  // namespace
}  // namespace interstice
