/// @file
/// The reaction stage against an independent integrator, Boost.odeint's Runge-Kutta-Fehlberg 7(8) with steps short
/// enough for the stiffest rate, at the default step. (odeint's stiff rosenbrock4 needs a uBLAS that does not compile
/// as C++20 in Boost 1.74.)
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/numeric/odeint/integrate/integrate_adaptive.hpp>
#include <boost/numeric/odeint/stepper/generation.hpp>
#include <boost/numeric/odeint/stepper/runge_kutta_fehlberg78.hpp>
#include <cmath>
#include <random>

#include "unit/grid/beaker.h"

namespace interstice {
namespace {

using namespace testing;
using Vector = std::vector<double>;

/// The purine network written out by hand.
struct Oracle {
  PurineRates p;

  void operator()(const Vector& y, Vector& d, double) const {
    const double v39 = p.k_ATP * y[0] + p.cd39 * y[0] / (15 + y[0]);
    const double v39b = p.k_ADP * y[1] + p.cd39 * y[1] / (10 * (1 + y[0] / 15) + y[1]);
    const double v73 = p.cd73 * y[2] / (15 * (1 + y[1] / 0.5 + y[0] / 5) + y[2]);
    d = {-v39, v39 - v39b, v39b - v73, v73 - p.k_ado * y[3]};
  }
};

void advance(const Oracle& oracle, Vector& y, double t) {
  namespace odeint = boost::numeric::odeint;
  odeint::integrate_adaptive(odeint::make_controlled<odeint::runge_kutta_fehlberg78<Vector>>(1e-14, 1e-10), oracle, y,
                             0.0, t, 1e-6);
}

TEST(ReactionsAgainstOdeint, PurineNetworkOverStiffRandomParameters) {
  std::mt19937 random(3);
  std::uniform_real_distribution<double> exponent(-3, 3), amount(-2, 2);
  double worst = 0;
  for (int trial = 0; trial < 300; ++trial) {
    PurineRates p;
    for (double* k : {&p.k_ATP, &p.k_ADP, &p.cd39, &p.cd73, &p.k_ado}) *k = std::pow(10, exponent(random));
    Beaker b = purine_beaker(p);
    Vector y(4), start(4);
    for (std::uint32_t s = 0; s < 4; ++s) b.at(s) = start[s] = y[s] = std::pow(10, amount(random));
    const ReactionSolver solver = b.solver();
    for (int n = 0; n < 4; ++n) {
      b.step(solver, 0.5);
      advance({p}, y, 0.5);
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
