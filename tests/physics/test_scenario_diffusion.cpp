/// @file
/// Diffusion driven by scenarios, against Green's functions.
#include <gtest/gtest.h>

#include <cmath>

#include "engine/core/constants.h"
#include "engine/core/pinned_math.h"
#include "support/run_scenario.h"

namespace interstice {
namespace {

constexpr double kDiffusivity = 300;  ///< [um^2/s]

/// Mean over the voxels whose centre lies in the shell |r - radius| < spacing/2 around the middle of the box, of the
/// field and of a formula.
template <class Formula>
std::pair<double, double> shell_means(const Simulation& simulation, double radius, Formula formula) {
  const Grid& grid = simulation.problem().grid;
  const auto field = simulation.state().fields[SpeciesId{0}];
  const Vec3 middle = 0.5 * grid.size();
  double measured = 0, expected = 0, count = 0;
  for (std::size_t v = 0; v < grid.voxel_count(); ++v) {
    const double r = norm(grid.centre(v) - middle);
    if (std::abs(r - radius) > grid.spacing.x / 2) continue;
    measured += field[v];
    expected += formula(r);
    ++count;
  }
  return {measured / count, expected / count};
}

TEST(Diffusion, InstantaneousPointSourceSpreadsAsAGaussian) {
  // 1e6 molecules in one voxel of (5 um)^3 are 13.284 uM; at 10 s and 50 um the density is 0.1109 /um^3.
  Simulation simulation(test::problem_from(R"(
schema: 2
title: point source
domain: {size: [505 um, 505 um, 505 um], spacing: 5 um, boundary: {all: no_flux}}
time: [{until: 10 s, transport: 100 ms, vesicles: 10 s, cells: 10 s, series: 10 s}]
regions:
  tissue: {shape: everywhere, medium: tissue}
  source: {shape: {box: {from: [250 um, 250 um, 250 um], to: [255 um, 255 um, 255 um]}}, medium: tissue}
species:
  signal: {diffusivity: {tissue: 300 um^2/s}, decay: 0 1/s, initial: {default: 0 uM, source: 13.28431 uM}}
)"),
                        2);
  while (!simulation.finished()) simulation.step();
  const auto green = [](double r) {
    return 1e6 / std::pow(4 * kPi * kDiffusivity * 10, 1.5) * std::exp(-r * r / (4 * kDiffusivity * 10)) /
           kMoleculesPerUmCubedPerMicromolar;
  };
  EXPECT_NEAR(green(50) * kMoleculesPerUmCubedPerMicromolar, 0.1109, 5e-5);
  const auto [measured, expected] = shell_means(simulation, 50, green);
  EXPECT_NEAR(measured / expected, 1, 0.02);
}

/// A cell in the middle voxel that secretes 1e4 molecules/s.
std::string continuous_source(const std::string& until, const std::string& step, const std::string& decay) {
  return R"(
schema: 2
title: continuous source
domain: {size: [302.5 um, 302.5 um, 302.5 um], spacing: 2.5 um, boundary: {all: no_flux}}
time: [{until: )" +
         until + ", transport: " + step + ", vesicles: " + until + ", cells: " + until + ", series: " + until + R"(}]
regions:
  tissue: {shape: everywhere, medium: tissue}
  source: {shape: {box: {from: [150 um, 150 um, 150 um], to: [152.5 um, 152.5 um, 152.5 um]}}, medium: tissue}
species:
  signal: {diffusivity: {tissue: 300 um^2/s}, decay: )" +
         decay + R"(, initial: 0 uM}
cell_types:
  emitter:
    radius: 1 um
    mobile: false
    contact: {adsorption: 0 um/s, sites: unlimited}
    initial_state: on
    states: {"on": {secretes: {signal: "1e4 [molecule/s]"}}}
cells: {emitter: {count: 1, in: source}}
)";
}

TEST(Diffusion, ContinuousSourceFollowsErfcAtOneSecond) {
  Simulation simulation(test::problem_from(continuous_source("1 s", "20 ms", "0 1/s")), 2);
  while (!simulation.finished()) simulation.step();
  const auto rising = [](double r) {
    return 1e4 / (4 * kPi * kDiffusivity * r) * pinned::erfc(r / std::sqrt(4 * kDiffusivity * 1)) /
           kMoleculesPerUmCubedPerMicromolar;
  };
  EXPECT_NEAR(rising(10) * 1e3, 0.301, 5e-4);  // nM
  const auto [measured, expected] = shell_means(simulation, 10, rising);
  EXPECT_NEAR(measured / expected, 1, 0.03);
}

TEST(Diffusion, SteadySourceIsScreenedByDecay) {
  // With decay k the steady profile is q/(4 pi D r) exp(-r sqrt(k/D)); at 2 /s the walls, 12 lengths away, do not
  // matter.
  Simulation simulation(test::problem_from(continuous_source("8 s", "20 ms", "2 1/s")), 2);
  while (!simulation.finished()) simulation.step();
  const auto steady = [](double r) {
    return 1e4 / (4 * kPi * kDiffusivity * r) * std::exp(-r * std::sqrt(2 / kDiffusivity)) /
           kMoleculesPerUmCubedPerMicromolar;
  };
  const auto [measured, expected] = shell_means(simulation, 10, steady);
  EXPECT_NEAR(measured / expected, 1, 0.03);
}

}  // namespace
}  // namespace interstice
