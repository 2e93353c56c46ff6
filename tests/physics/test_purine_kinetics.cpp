/// @file
/// Enzyme kinetics with known answers: Michaelis-Menten progress, feed-forward inhibition, how fast vesicles' CD73
/// makes adenosine, and how much in all.
#include <gtest/gtest.h>

#include <cmath>

#include "engine/core/constants.h"
#include "unit/fields/beaker.h"

namespace interstice {
namespace {

using namespace testing;

/// Lambert's W for w >= 0 by Newton's method.
double lambert_w(double x) {
  double w = std::log1p(x);
  for (int n = 0; n < 50; ++n) w -= (w * std::exp(w) - x) / (std::exp(w) * (w + 1));
  return w;
}

TEST(PurineKinetics, MichaelisMentenProgressFollowsLambertW) {
  for (const double dt : {0.05, 0.5, 5.0}) {
    Beaker b(2);
    b.chemistry.reactions = {michaelis_menten(SpeciesId{0}, SpeciesId{1}, 1.54, 15)};
    b.allocate();
    b.at(0) = 10;
    const ReactionSolver solver = b.solver();
    const std::array<double, 3> tabulated{4.999, 2.163, 0.314};
    int row = 0;
    for (int n = 1; n <= std::lround(40 / dt); ++n) {
      b.step(solver, dt);
      const double t = n * dt;
      const double expected = 15 * lambert_w(10.0 / 15 * std::exp((10 - 1.54 * t) / 15));
      ASSERT_NEAR(b.at(0) / expected, 1, 3e-4) << "t " << t << " dt " << dt;  // 2.2e-4 at dt 5 s, t 40 s
      if (std::abs(t - 10) < 1e-9 || std::abs(t - 20) < 1e-9 || std::abs(t - 40) < 1e-9) {
        EXPECT_NEAR(b.at(0) / tabulated[row++], 1, 0.01);
      }
    }
    EXPECT_EQ(row, 3);
  }
}

TEST(PurineKinetics, AdpHoldsBackCd73) {
  const auto rate = [](double adp) {
    Beaker b = purine_beaker({.k_ATP = 0, .k_ADP = 0, .cd39 = 0, .cd73 = 1, .k_ado = 0});
    b.at(ADP) = adp, b.at(AMP) = 10;
    b.step(b.solver(), 1e-4);
    return b.at(ADO) / 1e-4;
  };
  EXPECT_NEAR(rate(0.5) / rate(0), 0.625, 0.625 * 1e-4);
}

/// Vmax of CD73 on vesicles of activity a [pmol/min/ug], m ug in 100 ul [uM/s].
double vesicle_vmax(double a, double m) { return a * 1e-12 / 60 * m / 1e-4 * 1e6; }

/// First time that adenosine reaches `level`, interpolated between steps of 10 ms [s].
double time_to(Beaker& b, double level) {
  const ReactionSolver solver = b.solver();
  for (int n = 0; n < 100000; ++n) {
    const double before = b.at(ADO);
    b.step(solver, 0.01);
    if (b.at(ADO) >= level) return 0.01 * (n + (level - before) / (b.at(ADO) - before));
  }
  return 1e300;
}

TEST(PurineKinetics, PublishedAdenosineWithinSeconds) {
  // t(P) = (P + Km ln(S0/(S0 - P)))/Vmax: 0.30 uM at 0.99 s (46 pmol/min/ug), 3.0 uM at 1.09 s (460), 100 ug, AMP 10
  // uM.
  struct Row {
    double activity, level, expected;
  };
  for (const Row& row : {Row{46, 0.3, 0.99}, Row{460, 3.0, 1.09}}) {
    Beaker b = purine_beaker({.k_ATP = 0, .k_ADP = 0, .cd39 = 0, .cd73 = vesicle_vmax(row.activity, 100), .k_ado = 0});
    b.at(AMP) = 10;
    const double closed = (row.level + 15 * std::log(10 / (10 - row.level))) / vesicle_vmax(row.activity, 100);
    const double t = time_to(b, row.level);
    EXPECT_NEAR(t / closed, 1, 1e-4);
    EXPECT_NEAR(t / row.expected, 1, 0.02);
  }
}

TEST(PurineKinetics, FromAtpTheCascadeSetsThePace) {
  struct Row {
    double dose, expected;
  };
  for (const Row& row : {Row{100, 34}, Row{10, 68}, Row{1, 156}, Row{0, 277}}) {
    Beaker b = purine_beaker({.cd73 = 0.033 + vesicle_vmax(460, row.dose)});
    b.at(ATP) = 6;
    EXPECT_NEAR(time_to(b, 0.3) / row.expected, 1, 0.02) << row.dose << " ug";
  }
}

struct Exposure {
  double auc = 0, decayed = 0;  ///< [uM min]; share of the purines gone
};

/// Area under adenosine over 3600 s from 6 uM ATP, by the trapezium rule on steps of 0.5 s.
Exposure exposure(double dose, bool saturable, double washout) {
  Beaker b = purine_beaker({.cd73 = 0.033 + vesicle_vmax(460, dose), .k_ado = saturable ? 0.0 : 0.01});
  if (saturable) {
    b.clearance[SpeciesId{ADO}][0] = 0.01 * 1000;  // [um^3/s] in a voxel of 1000 um^3
    b.clearance_Km[ADO] = 25;
  }
  for (auto& s : b.species) s.decay += washout;
  b.at(ATP) = 6;
  const ReactionSolver solver = b.solver();
  Exposure e;
  for (int n = 0; n < 7200; ++n) {
    const double before = b.at(ADO);
    b.step(solver, 0.5);
    e.auc += 0.25 * (before + b.at(ADO)) / 60;
  }
  double left = 0, gone = 0;
  for (std::uint32_t s = 0; s < 4; ++s) left += b.at(s), gone += b.budget.decayed[s] + b.budget.taken_up[s];
  e.decayed = gone / (1000 * kMoleculesPerUmCubedPerMicromolar);
  EXPECT_NEAR((left + e.decayed) / 6, 1, 1e-12);  // every purine is left, decayed or taken up
  return e;
}

TEST(PurineKinetics, VesiclesChangeWhenAndHowHighButNotHowMuch) {
  for (const double dose : {0.0, 1.0, 10.0, 100.0}) EXPECT_NEAR(exposure(dose, false, 0).auc / 10, 1, 0.01) << dose;
}

TEST(PurineKinetics, SaturableUptakeAndWashoutMakeTheExposureDependOnDose) {
  const std::array<double, 4> doses{0, 1, 10, 100}, saturable{10.15, 10.34, 10.54, 10.56};
  const std::array<double, 4> washed{8.41, 9.07, 9.42, 9.50};
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_NEAR(exposure(doses[i], true, 0).auc / saturable[i], 1, 0.01) << doses[i];
    EXPECT_NEAR(exposure(doses[i], false, 2e-4).auc / washed[i], 1, 0.01) << doses[i];
  }
}

}  // namespace
}  // namespace interstice
