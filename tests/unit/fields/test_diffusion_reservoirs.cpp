/// @file
/// Reservoirs behind faces, against the exact solution of the same voxels and volumes.
#include <gtest/gtest.h>

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <limits>
#include <random>

#include "engine/core/constants.h"
#include "engine/fields/diffusion/diffusion.h"
#include "unit/fields/tissue.h"

namespace interstice {
namespace {

using testing::Tissue;

Reservoir reservoir(double volume, double represents) {
  return {.name = "r", .volume = volume, .represents = represents, .vesicle_transfers = {}, .enzyme_copies = {}};
}

/// Voxels, then reservoirs; amounts flow along links in proportion to differences of concentration.
class Network {
 public:
  explicit Network(Eigen::VectorXd volumes)
      : root_(volumes.cwiseSqrt()), flow_(Eigen::MatrixXd::Zero(volumes.size(), volumes.size())) {}
  void link(Eigen::Index a, Eigen::Index b, double um3_per_s) {
    flow_(a, b) += um3_per_s, flow_(b, a) += um3_per_s, flow_(a, a) -= um3_per_s, flow_(b, b) -= um3_per_s;
  }
  /// `gained`: by each per second [uM/s].
  [[nodiscard]] Eigen::VectorXd after(double t, double decay, const Eigen::VectorXd& c,
                                      const Eigen::VectorXd& gained) const {
    const Eigen::MatrixXd scaled = root_.cwiseInverse().asDiagonal() * flow_ * root_.cwiseInverse().asDiagonal();
    const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> modes(scaled);
    const Eigen::ArrayXd rates = modes.eigenvalues().array() - decay;
    const Eigen::ArrayXd left = (rates * t).exp();
    const Eigen::ArrayXd come =
        (rates * t).unaryExpr([t](double x) { return std::abs(x) < 1e-9 ? t : t * std::expm1(x) / x; });
    const Eigen::MatrixXd& v = modes.eigenvectors();
    const auto in_modes = [&](const Eigen::VectorXd& x) -> Eigen::ArrayXd {
      return v.transpose() * (root_.asDiagonal() * x);
    };
    const Eigen::VectorXd sum = left * in_modes(c) + come * in_modes(gained);
    return root_.cwiseInverse().asDiagonal() * (v * sum);
  }

 private:
  Eigen::VectorXd root_;
  Eigen::MatrixXd flow_;
};

/// A random box with two reservoirs behind some of its faces.
struct RandomCase {
  explicit RandomCase(std::mt19937& random)
      : tissue(whole(random, 1, 4), whole(random, 1, 4), whole(random, 1, 5), log_between(random, 5, 25)) {
    const Grid& grid = tissue.grid;
    const double patch = grid.voxel_volume() * static_cast<double>(grid.voxel_count()), dx = grid.spacing.x;
    Species& s = tissue.add(log_between(random, 3, 1000));
    diffusivity = s.diffusivity[0];
    dt = log_between(random, 0.02, 30) * dx * dx / diffusivity;
    if (whole(random, 0, 1) == 1) s.decay = decay = log_between(random, 1e-3, 3) / dt;
    for (int n = 0; n < 2; ++n) {
      const double represents = log_between(random, 1, 1e4), share = patch * log_between(random, 0.03, 1e3);
      tissue.reservoirs.push_back(reservoir(share * represents, represents));
    }
    for (int f = 0; f < 6; ++f) {
      const int behind = whole(random, 0, 3);  // 2, 3: closed
      if (behind < 2) s.faces[f] = ToReservoir{ReservoirId(behind), permeability(random)};
    }
    tissue.allocate();
    for (double& c : tissue.field()) c = whole(random, 0, 2) == 0 ? log_between(random, 0.1, 10) : 0;
    for (auto& state : tissue.state) state.concentration[0] = log_between(random, 0.1, 10);
  }

