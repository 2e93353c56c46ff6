/// @file
/// Diffusion from a point against Green's function: a spill and a steady source in free space.
#include <gtest/gtest.h>

#include <cmath>

#include "engine/core/constants.h"
#include "unit/fields/tissue.h"

namespace interstice {
namespace {

using testing::Tissue;
constexpr double kD = 300;  // [um^2/s]

/// Weight of each voxel in the mean over a shell of radius r: those whose centre lies within half a voxel of it.
template <class F>
double shell_mean(const Tissue& t, std::span<const double> c, Vec3 centre, double r, const F& expected) {
  double sum = 0, reference = 0;
  for (std::size_t i = 0; i < c.size(); ++i) {
    const double distance = norm(t.grid.centre(i) - centre);
    if (std::abs(distance - r) > t.grid.spacing.x / 2) continue;
    sum += c[i], reference += expected(distance);
  }
  return sum / reference;  // 1 where the shell holds what is expected at each voxel's own distance
}

TEST(PointSource, SpillSpreadsLikeGreensFunction) {
  // 1e6 molecules, D 300 um^2/s: 0.1109 molecules/um^3 at 50 um after 10 s. 77^3 voxels of 5 um, walls 187 um away
  // (4 exp(-r^2/(4 D t)) adds less than 0.6 % there).
  Tissue t(77, 77, 77, 5);
  t.add(kD);
  t.allocate();
  const std::size_t middle = t.grid.index(38, 38, 38);
  t.field()[middle] = 1e6 / 125 / kMoleculesPerUmCubedPerMicromolar;
  DiffusionSolver solver = t.solver();
  for (int n = 0; n < 20; ++n) t.step(solver, 0.5);
  const auto green = [](double r) {
    return 1e6 / std::pow(4 * kPi * kD * 10, 1.5) * std::exp(-r * r / (4 * kD * 10)) /
           kMoleculesPerUmCubedPerMicromolar;
  };
  EXPECT_NEAR(green(50) * kMoleculesPerUmCubedPerMicromolar, 0.1109, 1e-4);
  EXPECT_NEAR(green(50) * 1000, 0.184, 1e-3);  // nM
  EXPECT_NEAR(shell_mean(t, t.field(), t.grid.centre(middle), 50, green), 1, 0.02);
  EXPECT_NEAR(t.field()[t.grid.index(48, 38, 38)] / green(50), 1, 0.02);
  EXPECT_NEAR(t.field()[middle] / green(0), 1, 0.02);
}

/// Concentration at r after t of a source of 1e4 molecules/s switched on at 0 [uM].
double continuous(double r, double t) {
  return 1e4 / (4 * kPi * kD * r) * std::erfc(r / std::sqrt(4 * kD * t)) / kMoleculesPerUmCubedPerMicromolar;
}

TEST(PointSource, SourceBuildsUpLikeErfc) {
  // 1e4 molecules/s, D 300 um^2/s, read at 10 um. Closed walls 81 um away stand for free space: until 1 s the doubled
  // distance, 153 um, lets erfc(4.4) of the field come back, less than 1e-8 of it.
  EXPECT_NEAR(continuous(10, 1) * 1000, 0.301, 1e-3);     // nM
  EXPECT_NEAR(continuous(10, 1e12) * 1000, 0.440, 1e-3);  // nM
  Tissue t(65, 65, 65, 2.5);
  t.add(kD);
  t.allocate();
  const std::size_t middle = t.grid.index(32, 32, 32);
  const double source = 1e4 / std::pow(2.5, 3) / kMoleculesPerUmCubedPerMicromolar;
  const double dt = 0.05;
  DiffusionSolver solver = t.solver();
  for (int n = 1; n <= 20; ++n) {
    t.step(solver, dt, Threads(1), source, middle);
    if (n == 4 || n == 10 || n == 20) {
      const auto expected = [&](double r) { return continuous(r, n * dt); };
      EXPECT_NEAR(shell_mean(t, t.field(), t.grid.centre(middle), 10, expected), 1, 0.03) << n * dt << " s";
    }
  }
}

TEST(PointSource, SteadySourceFallsAsOneOverR) {
  // The steady value at 10 um, 0.440 nM: walls fixed at zero 81 um away lower it by the field of the image charges,
  // which is the same at every point near the middle; the difference between 10 and 20 um is free of it.
  Tissue t(65, 65, 65, 2.5);
  t.add(kD).faces.fill(FixedValue{0});
  t.allocate();
  const std::size_t middle = t.grid.index(32, 32, 32);
  const double source = 1e4 / std::pow(2.5, 3) / kMoleculesPerUmCubedPerMicromolar;
  DiffusionSolver solver = t.solver();
  for (int n = 0; n < 60; ++n) t.step(solver, 0.5, Threads(1), source, middle);
  const auto steady = [](double r) { return continuous(r, 1e12); };
  const auto mean = [&](double r) {
    return shell_mean(t, t.field(), t.grid.centre(middle), r, [](double) { return 1.0; });
  };
  const double difference = mean(10) - mean(20);
  const auto shell_of = [&](double r) {
    double sum = 0, count = 0;
    for (std::size_t i = 0; i < t.grid.voxel_count(); ++i) {
      const double distance = norm(t.grid.centre(i) - t.grid.centre(middle));
      if (std::abs(distance - r) <= 1.25) sum += steady(distance), ++count;
    }
    return sum / count;
  };
  EXPECT_NEAR(difference / (shell_of(10) - shell_of(20)), 1, 0.03);
}

}  // namespace
}  // namespace interstice
