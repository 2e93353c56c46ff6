/// @file
/// EVs that live off a substrate stop when it does: after the source of ATP has dried up, the adenosine that they make
/// falls to less than a tenth within ten times the sum of the residence times of ATP, ADP and AMP, while the EVs are as
/// active as before, which a spike of AMP shows.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <numbers>

#include "support/run_scenario.h"

namespace interstice::test {
namespace {

constexpr double kAtp = 8.8e-3, kAdp = 0.0182;  ///< [1/s] hydrolysis in synovial fluid
constexpr double kSource = 2e-3;                ///< [uM/s]
constexpr double kStop = 4 * 3600, kSpike = 12 * 3600, kEnd = 13 * 3600;

/// scenarios/self_limitation.yaml: 2e-3 uM/s ATP for four hours, 0.02 uM/s AMP for ten minutes at twelve.
Scenario scenario() {
  return load_scenario(INTERSTICE_SOURCE_DIR "/scenarios/self_limitation.yaml", {}, built_in_models());
}

SeriesTable series_of(const std::string& arm) {
  Simulation simulation(build_problem(scenario(), {.arm = arm}), 1);
  return run_series(simulation);
}

double outcome(const std::string& name, const SeriesTable& series) {
  const auto outcomes = scenario().compare.outcomes;
  return reduce(series, *std::ranges::find(outcomes, name, &SeriesMetric::subject)).value();
}

constexpr double kMoleculesAt1uM = 602.214076 * 1e6;  ///< of the box at 1 uM

/// [uM/s] adenosine made by EVs in each minute.
std::vector<double> flux(const SeriesTable& series) {
  std::vector<double> made = *series.find("reaction.cd73");
  for (double& molecules : made) molecules /= kMoleculesAt1uM;
  std::vector<double> rates(made.size(), 0.0);
  for (std::size_t row = 1; row < made.size(); ++row)
    rates[row] = (made[row] - made[row - 1]) / (series.time[row] - series.time[row - 1]);
  return rates;
}

TEST(SelfLimitation, EvsStopWithTheirSubstrateAndAreStillActive) {
  const SeriesTable series = series_of("emcev");
  const std::vector<double> rates = flux(series);
  const auto row_at = [&](double time) {
    return static_cast<std::size_t>(std::ranges::lower_bound(series.time, time - 1e-6) - series.time.begin());
  };
  const double before = rates[row_at(kStop)];
  EXPECT_NEAR(before, kSource, 0.05 * kSource);  // all that is supplied ends as adenosine, after about an hour
  const double adp = series.find("mean.all.ADP")->at(row_at(kStop)),
               atp = series.find("mean.all.ATP")->at(row_at(kStop));
  const double most = 1e10 * 1e-12 * 5 * 100 / 602.214076;     // Vmax [uM/s]
  const double k73 = most / (15 * (1 + adp / 0.5 + atp / 5));  // with what ADP and ATP hold back
  const double window = 10 * (1 / kAtp + 1 / kAdp + 1 / k73);  // [s]
  ASSERT_LT(kStop + window, kSpike);
  std::size_t row = row_at(kStop);
  while (rates[row] > 0.1 * before) ++row;
  std::printf("a tenth after %.0f s, window %.0f s, then %.2g of it\n", series.time[row] - kStop, window,
              rates[row_at(kStop + window)] / before);
  EXPECT_LT(series.time[row] - kStop, window);
  EXPECT_LT(rates[row_at(kStop + window)], 0.1 * before);
  const double again = *std::max_element(rates.begin() + static_cast<std::ptrdiff_t>(row_at(kSpike)), rates.end());
  std::printf("spike: %.2f times the flux before\n", again / before);
  EXPECT_GT(again, before);
  EXPECT_NEAR(series.time.back(), kEnd, 1);
  EXPECT_LT(outcome("left", series), 0.1);
  EXPECT_NEAR(outcome("at_spike", series), again * kMoleculesAt1uM, 1e-6 * again * kMoleculesAt1uM);
}

// What asks for no substrate goes on as before.
TEST(SelfLimitation, AConstantSourceDoesNotStop) {
  const SeriesTable series = series_of("drug");
  EXPECT_NEAR(outcome("flux", series), kSource * kMoleculesAt1uM, 1e-3 * kSource * kMoleculesAt1uM);
  EXPECT_NEAR(outcome("left", series), 1, 1e-3);
  EXPECT_NEAR(outcome("overshoot", series), kSource / 0.01, 0.02 * kSource / 0.01);
}

// When little AMP is left, CD73 is first order in it, which is the slowest step of the chain: 20 seeds.
TEST(SelfLimitation, TheFluxFallsAsItsSlowestStep) {
  const Scenario box = scenario();
  SeriesMetric late = *std::ranges::find(box.compare.outcomes, "flux_half_life", &SeriesMetric::subject);
  late.from = kStop + 3 * 3600;
  late.until = kStop + 4 * 3600;
  double sum = 0;
  for (std::uint64_t replicate = 0; replicate < 20; ++replicate) {
    Simulation simulation(build_problem(box, {.arm = "emcev", .replicate = replicate}), 1);
    sum += reduce(run_series(simulation), late).value();
  }
  const double active = std::exp2(-7.5 / 48);  // of the enzyme's half-life, halfway through
  const double expected = std::numbers::ln2 * 15 / (active * 1e10 * 1e-12 * 5 * 100 / 602.214076);
  EXPECT_NEAR(sum / 20, expected, 0.02 * expected);
}

}  // namespace
}  // namespace interstice::test
