/// @file
/// Fits of planted parameters, some of which the data cannot tell.
#include <gtest/gtest.h>

#include <cmath>

#include "engine/core/error.h"
#include "engine/core/noise.h"
#include "engine/statistics/box_minimum.h"
#include "engine/statistics/least_squares.h"

namespace interstice {
namespace {

TEST(BoxMinimum, FindsTheValleyOfRosenbrockAndTheWallOfABox) {
  const auto rosenbrock = [](std::span<const double> x) {
    return 100 * std::pow(x[1] - x[0] * x[0], 2) + std::pow(1 - x[0], 2);
  };
  const BoxMinimum free = minimise(rosenbrock, {-1.2, 1}, {-2, -2}, {2, 2});
  EXPECT_NEAR(free.at[0], 1, 1e-4);
  EXPECT_NEAR(free.at[1], 1, 1e-4);
  const BoxMinimum wall = minimise(rosenbrock, {0.1, 0.1}, {0, 0}, {0.5, 2});
  EXPECT_NEAR(wall.at[0], 0.5, 1e-6);
  EXPECT_NEAR(wall.at[1], 0.25, 1e-4);
  const BoxMinimum one = minimise(rosenbrock, {0.1, 0.25}, {0, 0.25}, {2, 0.25});
  EXPECT_EQ(one.at[1], 0.25);
  EXPECT_NEAR(one.at[0], 0.50488, 1e-5);  // zero of 400 x^3 - 98 x - 2
}

TEST(BoxMinimum, EndsWithWhatTheFunctionThrows) {
  int calls = 0;
  const auto stopped = [&calls](std::span<const double> x) {
    if (++calls == 5) throw Error(ExitCode::stopped, "stopped by someone");
    return x[0] * x[0] + x[1];
  };
  try {
    static_cast<void>(minimise(stopped, {1, 1}, {0, 0}, {2, 2}));
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::stopped);
  }
  EXPECT_EQ(calls, 5);
}

constexpr double kNoise = 0.01;

/// Residuals of a e^(-k t) + b e^(-l t) at 40 times against planted data.
std::vector<double> two_decays(std::span<const double> p) {
  const auto model = [](std::span<const double> q, double t) {
    return q[0] * std::exp(-q[1] * t) + q[2] * std::exp(-q[3] * t);
  };
  const double truth[4] = {1, 2, 0.5, 0.2};
  std::vector<double> residual;
  for (int i = 0; i < 40; ++i) {
    const double t = 0.2 * i, noise = kNoise * Noise(3).normals(Stream::cell_seeding, static_cast<AgentId>(i), 0)[0];
    residual.push_back((model(p, t) - model(truth, t) - noise) / kNoise);
  }
  return residual;
}

std::vector<FitParameter> decay_parameters() {
  return {{"a", 0.3, 0, 5, false}, {"k", 5, 0.5, 50, true}, {"b", 2, 0, 5, false}, {"l", 0.1, 0.01, 0.5, true}};
}

TEST(LeastSquares, TwoDecaysAreToldApart) {
  const Fit fit = fit_least_squares(two_decays, decay_parameters());
  const double truth[4] = {1, 2, 0.5, 0.2};
  EXPECT_EQ(fit.data, 40U);
  EXPECT_TRUE(fit.converged);
  EXPECT_FALSE(fit_least_squares(two_decays, decay_parameters(), {.starts = 1, .evaluations = 20}).converged);
  EXPECT_GE(fit.agreeing, 4U);
  EXPECT_NEAR(fit.sum_of_squares, 36, 4 * std::sqrt(2 * 36.0));  // chi2 of 40 - 4
  EXPECT_LE(fit.sum_of_squares, [&] {
    double sum = 0;
    for (const double r : two_decays(truth)) sum += r * r;
    return sum;
  }());
  for (std::size_t i = 0; i < 4; ++i) {
    const ParameterProfile profile = profile_likelihood(two_decays, decay_parameters(), fit, i);
    EXPECT_EQ(profile.verdict, ParameterProfile::Verdict::identifiable) << profile.name;
    EXPECT_FALSE(profile.better) << profile.name;
    EXPECT_NEAR(profile.threshold, 3.8415, 1e-3);
    ASSERT_TRUE(profile.low.is_within() && profile.high.is_within());
    EXPECT_LE(profile.low.value, truth[i]) << profile.name;
    EXPECT_GE(profile.high.value, truth[i]) << profile.name;
    EXPECT_LT(profile.high.value / profile.low.value, 1.6) << profile.name;
  }
}

// Only the product p q shows: each may be anything that leaves the other within its bounds.
TEST(LeastSquares, FactorsOfAProductAreNot) {
  const Residuals product = [](std::span<const double> p) {
    std::vector<double> residual;
    for (int i = 1; i <= 10; ++i) residual.push_back((p[0] * p[1] * i - 6.0 * i - 0.1 * ((i % 3) - 1)) / 0.1);
    return residual;
  };
  const std::vector<FitParameter> parameters{{"p", 1, 0.5, 20, true}, {"q", 1, 0.5, 20, true}};
  const Fit fit = fit_least_squares(product, parameters);
  EXPECT_NEAR(fit.value[0] * fit.value[1], 6, 0.05);
  for (std::size_t i = 0; i < 2; ++i) {
    const ParameterProfile profile = profile_likelihood(product, parameters, fit, i);
    // 6 / 20 lies below 0.5 and 6 / 0.5 = 12 below 20: only the upper end is bounded, by the bound of the other.
    EXPECT_EQ(profile.verdict, ParameterProfile::Verdict::bounded_above) << profile.name;
    EXPECT_EQ(profile.low, Censored::below(0.5));
    EXPECT_NEAR(profile.high.value, 12, 0.2);
    EXPECT_EQ(name_of(profile.verdict), "bounded above");
  }
  const std::vector<FitParameter> wide{{"p", 1, 0.5, 12, true}, {"q", 1, 0.5, 12, true}};
  const Fit same = fit_least_squares(product, wide);
  EXPECT_EQ(profile_likelihood(product, wide, same, 0).verdict, ParameterProfile::Verdict::not_identifiable);
}

// A straight line with errors of unknown size: the interval of the slope is Student's, which F(1, n - 2) is the square
// of.
TEST(LeastSquares, UnknownErrorsGiveStudentsInterval) {
  const std::vector<double> y{1.1, 1.9, 3.2, 3.9, 5.1, 5.8};
  const Residuals line = [&](std::span<const double> p) {
    std::vector<double> residual;
    for (std::size_t i = 0; i < y.size(); ++i) residual.push_back(p[0] + p[1] * static_cast<double>(i) - y[i]);
    return residual;
  };
  const std::vector<FitParameter> parameters{{"intercept", 0, -10, 10, false}, {"slope", 0, -10, 10, false}};
  const FitOptions options{.known_errors = false};
  const Fit fit = fit_least_squares(line, parameters, options);
  const double slope = 16.9 / 17.5, square = fit.sum_of_squares;  // Sxy / Sxx
  EXPECT_NEAR(fit.value[1], slope, 1e-6);
  const double half = 2.776445105 * std::sqrt(square / 4 / 17.5);
  const ParameterProfile profile = profile_likelihood(line, parameters, fit, 1, options);
  EXPECT_NEAR(profile.low.value, slope - half, 2e-4);
  EXPECT_NEAR(profile.high.value, slope + half, 2e-4);
}

TEST(LeastSquares, FailuresOfTheModelAreSurvived) {
  const Residuals fails_often = [](std::span<const double> p) {
    if (p[0] < 1) return std::vector<double>(5, std::nan(""));
    return std::vector<double>(5, p[0] - 3 + 0.1 * (p[1] - 2) * (p[1] - 2));
  };
  const std::vector<FitParameter> parameters{{"x", 8, 0, 10, false}, {"y", 5, 0, 10, false}};
  const Fit fit = fit_least_squares(fails_often, parameters);
  EXPECT_LT(fit.sum_of_squares, 1e-6);
  EXPECT_GT(fit.failed, 0U);
  EXPECT_NEAR(fit.value[0] + 0.1 * std::pow(fit.value[1] - 2, 2), 3, 1e-3);
  const Residuals fails_always = [](std::span<const double>) { return std::vector<double>(5, INFINITY); };
  EXPECT_THROW(static_cast<void>(fit_least_squares(fails_always, parameters)), InputError);
}

TEST(LeastSquares, RefusesWhatCannotBeFitted) {
  const Residuals one = [](std::span<const double> p) { return std::vector<double>{p[0]}; };
  EXPECT_THROW(static_cast<void>(fit_least_squares(one, {{"x", 1, 0, 2, false}})), InputError);  // as many data
  const Residuals two = [](std::span<const double> p) { return std::vector<double>{p[0], p[0]}; };
  EXPECT_THROW(static_cast<void>(fit_least_squares(two, {{"x", 3, 0, 2, false}})), InputError);
  EXPECT_THROW(static_cast<void>(fit_least_squares(two, {{"x", 0, 0, 2, true}})), InputError);
}

}  // namespace
}  // namespace interstice
