/// @file
/// Green's function of voxels whose edges differ.
#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "engine/core/constants.h"
#include "engine/fields/box_lattice.h"
#include "engine/fields/lattice_green.h"

namespace interstice {
namespace {

TEST(BoxLattice, IsThatOfCubesWhereEdgesAreEqual) {
  const BoxLattice cubes({7, 7, 7});
  for (int c = 0; c <= kLatticeNear; ++c)
    for (int b = 0; b <= kLatticeNear; ++b)
      for (int a = 0; a <= kLatticeNear; ++a)
        EXPECT_NEAR(cubes.green(a, -b, c), lattice_green(a, b, c), 1e-12) << a << " " << b << " " << c;
  EXPECT_NEAR(cubes.green(5, 2, 9), lattice_green(5, 2, 9), 1e-12);
}

TEST(BoxLattice, ItsLaplacianIsThePointSource) {
  std::mt19937_64 random(1);
  const auto edge = [&] { return std::exp(std::uniform_real_distribution<double>(0, std::log(10.0))(random)); };
  for (int k = 0; k < 20; ++k) {
    const Vec3 h{edge(), edge(), edge()};
    const double coarsest = std::max({h.x, h.y, h.z}), volume = h.x * h.y * h.z;
    const BoxLattice& lattice = BoxLattice::of(h);
    const auto laplacian = [&](int a, int b, int c) {
      const double here = lattice.green(a, b, c);
      return (lattice.green(a + 1, b, c) + lattice.green(a - 1, b, c) - 2 * here) / (h.x * h.x) +
             (lattice.green(a, b + 1, c) + lattice.green(a, b - 1, c) - 2 * here) / (h.y * h.y) +
             (lattice.green(a, b, c + 1) + lattice.green(a, b, c - 1) - 2 * here) / (h.z * h.z);
    };
    EXPECT_NEAR(laplacian(0, 0, 0) * volume / coarsest, -1, 1e-10);
    for (const auto& [a, b, c] : {std::array{1, 0, 0}, std::array{0, 1, 1}, std::array{2, 2, 3}})
      EXPECT_NEAR(laplacian(a, b, c) * volume / coarsest, 0, 1e-10);
  }
}

TEST(BoxLattice, JoinsTheFluidFarAwayWithoutAStep) {
  for (const Vec3 h : {Vec3{10, 10, 1}, Vec3{1, 10, 1}, Vec3{3, 10, 1.7}}) {
    const BoxLattice& lattice = BoxLattice::of(h);
    for (int axis = 0; axis < 3; ++axis) {
      const auto far = [&](int n) {
        return lattice.green(axis == 0 ? n : 0, axis == 1 ? n : 0, axis == 2 ? n : 0) * 4 * kPi * n * h[axis] / 10;
      };
      const int last = static_cast<int>(std::ceil(60 / h[axis]));
      EXPECT_NEAR(far(last), 1, 0.01) << h.x << " " << h.z << ", axis " << axis;
      const double nearer = last / (last + 1.0);  // the lattice's part falls with the square
      EXPECT_NEAR(far(last + 1) - 1, (far(last) - 1) * nearer * nearer, 1e-3) << h.x << " " << h.z << ", axis " << axis;
      EXPECT_NEAR(far(50 * last), 1, 1e-5);
    }
  }
}

}  // namespace
}  // namespace interstice
