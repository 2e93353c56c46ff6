/// @file
/// Designs: strata, evenness, constraints, and that a longer design or a further factor moves nothing.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "engine/core/error.h"
#include "engine/statistics/design.h"
#include "engine/statistics/sobol_sequence.h"

namespace interstice {
namespace {

FactorSpace unit_cube(std::size_t factors, const std::vector<LinearConstraint>& constraints = {}) {
  std::vector<Factor> cube;
  for (std::size_t f = 0; f < factors; ++f) cube.push_back({"x" + std::to_string(f), Marginal::uniform(0, 1)});
  return FactorSpace(cube, constraints);
}

/// Whether there is one point in each of as many slices of the axis.
bool one_per_stratum(const std::vector<FactorValues>& points, std::size_t f) {
  std::set<std::size_t> strata;
  for (const auto& point : points)
    strata.insert(static_cast<std::size_t>(point[f] * static_cast<double>(points.size())));
  return strata.size() == points.size();
}

/// L2 star discrepancy (Warnock 1972).
double discrepancy(const std::vector<FactorValues>& points) {
  const auto n = static_cast<double>(points.size());
  const std::size_t k = points.front().size();
  double single = 0, pairs = 0;
  for (const auto& a : points) {
    double product = 1;
    for (const double x : a) product *= 1 - x * x;
    single += product;
    for (const auto& b : points) {
      double both = 1;
      for (std::size_t f = 0; f < k; ++f) both *= 1 - std::max(a[f], b[f]);
      pairs += both;
    }
  }
  const auto dimensions = static_cast<double>(k);
  return std::sqrt(std::pow(3.0, -dimensions) - std::pow(2.0, 1 - dimensions) / n * single + pairs / (n * n));
}

TEST(Marginal, QuantilesOfRangesAndLists) {
  EXPECT_DOUBLE_EQ(Marginal::uniform(2, 6).quantile(0.25), 3);
  EXPECT_NEAR(Marginal::log_uniform(0.01, 100).quantile(0.5), 1, 1e-14);
  EXPECT_EQ(Marginal::log_uniform(0.01, 100).quantile(1), 100);
  EXPECT_EQ(Marginal::log_uniform(0.01, 100).quantile(0), 0.01);
  EXPECT_TRUE(Marginal::over_range(1, 11).is_logarithmic());
  EXPECT_FALSE(Marginal::over_range(1, 10).is_logarithmic());
  EXPECT_FALSE(Marginal::over_range(0, 100).is_logarithmic());
  const Marginal list = Marginal::list({7, 3, 5});
  EXPECT_EQ(list.quantile(0.1), 7);
  EXPECT_EQ(list.quantile(0.5), 3);
  EXPECT_EQ(list.quantile(1), 5);
  EXPECT_THROW(Marginal::uniform(1, 1), InputError);
  EXPECT_THROW(Marginal::uniform(0, INFINITY), InputError);
  EXPECT_THROW(Marginal::log_uniform(0, 1), InputError);
  EXPECT_THROW(Marginal::list({}), InputError);
}

TEST(FactorSpace, RefusesWhatCannotBeSampled) {
  const Marginal unit = Marginal::uniform(0, 1);
  EXPECT_THROW(FactorSpace({}), InputError);
  EXPECT_THROW(FactorSpace({{"a", unit}, {"a", unit}}), InputError);
  EXPECT_THROW(FactorSpace({{"a", unit}}, {{{{"b", 1}}, 1}}), InputError);
  EXPECT_THROW(FactorSpace({{"a", unit}, {"b", unit}}, {{{{"a", 1}, {"b", 1}}, 0.1}}), InputError);  // 0.5 %
  EXPECT_NEAR(unit_cube(2, {{{{"x0", 1}, {"x1", 1}}, 0.5}}).allowed_share(), 0.125, 0.002);
}

TEST(Design, LatinHypercubesHaveOnePointPerStratum) {
  for (const std::size_t n : {7U, 50U}) {
    const auto points = latin_hypercube(unit_cube(4), n, 5);
    for (std::size_t f = 0; f < 4; ++f) EXPECT_TRUE(one_per_stratum(points, f));
  }
  const auto random = random_points(unit_cube(4), 50, 5);
  EXPECT_FALSE(one_per_stratum(random, 0));
  // Factors are shuffled apart: the correlation of 1000 points scatters by 0.03.
  const auto many = latin_hypercube(unit_cube(2), 1000, 5);
  double mixed = 0;
  for (const auto& point : many) mixed += (point[0] - 0.5) * (point[1] - 0.5) * 12 / 1000;
  EXPECT_LT(std::abs(mixed), 0.12);
  EXPECT_NE(latin_hypercube(unit_cube(4), 7, 5), latin_hypercube(unit_cube(4), 7, 6));
}

// Before scrambling, the sequence is that of Joe & Kuo: checked through what scrambling keeps, the elementary
// intervals. The first two axes are a (0, m, 2)-net: one of 2^m points in each box of area 2^-m.
TEST(Design, SobolPointsAreANet) {
  constexpr int kLog = 6;
  const auto points = sobol_points(unit_cube(8), 1 << kLog, 9);
  for (std::size_t f = 0; f < 8; ++f) EXPECT_TRUE(one_per_stratum(points, f));
  for (int split = 0; split <= kLog; ++split) {
    std::set<std::pair<int, int>> boxes;
    for (const auto& point : points)
      boxes.insert({static_cast<int>(point[0] * (1 << split)), static_cast<int>(point[1] * (1 << (kLog - split)))});
    EXPECT_EQ(boxes.size(), points.size()) << split;
  }
}

// Random points have an expected squared discrepancy of (2^-k - 3^-k) / n; 256 Sobol' points in four dimensions are
// three times more even (0.33 to 0.35 of it).
TEST(Design, SobolPointsAreMoreEvenThanRandomOnes) {
  const FactorSpace cube = unit_cube(4);
  const double expected = std::sqrt((1.0 / 16 - 1.0 / 81) / 256);
  EXPECT_NEAR(discrepancy(random_points(cube, 256, 1)), expected, 0.5 * expected);
  for (const std::uint64_t seed : {1U, 2U, 3U}) EXPECT_LT(discrepancy(sobol_points(cube, 256, seed)), 0.4 * expected);
}

// Scrambled points are uniform: the mean over seeds of the first coordinate of the first point is 1/2 within 4 standard
// errors of 400, and its digits are not those of the axis beside it.
TEST(Design, ScramblingMakesEachPointUniform) {
  double sum = 0, product = 0;
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    const auto point = SobolSequence({"a", "b"}, seed).next();
    sum += point[0];
    product += (point[0] - 0.5) * (point[1] - 0.5) * 12;
  }
  EXPECT_NEAR(sum / 400, 0.5, 4 * std::sqrt(1.0 / 12 / 400));
  EXPECT_NEAR(product / 400, 0, 4.0 / 20);
}

// Nested, not shifted: what two points have apart beyond their first different digit differs from seed to seed.
TEST(Design, ScramblingIsNested) {
  std::set<std::uint32_t> apart;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    SobolSequence sequence({"a"}, seed);
    const auto digits = [](double x) { return static_cast<std::uint32_t>(x * 0x1p32); };
    apart.insert(digits(sequence.next()[0]) ^ digits(sequence.next()[0]));
  }
  EXPECT_EQ(apart.size(), 20U);
  for (const std::uint32_t difference : apart) EXPECT_EQ(difference >> 31, 1U);  // the first two lie in both halves
}

