/// @file
/// Response surfaces of planted functions: found where they are of second order, and honest where they are not.
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "engine/core/error.h"
#include "engine/statistics/design.h"
#include "engine/statistics/response_surface.h"

namespace interstice::test {
namespace {

FactorSpace space_of(std::size_t factors) {
  std::vector<Factor> all{{"rate", Marginal::log_uniform(1e-4, 1e-1)}};
  for (std::size_t f = 1; f < factors; ++f)
    all.push_back({std::string(1, static_cast<char>('a' + f)), Marginal::uniform(-1, 3)});
  return FactorSpace(all);
}

template <class Function>
std::vector<double> values_of(const std::vector<FactorValues>& points, const Function& f) {
  std::vector<double> values;
  for (const FactorValues& x : points) values.push_back(f(x));
  return values;
}

TEST(ResponseSurface, FindsAPlantedQuadratic) {
  const FactorSpace space = space_of(3);
  const auto truth = [](const FactorValues& x) {
    const double l = std::log(x[0]);
    return 2 + 0.5 * l - 0.1 * l * l + x[1] - 0.3 * l * x[2] + x[1] * x[2];
  };
  const auto points = latin_hypercube(space, 60, 1);
  const ResponseSurface surface(space, points, values_of(points, truth));
  EXPECT_EQ(surface.terms(), ResponseSurface::Terms::products);
  EXPECT_NEAR(surface.foretold(), 1, 1e-9);
  for (const FactorValues& x : random_points(space, 20, 7)) EXPECT_NEAR(surface.at(x), truth(x), 1e-8);
}

/// What it says of points that it has not seen is what is then found there.
TEST(ResponseSurface, ForetellsAsWellAsItSays) {
  const FactorSpace space = space_of(2);
  for (const double noise : {0.1, 1.0}) {
    std::size_t draw = 0;
    const auto truth = [&](const FactorValues& x) {
      const double s = std::sin(12.9898 * static_cast<double>(++draw)) * 43758.5453;
      return std::log(x[0]) + x[1] + noise * std::sqrt(12) * (s - std::floor(s) - 0.5);
    };
    const auto points = latin_hypercube(space, 200, 3), fresh = random_points(space, 2000, 4);
    const ResponseSurface surface(space, points, values_of(points, truth));
    const std::vector<double> seen = values_of(fresh, truth);
    double mean = 0, wrong = 0, total = 0;
    for (const double y : seen) mean += y / static_cast<double>(seen.size());
    for (std::size_t p = 0; p < seen.size(); ++p) {
      wrong += std::pow(seen[p] - surface.at(fresh[p]), 2);
      total += std::pow(seen[p] - mean, 2);
    }
    EXPECT_NEAR(surface.foretold(), 1 - wrong / total, 0.05) << noise;
    EXPECT_LT(surface.foretold(), noise < 0.5 ? 0.999 : 0.9);
  }
}

TEST(ResponseSurface, SaysThatItForetellsNothing) {
  const FactorSpace space = space_of(2);
  const auto points = latin_hypercube(space, 100, 5);
  const auto waves = [](const FactorValues& x) {
    return std::sin(20 * std::numbers::pi * x[1]) * std::cos(30 * std::log(x[0]));
  };
  EXPECT_LT(ResponseSurface(space, points, values_of(points, waves)).foretold(), 0.3);
}

TEST(ResponseSurface, TakesAsManyTermsAsThePointsCarry) {
  const FactorSpace space = space_of(20);
  const auto truth = [](const FactorValues& x) { return x[3] * x[5] + x[3] + x[5] + std::log(x[0]); };
  const auto with = [&](std::size_t n) {
    const auto points = latin_hypercube(space, n, 9);
    return ResponseSurface(space, points, values_of(points, truth));
  };
  EXPECT_EQ(with(60).terms(), ResponseSurface::Terms::linear);
  const ResponseSurface most = with(400);
  EXPECT_EQ(most.terms(), ResponseSurface::Terms::products);  // of the factors that matter
  EXPECT_GT(most.foretold(), 0.999);
}

TEST(ResponseSurface, LeavesOutFailedRunsAndRefusesTooFewPoints) {
  const FactorSpace space = space_of(3);
  const auto points = latin_hypercube(space, 40, 1);
  auto values = values_of(points, [](const FactorValues& x) { return x[1]; });
  values[7] = std::nan("");
  EXPECT_EQ(ResponseSurface(space, points, values).points(), 39U);
  for (std::size_t p = 0; p < 33; ++p) values[p] = std::nan("");
  EXPECT_THROW(ResponseSurface(space, points, values), InputError);
}

TEST(ResponseSurface, KnowsAConstantAndAFactorThatDoesNotVary) {
  const FactorSpace space = space_of(2);
  auto points = latin_hypercube(space, 40, 1);
  for (FactorValues& x : points) x[1] = 1;
  const ResponseSurface surface(space, points, values_of(points, [](const FactorValues& x) { return std::log(x[0]); }));
  EXPECT_NEAR(surface.at({1e-2, 1}), std::log(1e-2), 1e-9);
  const ResponseSurface flat(space, points, std::vector<double>(40, 0.25));
  EXPECT_NEAR(flat.at({1e-3, 2}), 0.25, 1e-12);
}

}  // namespace
}  // namespace interstice::test
