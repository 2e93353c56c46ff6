// labels: slow
// Flux of Brownian vesicles into partially absorbing spheres against Smoluchowski (1916) and Collins and Kimball
// (1949), at steps both short and long against the radius.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <tuple>

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
  double radius, kappa, dt;  ///< [um], [um/s], [s]
};

std::string name_of(const testing::TestParamInfo<std::tuple<double, double, double>>& info) {
  const auto [radius, kappa, dt] = info.param;
  std::string name = std::isinf(kappa) ? fmt::format("R{}_absorbing_dt{}", radius, dt)
                                       : fmt::format("R{}_kappa{}_dt{}", radius, kappa, dt);
  std::replace(name.begin(), name.end(), '.', 'p');
  return name;
}

class SphereFlux : public testing::TestWithParam<std::tuple<double, double, double>> {
 protected:
  [[nodiscard]] Case given() const {
    const auto [radius, kappa, dt] = GetParam();
    return {radius, kappa, dt};
  }
  /// A periodic cube, `margin` beyond the sphere in its middle.
  static VesicleWorld around_sphere(const Case& c, double margin, std::uint64_t seed) {
    const double side = 2 * (c.radius + margin);
    const int voxels = std::max(4, static_cast<int>(side / 4));
    VesicleWorld world(voxels, voxels, voxels, side / voxels);
    world.noise = Noise(seed);
    world.set_diffusivity(kD);
    world.cell_types[0].contact.adsorption = c.kappa;
    world.add_cell({side / 2, side / 2, side / 2}, c.radius);
    return world;
  }
  static void check(const Case& c, double ratio, double standard_error) {
    std::printf("R %4.1f kappa %4.2f dt %4.2f: %.4f +- %.4f\n", c.radius, c.kappa, c.dt, ratio, standard_error);
    EXPECT_LT(standard_error, 0.0145);
    EXPECT_NEAR(ratio, 1, 0.03);
  }
};

/// From a uniform start, against the exact k(t) whose limit is 4 pi D R kappa R/(D + kappa R). In rounds, which need
/// less memory than one of the same number of vesicles.
TEST_P(SphereFlux, FollowsTheExactTransient) {
  const Case c = given();
  const int steps = c.dt == 0.5 ? 8 : c.dt == 0.1 ? 12 : 25, rounds = 10;
  const double wanted = std::isinf(c.kappa) ? 40000 : 10000;  // adsorptions
  const double duration = steps * c.dt;
  const double reach = 5 * std::sqrt(kD * duration);  // those from farther bring 1e-4 of the uptake
  const Threads threads(2);
  double adsorbed = 0;
  for (int round = 1; round <= rounds; ++round) {
    VesicleWorld world = around_sphere(c, reach, round);
    world.seed(wanted / uptake(c.radius, c.kappa, duration) / rounds);
    world.keep_within(c.radius + reach, world.cells.position(0));
    for (int i = 0; i < steps; ++i) {
      world.move(c.dt, threads);
      world.tick();
    }
    adsorbed += static_cast<double>(world.cells.adsorptions[0]);
  }
  check(c, adsorbed / wanted, 1 / std::sqrt(wanted));
}

INSTANTIATE_TEST_SUITE_P(Fast, SphereFlux,
                         testing::Combine(testing::Values(3.5, 5.0, 10.0), testing::Values(0.3, kInfinite),
                                          testing::Values(0.5, 0.1, 0.01)),
                         name_of);

/// Reaction-limited: a small periodic box stays nearly uniform, so the uptake is 4 pi R^2 kappa/(1 + kappa R/D) c.
class SlowFlux : public SphereFlux {};

TEST_P(SlowFlux, IsReactionLimited) {
  const Case c = given();
  // A step must not feel two images of the sphere: 4 sqrt(D dt). With half of that the rate comes out 2 to 3 % too
  // high.
  const double margin = c.dt == 0.01 ? 1 : c.dt == 0.1 ? 3 : 5;
  const double wanted = c.dt == 0.01 ? 5500 : c.dt == 0.5 ? 20000 : 10000;  // adsorptions; few where they are rare
  VesicleWorld world = around_sphere(c, margin, 1);
  const double ball = 4.0 / 3 * kPi * c.radius * c.radius * c.radius;
  const Vec3 size = world.grid.size();
  const double fluid = size.x * size.y * size.z - ball;
  world.seed(2 * wanted / fluid);
  const double b = c.kappa * c.radius / kD;
  // In a shell of this thickness the supply is nearer than infinity: the resistance of diffusion is R^2 (1/R - 1/r)/D.
  const double shell = std::cbrt(3 * (fluid + ball) / (4 * kPi));
  const double rate = 4 * kPi * c.radius * c.radius * c.kappa / (1 + b * (1 - c.radius / shell) / 2) / fluid;
  const int steps = static_cast<int>(std::ceil(std::log(2.0) / rate / c.dt));  // until half of them are taken
  const Threads threads(2);
  for (int i = 0; i < steps; ++i) {
    world.move(c.dt, threads);
    world.tick();
  }
  const double dosed = static_cast<double>(world.ledger[0].dosed);
  const double taken = static_cast<double>(world.cells.adsorptions[0]) / dosed, expected = rate * steps * c.dt;
  check(c, -std::log1p(-taken) / expected, std::sqrt(taken / (1 - taken) / dosed) / expected);
}

INSTANTIATE_TEST_SUITE_P(Slow, SlowFlux,
                         testing::Combine(testing::Values(3.5, 5.0, 10.0), testing::Values(0.01),
                                          testing::Values(0.5, 0.1, 0.01)),
                         name_of);

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
