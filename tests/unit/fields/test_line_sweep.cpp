/// @file
/// The line solves against dense matrices, closed, with walls and periodic, one set of coefficients or one per voxel.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <Eigen/Dense>
#include <random>

#include "engine/fields/diffusion/diffusion_factors.h"
#include "unit/fields/tissue.h"

namespace interstice {
namespace {

/// Dense operator of one axis on the whole grid [1/s], rows scaled by 1/alpha.
Eigen::MatrixXd dense(const Conductance& g, const testing::Tissue& t, int axis) {
  const auto n = static_cast<Eigen::Index>(t.grid.voxel_count());
  Eigen::MatrixXd m = Eigen::MatrixXd::Zero(n, n);
  const std::array<int, 3> size{t.grid.nx, t.grid.ny, t.grid.nz};
  for (std::size_t a = 0; a < t.grid.voxel_count(); ++a) {
    const int nx = t.grid.nx, ny = t.grid.ny, i = static_cast<int>(a);
    const std::array<int, 3> at{i % nx, i / nx % ny, i / (nx * ny)};
    const double alpha = g.uniform() ? 1.0 : t.alpha(a);
    for (const int side : {0, 1}) {
      auto beyond = at;
      beyond[axis] += 2 * side - 1;
      const bool outside = beyond[axis] < 0 || beyond[axis] >= size[axis];
      if (outside && !g.periodic(axis)) {
        m(a, a) -= g.wall(2 * axis + side, g.kind(a)) / alpha;
        continue;
      }
      beyond[axis] = (beyond[axis] + size[axis]) % size[axis];
      const std::size_t b = t.grid.index(beyond[0], beyond[1], beyond[2]);
      const double conductance = g.between(axis, g.kind(a), g.kind(b)) / alpha;
      m(a, a) -= conductance;
      m(a, b) += conductance;
    }
  }
  return m;
}

void sweep_all(const DiffusionFactors& f, int axis, const SubstepFactors& factors, std::vector<double>& values) {
  const LineStrips& strips = f.strips(axis);
  AlignedNumbers scratch(sweep_scratch(strips.n));
  for (std::size_t strip = 0; strip < strips.count(); ++strip) {
    const StripCoefficients c = f.coefficients(axis, strip, factors);
    double* d = values.data() + strips.first(strip);
    if (axis == 0) {
      sweep_rows(strips.n, strips.lanes(strip), c, {}, scratch.data(), d);
    } else {
      sweep_lines({.n = strips.n, .lanes = strips.lanes(strip), .stride = strips.stride, .values = d, .walls = {}}, c,
                  scratch.data());
    }
  }
}

struct Case {
  int nx, ny, nz;
  bool uniform;
  FaceCondition face;
};

void PrintTo(const Case& c, std::ostream* out) {
  const std::array<const char*, 5> faces{"closed", "fixed", "permeable", "periodic", "reservoir"};
  *out << fmt::format("{}x{}x{}_{}_{}", c.nx, c.ny, c.nz, c.uniform ? "uniform" : "patchy", faces[c.face.index()]);
}

class LineSweepAgainstDense : public ::testing::TestWithParam<Case> {};

TEST_P(LineSweepAgainstDense, SolvesEachAxisTo1e13) {
  const Case& p = GetParam();
  testing::Tissue t(p.nx, p.ny, p.nz, 2.0);
  Species& s = t.add(300);
  s.faces.fill(p.face);
  if (!p.uniform) {
    t.regions.regions.push_back({.name = "tissue", .volume_fraction = 0.2});
    s.diffusivity = {300, 40};
    for (std::size_t i = 0; i < t.grid.voxel_count(); ++i) t.regions.of_voxel[i] = (i * 7 / 3) % 2;
  }
  DiffusionFactors f(std::make_unique<Conductance>(t.grid, t.regions, s));
  const Conductance& g = f.conductance();
  ASSERT_EQ(g.uniform(), p.uniform);
  std::mt19937 random(7);
  std::uniform_real_distribution<double> uniform(0, 1);
  for (const double dt : {0.01, 0.5}) {
    const SubstepFactors& factors = f.substep(dt);
    for (int axis = 0; axis < 3; ++axis) {
      std::vector<double> d(t.grid.voxel_count());
      for (double& x : d) x = uniform(random);
      const auto n = static_cast<Eigen::Index>(d.size());
      const Eigen::MatrixXd matrix = Eigen::MatrixXd::Identity(n, n) - dt / 2 * dense(g, t, axis);
      const Eigen::VectorXd expected = matrix.partialPivLu().solve(Eigen::Map<Eigen::VectorXd>(d.data(), n));
      sweep_all(f, axis, factors, d);
      for (Eigen::Index i = 0; i < n; ++i) ASSERT_NEAR(d[i], expected(i), 1e-13) << "axis " << axis << " dt " << dt;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Walls, LineSweepAgainstDense,
                         ::testing::Values(Case{6, 5, 7, true, NoFlux{}}, Case{6, 5, 7, false, NoFlux{}},
                                           Case{6, 5, 7, true, FixedValue{1}}, Case{6, 5, 7, false, FixedValue{1}},
                                           Case{6, 5, 7, true, Permeable{3, 1}}, Case{6, 5, 7, false, Permeable{3, 1}},
                                           Case{6, 5, 7, true, Periodic{}}, Case{6, 5, 7, false, Periodic{}},
                                           Case{1, 2, 3, true, Periodic{}}, Case{2, 1, 3, false, Periodic{}},
                                           Case{19, 3, 2, false, Periodic{}}, Case{14, 2, 3, true, FixedValue{1}},
                                           Case{1, 1, 5, true, FixedValue{1}}, Case{37, 5, 2, true, NoFlux{}},
                                           Case{41, 2, 3, false, FixedValue{1}}, Case{3, 2, 35, false, Periodic{}},
                                           Case{9, 7, 4, true, Periodic{}}),
                         ::testing::PrintToStringParamName());

}  // namespace
}  // namespace interstice
