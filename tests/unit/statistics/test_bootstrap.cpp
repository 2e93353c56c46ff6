/// @file
/// Quantiles by hand, the percentile bootstrap against the coverage it promises, and draws of mean curves against the
/// covariance and the tails that they must have.
#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "engine/core/error.h"
#include "engine/statistics/bootstrap.h"
#include "engine/statistics/distributions.h"

namespace interstice {
namespace {

TEST(Bootstrap, QuantilesInterpolate) {
  EXPECT_DOUBLE_EQ(quantile({4, 1, 3, 2}, 0.5), 2.5);
  EXPECT_DOUBLE_EQ(quantile({4, 1, 3, 2}, 0.0), 1.0);
  EXPECT_DOUBLE_EQ(quantile({4, 1, 3, 2}, 1.0), 4.0);
  EXPECT_DOUBLE_EQ(quantile({10, 20}, 0.05), 10.5);
}

TEST(Bootstrap, QuantilesLeaveOutReplicatesWithoutAValue) {
  EXPECT_DOUBLE_EQ(quantile({std::nan(""), 3, 1}, 0.5), 2);
  EXPECT_TRUE(std::isnan(quantile({std::nan("")}, 0.5)));
}

TEST(Bootstrap, IntervalsAreAFunctionOfTheirInput) {
  const std::vector<double> values{1.1, 2.7, 3.3, 4.9, 5.2, 6.8, 7.4, 9.6};
  const Estimate first = bootstrap_mean(values, 1, "a"), again = bootstrap_mean(values, 1, "a");
  EXPECT_DOUBLE_EQ(first.mean, 5.125);
  EXPECT_EQ(first.low, again.low);
  EXPECT_EQ(first.high, again.high);
  EXPECT_NE(first.low, bootstrap_mean(values, 1, "b").low);
  EXPECT_LT(first.low, first.mean);
  EXPECT_GT(first.high, first.mean);
  const Estimate single = bootstrap_mean(std::vector<double>{3}, 1, "a");
  EXPECT_EQ(single.low, 3);
  EXPECT_EQ(single.high, 3);
}

// 400 samples of 20 normal numbers: the percentile bootstrap covers the true mean in about 93 % of them (it is a little
// narrow at n = 20). 4 standard errors of that count are +-5 %.
TEST(Bootstrap, IntervalsCoverTheTrueMean) {
  const Noise noise(11);
  int covered = 0;
  constexpr int kSamples = 400;
  for (int sample = 0; sample < kSamples; ++sample) {
    std::vector<double> values;
    for (std::uint32_t draw = 0; draw < 10; ++draw)
      for (const double z : noise.normals(Stream::bootstrap, static_cast<AgentId>(sample), 0, draw))
        values.push_back(7 + z);
    const Estimate estimate = bootstrap_mean(values, 1, std::to_string(sample));
    if (estimate.low <= 7 && 7 <= estimate.high) ++covered;
  }
  EXPECT_GE(covered, 0.88 * kSamples);
  EXPECT_LE(covered, 0.98 * kSamples);
}

TEST(Bootstrap, FurtherRowsLeaveTheNumbersOfTheFormerAsTheyAre) {
  const Resampling resampling(3, "rows");
  std::vector<std::size_t> half(100000), whole(200000);
  resampling.draw(7, half);
  resampling.draw(7, whole);
  std::size_t repeats = 0;
  for (std::size_t i = 0; i < half.size(); ++i) EXPECT_EQ(whole[i] / 2, half[i]);  // the same share of twice the rows
  for (std::size_t i = 65536; i < half.size(); ++i) repeats += half[i] == half[i - 65536] ? 1 : 0;
  EXPECT_LT(repeats, 10U);  // one in 1e5 by chance: the counter of draws does not start anew
}

// Five curves of three places. 20000 draws give a variance to 1 %; the t of four degrees has a variance of 4 / (4 - 2)
// times that of the mean, but with so heavy tails that it is compared through quantiles.
TEST(MeanDraws, AreStudentDrawsWithTheCovarianceOfTheMean) {
  const std::vector<std::vector<double>> curves{{1, 5, 2}, {2, 4, 9}, {4, 1, 3}, {3, 3, 3}, {0, 2, 8}};
  const MeanDraws draws(curves, 1, "curves");
  EXPECT_EQ(draws.mean(), (std::vector<double>{2, 3, 5}));
  for (const std::vector<double>& along : std::vector<std::vector<double>>{{1, 0, 0}, {1, -1, 0}, {0.5, 1, -2}}) {
    const auto combined = [&](const std::vector<double>& curve) {
      return along[0] * curve[0] + along[1] * curve[1] + along[2] * curve[2];
    };
    double squares = 0;
    for (const auto& curve : curves) squares += std::pow(combined(curve) - combined(draws.mean()), 2);
    const double error = std::sqrt(squares / (5 * 4));
    std::vector<double> sample;
    for (std::size_t b = 0; b < 20000; ++b) sample.push_back(combined(draws.deviation(b)));
    for (const double p : {0.025, 0.25, 0.9, 0.975})
      EXPECT_NEAR(quantile(sample, p), error * student_quantile(p, 4), 0.06 * error * std::abs(student_quantile(p, 4)))
          << p;
    EXPECT_NEAR(quantile(sample, 0.5), 0, 0.03 * error);
  }
}

TEST(MeanDraws, WorkWithGapsButNotWithASingleValue) {
  const double missing = std::nan("");
  const MeanDraws draws({{1, 2}, {3, missing}, {5, 6}}, 1, "gap");
  EXPECT_EQ(draws.mean(), (std::vector<double>{3, 4}));
  EXPECT_EQ(draws.count(), (std::vector<std::size_t>{3, 2}));
  std::vector<double> second;
  for (std::size_t b = 0; b < 20000; ++b) second.push_back(draws.deviation(b)[1]);
  EXPECT_NEAR(quantile(second, 0.9), 2 * student_quantile(0.9, 1), 0.4);  // two values, 2 and 6: standard error 2
  EXPECT_THROW(MeanDraws({{1, 2}, {3, missing}}, 1, "gap"), InputError);
  EXPECT_THROW(MeanDraws({}, 1, "none"), InputError);
}

}  // namespace
}  // namespace interstice
