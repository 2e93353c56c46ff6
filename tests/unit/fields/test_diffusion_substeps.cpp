/// @file
/// Whether the substeps are short enough: the solver against forward Euler in steps of a thousandth of its interval, on
/// the same grid, for the hardest cases: a source switched on in one voxel and a spill into it.
#include <gtest/gtest.h>

#include "unit/fields/tissue.h"

namespace interstice {
namespace {

using testing::Tissue;

/// Plain seven-point forward Euler with closed walls.
void reference(const Grid& g, double ratio, int steps, double source, std::size_t where, std::vector<double>& c) {
  std::vector<double> next(c.size());
  for (int n = 0; n < steps; ++n) {
    for (int k = 0; k < g.nz; ++k) {
      for (int j = 0; j < g.ny; ++j) {
        for (int i = 0; i < g.nx; ++i) {
          const std::size_t v = g.index(i, j, k);
          const auto at = [&](int x, int y, int z) {
            const bool inside = x >= 0 && y >= 0 && z >= 0 && x < g.nx && y < g.ny && z < g.nz;
            return inside ? c[g.index(x, y, z)] : c[v];
          };
          const double sum =
              at(i - 1, j, k) + at(i + 1, j, k) + at(i, j - 1, k) + at(i, j + 1, k) + at(i, j, k - 1) + at(i, j, k + 1);
          next[v] = c[v] + ratio / steps * (sum - 6 * c[v]) + (v == where ? source / steps : 0.0);
        }
      }
    }
    c.swap(next);
  }
}

/// Largest error after one interval of D dt/dx^2 = ratio, relative to the largest value.
double error(double ratio, bool spill) {
  Tissue t(17, 17, 17, 10);
  t.add(100);
  t.allocate();
  const std::size_t middle = t.grid.index(8, 8, 8);
  if (spill) t.field()[middle] = 1;
  std::vector<double> exact(t.field().begin(), t.field().end());
  reference(t.grid, ratio, std::max(200, static_cast<int>(ratio * 200)), spill ? 0 : ratio, middle, exact);
  DiffusionSolver solver = t.solver();
  t.step(solver, ratio, Threads(1), spill ? 0 : 1, middle);
  double worst = 0;
  for (std::size_t i = 0; i < exact.size(); ++i) worst = std::max(worst, std::abs(t.field()[i] - exact[i]));
  return worst / *std::max_element(exact.begin(), exact.end());
}

TEST(DiffusionSubsteps, SourceSwitchedOnIsWithin2Percent) {
  for (const double ratio : {0.05, 0.385, 0.5, 0.77, 3.85}) EXPECT_LT(error(ratio, false), 0.02) << ratio;
  EXPECT_LT(error(3.85, false), 0.002);
}

TEST(DiffusionSubsteps, SpillIsWithin25PercentAfterOneSubstepAndWithin1PercentAfterEight) {
  for (const double ratio : {0.05, 0.385, 0.5, 0.77}) EXPECT_LT(error(ratio, true), 0.25) << ratio;
  EXPECT_LT(error(3.85, true), 0.01);
}

}  // namespace
}  // namespace interstice
