/// @file
/// Sensitivities of functions for which they are known. Estimators against those of OpenTURNS: test_openturns.cpp.
#include <gtest/gtest.h>

#include "engine/core/error.h"
#include "engine/statistics/rank_correlation.h"
#include "engine/statistics/sensitivity.h"
#include "unit/statistics/known_functions.h"

namespace interstice {
namespace {

using test::values_of;

void expect_holds(const Estimate& estimate, double truth, double half_width, const std::string& what) {
  EXPECT_LE(estimate.low, truth) << what;
  EXPECT_GE(estimate.high, truth) << what;
  EXPECT_LT(estimate.high - estimate.low, 2 * half_width) << what;
  EXPECT_NEAR(estimate.mean, truth, half_width) << what;
}

// Exact: V = a^2/8 + b pi^4/5 + b^2 pi^8/18 + 1/2.
TEST(SobolIndices, OfTheIshigamiFunctionLieInTheirIntervals) {
  constexpr double kPi4 = 97.40909103400244, kA = 7, kB = 0.1;
  const double first1 = 0.5 * std::pow(1 + kB * kPi4 / 5, 2), first2 = kA * kA / 8;
  const double mixed = kB * kB * kPi4 * kPi4 * (1.0 / 18 - 1.0 / 50), variance = first1 + first2 + mixed;
  const double first[3] = {first1 / variance, first2 / variance, 0};
  const double total[3] = {(first1 + mixed) / variance, first2 / variance, mixed / variance};
  const SaltelliDesign design = saltelli_design(test::ishigami_space(), 2048, 1);
  const std::vector<double> value = values_of(test::ishigami, design.point);
  for (const FirstOrder estimator : {FirstOrder::saltelli, FirstOrder::jansen}) {
    const SobolIndices indices = sobol_indices(design, value, 1, "ishigami", estimator);
    EXPECT_NEAR(indices.variance, variance, 0.02 * variance);
    EXPECT_EQ(indices.left_out, 0U);
    for (std::size_t i = 0; i < 3; ++i) {
      expect_holds(indices.index[i].first, first[i], 0.08, "first " + std::to_string(i));
      expect_holds(indices.index[i].total, total[i], 0.07, "total " + std::to_string(i));
    }
  }
}

// Exact: the variance of factor i alone is v_i = 1 / (3 (1 + a_i)^2), of all product(1 + v_i) - 1.
TEST(SobolIndices, OfTheGFunctionLieInTheirIntervals) {
  const SaltelliDesign design = saltelli_design(test::g_space(), 2048, 3);
  const SobolIndices indices = sobol_indices(design, values_of(test::g_function, design.point), 1, "g");
  double all = 1;
  for (const double a : test::kGWeights) all *= 1 + 1 / (3 * (1 + a) * (1 + a));
  for (std::size_t i = 0; i < test::kGWeights.size(); ++i) {
    const double alone = 1 / (3 * std::pow(1 + test::kGWeights[i], 2));
    expect_holds(indices.index[i].first, alone / (all - 1), 0.08, "first " + std::to_string(i));
    expect_holds(indices.index[i].total, alone * all / (1 + alone) / (all - 1), 0.05, "total " + std::to_string(i));
  }
}

TEST(SobolIndices, RowsWithAFailedRunAreLeftOutWhole) {
  const SaltelliDesign design = saltelli_design(test::ishigami_space(), 256, 1);
  std::vector<double> value = values_of(test::ishigami, design.point);
  const SaltelliDesign shorter = saltelli_design(test::ishigami_space(), 250, 1);
  const SobolIndices whole = sobol_indices(shorter, values_of(test::ishigami, shorter.point), 1, "x");
  for (std::size_t row = 250; row < 256; ++row) value[design.ab(row, row % 3)] = std::nan("");
  const SobolIndices rest = sobol_indices(design, value, 1, "x");
  EXPECT_EQ(rest.left_out, 6U);
  EXPECT_EQ(rest.index[0].first.n, 250U);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(rest.index[i].first.mean, whole.index[i].first.mean);
    EXPECT_EQ(rest.index[i].total.high, whole.index[i].total.high);
  }
  EXPECT_THROW(static_cast<void>(sobol_indices(design, std::vector<double>(value.size(), std::nan("")), 1, "x")),
               InputError);
}

// x2 acts through sin^2: ranks do not see it, classes do. x3 acts only with x1.
TEST(FirstOrderShares, OfAnyPointsAreThoseOfTheIshigamiFunction) {
  const FactorSpace space = test::ishigami_space();
  const auto points = latin_hypercube(space, 2000, 1);
  std::vector<double> value = values_of(test::ishigami, points);
  value[7] = std::nan("");
  const FirstOrderShares found = first_order_shares(space.names(), points, value);
  EXPECT_EQ(found.left_out, 1U);
  EXPECT_EQ(found.classes, 25U);
  const double first[3] = {0.3139, 0.4424, 0};
  for (std::size_t i = 0; i < 3; ++i) expect_holds(found.share[i].share, first[i], 0.05, found.share[i].factor);
  EXPECT_LT(std::abs(rank_correlations(space.names(), points, value).factor[1].spearman.mean), 0.06);
  EXPECT_THROW(static_cast<void>(first_order_shares(space.names(), {points.begin(), points.begin() + 20},
                                                    std::span(value).first(20))),
               InputError);
}

// A list has as many classes as values: the mean of y given it explains what it explains.
TEST(FirstOrderShares, OfAListAreThoseOfItsValues) {
  const FactorSpace space({{"on", Marginal::list({0, 1})}, {"x", Marginal::uniform(-1, 1)}});
  const auto points = sobol_points(space, 1024, 1);
  const auto found =
      first_order_shares(space.names(), points, values_of([](const FactorValues& x) { return x[0] + x[1]; }, points));
  EXPECT_NEAR(found.share[0].share.mean, 0.25 / (0.25 + 1.0 / 3), 0.02);
  EXPECT_NEAR(found.share[1].share.mean, 1.0 / 3 / (0.25 + 1.0 / 3), 0.02);
}

TEST(MorrisEffects, OfALinearFunctionAreExact) {
  const FactorSpace space(
      {{"a", Marginal::uniform(0, 10)}, {"b", Marginal::uniform(-1, 1)}, {"c", Marginal::uniform(0, 1)}});
  const MorrisDesign design = morris_design(space, 12, 6, 1);
  const auto linear = [](const FactorValues& x) { return 5 + 2 * x[0] - 3 * x[1]; };
  const MorrisEffects effects = morris_effects(design, values_of(linear, design.point));
  const double slope[3] = {20, -6, 0};  // per whole range
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_NEAR(effects.effect[i].mu.mean, slope[i], 1e-12);
    EXPECT_NEAR(effects.effect[i].mu_star.mean, std::abs(slope[i]), 1e-12);
    EXPECT_NEAR(effects.effect[i].sigma, 0, 1e-12);
    EXPECT_EQ(effects.effect[i].mu.n, 12U);
  }
}

