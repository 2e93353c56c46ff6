/// @file
/// The contact columns against an independent integration of the same equations, and in limits known on paper.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <random>

#include "hand_made_view.h"
#include "models/builtin.h"
#include "models/surface_contact.h"

namespace interstice {
namespace {

using interstice::testing::Settings;
using interstice::testing::Stand;
using Y = std::array<double, 4>;
constexpr double kHours = 3600;

constexpr double kBound = 500;

models::ContactConstants defaults(double myd88 = 1) {
  return {.half_signal = 50,
          .myd88 = myd88,
          .bound_time = kBound,
          .signal_time = 2 * kHours,
          .fast_time = kHours,
          .slow_time = 24 * kHours,
          .licence_gain_time = 3 * kHours,
          .licence_loss_time = 72 * kHours};
}

/// n, f, s, L by classical Runge-Kutta with steps of about `h` [s], over `dt` [s] in which `bound` EVs sit on the cell.
Y integrated(Y y, double bound, double dt, const models::ContactConstants& k, double h) {
  const auto slope = [&](const Y& at) -> Y {
    const double S = at[0] / (k.half_signal + at[0]);
    return {bound / k.bound_time - at[0] / k.signal_time, (k.myd88 * S - at[1]) / k.fast_time,
            (S - at[2]) / k.slow_time, at[1] * (1 - at[3]) / k.licence_gain_time - at[3] / k.licence_loss_time};
  };
  const auto moved = [](Y from, const Y& rate, double by) {
    for (std::size_t i = 0; i < from.size(); ++i) from[i] += by * rate[i];
    return from;
  };
  const int steps = std::max(1, static_cast<int>(std::ceil(dt / h)));
  const double part = dt / steps;
  for (int t = 0; t < steps; ++t) {
    const Y k1 = slope(y), k2 = slope(moved(y, k1, part / 2)), k3 = slope(moved(y, k2, part / 2));
    const Y k4 = slope(moved(y, k3, part));
    for (std::size_t j = 0; j < y.size(); ++j) y[j] += part / 6 * (k1[j] + 2 * k2[j] + 2 * k3[j] + k4[j]);
  }
  return y;
}

/// `bound` EVs sit on the cell until `stop` [s].
Y reference(double bound, double stop, double end, double myd88 = 1) {
  const auto k = defaults(myd88);
  return integrated(integrated({}, bound, std::min(stop, end), k, 1), 0, std::max(0.0, end - stop), k, 1);
}

/// The model with cell steps of `dt` [s], each of `parts` steps of the engine.
Y model_run(std::uint64_t bound, double stop, double end, double dt, double myd88 = 1, int parts = 1) {
  Settings settings(models::surface_contact());
  settings["MyD88"] = myd88;
  const auto model = settings.make();
  Stand stand(models::surface_contact(), 1);
  const int steps = static_cast<int>(std::lround(end / dt)) * parts;
  for (int i = 0; i < steps; ++i) {
    stand.bound[0] = i * dt / parts < stop - 1e-9 ? bound : 0;
    stand.step(*model, dt / parts, (i + 1) % parts == 0);
  }
  return {stand.columns[0][0], stand.columns[1][0], stand.columns[2][0], stand.columns[3][0]};
}

TEST(SurfaceContact, FollowsTheEquationsAtTheDefaultCellStep) {
  for (const double hours : {0.5, 3.0, 24.0, 72.0}) {
    const Y expected = reference(50, 4 * kHours, hours * kHours);
    const Y found = model_run(50, 4 * kHours, hours * kHours, 30);
    for (std::size_t i = 0; i < 4; ++i)
      EXPECT_NEAR(found[i] / expected[i], 1, 2e-4) << "column " << i << " at " << hours << " h";
  }
}

TEST(SurfaceContact, IsSecondOrderInTheCellStep) {
  const Y exact = reference(5, 12 * kHours, 6 * kHours);
  const double coarse = std::abs(model_run(5, 12 * kHours, 6 * kHours, 120)[3] - exact[3]);
  const double fine = std::abs(model_run(5, 12 * kHours, 6 * kHours, 60)[3] - exact[3]);
  EXPECT_GT(std::log2(coarse / fine), 1.7);
  EXPECT_LT(std::log2(coarse / fine), 2.3);
}

TEST(SurfaceContact, MyD88KnockOutKeepsOnlyTheSlowComponent) {
  const Y found = model_run(50, 24 * kHours, 24 * kHours, 60, 0);
  EXPECT_EQ(found[1], 0);
  EXPECT_EQ(found[3], 0);
  EXPECT_NEAR(found[2] / reference(50, 24 * kHours, 24 * kHours, 0)[2], 1, 2e-4);
}

// The engine takes several steps in one of the cells, and EVs come and go within it: what counts is how long they sat.
TEST(SurfaceContact, FeelsHowLongEvsSitBetweenTheStepsOfCells) {
  const double end = kHours, dt = 60;
  const Y whole = model_run(12, end, end, dt, 1, 20);
  const Y plain = model_run(12, end, end, dt);
  for (std::size_t i = 0; i < 4; ++i) EXPECT_NEAR(whole[i], plain[i], 1e-12 * plain[i]);

  // 240 EVs for one step in twenty are as many as 12 all the time. At the ends of a cell step none is there.
  const auto model = Settings(models::surface_contact()).make();
  Stand brief(models::surface_contact(), 1);
  for (int i = 0; i < 60 * 20; ++i) {
    brief.bound[0] = i % 20 == 7 ? 240 : 0;
    brief.step(*model, dt / 20, i % 20 == 19);
  }
  for (std::size_t i = 0; i < 4; ++i) EXPECT_NEAR(brief.columns[i][0], plain[i], 1e-9 * plain[i]);
  EXPECT_NEAR(brief.columns[4][0], 0, 1e-9) << "all that was counted has been felt";
}

// The former equation counted landings. One EV that lands ten times for 50 s each is now felt as one that stays 500 s;
// one that stays three times as long is felt threefold.
TEST(SurfaceContact, AnEvThatBindsAgainDoesNotCountTwice) {
  const auto felt = [](int visits, int seconds, int pause) {
    const auto model = Settings(models::surface_contact()).make();
    Stand stand(models::surface_contact(), 1);
    for (int t = 0; t < 3000; ++t) {
      const int visit = t / (seconds + pause);
      stand.bound[0] = visit < visits && t % (seconds + pause) < seconds ? 1 : 0;
      stand.step(*model, 1, t % 60 == 59);
    }
    return stand.columns[0][0];
  };
  const double once = felt(1, 500, 0), often = felt(10, 50, 0), long_stay = felt(1, 1500, 0), apart = felt(10, 50, 60);
  EXPECT_NEAR(often, once, 1e-12);
  EXPECT_NEAR(once, std::exp(-2750.0 / (2 * kHours)), 2e-3) << "one EV, which left on average 2750 s ago";
  EXPECT_GT(long_stay, 2.9 * once);
  EXPECT_LT(long_stay, 3.5 * once);
  EXPECT_NEAR(apart / once, 1, 0.1) << "the same stay, a little later";
}

// With the default stay of 500 s the balance is that of counted landings: n = rate times signal_time.
TEST(SurfaceContact, BalanceIsThatOfCountedAdsorptionsAtTheDefaultStay) {
  const double rate = 0.02;  // landings per second keep 0.02 x 500 = 10 EVs bound
  EXPECT_NEAR(model_run(10, 1e9, 40 * kHours, 60)[0] / (rate * 2 * kHours), 1, 1e-6);
}

// 300 cells with constants, states and steps drawn at random, from a hundredth of a second to twelve hours.
TEST(SurfaceContactKernel, FollowsTheEquationsOverAnyStep) {
  std::mt19937_64 random(17);
  const auto between = [&random](double low, double high) {  // logarithmically even
    return low * std::pow(high / low, std::uniform_real_distribution<double>(0, 1)(random));
  };
  const auto share = [&random] { return std::uniform_real_distribution<double>(0, 1)(random); };
  double worst = 0;
  for (int i = 0; i < 300; ++i) {
    SCOPED_TRACE(i);
    const models::ContactConstants k = {.half_signal = between(5, 500),
                                        .myd88 = share(),
                                        .bound_time = between(50, 5000),
                                        .signal_time = between(0.3, 24) * kHours,
                                        .fast_time = between(0.25, 4) * kHours,
                                        .slow_time = between(6, 72) * kHours,
                                        .licence_gain_time = between(1, 12) * kHours,
                                        .licence_loss_time = between(24, 240) * kHours};
    const double bound = i % 7 == 0 ? 0 : std::floor(between(1, 1e4)), dt = between(0.01, 12 * kHours);
    const models::ContactState before = {i % 5 == 0 ? 0 : between(0.1, 1e4), share(), share(), share()};
    const models::ContactState found = models::contact_after(before, bound, dt, k);
    const double balance = bound / k.bound_time * k.signal_time;
    const double exact = balance + (before.signal - balance) * std::exp(-dt / k.signal_time);
    EXPECT_NEAR(found.signal, exact, 1e-10 * std::max({1.0, exact, before.signal}));
    const Y expected = integrated({before.signal, before.fast, before.slow, before.monocyte}, bound, dt, k, 5);
    worst = std::max({worst, std::abs(found.fast - expected[1]), std::abs(found.slow - expected[2]),
                      std::abs(found.monocyte - expected[3])});
    EXPECT_NEAR(found.fast, expected[1], 3e-3);  // up to a tenth of a part of the step, where S jumps within it
    EXPECT_NEAR(found.slow, expected[2], 3e-3);
    EXPECT_NEAR(found.monocyte, expected[3], 3e-3);
    for (const double share_of_one : {found.fast, found.slow, found.monocyte}) {
      EXPECT_GE(share_of_one, 0);
      EXPECT_LE(share_of_one, 1);
    }
    // Two halves make the whole.
    const models::ContactState half = models::contact_after(before, bound, dt / 2, k);
    const models::ContactState both = models::contact_after(half, bound, dt / 2, k);
    EXPECT_NEAR(both.signal, found.signal, 1e-9 * std::max(1.0, found.signal));
    EXPECT_NEAR(both.monocyte, found.monocyte, 3e-3);
  }
  std::printf("largest error of f, s and L: %.1e\n", worst);
}

TEST(SurfaceContactKernel, SteadyStatesByHand) {
  const models::ContactConstants k = defaults();
  // 150 EV in 2 h keep n at 150, so S = f = s = 3/4 and L = (f/3) / (f/3 + 1/72) = 18/19.
  const models::ContactState steady = {150, 0.75, 0.75, 18.0 / 19.0};
  const auto after = models::contact_after(steady, 150 * kBound / (2 * kHours), 30, k);
  EXPECT_NEAR(after.signal, 150, 1e-10);
  EXPECT_NEAR(after.fast, 0.75, 1e-14);
  EXPECT_NEAR(after.slow, 0.75, 1e-14);
  EXPECT_NEAR(after.monocyte, 18.0 / 19.0, 1e-14);
  // Nothing is bound: n halves in 2 h ln 2.
  EXPECT_NEAR(models::contact_after(steady, 0, 2 * kHours * std::log(2.0), k).signal, 75, 1e-10);
}

}  // namespace
}  // namespace interstice
