// labels: slow
/// @file
/// EVs that enter tissue of closely packed cells through its face: how deep those that cells take in get.
///
/// Between cells EVs diffuse with D, and cells take them with kappa per surface. With S the surface of cells that no
/// other cell hides and eps the share of fluid, both per volume of tissue, an EV in the fluid is lost at k = S
/// kappa'/eps. Where diffusion around a cell is slow, EVs are fewer at its surface than between the cells: kappa' =
/// kappa/(1 + g kappa R/D), with g = 1 for a cell alone and less the less room it has: that of a sphere in its share of
/// the fluid, which is drained everywhere alike. Ways around spheres are longer, D_eff = D/(1 + (1 - eps)/2) (Maxwell
/// 1873). The steady profile is exp(-x/L), L = sqrt(D_eff/k). A share that cells give back is as if kappa were smaller
/// by it. S and eps are measured here from where the cells lie.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <string>

#include "engine/core/constants.h"
#include "support/deviations.h"
#include "support/run_scenario.h"

namespace interstice {
namespace {

constexpr double kWater = 5.7147;  ///< D of 115 nm at 37 degC [um^2/s]
constexpr double kRadius = 5;      ///< of the cells [um]

struct Slab {
  const char* representation;
  double kappa, D, per_ml;  ///< [um/s, um^2/s, cells/ml]
  double depth, width;      ///< of the box [um]
  double voxel, shell;      ///< [um]
  double density;           ///< of EVs outside [EV/ml]
  double minutes, step;     ///< of the run; vesicle step [s]
  double recycled = 0;      ///< share of the internalised that comes back
};

/// What is internalised is digested with a half-life of five minutes, so that the profile is that of the last minutes.
std::string yaml(const Slab& s) {
  const double until = 60 * s.minutes;
  const auto cells = std::lround(s.per_ml * 1e-12 * s.width * s.width * s.depth);
  std::string text = "schema: 2\n";
  text += fmt::format("domain: {{size: [{0} um, {0} um, {1} um], spacing: {2} um,\n", s.width, s.depth, s.voxel);
  text += "         boundary: {x: periodic, y: periodic, z_min: no_flux, z_max: {reservoir: outside}}}\n";
  text += "reservoirs: {outside: {volume: 1e10 um^3}}\n";
  text += fmt::format("time: [{{until: {0} s, transport: {0} s, vesicles: {1} s, cells: {0} s, series: {2} s}}]\n",
                      until, s.step, until / 4);
  text += fmt::format("regions: {{packed: {{shape: everywhere, viscosity: {}}}}}\n", kWater / s.D);
  text += fmt::format(
      "cell_types: {{cell: {{radius: {} um, mobile: false, initial_state: here, states: {{here: {{}}}},\n"
      "  contact: {{adsorption: {} um/s, sites: unlimited}}}}}}\n",
      kRadius, s.kappa);
  text += fmt::format("cells: {{cell: {{count: {}}}}}\n", cells);
  text += fmt::format(
      "vesicles:\n  ev: {{density: {} EV/ml, in: [], reservoirs: [outside], {},\n"
      "    diameter: {{median: 115 nm, gsd: 1}}, desorption: 0 1/s, internalisation: 0.01 1/s,\n",
      s.density, s.representation);
  text += fmt::format("    endosome: {{released_fraction: 0, recycled_fraction: {}, lysosome_half_life: 5 min}}}}\n",
                      s.recycled);
  text +=
      fmt::format("profiles: {{inside: {{vesicles: ev, states: [endosomal], below: z_max, width: {} um}}}}\n", s.shell);
  text += fmt::format(
      "compare:\n  outcomes:\n    length: {{of: profile.inside.*, reduce: decay_length, beyond: {} um,\n"
      "             from: {} s}}\n",
      std::max(2 * kRadius, s.shell), 0.75 * until);
  return text;
}

/// Of the tissue, between a tenth and nine tenths of its depth, the share that is fluid; and the surface of cells that
/// is free, per volume [1/um].
struct Room {
  double fluid = 0, surface = 0;
  Room(const Cells& cells, const Slab& s) {
    Random random(5);
    const auto covered = [&](Vec3 p, std::size_t but) {
      for (std::size_t c = 0; c < cells.size(); ++c) {
        if (c == but) continue;
        Vec3 d = p - cells.position(c);
        d.x -= s.width * std::round(d.x / s.width), d.y -= s.width * std::round(d.y / s.width);
        if (dot(d, d) < kRadius * kRadius) return true;
      }
      return false;
    };
    constexpr int kPoints = 20000;
    for (int i = 0; i < kPoints; ++i) {
      const Vec3 p{random.between(0, s.width), random.between(0, s.width), random.between(0.1, 0.9) * s.depth};
      fluid += covered(p, cells.size()) ? 0 : 1.0 / kPoints;
    }
    for (int i = 0; i < kPoints; ++i) {
      const auto c = static_cast<std::size_t>(random.whole(0, static_cast<int>(cells.size()) - 1));
      const double z = random.between(-1, 1), phi = random.between(0, 2 * kPi), r = std::sqrt(1 - z * z);
      surface += covered(cells.position(c) + kRadius * Vec3{r * std::cos(phi), r * std::sin(phi), z}, c) ? 0 : 1;
    }
    surface *= 4 * kPi * kRadius * kRadius * s.per_ml * 1e-12 / kPoints;
  }
};

/// How much fewer EVs there are at a sphere than in the fluid around it up to the radius R_o, (R/R_o)^3 = filled, with
/// no flux there and the same loss everywhere: 1 - c(R)/mean c = g kappa R/D for small kappa R/D.
double share_of_gradient(double filled) {
  const double outer3 = 1 / filled, outer = std::cbrt(outer3), outer2 = outer * outer;
  const double sum = outer3 * ((outer3 - 1) / 3 - (outer2 - 1) / 2) - (outer3 * outer2 - 1) / 10 + (outer3 - 1) / 6;
  return 3 * sum / ((outer3 - 1) * (outer3 - 1));
}

double expected_length(const Slab& s, const Room& room) {
  const double filled = 1 - room.fluid, kappa = s.kappa * (1 - s.recycled);
  const double k = kappa / (1 + share_of_gradient(filled) * kappa * kRadius / s.D) * room.surface / room.fluid;
  return std::sqrt(s.D / (1 + filled / 2) / k);
}

/// Length over what is expected, mean over some placements of the cells: where few lie within a length, it depends on
/// how those do.
double relative_length(const Slab& s, int seeds) {
  const Scenario scenario = test::scenario_from(yaml(s));
  double sum = 0;
  for (int seed = 1; seed <= seeds; ++seed) {
    Simulation simulation(build_problem(scenario, {.arm = "", .replicate = static_cast<std::uint64_t>(seed)}), 2);
    const double expected = expected_length(s, Room(simulation.state().cells, s));
    const double found = reduce(test::run_series(simulation), scenario.compare.outcomes.at(0)).value_or(0);
    std::printf("kappa %g um/s, D %g um^2/s, %g cells/ml, %s: %.2f um, expected %.2f um\n", s.kappa, s.D, s.per_ml,
                s.representation, found, expected);
    std::fflush(stdout);
    sum += found / expected;
  }
  return sum / seeds;
}

constexpr const char* kCounts = "representation: counts";
constexpr const char* kAgents = "weight: 1";

// 2e8 cells/ml.
TEST(TumourSlab, InLooseTissueTheLengthIsThatOfDiffusionAndUptake) {
  EXPECT_NEAR(relative_length({kCounts, 0.001, 5, 2e8, 1000, 60, 20, 20, 1e13, 600, 60}, 1), 1, 0.05);
  EXPECT_NEAR(relative_length({kCounts, 0.01, 1.5, 2e8, 240, 160, 20, 10, 1e13, 100, 20}, 1), 1, 0.05);
  EXPECT_NEAR(relative_length({kAgents, 0.01, 1.5, 2e8, 240, 160, 20, 10, 2e10, 100, 2}, 1), 1, 0.05);
  EXPECT_NEAR(relative_length({kCounts, 0.03, 0.3, 2e8, 80, 160, 10, 5, 1e13, 60, 5}, 8), 1, 0.05);
  EXPECT_NEAR(relative_length({kAgents, 0.03, 0.3, 2e8, 80, 160, 20, 5, 5e10, 60, 1}, 8), 1, 0.05);
}

// 1e9 cells/ml: half of the volume.
TEST(TumourSlab, InPackedTissueItIsSoWithinATenth) {
  EXPECT_NEAR(relative_length({kCounts, 0.001, 0.3, 1e9, 140, 50, 10, 5, 1e13, 150, 10}, 1), 1, 0.1);
  EXPECT_NEAR(relative_length({kAgents, 0.001, 0.3, 1e9, 150, 50, 25, 5, 2e11, 150, 2}, 1), 1, 0.1);
  EXPECT_NEAR(relative_length({kCounts, 0.03, 5, 1e9, 100, 50, 10, 5, 1e13, 20, 5}, 2), 1, 0.1);
  EXPECT_NEAR(relative_length({kAgents, 0.03, 5, 1e9, 100, 50, 25, 5, 1e11, 20, 0.2}, 2), 1, 0.1);
  EXPECT_NEAR(relative_length({kCounts, 0.01, 0.3, 1e9, 60, 60, 5, 2.5, 1e13, 25, 2.5}, 2), 1, 0.1);
  EXPECT_NEAR(relative_length({kAgents, 0.01, 0.3, 1e9, 60, 60, 20, 2.5, 5e11, 25, 0.5}, 2), 1, 0.1);
  // Shorter than a cell's radius: the surface of one cell lies in unlike densities, and the profile of centres is
  // flatter.
  EXPECT_NEAR(relative_length({kAgents, 0.03, 0.3, 1e9, 60, 60, 20, 2.5, 1e12, 15, 0.5}, 2), 1, 0.15);
}

TEST(TumourSlab, WhatCellsGiveBackGetsDeeper) {
  EXPECT_NEAR(relative_length({kCounts, 0.01, 1.5, 1e9, 120, 80, 10, 5, 1e13, 60, 10, 0.5}, 2), 1, 0.1);
}

}  // namespace
}  // namespace interstice
