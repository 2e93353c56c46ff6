/// @file
/// The contact columns against an independent integration of the same equations, and in limits known on paper.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "hand_made_view.h"
#include "models/builtin.h"
#include "models/surface_contact.h"

namespace interstice {
namespace {

using interstice::testing::Settings;
using interstice::testing::Stand;
using Y = std::array<double, 4>;
constexpr double kHours = 3600;

/// n, f, s, L by classical Runge-Kutta with 1-s steps; `rate` EVs land per second until `stop` [s].
Y reference(double rate, double stop, double end, double myd88 = 1) {
  const auto slope = [&](double landing, const Y& y) -> Y {
    const double S = y[0] / (50 + y[0]);
    return {landing - y[0] / (2 * kHours), (myd88 * S - y[1]) / kHours, (S - y[2]) / (24 * kHours),
            y[1] * (1 - y[3]) / (3 * kHours) - y[3] / (72 * kHours)};
  };
  const auto moved = [](Y y, const Y& k, double h) {
    for (std::size_t i = 0; i < 4; ++i) y[i] += h * k[i];
    return y;
  };
  Y y{};
  for (int t = 0; t < static_cast<int>(end); ++t) {
    const double landing = t < stop ? rate : 0;
    const Y k1 = slope(landing, y), k2 = slope(landing, moved(y, k1, 0.5));
    const Y k3 = slope(landing, moved(y, k2, 0.5)), k4 = slope(landing, moved(y, k3, 1));
    for (std::size_t j = 0; j < 4; ++j) y[j] += (k1[j] + 2 * k2[j] + 2 * k3[j] + k4[j]) / 6;
  }
  return y;
}

/// The model with cell steps of `dt` [s].
Y model_run(double rate, double stop, double end, double dt, double myd88 = 1) {
  Settings settings(models::surface_contact());
  settings["MyD88"] = myd88;
  const auto model = settings.make();
  Stand stand(models::surface_contact(), 1);
  const int steps = static_cast<int>(std::lround(end / dt));
  for (int i = 1; i <= steps; ++i) {
    stand.adsorptions[0] = static_cast<std::uint64_t>(std::lround(rate * std::min(i * dt, stop)));
    stand.step(*model, dt);
  }
  return {stand.columns[0][0], stand.columns[1][0], stand.columns[2][0], stand.columns[3][0]};
}

TEST(SurfaceContact, FollowsTheEquationsAtTheDefaultCellStep) {
  for (const double hours : {0.5, 3.0, 24.0, 72.0}) {
    const Y expected = reference(0.1, 4 * kHours, hours * kHours);
    const Y found = model_run(0.1, 4 * kHours, hours * kHours, 30);
    for (std::size_t i = 0; i < 4; ++i)
      EXPECT_NEAR(found[i] / expected[i], 1, 2e-4) << "column " << i << " at " << hours << " h";
  }
}

TEST(SurfaceContact, IsSecondOrderInTheCellStep) {
  const Y exact = reference(0.01, 12 * kHours, 6 * kHours);
  const double coarse = std::abs(model_run(0.01, 12 * kHours, 6 * kHours, 600)[3] - exact[3]);
  const double fine = std::abs(model_run(0.01, 12 * kHours, 6 * kHours, 300)[3] - exact[3]);
  EXPECT_GT(std::log2(coarse / fine), 1.7);
  EXPECT_LT(std::log2(coarse / fine), 2.3);
}

TEST(SurfaceContact, MyD88KnockOutKeepsOnlyTheSlowComponent) {
  const Y found = model_run(0.1, 24 * kHours, 24 * kHours, 60, 0);
  EXPECT_EQ(found[1], 0);
  EXPECT_EQ(found[3], 0);
  EXPECT_NEAR(found[2] / reference(0.1, 24 * kHours, 24 * kHours, 0)[2], 1, 2e-4);
}

TEST(SurfaceContactKernel, SteadyStatesByHand) {
  const models::ContactConstants k = {.half_signal = 50,
                                      .myd88 = 1,
                                      .signal_time = 2 * kHours,
                                      .fast_time = kHours,
                                      .slow_time = 24 * kHours,
                                      .licence_gain_time = 3 * kHours,
                                      .licence_loss_time = 72 * kHours};
  // 150 EV in 2 h keep n at 150, so S = f = s = 3/4 and L = (f/3) / (f/3 + 1/72) = 18/19.
  const models::ContactState steady = {150, 0.75, 0.75, 18.0 / 19.0};
  const auto after = models::contact_after(steady, 150.0 * 30 / (2 * kHours), 30, k);
  EXPECT_NEAR(after.signal, 150, 1e-10);
  EXPECT_NEAR(after.fast, 0.75, 1e-14);
  EXPECT_NEAR(after.slow, 0.75, 1e-14);
  EXPECT_NEAR(after.monocyte, 18.0 / 19.0, 1e-14);
  // Nothing lands: n halves in 2 h ln 2.
  EXPECT_NEAR(models::contact_after(steady, 0, 2 * kHours * std::log(2.0), k).signal, 75, 1e-10);
}

}  // namespace
}  // namespace interstice