TEST(Design, LongerDesignsBeginWithShorterOnes) {
  const FactorSpace cube = unit_cube(3);
  const auto begins = [](const auto& longer, const auto& shorter) {
    return std::equal(shorter.begin(), shorter.end(), longer.begin());
  };
  EXPECT_TRUE(begins(random_points(cube, 20, 4), random_points(cube, 10, 4)));
  EXPECT_TRUE(begins(sobol_points(cube, 20, 4), sobol_points(cube, 10, 4)));
  EXPECT_TRUE(begins(morris_design(cube, 9, 4, 4).point, morris_design(cube, 5, 4, 4).point));
  EXPECT_TRUE(begins(saltelli_design(cube, 9, 4).point, saltelli_design(cube, 5, 4).point));
  EXPECT_NE(random_points(cube, 1, 4), random_points(cube, 1, 5));
  EXPECT_NE(sobol_points(cube, 1, 4), sobol_points(cube, 1, 5));
}

TEST(Design, AFurtherFactorLeavesTheOthersWhereTheyWere) {
  const auto few = unit_cube(3), more = unit_cube(4);
  const auto same = [](const std::vector<FactorValues>& a, const std::vector<FactorValues>& b) {
    for (std::size_t p = 0; p < a.size(); ++p)
      if (!std::equal(a[p].begin(), a[p].end(), b[p].begin())) return false;
    return true;
  };
  EXPECT_TRUE(same(random_points(few, 20, 4), random_points(more, 20, 4)));
  EXPECT_TRUE(same(latin_hypercube(few, 20, 4), latin_hypercube(more, 20, 4)));
  EXPECT_TRUE(same(sobol_points(few, 20, 4), sobol_points(more, 20, 4)));
}