// x0 x1 over the unit square: the effect of x0 is x1, one of the levels 0, 1/3, 2/3, 1, each as often: mean 1/2,
// standard deviation sqrt(5)/6 = 0.373.
TEST(MorrisEffects, ShowInteractionsBySigmaAndLeaveFailuresOut) {
  const FactorSpace space(
      {{"a", Marginal::uniform(0, 1)}, {"b", Marginal::uniform(0, 1)}, {"c", Marginal::uniform(0, 1)}});
  const MorrisDesign design = morris_design(space, 400, 4, 3);
  std::vector<double> value = values_of([](const FactorValues& x) { return x[0] * x[1] - x[2]; }, design.point);
  value[2] = std::nan("");
  const MorrisEffects effects = morris_effects(design, value);
  EXPECT_EQ(effects.left_out, 1U);
  for (const std::size_t i : {0U, 1U}) {
    EXPECT_NEAR(effects.effect[i].mu.mean, 0.5, 4 * 0.373 / 20);
    EXPECT_NEAR(effects.effect[i].sigma, std::sqrt(5.0) / 6, 0.03);
    EXPECT_EQ(effects.effect[i].mu.n, 399U);
  }
  EXPECT_NEAR(effects.effect[2].mu.mean, -1, 1e-12);
  EXPECT_NEAR(effects.effect[2].mu_star.mean, 1, 1e-12);
  EXPECT_THROW(static_cast<void>(morris_effects(design, std::vector<double>(value.size(), std::nan("")))), InputError);
}

TEST(RankCorrelation, RanksShareTies) {
  EXPECT_EQ(mid_ranks(std::vector<double>{3, 1, 3, 2}), (std::vector<double>{3.5, 1, 3.5, 2}));
}

// Any growing function of a factor gives 1; a factor that acts only through another has no partial correlation.
TEST(RankCorrelation, MonotoneAndPartial) {
  const FactorSpace space(
      {{"a", Marginal::uniform(0, 1)}, {"b", Marginal::uniform(0, 1)}, {"c", Marginal::uniform(0, 1)}});
  const auto points = latin_hypercube(space, 500, 1);
  const auto growing = rank_correlations(space.names(), points,
                                         values_of([](const FactorValues& x) { return std::exp(9 * x[0]); }, points));
  EXPECT_NEAR(growing.factor[0].spearman.mean, 1, 1e-12);
  EXPECT_LT(std::abs(growing.factor[1].spearman.mean), 0.15);

  std::vector<FactorValues> chained = points;  // c follows a; only a acts, with noise from b
  for (auto& point : chained) point[2] = point[0] + 0.3 * point[2];
  const auto through =
      rank_correlations(space.names(), chained, values_of([](const FactorValues& x) { return x[0] + x[1]; }, chained));
  EXPECT_GT(through.factor[2].spearman.low, 0.5);
  EXPECT_LT(through.factor[2].partial.low, 0);
  EXPECT_GT(through.factor[2].partial.high, 0);
  EXPECT_GT(through.factor[0].partial.low, 0.6);
}

TEST(RankCorrelation, CountsWhatFailedAndRefusesTooFew) {
  const FactorSpace space({{"a", Marginal::uniform(0, 1)}, {"b", Marginal::uniform(0, 1)}});
  const auto points = random_points(space, 20, 1);
  std::vector<double> value = values_of([](const FactorValues& x) { return x[0]; }, points);
  value[3] = value[9] = std::nan("");
  const auto some = rank_correlations(space.names(), points, value);
  EXPECT_EQ(some.left_out, 2U);
  EXPECT_EQ(some.factor[0].spearman.n, 18U);
  EXPECT_THROW(static_cast<void>(
                   rank_correlations(space.names(), {points.begin(), points.begin() + 5}, std::span(value).first(5))),
               InputError);
  std::vector<FactorValues> same = points;
  for (auto& point : same) point[1] = 2 * point[0];
  EXPECT_TRUE(std::isnan(rank_correlations(space.names(), same, value).factor[0].partial.mean));
}

}  // namespace
}  // namespace interstice
