/// @file
/// What the hop series leaves out: the solver against a Runge-Kutta scheme in short steps, on the same grid, for the
/// hardest cases: a source switched on in one voxel and a spill into it.
#include <gtest/gtest.h>

#include <array>
#include <cstdio>

#include "unit/fields/tissue.h"

namespace interstice {
namespace {

using testing::Tissue;

/// d <- change per interval by the plain seven-point stencil with closed walls; `relative` D of each voxel.
void rate(const Grid& g, std::span<const double> relative, double ratio, double source, std::size_t where,
          const std::vector<double>& c, std::vector<double>& d) {
  for (std::size_t v = 0; v < c.size(); ++v) {
    const auto [i, j, k] =
        std::array{static_cast<int>(v) % g.nx, static_cast<int>(v) / g.nx % g.ny, static_cast<int>(v) / (g.nx * g.ny)};
    const auto from = [&](int x, int y, int z) {
      if (x < 0 || y < 0 || z < 0 || x >= g.nx || y >= g.ny || z >= g.nz) return 0.0;
      const std::size_t n = g.index(x, y, z);
      return 2 * relative[n] * relative[v] / (relative[n] + relative[v]) * (c[n] - c[v]);
    };
    d[v] = ratio * (from(i - 1, j, k) + from(i + 1, j, k) + from(i, j - 1, k) + from(i, j + 1, k) + from(i, j, k - 1) +
                    from(i, j, k + 1));
    if (v == where) d[v] += source;
  }
}

/// An interval by the classical Runge-Kutta scheme.
void reference(const Grid& g, std::span<const double> relative, double ratio, int steps, double source,
               std::size_t where, std::vector<double>& c) {
  constexpr std::array<double, 4> share{1.0 / 6, 1.0 / 3, 1.0 / 3, 1.0 / 6}, ahead{0.5, 0.5, 1, 0};
  std::vector<double> stage(c.size()), d(c.size()), sum(c.size());
  for (int n = 0; n < steps; ++n) {
    stage = sum = c;
    for (std::size_t s = 0; s < share.size(); ++s) {
      rate(g, relative, ratio, source, where, stage, d);
      for (std::size_t v = 0; v < c.size(); ++v) {
        sum[v] += share[s] / steps * d[v];
        stage[v] = c[v] + ahead[s] / steps * d[v];
      }
    }
    c = sum;
  }
}

struct Deviation {
  double most = 0, least = 0;  ///< largest error, and lowest number, relative to the largest number
};

/// After one interval of D dt/dx^2 = ratio. The half of the box below the middle has `slow` times the D of the other;
/// the source or the spill is in voxel `k` along z.
Deviation deviation(double ratio, bool spill, double slow = 1, int k = 8) {
  Tissue t(17, 17, 17, 10);
  Species& s = t.add(100);
  t.regions.regions.push_back({.name = "slow"});
  s.diffusivity = {100, 100 * slow};
  paint(t.regions, t.grid, RegionId{1}, BoxShape{{0, 0, 0}, {170, 170, 80}});
  t.allocate();
  std::vector<double> relative;
  for (const std::uint8_t region : t.regions.of_voxel) relative.push_back(region == 1 ? slow : 1);
  const std::size_t middle = t.grid.index(8, 8, k);
  if (spill) t.field()[middle] = 1;
  std::vector<double> exact(t.field().begin(), t.field().end());
  reference(t.grid, relative, ratio, std::max(10, static_cast<int>(ratio * 20)), spill ? 0 : ratio, middle, exact);
  DiffusionSolver solver = t.solver();
  t.step(solver, ratio, Threads(1), spill ? 0 : 1, middle);
  Deviation e;
  for (std::size_t i = 0; i < exact.size(); ++i) {
    e.most = std::max(e.most, std::abs(t.field()[i] - exact[i]));
    e.least = std::min(e.least, t.field()[i]);
  }
  e.most /= *std::max_element(exact.begin(), exact.end());
  return e;
}

constexpr std::array kRatios{0.02, 0.05, 0.08, 0.13, 0.2, 0.29, 0.33, 0.385, 0.5, 0.77, 1.54, 3.85, 7.7, 20.0};

TEST(DiffusionSubsteps, SourceSwitchedOnIsWithin2PerMille) {
  for (const double ratio : kRatios) {
    const Deviation e = deviation(ratio, false);
    std::printf("source, D dt/dx^2 = %5.3g: %.2g %%\n", ratio, 100 * e.most);
    EXPECT_LT(e.most, ratio > 1.5 ? 2e-4 : 2e-3) << ratio;
  }
}

TEST(DiffusionSubsteps, SpillIsWithin1PercentAndPositive) {
  for (const double ratio : kRatios) {
    const Deviation e = deviation(ratio, true);
    std::printf("spill, D dt/dx^2 = %5.3g: %.2g %%\n", ratio, 100 * e.most);
    EXPECT_LT(e.most, 0.01) << ratio;
    EXPECT_GE(e.least, 0) << ratio;
  }
}

TEST(DiffusionSubsteps, BesideAnInterfaceTheyAreAsGood) {
  for (const double slow : {0.4, 0.05, 0.002}) {
    for (const int k : {7, 8, 9}) {
      for (const double ratio : {0.5, 3.85}) {
        const Deviation source = deviation(ratio, false, slow, k), spill = deviation(ratio, true, slow, k);
        std::printf("D contrast %g, voxel %d, D dt/dx^2 = %4.3g: source %.2g %%, spill %.2g %%\n", slow, k, ratio,
                    100 * source.most, 100 * spill.most);
        EXPECT_LT(source.most, 2e-3);
        EXPECT_LT(spill.most, 0.01);
        EXPECT_GE(spill.least, 0);
      }
    }
  }
}

}  // namespace
}  // namespace interstice