// x0 + x1 <= 0.6 and x1 <= x2: 18 % less the part where x1 > x2. Means over what is allowed from a grid of 60^3.
TEST(Design, PointsKeepConstraintsAndStayUniformWithin) {
  const FactorSpace space = unit_cube(3, {{{{"x0", 1}, {"x1", 1}}, 0.6}, {{{"x1", 1}, {"x2", -1}}, 0}});
  double mean[3] = {0, 0, 0};
  int allowed = 0;
  for (int i = 0; i < 216000; ++i) {
    const double x[3] = {(i % 60 + 0.5) / 60, (i / 60 % 60 + 0.5) / 60, (i / 3600 + 0.5) / 60};
    if (!space.allows({x[0], x[1], x[2]})) continue;
    ++allowed;
    for (int f = 0; f < 3; ++f) mean[f] += x[f];
  }
  for (const auto& points :
       {random_points(space, 400, 2), latin_hypercube(space, 400, 2), sobol_points(space, 400, 2)}) {
    ASSERT_EQ(points.size(), 400U);
    double sum[3] = {0, 0, 0};
    for (const auto& point : points) {
      EXPECT_TRUE(space.allows(point));
      for (std::size_t f = 0; f < 3; ++f) sum[f] += point[f] / 400;
    }
    for (int f = 0; f < 3; ++f)
      EXPECT_NEAR(sum[f], mean[f] / allowed, 4 * 0.25 / 20);  // standard deviations below 0.25
  }
  EXPECT_THROW(static_cast<void>(morris_design(space, 3, 4, 1)), InputError);
  EXPECT_THROW(static_cast<void>(saltelli_design(space, 3, 1)), InputError);
}

TEST(Design, ConstrainedHypercubesShareNoStratum) {
  const FactorSpace space = unit_cube(2, {{{{"x0", 1}, {"x1", 1}}, 0.95}});
  const auto points = latin_hypercube(space, 40, 3);
  const auto apart = [&](std::size_t strata) {
    std::set<std::size_t> taken;
    for (const auto& point : points) taken.insert(static_cast<std::size_t>(point[0] * static_cast<double>(strata)));
    return taken.size() == points.size();
  };
  std::size_t strata = 40;  // 45 % are allowed, so that about 89 strata have 40 allowed points
  while (strata < 130 && !apart(strata)) ++strata;
  EXPECT_LT(strata, 130U);  // by chance, 40 points would need some hundreds
}

TEST(Design, GridsGoFromEndToEnd) {
  const FactorSpace space({{"a", Marginal::log_uniform(1, 100)}, {"b", Marginal::list({5, 7})}});
  const auto grid = full_grid(space, 3);
  ASSERT_EQ(grid.size(), 6U);
  EXPECT_EQ(grid[0], (FactorValues{1, 5}));
  EXPECT_NEAR(grid[2][0], 10, 1e-13);
  EXPECT_EQ(grid[5], (FactorValues{100, 7}));
  EXPECT_EQ(full_grid(unit_cube(2, {{{{"x0", 1}, {"x1", 1}}, 1}}), 3).size(), 6U);
  EXPECT_THROW(static_cast<void>(full_grid(space, 0)), InputError);
}

TEST(Design, MorrisTrajectoriesChangeEachFactorOnce) {
  const MorrisDesign design = morris_design(unit_cube(5), 40, 4, 11);
  ASSERT_EQ(design.point.size(), 40U * 6);
  std::vector<int> at_level(4, 0);
  for (std::size_t t = 0; t < 40; ++t) {
    std::set<std::size_t> changed;
    for (std::size_t m = 0; m < 5; ++m) {
      const auto &before = design.point[t * 6 + m], &after = design.point[t * 6 + m + 1];
      const MorrisDesign::Move& move = design.move[t * 5 + m];
      changed.insert(move.factor);
      for (std::size_t f = 0; f < 5; ++f) EXPECT_NEAR(after[f] - before[f], f == move.factor ? move.step : 0, 1e-15);
      EXPECT_NEAR(std::abs(move.step), 2.0 / 3, 1e-15);
    }
    EXPECT_EQ(changed.size(), 5U);
    for (std::size_t f = 0; f < 5; ++f) ++at_level[static_cast<std::size_t>(std::lround(design.point[t * 6][f] * 3))];
  }
  for (const int times : at_level) EXPECT_NEAR(times, 50, 4 * 6.2);  // of 200, each a quarter
  EXPECT_THROW(static_cast<void>(morris_design(unit_cube(2), 3, 5, 1)), InputError);
}

TEST(Design, SaltelliRowsExchangeOneFactor) {
  const SaltelliDesign design = saltelli_design(unit_cube(3), 64, 2);
  std::vector<FactorValues> a, b;
  for (std::size_t row = 0; row < 64; ++row) {
    a.push_back(design.point[design.a(row)]);
    b.push_back(design.point[design.b(row)]);
    for (std::size_t i = 0; i < 3; ++i)
      for (std::size_t f = 0; f < 3; ++f)
        EXPECT_EQ(design.point[design.ab(row, i)][f], f == i ? b.back()[f] : a.back()[f]);
  }
  for (std::size_t f = 0; f < 3; ++f) {
    EXPECT_TRUE(one_per_stratum(a, f));
    EXPECT_TRUE(one_per_stratum(b, f));
  }
}

}  // namespace
}  // namespace interstice
