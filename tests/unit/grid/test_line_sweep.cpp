/// @file
/// The line solves against dense matrices, closed, with walls and periodic, one set of coefficients or one per voxel.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <Eigen/Dense>
#include <random>

#include "engine/grid/conductance.h"
#include "unit/grid/tissue.h"

namespace interstice {
namespace {

/// Dense operator of one axis on the whole grid [1/s], rows scaled by 1/alpha.
Eigen::MatrixXd dense(const Conductance& g, const testing::Tissue& t, int axis) {
  const auto n = static_cast<Eigen::Index>(t.grid.voxel_count());
  Eigen::MatrixXd m = Eigen::MatrixXd::Zero(n, n);
  const AxisLines& lines = g.lines(axis);
  const auto couple = [&](std::size_t a, std::size_t b, double conductance) {
    const double alpha = g.uniform() ? 1.0 : t.alpha(a);
    m(a, a) -= conductance / alpha;
    m(a, b) += conductance / alpha;
  };
  for (std::size_t line = 0; line < lines.lines; ++line) {
    const auto voxel = [&](int p) { return lines.start(line) + p * lines.stride; };
    const auto above = [&](int p) { return g.above(axis)[g.uniform() ? p : voxel(p)]; };
    for (int p = 0; p + 1 < lines.n; ++p)
      couple(voxel(p), voxel(p + 1), above(p)), couple(voxel(p + 1), voxel(p), above(p));
    const std::size_t first = voxel(0), last = voxel(lines.n - 1);
    if (g.periodic(axis)) {
      couple(first, last, above(lines.n - 1)), couple(last, first, above(lines.n - 1));
    } else {
      m(first, first) -= g.wall(2 * axis, line) / (g.uniform() ? 1.0 : t.alpha(first));
      m(last, last) -= g.wall(2 * axis + 1, line) / (g.uniform() ? 1.0 : t.alpha(last));
    }
  }
  return m;
}

void sweep_all(const Conductance& g, int axis, const SubstepFactors& factors, std::vector<double>& values) {
  const LineCoefficients c = g.coefficients(axis, factors);
  const PaddedGrid& grid = g.padded();
  PaddedField field(grid);
  double* d = field.data();
  for (std::size_t row = 0; row < grid.rows(); ++row)
    std::copy_n(&values[row * grid.nx], grid.nx, d + row * grid.pitch + 1);
  std::vector<double> scratch(sweep_scratch(c));
  for (std::size_t group = 0; group < g.groups(axis); ++group) {
    if (axis == 0) sweep_rows(c, group, grid.pitch, {}, scratch.data(), d + group * kBundle * grid.pitch);
    if (axis == 1) sweep_lines(c, group, grid.pitch, {}, scratch.data(), d + grid.row(0, group));
    if (axis == 2) sweep_lines(c, group, grid.plane(), {}, scratch.data(), d + grid.row(group, 0));
  }
  for (std::size_t row = 0; row < grid.rows(); ++row)
    std::copy_n(d + row * grid.pitch + 1, grid.nx, &values[row * grid.nx]);
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
  Conductance g(t.grid, t.regions, s);
  ASSERT_EQ(g.uniform(), p.uniform);
  std::mt19937 random(7);
  std::uniform_real_distribution<double> uniform(0, 1);
  for (const double dt : {0.01, 0.5}) {
    const SubstepFactors& factors = g.factors(dt);
    for (int axis = 0; axis < 3; ++axis) {
      std::vector<double> d(t.grid.voxel_count());
      for (double& x : d) x = uniform(random);
      const auto n = static_cast<Eigen::Index>(d.size());
      const Eigen::MatrixXd matrix = Eigen::MatrixXd::Identity(n, n) - dt / 2 * dense(g, t, axis);
      const Eigen::VectorXd expected = matrix.partialPivLu().solve(Eigen::Map<Eigen::VectorXd>(d.data(), n));
      sweep_all(g, axis, factors, d);
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
                                           Case{1, 1, 5, true, FixedValue{1}}),
                         ::testing::PrintToStringParamName());

}  // namespace
}  // namespace interstice
