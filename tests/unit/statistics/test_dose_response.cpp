/// @file
/// Dose-response curves of planted shapes. How often intervals hold the truth: test_coverage.cpp.
#include <gtest/gtest.h>

#include <cmath>

#include "engine/core/error.h"
#include "engine/statistics/dose_response.h"
#include "engine/statistics/isotonic.h"
#include "unit/statistics/noisy_curves.h"

namespace interstice {
namespace {

using test::nine_doses;
using test::noisy;

TEST(Logistic, IsFoundAgainFromItsValues) {
  const std::vector<double> dose = nine_doses();
  for (const Logistic& truth : {Logistic{0.1, 1.3, 0.7, 1.6}, Logistic{5, 2, 40, 0.8}, Logistic{-1, 1, 0.02, 3}}) {
    std::vector<double> mean;
    for (const double d : dose) mean.push_back(truth.at(d));
    const Logistic found = nearest_logistic(dose, mean, std::vector<double>(9, 2.0));
    EXPECT_NEAR(found.bottom, truth.bottom, 1e-4);
    EXPECT_NEAR(found.top, truth.top, 1e-4);
    EXPECT_NEAR(found.half_dose / truth.half_dose, 1, 1e-4);
    EXPECT_NEAR(found.hill, truth.hill, 1e-4 * truth.hill);
  }
}

TEST(Logistic, WeightsDecideWhatIsFollowed) {
  const std::vector<double> dose{0, 1, 10, 100, 1000}, weight{1, 1, 1, 1, 1e-9};
  const Logistic truth{0, 1, 5, 1.2};
  std::vector<double> mean;
  for (const double d : dose) mean.push_back(truth.at(d));
  mean[4] = 7;  // weighs nothing
  EXPECT_NEAR(nearest_logistic(dose, mean, weight).half_dose, 5, 1e-3);
}

TEST(Isotonic, PoolsWhatFalls) {
  const std::vector<double> value{1, 3, 2, 4, 0}, weight{1, 1, 1, 1, 1};
  EXPECT_EQ(isotonic(value, weight), (std::vector<double>{1, 2.25, 2.25, 2.25, 2.25}));
  EXPECT_EQ(isotonic(std::vector<double>{2, 1}, std::vector<double>{3, 1}), (std::vector<double>{1.75, 1.75}));
}

TEST(DoseResponse, SigmoidHasItsHalfDoseWithin) {
  const Logistic truth{0.1, 0.9, 1, 1.2};
  const DoseResponse found = dose_response(nine_doses(), noisy(truth, 6, 0.05, 0.05, 1), 1, "sigmoid");
  EXPECT_EQ(found.shape, ResponseShape::sigmoid);
  EXPECT_LT(found.p_flat, 0.01);
  ASSERT_TRUE(found.half_dose);
  ASSERT_TRUE(found.half_dose->low.is_within() && found.half_dose->high.is_within());
  EXPECT_LT(found.half_dose->low.value, 1);
  EXPECT_GT(found.half_dose->high.value, 1);
  EXPECT_LT(found.half_dose->high.value / found.half_dose->low.value, 4);
  EXPECT_LT(found.effect.low, 0.8);
  EXPECT_GT(found.effect.high, 0.8);
  EXPECT_NEAR(found.largest_effect.mean, 0.8, 0.1);
  EXPECT_EQ(found.fitted, 9U);
}

TEST(DoseResponse, SaysWhereHalfTheEffectIsNotReached) {
  // Doses end at 316; half of the effect is at 3000, so that what is measured is the foot of the curve.
  const DoseResponse late = dose_response(nine_doses(), noisy({0, 1, 3000, 1.5}, 6, 0.0002, 0.01, 2), 1, "late");
  ASSERT_TRUE(late.half_dose);
  EXPECT_EQ(late.half_dose->estimate.side, Censored::Side::above);
  EXPECT_EQ(late.half_dose->high.side, Censored::Side::above);
  const DoseResponse early = dose_response(nine_doses(), noisy({0, 1, 3e-4, 1.5}, 6, 0.0002, 0.01, 3), 1, "early");
  ASSERT_TRUE(early.half_dose);
  EXPECT_EQ(early.half_dose->estimate.side, Censored::Side::below);
  EXPECT_EQ(early.half_dose->low.side, Censored::Side::below);
  // Ten times the noise, and a step just within the doses fits as well: the interval holds both.
  const DoseResponse either = dose_response(nine_doses(), noisy({0, 1, 3e-4, 1.5}, 6, 0.002, 0.01, 3), 1, "either");
  ASSERT_TRUE(either.half_dose);
  EXPECT_EQ(either.half_dose->low.side, Censored::Side::below);
  EXPECT_GT(either.half_dose->share_below, 0.05);
}

TEST(DoseResponse, NoResponseHasNoHalfDose) {
  const DoseResponse flat = dose_response(nine_doses(), noisy({0.5, 0.5, 1, 1}, 6, 0.1, 0.05, 4), 1, "flat");
  EXPECT_EQ(flat.shape, ResponseShape::flat);
  EXPECT_FALSE(flat.half_dose);
  EXPECT_LT(flat.largest_effect.low, 0);
  EXPECT_GT(flat.largest_effect.high, 0);
}

TEST(DoseResponse, PeaksAndTroughsAreFoundWithTheirDose) {
  const std::vector<double> dose = nine_doses();
  for (const double sign : {1.0, -1.0}) {
    auto response = noisy({0.1, 0.9, 0.1, 1.5}, 6, 0.05, 0.05, 5);
    for (auto& replicate : response)
      for (std::size_t d = 0; d < 9; ++d) {
        if (d > 5) replicate[d] -= 0.2 * static_cast<double>(d - 5);  // falls from dose 5 on
        replicate[d] *= sign;
      }
    const DoseResponse found = dose_response(dose, response, 1, "peak");
    EXPECT_EQ(found.shape, sign > 0 ? ResponseShape::peak : ResponseShape::trough);
    EXPECT_LT(found.p_monotone, 0.01);
    EXPECT_GE(found.extreme_dose, dose[4]);
    EXPECT_LE(found.extreme_dose, dose[6]);
    EXPECT_LE(found.extreme_dose_low, dose[5]);
    EXPECT_GE(found.extreme_dose_high, dose[5]);
    EXPECT_GT(found.excess.low, 0.3);
    EXPECT_EQ(dose[found.fitted - 1], found.extreme_dose);
    ASSERT_TRUE(found.half_dose);  // of the limb that leads to it
    EXPECT_NEAR(std::log10(found.half_dose->estimate.value), -1, 0.3);
  }
}

// A dip on a steep curve: the neighbours that it pools are near the curve, and all other doses far from being pooled,
// so that their scatter does not hide it.
TEST(DoseResponse, AShortDipOnASteepCurveIsSeen) {
  std::vector<std::vector<double>> response = noisy({0, 0, 1, 1}, 8, 0.1, 0, 9);
  for (auto& replicate : response)
    for (std::size_t d = 0; d < 9; ++d) replicate[d] += static_cast<double>(d) - (d == 5 ? 1.2 : 0);
  const ShapeTest test = test_shape(MeanDraws(response, 1, "dip"));
  EXPECT_LT(test.p_monotone, 0.01);
  for (auto& replicate : response) replicate[5] += 0.2;  // as high as the dose before
  EXPECT_GT(test_shape(MeanDraws(response, 1, "step")).p_monotone, 0.05);
}

TEST(DoseResponse, IrregularCurvesHaveNoHalfDose) {
  auto response = noisy({0, 1, 1, 1}, 6, 0.03, 0.03, 6);
  for (auto& replicate : response) {
    replicate[3] += 0.3;  // above its neighbours, below the last dose
    replicate[5] -= 0.5;
  }
  const DoseResponse found = dose_response(nine_doses(), response, 1, "irregular");
  EXPECT_EQ(found.shape, ResponseShape::irregular);
  EXPECT_FALSE(found.half_dose);
}

// Where all replicates are the same, as at a ceiling, nothing scatters and every step counts.
TEST(DoseResponse, WithoutScatterIsWhatItIs) {
  const DoseResponse same = dose_response(nine_doses(), noisy({0.3, 0.3, 1, 1}, 4, 0, 0, 1), 1, "same", 50);
  EXPECT_EQ(same.shape, ResponseShape::flat);
  const DoseResponse exact = dose_response(nine_doses(), noisy({0.1, 0.9, 1, 1.2}, 4, 0, 0, 1), 1, "exact", 50);
  EXPECT_EQ(exact.shape, ResponseShape::sigmoid);
  EXPECT_EQ(exact.p_monotone, 1);
  EXPECT_NEAR(exact.half_dose->low.value, 1, 1e-3);
  EXPECT_NEAR(exact.half_dose->high.value, 1, 1e-3);
}

TEST(DoseResponse, WorksWithGapsAndRefusesWhatIsTooLittle) {
  auto response = noisy({0.1, 0.9, 1, 1.2}, 5, 0.05, 0.05, 7);
  response[1][4] = response[3][4] = response[2][0] = std::nan("");
  EXPECT_EQ(dose_response(nine_doses(), response, 1, "gaps").shape, ResponseShape::sigmoid);
  EXPECT_THROW(static_cast<void>(dose_response(nine_doses(), {response[0]}, 1, "one")), InputError);
  EXPECT_THROW(static_cast<void>(dose_response(std::vector<double>{1, 2, 3}, {{1, 2, 3}, {1, 2, 4}}, 1, "few")),
               InputError);
  std::vector<double> unsorted = nine_doses();
  std::swap(unsorted[2], unsorted[3]);
  EXPECT_THROW(static_cast<void>(dose_response(unsorted, response, 1, "unsorted")), InputError);
}

TEST(DoseResponse, IsAFunctionOfItsInput) {
  const auto response = noisy({0.1, 0.9, 1, 1.2}, 5, 0.05, 0.05, 8);
  const DoseResponse one = dose_response(nine_doses(), response, 1, "a", 200),
                     same = dose_response(nine_doses(), response, 1, "a", 200);
  EXPECT_EQ(one.half_dose->low, same.half_dose->low);
  EXPECT_EQ(one.effect.high, same.effect.high);
  EXPECT_NE(one.effect.high, dose_response(nine_doses(), response, 2, "a", 200).effect.high);
}

}  // namespace
}  // namespace interstice