  [[nodiscard]] Network network() const {
    const Grid& g = tissue.grid;
    const auto voxels = static_cast<Eigen::Index>(g.voxel_count());
    Eigen::VectorXd volumes = Eigen::VectorXd::Constant(voxels + 2, g.voxel_volume());
    for (const int r : {0, 1}) volumes[voxels + r] = tissue.reservoirs[r].share();
    Network network(volumes);
    const double dx = g.spacing.x;
    const std::array<int, 3> n{g.nx, g.ny, g.nz};
    for (int k = 0; k < g.nz; ++k)
      for (int j = 0; j < g.ny; ++j)
        for (int i = 0; i < g.nx; ++i) {
          const std::array<int, 3> at{i, j, k};
          const auto here = static_cast<Eigen::Index>(g.index(i, j, k));
          for (int axis = 0; axis < 3; ++axis) {
            std::array<int, 3> next = at;
            if (++next[axis] < n[axis])
              network.link(here, static_cast<Eigen::Index>(g.index(next[0], next[1], next[2])), diffusivity * dx);
            for (const int side : {0, 1}) {
              const auto* to = std::get_if<ToReservoir>(&tissue.species[0].faces[2 * axis + side]);
              if (to == nullptr || at[axis] != (side == 0 ? 0 : n[axis] - 1)) continue;
              const double through = dx * dx / (dx / (2 * diffusivity) + 1 / to->permeability);
              network.link(here, voxels + static_cast<Eigen::Index>(to->reservoir), through);
            }
          }
        }
    return network;
  }
  [[nodiscard]] Eigen::VectorXd concentrations() {
    const auto field = tissue.field();
    Eigen::VectorXd all(field.size() + 2);
    for (std::size_t v = 0; v < field.size(); ++v) all[static_cast<Eigen::Index>(v)] = field[v];
    for (const int r : {0, 1}) all[all.size() - 2 + r] = tissue.state[r].concentration[0];
    return all;
  }
  /// Of the patch and of what of the reservoirs is its own [uM um^3].
  [[nodiscard]] double content() const {
    double all = tissue.content();
    for (const int r : {0, 1}) all += tissue.state[r].concentration[0] * tissue.reservoirs[r].share();
    return all;
  }

  static int whole(std::mt19937& random, int from, int to) { return std::uniform_int_distribution(from, to)(random); }
  static double log_between(std::mt19937& random, double from, double to) {
    return from * std::pow(to / from, std::uniform_real_distribution<double>(0, 1)(random));
  }
  static double permeability(std::mt19937& random) {
    return whole(random, 0, 1) == 0 ? std::numeric_limits<double>::infinity() : log_between(random, 0.1, 100);
  }

  Tissue tissue;
  double diffusivity = 0, dt = 0, decay = 0;
};

TEST(DiffusionReservoirs, AreExactInTimeWhateverTheStep) {
  std::mt19937 random(11);
  double worst = 0, worst_lost = 0;
  for (int trial = 0; trial < 400; ++trial) {
    RandomCase one(random);
    const Network network = one.network();
    const Eigen::VectorXd start = one.concentrations();
    Tissue& tissue = one.tissue;
    DiffusionSolver solver = tissue.solver();
    const int steps = RandomCase::whole(random, 1, 4);
    Eigen::VectorXd gained = Eigen::VectorXd::Zero(start.size());  // made in the first reservoir, or nothing
    if (trial % 2 == 0) gained[start.size() - 2] = RandomCase::log_between(random, 0.01, 3) / one.dt;
    const double before = one.content() + gained[start.size() - 2] * steps * one.dt * tissue.reservoirs[0].share();
    for (int n = 0; n < steps; ++n) {
      tissue.reacted = tissue.c;
      tissue.reacted_state = tissue.state;
      tissue.reacted_state[0].concentration[0] += gained[start.size() - 2] * one.dt;
      tissue.diffuse(solver, one.dt);
    }
    const Eigen::VectorXd exact = network.after(steps * one.dt, one.decay, start, gained), now = one.concentrations();
    worst = std::max(worst, (now - exact).cwiseAbs().maxCoeff() / std::max(start.maxCoeff(), exact.maxCoeff()));
    const double decayed = one.tissue.budget.decayed[0] / kMoleculesPerUmCubedPerMicromolar;
    worst_lost = std::max(worst_lost, std::abs(one.content() + decayed - before) / before);
    for (const double c : now) ASSERT_GE(c, 0) << trial;
  }
  std::printf("400 boxes with two reservoirs: %.2g of the largest value off, %.2g lost\n", worst, worst_lost);
  EXPECT_LT(worst, 0.0015);
  EXPECT_LT(worst_lost, 1e-12);
}

double drop_after(int nx, double dt, double volume) {
  Tissue t(nx, nx, 40, 10);
  t.add(500).faces[5] = ToReservoir{ReservoirId{0}};
  t.reservoirs.push_back(reservoir(volume, 1));
  t.allocate();
  t.state[0].concentration[0] = 1;
  DiffusionSolver solver = t.solver();
  for (int n = 0; n < std::lround(2 / dt); ++n) t.step(solver, dt);
  return t.state[0].concentration[0];
}

/// In grids of more than 32768 voxels reservoirs stand still within a substep, of which they give or take a quarter at
/// most: the one thing that is not exact in time.
TEST(DiffusionReservoirs, AreOfFirstOrderInLargeGrids) {
  const double exact = drop_after(4, 0.02, 5e4);
  const auto off = [&](double dt) { return std::abs(drop_after(32, dt, 5e4 * 64) / exact - 1); };
  const double whole = off(2), half = off(0.04), quarter = off(0.02);
  std::printf("a drop after 2 s, steps of 2, 0.04, 0.02 s: %.2g %.2g %.2g off\n", whole, half, quarter);
  EXPECT_LT(whole, 0.01);
  EXPECT_NEAR(half / quarter, 2, 0.3);
}

}  // namespace
}  // namespace interstice
