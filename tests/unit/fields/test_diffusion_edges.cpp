/// @file
/// Diffusion on voxels whose edges differ, on random grids: against exact solutions, in balance and positive.
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstring>
#include <random>

#include "engine/core/constants.h"
#include "engine/fields/diffusion/diffusion.h"
#include "unit/fields/tissue.h"

namespace interstice {
namespace {

using testing::Tissue;

/// Draws for one random grid: up to 14 voxels along an axis, edges of 1 to 10 um.
struct Draws {
  std::mt19937_64 random;
  explicit Draws(unsigned seed) : random(seed) {}
  double uniform(double a, double b) { return std::uniform_real_distribution<double>(a, b)(random); }
  double spread(double a, double b) { return std::exp(uniform(std::log(a), std::log(b))); }
  int whole(int a, int b) { return std::uniform_int_distribution<int>(a, b)(random); }
  Spacing edges() { return Vec3{spread(1, 10), spread(1, 10), spread(1, 10)}; }
  Tissue tissue() { return {whole(1, 14), whole(1, 14), whole(1, 14), edges()}; }
};

/// A wave that the grid neither bends nor moves, closed walls or periodic faces, and how fast it falls [1/s].
struct Wave {
  std::array<int, 3> waves;
  std::array<bool, 3> periodic;

  [[nodiscard]] double at(const Grid& grid, std::size_t voxel) const {
    const Vec3 p = grid.centre(voxel), size = grid.size();
    double value = 1;
    for (int a = 0; a < 3; ++a) value *= std::cos((periodic[a] ? 2 : 1) * kPi * waves[a] * p[a] / size[a]);
    return value;
  }
  [[nodiscard]] double rate(const Grid& grid, double D) const {
    const std::array<int, 3> n{grid.nx, grid.ny, grid.nz};
    double sum = 0;
    for (int a = 0; a < 3; ++a)
      sum +=
          2 * D / (grid.spacing[a] * grid.spacing[a]) * (1 - std::cos((periodic[a] ? 2 : 1) * kPi * waves[a] / n[a]));
    return sum;
  }
};

TEST(DiffusionOnUnequalEdges, WavesFallAsFastAsTheGridLetsThem) {
  for (unsigned seed = 1; seed <= 60; ++seed) {
    Draws draw(seed);
    Tissue t = draw.tissue();
    const double D = draw.spread(1, 1000);
    Species& s = t.add(D);
    const std::array<int, 3> n{t.grid.nx, t.grid.ny, t.grid.nz};
    Wave wave{};
    for (int a = 0; a < 3; ++a) {
      wave.periodic[a] = draw.whole(0, 1) == 1;
      wave.waves[a] = draw.whole(0, (n[a] - 1) / 3);
      if (wave.periodic[a]) s.faces[2 * a] = s.faces[2 * a + 1] = Periodic{};
    }
    t.allocate();
    for (std::size_t v = 0; v < t.grid.voxel_count(); ++v) t.field()[v] = 2 + wave.at(t.grid, v);
    const double rate = wave.rate(t.grid, D), until = rate > 0 ? 1 / rate : 1;
    DiffusionSolver solver = t.solver();
    for (int k = 0; k < 20; ++k) t.step(solver, until / 20);
    const double left = rate > 0 ? std::exp(-1) : 1;
    for (std::size_t v = 0; v < t.grid.voxel_count(); ++v)
      ASSERT_NEAR(t.field()[v], 2 + left * wave.at(t.grid, v), 2e-3) << "seed " << seed;
  }
}

TEST(DiffusionOnUnequalEdges, LayersCarryTheFluxOfResistancesInSeries) {
  for (unsigned seed = 1; seed <= 30; ++seed) {
    Draws draw(seed);
    Tissue t(draw.whole(2, 9), draw.whole(2, 9), draw.whole(2, 9), draw.edges());
    const int axis = draw.whole(0, 2), n = std::array{t.grid.nx, t.grid.ny, t.grid.nz}[axis];
    const int layer = draw.whole(1, n - 1);
    const double edge = t.grid.spacing[axis], alpha = draw.uniform(0.2, 1), wall = draw.spread(1, 100);
    const std::array<double, 2> D{draw.spread(50, 500), draw.spread(50, 500)};
    Species& s = t.add(D[0]);
    t.regions.regions.push_back({.name = "tissue", .volume_fraction = alpha});
    s.diffusivity = {D[0], D[1]};
    s.faces[2 * axis] = FixedValue{3};
    s.faces[2 * axis + 1] = Permeable{wall, 1};
    std::array<double, 3> from{}, to{1e9, 1e9, 1e9};
    from[axis] = layer * edge;
    paint(t.regions, t.grid, RegionId{1}, BoxShape{{from[0], from[1], from[2]}, {to[0], to[1], to[2]}});
    t.allocate();
    DiffusionSolver solver = t.solver();
    const double length = n * edge;
    for (int k = 0; k < 8; ++k) t.step(solver, length * length / std::min(D[0], D[1]) + length / wall);
    const double area = t.grid.voxel_volume() * static_cast<double>(t.grid.voxel_count()) / length;
    const double resistance = layer * edge / D[0] + (n - layer) * edge / (alpha * D[1]) + 1 / wall;
    const double flux = 2 / resistance;  // [uM um/s]
    std::array<int, 3> first{};
    EXPECT_NEAR(t.field()[t.grid.index(first[0], first[1], first[2])], 3 - flux * edge / 2 / D[0], 1e-6) << seed;
    first[axis] = n - 1;
    EXPECT_NEAR(t.field()[t.grid.index(first[0], first[1], first[2])],
                1 + flux * (1 / wall + edge / 2 / (alpha * D[1])), 1e-6)
        << seed;
    const double before = t.budget.through_boundary[0];
    t.step(solver, 1);
    EXPECT_NEAR(t.budget.through_boundary[0] - before, 0, 1e-6 * flux * area * kMoleculesPerUmCubedPerMicromolar);
  }
}

TEST(DiffusionOnUnequalEdges, KeepsContentsAndSpillsPositiveOnAnyNumberOfThreads) {
  for (unsigned seed = 1; seed <= 30; ++seed) {
    std::vector<double> first;
    for (const int threads : {1, 3}) {
      Draws draw(seed);
      Tissue t = draw.tissue();
      Species& s = t.add(300);
      t.regions.regions.push_back({.name = "tissue", .volume_fraction = 0.2});
      s.diffusivity = {300, 40};
      paint(t.regions, t.grid, RegionId{1}, SphereShape{0.4 * t.grid.size(), t.grid.size().x * 0.3});
      if (draw.whole(0, 1) == 1) s.faces[4] = s.faces[5] = Periodic{};
      t.allocate();
      t.field()[t.grid.voxel_count() / 3] = 1000;
      DiffusionSolver solver = t.solver();
      const double before = t.content(), dt = draw.spread(0.01, 1), h = t.grid.finest();
      for (int k = 0; k < 300; ++k) {
        t.step(solver, dt * h * h / 10, Threads(threads));
        if (k > 3) continue;
        for (const double c : t.field()) ASSERT_GE(c, 0) << "seed " << seed;
      }
      EXPECT_NEAR(t.content() / before, 1, 1e-12) << "seed " << seed;
      const std::vector<double> now(t.field().begin(), t.field().end());
      if (first.empty()) first = now;
      EXPECT_EQ(std::memcmp(first.data(), now.data(), now.size() * sizeof(double)), 0) << "seed " << seed;
    }
  }
}

}  // namespace
}  // namespace interstice
