/// @file
/// The reaction stage at the default step against an independent stiff integrator at tight tolerance.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <random>

#include "oracle/purine_rosenbrock.h"
#include "unit/fields/beaker.h"

namespace interstice {
namespace {

using namespace testing;

TEST(ReactionsAgainstOdeint, PurineNetworkOverStiffRandomParameters) {
  std::mt19937 random(3);
  std::uniform_real_distribution<double> exponent(-3, 3), amount(-2, 2);
  double worst = 0;
  for (int trial = 0; trial < 300; ++trial) {
    PurineRates p;
    for (double* k : {&p.k_ATP, &p.k_ADP, &p.cd39, &p.cd73, &p.k_ado}) *k = std::pow(10, exponent(random));
    Beaker b = purine_beaker(p);
    std::array<double, 4> y{}, start{};
    for (std::uint32_t s = 0; s < 4; ++s) b.at(s) = start[s] = y[s] = std::pow(10, amount(random));
    const ReactionSolver solver = b.solver();
    for (int n = 0; n < 4; ++n) {
      b.step(solver, 0.5);
      y = oracle::integrate({p.k_ATP, p.k_ADP, p.k_ado, p.cd39, p.cd73}, y, 0.5);
      // Relative to the value, or to 1 % of the most that the voxel held where a species is all but gone.
      const double most = 0.01 * *std::max_element(start.begin(), start.end());
      for (std::uint32_t s = 0; s < 4; ++s) {
        const double error = std::abs(b.at(s) - y[s]) / std::max(y[s], most);
        worst = std::max(worst, error);
        EXPECT_LT(error, 1e-3) << "trial " << trial << " step " << n << " species " << s << " value " << y[s];
      }
    }
  }
  std::printf("largest relative error %.1e\n", worst);
}

}  // namespace
}  // namespace interstice
