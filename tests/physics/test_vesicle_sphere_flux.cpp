// Flux of Brownian vesicles into partially absorbing spheres against Smoluchowski (1916) and Collins and Kimball
// (1949), at steps both short and long against the radius.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "support/vesicle_world.h"

namespace interstice {
namespace {

constexpr double kInfinite = std::numeric_limits<double>::infinity();
constexpr double kD = 5.7;  // [um^2/s]

/// Vesicles taken up per unit density until t [um^3]: k(t) = K (1 + b exp(x^2) erfc(x)), b = kappa R / D.
double uptake(double R, double kappa, double t) {
  const double root = std::sqrt(kD * t / kPi);
  if (std::isinf(kappa)) return 4 * kPi * kD * R * t + 8 * R * R * kPi * root;
  const double b = kappa * R / kD, a = (1 + b) * std::sqrt(kD) / R, x = a * std::sqrt(t);
  const double transient = (std::exp(x * x) * std::erfc(x) - 1 + 2 * x / std::sqrt(kPi)) / (a * a);
  return 4 * kPi * kD * R * b / (1 + b) * (t + b * transient);
}

struct Case {
  double radius, kappa, dt;
  int wanted;        ///< adsorptions, which set the standard error
  double tolerance;  ///< two standard errors or more; test_vesicle_contact has the sharp check
};

class SphereFlux : public testing::TestWithParam<Case> {};

TEST_P(SphereFlux, FollowsTheExactTransient) {
  const Case c = GetParam();
  const double duration = 4;
  const int side = static_cast<int>(std::ceil((2 * c.radius + 6 * std::sqrt(kD * duration)) / 4));
  VesicleWorld world(side, side, side, 4);
  world.set_diffusivity(kD);
  world.cell_types[0].contact.adsorption = c.kappa;
  const double middle = 2.0 * side;
  world.add_cell({middle, middle, middle}, c.radius);
  const double density = c.wanted / uptake(c.radius, c.kappa, duration);
  world.seed(density);
  const Threads threads(2);
  for (int i = 0; i < static_cast<int>(duration / c.dt + 0.5); ++i) {
    world.move(c.dt, threads);
    world.tick();
  }
  const double ratio = static_cast<double>(world.cells.adsorptions[0]) / c.wanted;
  RecordProperty("ratio", std::to_string(ratio));
  std::printf("R %4.1f kappa %4.2f dt %4.2f: %.4f +- %.4f\n", c.radius, c.kappa, c.dt, ratio,
              std::sqrt(1.0 / c.wanted));
  EXPECT_NEAR(ratio, 1, c.tolerance);
}

INSTANTIATE_TEST_SUITE_P(Absorbing, SphereFlux,
                         testing::Values(Case{3.5, kInfinite, 0.5, 8000, 0.03}, Case{3.5, kInfinite, 0.1, 8000, 0.03},
                                         Case{3.5, kInfinite, 0.01, 5000, 0.03}, Case{5, kInfinite, 0.5, 8000, 0.03},
                                         Case{5, kInfinite, 0.1, 8000, 0.03}, Case{10, kInfinite, 0.5, 8000, 0.03},
                                         Case{10, kInfinite, 0.1, 8000, 0.03}, Case{10, kInfinite, 0.01, 5000, 0.03}));
INSTANTIATE_TEST_SUITE_P(Partial, SphereFlux,
                         testing::Values(Case{3.5, 0.3, 0.5, 6000, 0.03}, Case{3.5, 0.3, 0.1, 5000, 0.03},
                                         Case{5, 0.3, 0.5, 6000, 0.03}, Case{10, 0.3, 0.5, 6000, 0.03},
                                         Case{10, 0.3, 0.1, 5000, 0.03}));

/// Reaction-limited: a small periodic box stays nearly uniform, so the uptake is 4 pi R^2 kappa/(1 + kappa R/D) c.
class SlowFlux : public testing::TestWithParam<Case> {};

TEST_P(SlowFlux, IsReactionLimited) {
  const Case c = GetParam();
  VesicleWorld world(4, 4, 4, (2 * c.radius + 6) / 4);
  world.set_diffusivity(kD);
  world.cell_types[0].contact.adsorption = c.kappa;
  const double middle = c.radius + 3;
  world.add_cell({middle, middle, middle}, c.radius);
  const double fluid = 8 * middle * middle * middle - 4.0 / 3 * kPi * c.radius * c.radius * c.radius;
  const double start = 20000;
  world.seed(start / fluid);
  const double b = c.kappa * c.radius / kD;
  // In a shell of this thickness the supply is nearer than infinity: the resistance of diffusion is R^2 (1/R - 1/r)/D.
  const double shell = std::cbrt(3 * fluid / (4 * kPi) + c.radius * c.radius * c.radius);
  const double rate = 4 * kPi * c.radius * c.radius * c.kappa / (1 + b * (1 - c.radius / shell) / 2) / fluid;
  const double duration = -std::log1p(-c.wanted / start) / rate;
  const int steps = static_cast<int>(std::ceil(duration / c.dt));
  const Threads threads(2);
  for (int i = 0; i < steps; ++i) {
    world.move(c.dt, threads);
    world.tick();
  }
  const double expected = static_cast<double>(world.ledger[0].dosed) * -std::expm1(-rate * steps * c.dt);
  const double ratio = static_cast<double>(world.cells.adsorptions[0]) / expected;
  std::printf("R %4.1f kappa %4.2f dt %4.2f: %.4f +- %.4f\n", c.radius, c.kappa, c.dt, ratio,
              std::sqrt(1.0 / c.wanted));
  EXPECT_NEAR(ratio, 1, c.tolerance);
}

INSTANTIATE_TEST_SUITE_P(Slow, SlowFlux,
                         testing::Values(Case{3.5, 0.01, 0.5, 8000, 0.03}, Case{5, 0.01, 0.5, 4000, 0.03},
                                         Case{10, 0.01, 0.5, 4000, 0.03}, Case{10, 0.01, 0.1, 3000, 0.04}));

TEST(SphereFluxDense, TwoHundredMillionCellsPerMillilitre) {  // half-life 18.7 min x (1 - phi) = 16.8 min
  VesicleWorld world(10, 10, 10, 5);
  world.set_diffusivity(kD);
  world.cell_types[0].contact.adsorption = 9.93e-3;
  const Box box = world.environment().box;
  for (std::uint64_t draw = 0; world.cells.size() < 25; ++draw) {
    const auto u = [&](std::uint32_t i) { return 50 * world.noise.uniform(Stream::cell_seeding, draw, 0, i); };
    const Vec3 p{u(0), u(1), u(2)};
    bool free = true;
    for (std::size_t c = 0; c < world.cells.size(); ++c) free &= norm(box.separation(p, world.cells.position(c))) > 10;
    if (free) world.add_cell(p, 5);
  }
  world.seed(0.5);
  const double start = static_cast<double>(world.ledger[0].free);
  const Threads threads(2);
  for (int i = 0; i < 800; ++i) {
    world.move(0.5, threads);
    world.tick();
  }
  const double half_life = 400 * std::log(2.0) / std::log(start / static_cast<double>(world.ledger[0].free)) / 60;
  std::printf("half-life %.2f min\n", half_life);
  EXPECT_NEAR(half_life, 16.8, 0.03 * 16.8);  // the standard error is 0.8 %
}

TEST(SphereFluxDense, PlaneTakesWhatRobinSays) {  // a sphere so large that it is a floor
  for (const double dt : {0.5, 0.05}) {
    const double kappa = 1, duration = 10, R = 1e5;
    VesicleWorld world(8, 8, 24, 5);
    world.periodic = {false, false, false};
    world.set_diffusivity(kD);
    world.cell_types[0].contact.adsorption = kappa;
    world.add_cell({20, 20, -R}, R);
    world.seed(0.5);
    const Threads threads(2);
    for (int i = 0; i < static_cast<int>(duration / dt + 0.5); ++i) {
      world.move(dt, threads);
      world.tick();
    }
    const double x = kappa * std::sqrt(duration / kD);
    const double expected = 0.5 * 1600 * kD / kappa * (std::exp(x * x) * std::erfc(x) - 1 + 2 * x / std::sqrt(kPi));
    EXPECT_NEAR(static_cast<double>(world.cells.adsorptions[0]) / expected, 1, 0.03) << dt;  // 1.7 standard errors
  }
}

}  // namespace
}  // namespace interstice
